#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "world.h"

namespace cloudsync::test {

// What a user may do to a file at any moment.
enum class Act {
  nothing,
  writeInPlace,
  writeKeepingTime,  // same size, and the modification time set back
  append,
  truncate,
  replace,  // by rename, as editors save
  remove,
  removeAndCreate,
  makeDirectory,  // of the file's name
  lateWrite,      // opens now, writes when the protocol has ended
};
inline constexpr Act kActs[] = {
    Act::nothing, Act::writeInPlace, Act::writeKeepingTime, Act::append,        Act::truncate,
    Act::replace, Act::remove,       Act::removeAndCreate,  Act::makeDirectory, Act::lateWrite};

// Acts once, when told; a file under a lease makes a writer wait, and he tries again later.
class User {
 public:
  User(World& world, std::string key, Act act) : world_(world), key_(std::move(key)), act_(act) {}

  void tryToAct();
  void finish();  // the late writer writes; one who waited for a lease goes on
  bool acted() const { return done_; }
  bool touchedOnlyBytes() const;  // the file is still the one that was there
  // What must be found again; nothing when the user removed it.
  std::optional<std::string> written() const { return written_; }

 private:
  bool inPlace();
  bool moveAway();

  World& world_;
  std::string key_;
  Act act_;
  bool done_ = false;
  bool pending_ = false;
  std::unique_ptr<File> held_;
  std::optional<std::string> written_;
};

}  // namespace cloudsync::test
