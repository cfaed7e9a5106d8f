#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "store/state_files.h"

namespace cloudsync {

// The files of the state database on the disk, where SQLite does not look after them: modes, the
// directory itself, setting a broken database aside. Plain value; any thread.
//
// Nothing here opens an existing database file: closing such a descriptor would drop the POSIX
// locks that SQLite holds on it in this process.
class StateDirectory {
 public:
  // `files` outlives it.
  StateDirectory(std::string path, const StateFiles& files)
      : path_(std::move(path)), files_(files) {}

  // Makes it and its parents where missing, with mode 0700 for what it makes. A directory that
  // exists keeps its mode: it may be one that the user shares with others on purpose.
  Status make() const { return files_.makeDirectory(path_); }

  const std::string& path() const { return path_; }
  std::string databasePath() const { return path_ + "/state.sqlite3"; }

  enum class FileState { absent, empty, filled };
  struct Found {
    FileState database = FileState::absent;
    FileState log = FileState::absent;
  };
  Result<Found> look() const;

  // An empty file with mode 0600.
  Status createDatabase() const { return files_.create(databasePath()); }
  // Mode 0600 for the one that exists; its log takes it over.
  Status narrowDatabase() const { return files_.makePrivate(databasePath()); }
  // The names in it are on disk.
  Status sync() const { return files_.syncDirectory(path_); }

  // Renames the database with its log to a dated name and returns it.
  Result<std::string> setAside(Nanoseconds wallTime) const;

 private:
  Result<FileState> stateOf(const std::string& path) const;
  Result<bool> isTaken(const std::string& path) const;

  std::string path_;
  const StateFiles& files_;
};

}  // namespace cloudsync
