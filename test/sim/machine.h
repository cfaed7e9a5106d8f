#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "fs/sim_file_system.h"
#include "net/sim_transport.h"
#include "schedule.h"
#include "service/device.h"
#include "sim_vfs.h"
#include "step.h"

namespace cloudsync::sim {

// Where things lie on every machine.
inline constexpr std::string_view kRoot = "/root";      // of the space
inline constexpr std::string_view kState = "/state";    // the device's state directory
inline constexpr std::string_view kMount = "/cloud";    // a directory cloud, or an empty directory
inline constexpr std::string_view kOutside = "/other";  // of somebody else

// What a process asked for, as its world sees it before it is done.
struct Call {
  enum class To { ownDisk, cloudDisk, cloudServer };
  To to = To::ownDisk;
  std::string_view operation;
  std::string_view path;
};

// What a machine needs of the world around it.
struct Surroundings {
  const Setting& setting;
  Schedule& schedule;
  // Called before each call of a process of this machine; may kill it. An Error fails the call.
  std::function<std::optional<Error>(const Call&)> onCall;
  // The S3 server, where the cloud is one.
  SimTransport::Handler server;
};

// One computer with a disk of its own and a device of the product on it, state database included.
// Its process is started when it is needed and may be killed at any time; its power may be cut.
class Machine {
 public:
  Machine(int number, Surroundings around, SimFileSystem* cloudDisk, std::string_view emptyState);
  ~Machine();

  int number() const { return number_; }
  std::string deviceName() const { return std::string(1, static_cast<char>('a' + number_)); }
  // The disk, as users and the world see it.
  SimFileSystem& disk() { return *disk_; }

  // The space of the running device, which is started where none runs. Null: it does not start.
  Space* space();
  bool runs() const;  // and is not just starting
  Scheduler& scheduler();
  Device& device();
  std::uint64_t stateWrites() const;  // by the running process
  std::optional<Error> lastError;     // why the device did not start

  // The process does nothing from here on; bury() takes it away once nothing of it is running.
  void kill();
  bool isDying() const;
  void bury();
  void cutPower(std::uint64_t seed);
  // Ends the device properly. The caller let everything run to its end.
  void close();

  void replaceCloudDisk(SimFileSystem* cloudDisk);
  enum class Way { open, cutOff, unmounted };
  void setWay(Way way) { way_ = way; }
  Way way() const { return way_; }
  void failCloudCalls(std::int64_t count) { cloudFaults_ = count; }
  void failOwnCalls(std::int64_t count) { ownFaults_ = count; }

 private:
  struct Process;

  std::optional<Error> gate(const Call& call);
  void start();

  const int number_;
  const Surroundings around_;
  SimFileSystem* cloudDisk_;  // null: the cloud is a server
  std::unique_ptr<SimFileSystem> disk_;
  std::unique_ptr<Process> process_;
  std::uint64_t processes_ = 0;  // started so far
  Way way_ = Way::open;
  std::int64_t cloudFaults_ = 0;
  std::int64_t ownFaults_ = 0;
};

// The state database of a device that never ran, as bytes.
std::string emptyState();

}  // namespace cloudsync::sim
