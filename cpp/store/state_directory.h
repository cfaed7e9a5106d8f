#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace cloudsync {

// The files of the state database on the disk, where SQLite does not look after them: modes, the
// directory itself, setting a broken database aside. Plain value; any thread.
//
// Nothing here opens an existing database file: closing such a descriptor would drop the POSIX
// locks that SQLite holds on it in this process.
class StateDirectory {
 public:
  explicit StateDirectory(std::string path) : path_(std::move(path)) {}

  // Makes it and its parents where missing, with mode 0700 for what it makes. A directory that
  // exists keeps its mode: it may be one that the user shares with others on purpose.
  Status make() const;

  const std::string& path() const { return path_; }
  std::string databasePath() const;

  enum class FileState { absent, empty, filled };
  struct Found {
    FileState database = FileState::absent;
    FileState log = FileState::absent;
  };
  Result<Found> look() const;

  Status createDatabase() const;  // an empty file with mode 0600
  Status narrowDatabase() const;  // mode 0600 for the one that exists; its log takes it over
  Status sync() const;            // the names in it are on disk

  // Renames the database with its log to a dated name and returns it.
  Result<std::string> setAside(Nanoseconds wallTime) const;

 private:
  std::string path_;
};

}  // namespace cloudsync
