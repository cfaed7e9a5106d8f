#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "base/result.h"

namespace cloudsync {

// What the state directory asks of the operating system, by absolute path. Real
// (PosixStateFiles), or on the simulated disk, where power cuts reach the state as they reach
// everything else. What SQLite does with its files passes through its VFS, not through here.
class StateFiles {
 public:
  virtual ~StateFiles() = default;

  // Makes it and its parents where missing, with mode 0700 for what it makes.
  virtual Status makeDirectory(const std::string& path) const = 0;
  // Nothing: there is no such file.
  virtual Result<std::optional<ByteCount>> sizeOf(const std::string& path) const = 0;
  // An empty file with mode 0600; `exists` when the name is taken.
  virtual Status create(const std::string& path) const = 0;
  // Mode 0600 for a file that exists, without opening it.
  virtual Status makePrivate(const std::string& path) const = 0;
  virtual Status move(const std::string& from, const std::string& to) const = 0;
  // The names in it are on disk when it returns.
  virtual Status syncDirectory(const std::string& path) const = 0;
};

class PosixStateFiles final : public StateFiles {
 public:
  Status makeDirectory(const std::string& path) const override;
  Result<std::optional<ByteCount>> sizeOf(const std::string& path) const override;
  Status create(const std::string& path) const override;
  Status makePrivate(const std::string& path) const override;
  Status move(const std::string& from, const std::string& to) const override;
  Status syncDirectory(const std::string& path) const override;
};

}  // namespace cloudsync
