#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "fs/file_system.h"
#include "fs/sim_disk.h"

namespace cloudsync {

// A call of the code under test, as its hook sees it.
struct SimCall {
  std::string_view operation;  // the method: "open", "writeAt", "moveNoReplace", "sync" ...
  std::string path;            // absolute; of a file, the path it was opened by
  std::uint64_t index = 0;     // counts all calls from 1
};

// What all handles of one SimFileSystem share.
struct SimState;

// A file system in memory for the simulator. It keeps what POSIX promises and nothing more: inode
// numbers come again, ctime moves with every change, an open file outlives its name, and what was
// not synced may be gone after a power cut. One thread; outlives its handles. The same calls on
// the same clock and seeds give the same bytes.
//
// Two sides use it: the code under test through the FileSystem interface, where every call passes
// the hook, and the test as a user, through the methods below `as a user`, which never fail by
// themselves and go on after a crash.
class SimFileSystem final : public FileSystem {
 public:
  explicit SimFileSystem(const Clock& clock, SimOptions options = {});
  SimFileSystem(const Clock& clock, std::unique_ptr<SimDisk> disk);
  ~SimFileSystem() override;

  Result<std::unique_ptr<Folder>> openRoot(const std::string& absolutePath) override;
  Status makeRoot(const std::string& absolutePath) override;

  // --- faults ---

  // Called before each call; an Error makes the call fail with it, without effect. It may act as a
  // user, and it may crash().
  using Hook = std::function<std::optional<Error>(const SimCall&)>;
  void setHook(Hook hook);
  std::uint64_t calls() const;

  // The process is dead: every further call is `unavailable` and changes nothing.
  void crash();
  bool crashed() const;

  // The disk as the next process finds it, as a new file system without a hook: everything that
  // was written (the machine went on), ...
  std::unique_ptr<SimFileSystem> afterKill() const;
  // ... or what one of many power cuts leaves. File content and names that were synced are there;
  // a file that was not may be old, new, empty, zeros or torn; each rename, creation and removal
  // may have happened or not, on its own, as a whole (a journaling file system).
  std::unique_ptr<SimFileSystem> afterPowerLoss(std::uint64_t seed) const;

  // --- as a user: absolute paths, no hook ---

  // Makes missing folders, and replaces content in place (the inode stays). While somebody holds a
  // lease on the file, the write waits for its release, as an open(2) would.
  enum class Written { now, waitsForLease };
  Written write(std::string_view path, std::string_view bytes);
  std::optional<std::string> read(std::string_view path) const;
  std::optional<FileStat> stat(std::string_view path) const;
  void makeFolders(std::string_view path);
  // From here on this folder tells no cases apart, nor do those that are made in it: chattr +F.
  void foldCase(std::string_view path);
  void makeLink(std::string_view path, std::string_view target);
  void makeFifo(std::string_view path);
  void remove(std::string_view path);                     // with everything below it
  void move(std::string_view from, std::string_view to);  // over what stands there, as mv does
  void setModifyTime(std::string_view path, Nanoseconds time);
  // Every path below, sorted, folders with a slash behind.
  std::vector<std::string> list(std::string_view path) const;
  // Everything is on the platter, as after a quiet minute.
  void settle();

  // A program that has the file open for writing until this goes away.
  class Writer {
   public:
    Writer(SimDisk& disk, SimNodePtr node);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    void write(ByteCount offset, std::string_view bytes);

   private:
    SimDisk& disk_;
    SimNodePtr node_;
  };
  // Nothing when there is no such file, or somebody holds a lease on it (which is broken by this).
  std::unique_ptr<Writer> openForWriting(std::string_view path);

  SimDisk& disk() { return *disk_; }

 private:
  SimNodePtr nodeAt(std::string_view path) const;

  const Clock& clock_;
  std::unique_ptr<SimDisk> disk_;
  std::unique_ptr<SimState> state_;
};

}  // namespace cloudsync
