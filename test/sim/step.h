#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cloudsync::sim {

// Where a step happens: a device, by its number, or the cloud.
inline constexpr int kCloud = 9;

// One thing that happens in a history. A plain value with a text form, so that a history can be
// printed, shortened, saved and played again.
struct Step {
  enum class Kind {
    // A user, at `where`.
    write,     // `path` gets new content `number`, whatever stood there
    append,    // ... to `path`
    edit,      // some bytes of `path` in place: same size
    truncate,  // `path` to half its size
    rename,    // `path` to `other`
    swap,      // `path` and `other`
    mkdir,
    remove,  // `path`, with all below it
    link,    // a symbolic link out of the tree
    free,
    fetch,
    // The engine, of one device or (sync) of all whose bit is set in `number`.
    sync,
    begin,  // a run of `where` that nobody waits for here
    stop,
    // The machine.
    settle,   // a quiet minute: everything is on the platter
    kill,     // the process
    power,    // of the machine; `number` chooses what was lost
    close,    // the device, properly
    backup,   // of the state directory
    restore,  // of the state directory
    full,     // `number` bytes are left; 0: room again
    fail,     // the next `number` calls on the own disk fail
    // The cloud and the way to it.
    cutOff,  // of this device from the cloud
    connect,
    fault,       // the next `number` calls to the cloud fail
    unmount,     // a directory cloud: another, empty directory stands at its place
    cloudPower,  // the machine of a directory cloud; `number` as above
    lie,         // the next list leaves `number` of ten entries out; 10: all
    // Everybody.
    jump,  // of all clocks, by `number` seconds
  };
  Kind kind = Kind::write;
  int where = 0;
  std::string path;
  std::string other;
  std::int64_t number = 0;

  // Of sync: what happens between two calls of the run, at the given call.
  struct Interruption;
  std::vector<Interruption> during;
};

struct Step::Interruption {
  std::uint64_t call = 0;
  Step step;
};

// What a history is played on.
struct Setting {
  enum class Cloud { directory, s3, s3Plain, s3Versioned };
  std::uint64_t seed = 1;
  int devices = 2;
  Cloud cloud = Cloud::directory;
  unsigned onDemand = 0;  // bits: devices that hold content on demand
  bool leases = true;     // of the machines' file systems
  bool exchange = true;
  bool newState = false;  // devices make their state database; else it is there, and empty
};

struct History {
  Setting setting;
  std::vector<Step> steps;
};

// "seed=5 devices=2 cloud=directory on-demand=1; 0 write a/x 3; sync 3 (14 0 kill) (20 1 remove a)"
std::string toText(const History& history);
std::string toText(const Step& step);
Result<History> parseHistory(std::string_view text);

}  // namespace cloudsync::sim
