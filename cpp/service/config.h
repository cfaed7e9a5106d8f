#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/ids.h"
#include "sync/direction.h"

namespace cloudsync {

enum class ContentPolicy { all, onDemand };
enum class SymlinkPolicy { skip, preserve };

// Where a remote is and how to talk to it. Secrets never reach a row, a log line or an error.
struct RemoteConfig {
  std::string url;
  std::map<std::string, std::string>
      options;  // credentials, ca, headers …, by their documented names

  friend bool operator==(const RemoteConfig&, const RemoteConfig&) = default;
};

struct SpaceConfig {
  std::string name;  // "gallery" or a bundle name
  std::string root;  // absolute
  RemoteConfig remote;
  ContentPolicy content = ContentPolicy::all;
  bool mediaOnly = false;  // the gallery's filter on new local files
  std::string uriPrefix;   // "" = file:// + root
  std::uint64_t deletionLimitFiles = 25;
  double deletionLimitShare = 0.25;
  std::int64_t trashDays = 30;
  Direction direction = Direction::both;
  SymlinkPolicy symlinks = SymlinkPolicy::skip;
  std::vector<std::string> ignore;  // gitignore patterns

  friend bool operator==(const SpaceConfig&, const SpaceConfig&) = default;
};

struct LimitsConfig {
  std::size_t transfers = 32;
  ByteCount memoryBytes = 24u << 20;   // of buffers, beyond what each request needs to move
  ByteCount uploadBytesPerSecond = 0;  // 0: as fast as it goes
  ByteCount downloadBytesPerSecond = 0;

  friend bool operator==(const LimitsConfig&, const LimitsConfig&) = default;
};

// A device, validated by lib/config.ts. A plain value.
struct Config {
  std::string stateDir;
  std::string deviceName;
  std::vector<SpaceConfig> spaces;
  LimitsConfig limits;

  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace cloudsync
