#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "store/sqlite_state_store.h"

namespace cloudsync::testing {

// A directory of one test's own; gone with it.
class TempDirectory {
 public:
  TempDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "cloudsync-store-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string state() const { return path_ / "state"; }
  std::filesystem::path database() const { return path_ / "state" / "state.sqlite3"; }

 private:
  std::filesystem::path path_;
};

// The value, or a failed test that says why there is none.
template <class T>
T must(Result<T> result) {
  if (!result) {
    throw std::runtime_error(std::string(nameOf(result.error().kind)) + ": " +
                             result.error().message);
  }
  return std::move(result).value();
}
inline void must(const Status& status) {
  if (status) return;
  throw std::runtime_error(std::string(nameOf(status.error().kind)) + ": " +
                           status.error().message);
}

inline Sha256 hashOf(std::string_view text) {
  return sha256Of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

inline BaseRow localRow(std::string key, ByteCount size = 10) {
  BaseRow row;
  row.key = std::move(key);
  row.remoteVersion = "v-" + row.key;
  row.facts.local = true;
  row.facts.fingerprint = {7, 8, size, 9, 10};
  row.facts.lookedAt = 11;
  row.facts.size = size;
  row.facts.sha256 = hashOf(row.key);
  row.facts.remoteModifyTime = 12;
  row.facts.accessedAt = 13;
  return row;
}

inline BaseRow cloudRow(std::string key, ByteCount size = 10) {
  BaseRow row = localRow(std::move(key), size);
  row.facts.local = false;
  row.facts.fingerprint = {};
  return row;
}

inline BaseChange put(BaseRow row) { return {BaseChange::Kind::put, std::move(row)}; }
inline BaseChange erase(std::string key) {
  BaseChange change{BaseChange::Kind::erase, {}};
  change.row.key = std::move(key);
  return change;
}

}  // namespace cloudsync::testing
