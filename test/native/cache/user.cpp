#include "user.h"

#include <span>

namespace cloudsync::test {

namespace {

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string contentOf(File& file) {
  std::string text(file.stat()->size, '\0');
  std::span<std::uint8_t> into(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  text.resize(*file.readAt(0, into));
  return text;
}

}  // namespace

bool User::touchedOnlyBytes() const {
  switch (act_) {
    case Act::writeInPlace:
    case Act::writeKeepingTime:
    case Act::append:
    case Act::truncate:
    case Act::lateWrite:
      return true;
    case Act::nothing:
    case Act::replace:
    case Act::remove:
    case Act::removeAndCreate:
    case Act::makeDirectory:
      return false;
  }
  return false;
}

void User::tryToAct() {
  if (done_ || act_ == Act::nothing) return;
  pending_ = true;
  bool through = touchedOnlyBytes() ? inPlace() : moveAway();
  if (through) {
    done_ = true;
    pending_ = false;
  }
}

// True: done, or there is nothing to act on.
bool User::inPlace() {
  auto file = world_.disk().open(RelPath::trusted(key_), OpenMode::readWrite);
  if (!file) return file.error().kind != ErrorKind::busy;
  if (act_ == Act::lateWrite) {
    held_ = std::move(*file);
    return true;
  }
  FileStat before = *(*file)->stat();
  std::string text = contentOf(**file);
  if (act_ == Act::append) text += "user";
  if (act_ == Act::truncate) text = "";
  if (act_ == Act::writeInPlace || act_ == Act::writeKeepingTime) text.assign(text.size(), 'U');
  inANewTick(**file, [&] {
    if (!(*file)->writeAt(0, bytesOf(text)) || !(*file)->truncate(text.size())) std::abort();
    if (act_ == Act::writeKeepingTime && !(*file)->setTimes(before.accessTime, before.modifyTime)) {
      std::abort();
    }
  });
  written_ = text;
  return true;
}

bool User::moveAway() {
  RelPath key = RelPath::trusted(key_);
  if (act_ == Act::replace) {
    world_.write("saved by an editor", "user's other file");
    if (world_.disk().moveReplacing(RelPath::trusted("saved by an editor"), key)) {
      written_ = "user's other file";
    } else {
      (void)world_.disk().removeFile(RelPath::trusted("saved by an editor"));
    }
    return true;
  }
  Status removed = world_.disk().removeFile(key);
  if (act_ == Act::remove) return true;
  if (act_ == Act::makeDirectory) {
    if (world_.disk().makeFolder(key)) {
      world_.write(key_ + "/inside", "user's file inside");
      written_ = "user's file inside";
    }
    return true;
  }
  auto fresh = world_.disk().open(key, OpenMode::createNew);
  if (fresh && (*fresh)->writeAt(0, bytesOf("user's new file"))) written_ = "user's new file";
  return true;
}

void User::finish() {
  if (pending_) tryToAct();
  if (!held_) return;
  std::string text(contentOf(*held_).size(), 'L');
  inANewTick(*held_, [&] {
    if (!held_->writeAt(0, bytesOf(text))) std::abort();
  });
  held_.reset();
  written_ = text;
}

}  // namespace cloudsync::test
