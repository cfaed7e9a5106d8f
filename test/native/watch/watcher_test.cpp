#include "watch/watcher.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/key_set.h"
#include "base/rel_path.h"
#include "fs/temp_directory.h"

// Watchers of either kind over real files. Where fanotify is not allowed (not root), inotify alone.

namespace cloudsync {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Method = WatchOptions::Method;

constexpr auto kLongest = 60s;  // a deadline, not a measure

class Heard final : public HintSink {
 public:
  void hint(std::string_view key) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
    hints_.emplace_back(key);
    const bool directory = key.empty() || key.ends_with('/');
    directory ? looks_.addSubtree(key) : looks_.addEntry(key);
    changed_.notify_all();
  }
  void warn(std::string message) override {
    std::lock_guard lock(mutex_);
    warnings_.push_back(std::move(message));
    changed_.notify_all();
  }

  // From now on the watcher's thread stands still at its next hint, until the gate opens.
  void closeGate() {
    std::lock_guard lock(mutex_);
    open_ = false;
  }
  void openGate() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  // Waits until a look at what was hinted at would include `key`.
  bool awaits(const std::string& key) {
    return await([&] { return looks_.holds(key); });
  }
  bool awaitsHint(const std::string& key) {
    return await([&] { return std::find(hints_.begin(), hints_.end(), key) != hints_.end(); });
  }
  std::string awaitWarning() {
    await([&] { return !warnings_.empty(); });
    std::lock_guard lock(mutex_);
    return warnings_.empty() ? "" : warnings_.front();
  }
  std::vector<std::string> take() {
    std::lock_guard lock(mutex_);
    looks_ = KeySet();
    return std::exchange(hints_, {});
  }

 private:
  template <class Condition>
  bool await(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLongest, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;  // guarded by mutex_, as are the others
  std::vector<std::string> hints_;
  KeySet looks_;  // what a look at all of them includes
  std::vector<std::string> warnings_;
};

bool fanotifyIsAllowed() {
  TempDirectory folder;
  Heard heard;
  WatchOptions options;
  options.method = Method::fanotify;
  return openWatcher(folder.path(), options, heard).ok();
}

std::vector<Method> allowedMethods() {
  std::vector<Method> methods = {Method::inotify};
  if (fanotifyIsAllowed()) methods.push_back(Method::fanotify);
  return methods;
}

class WatcherOf : public ::testing::TestWithParam<Method> {
 protected:
  void watch(WatchOptions options = {}) {
    options.method = GetParam();
    Result<std::unique_ptr<Watcher>> opened = openWatcher(folder_.path(), options, heard_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    watcher_ = std::move(*opened);
    ASSERT_TRUE(heard_.awaitsHint(""));
    heard_.take();
  }
  // Everything that was caused before has been hinted at when this returns.
  void catchUp() {
    std::string mark = "mark-" + std::to_string(++marks_);
    folder_.write(mark, "");
    ASSERT_TRUE(heard_.awaits(mark));
  }
  fs::path at(const std::string& name) const { return folder_.at(name); }

  TempDirectory folder_;
  TempDirectory outside_;
  Heard heard_;
  std::unique_ptr<Watcher> watcher_;  // before what it tells
  int marks_ = 0;
};

TEST_P(WatcherOf, WhatHappensToFiles) {
  folder_.write("d/old", "1");
  folder_.write("d/edited", "1");
  folder_.write("d/touched", "1");
  watch();
  folder_.write("new", "1");
  EXPECT_TRUE(heard_.awaitsHint("new"));
  std::ofstream(at("d/edited"), std::ios::app) << "2";
  EXPECT_TRUE(heard_.awaitsHint("d/edited"));
  fs::last_write_time(at("d/touched"), fs::file_time_type::clock::now() - 1h);
  EXPECT_TRUE(heard_.awaitsHint("d/touched"));
  fs::rename(at("d/old"), at("d/renamed"));
  EXPECT_TRUE(heard_.awaitsHint("d/old"));
  EXPECT_TRUE(heard_.awaitsHint("d/renamed"));
  fs::remove(at("d/renamed"));
  catchUp();
  // As editors save: a new file is renamed over the old one.
  heard_.take();
  folder_.write("d/.edited.swp", "3");
  fs::rename(at("d/.edited.swp"), at("d/edited"));
  EXPECT_TRUE(heard_.awaitsHint("d/edited"));
}

TEST_P(WatcherOf, AFileThatIsOnlyReadIsSilent) {
  folder_.write("d/read", "1");
  watch();
  std::string text;
  std::ifstream(at("d/read")) >> text;
  catchUp();
  for (const std::string& hint : heard_.take()) EXPECT_FALSE(hint.starts_with("d/")) << hint;
}

TEST_P(WatcherOf, NewDirectoriesAreSeenWithAllTheyHoldHoweverFast) {
  watch();
  for (int round = 0; round < 50; ++round) {
    std::string top = "r" + std::to_string(round);
    folder_.write(top + "/a/b/c/file", "1");
    folder_.write(top + "/a/file", "1");
  }
  catchUp();
  for (int round = 0; round < 50; ++round) {
    std::string top = "r" + std::to_string(round);
    EXPECT_TRUE(heard_.awaits(top + "/a/b/c/file"));
    EXPECT_TRUE(heard_.awaits(top + "/a/file"));
  }
  heard_.take();
  folder_.write("r7/a/b/c/later", "1");
  EXPECT_TRUE(heard_.awaitsHint("r7/a/b/c/later"));
}

TEST_P(WatcherOf, ARenamedDirectoryIsKnownByItsNewName) {
  folder_.write("old/sub/file", "1");
  folder_.makeFolders("deep/er");
  watch();
  fs::rename(at("old"), at("deep/er/new"));
  EXPECT_TRUE(heard_.awaitsHint("old/"));
  EXPECT_TRUE(heard_.awaitsHint("deep/er/new/"));
  catchUp();
  heard_.take();
  folder_.write("deep/er/new/sub/file", "2");
  EXPECT_TRUE(heard_.awaitsHint("deep/er/new/sub/file"));
  fs::rename(at("deep/er/new/sub"), at("up"));
  catchUp();
  heard_.take();
  folder_.write("up/file", "3");
  EXPECT_TRUE(heard_.awaitsHint("up/file"));
}

TEST_P(WatcherOf, TwoDirectoriesThatChangePlaces) {
  folder_.write("a/1", "");
  folder_.write("b/2", "");
  watch();
  for (int round = 0; round < 5; ++round) {
    fs::rename(at("a"), at("c"));
    fs::rename(at("b"), at("a"));
    fs::rename(at("c"), at("b"));
  }
  catchUp();
  heard_.take();
  folder_.write("a/new", "");
  folder_.write("b/new", "");
  EXPECT_TRUE(heard_.awaits("a/new"));
  EXPECT_TRUE(heard_.awaits("b/new"));
}

TEST_P(WatcherOf, WhatWasMovedOutIsSilentAndWhatComesBackIsNot) {
  folder_.write("album/sub/photo", "1");
  watch();
  fs::path away = outside_.path() + "/album";
  fs::rename(at("album"), away);
  EXPECT_TRUE(heard_.awaitsHint("album/"));
  catchUp();
  heard_.take();
  std::ofstream(away / "sub/photo") << "2";
  catchUp();
  for (const std::string& hint : heard_.take()) EXPECT_FALSE(hint.starts_with("album")) << hint;
  fs::rename(away, at("back"));
  EXPECT_TRUE(heard_.awaitsHint("back/"));
  catchUp();
  heard_.take();
  folder_.write("back/sub/photo", "3");
  EXPECT_TRUE(heard_.awaitsHint("back/sub/photo"));
}

TEST_P(WatcherOf, ARemovedTree) {
  for (int i = 0; i < 20; ++i) folder_.write("t/" + std::to_string(i) + "/x/file", "");
  watch();
  fs::remove_all(at("t"));
  EXPECT_TRUE(heard_.awaitsHint("t/"));
  folder_.write("t/again", "");
  EXPECT_TRUE(heard_.awaits("t/again"));
}

TEST_P(WatcherOf, OurOwnFolderIsSilent) {
  folder_.makeFolders(".cloudsync/tmp");
  watch();
  folder_.write(".cloudsync/tmp/part", "1");
  fs::rename(at(".cloudsync/tmp/part"), at("placed"));
  EXPECT_TRUE(heard_.awaitsHint("placed"));
  for (const std::string& hint : heard_.take()) EXPECT_FALSE(hint.starts_with(".cloud")) << hint;
}

TEST_P(WatcherOf, AQueueThatRanOverIsALookAtEverything) {
  folder_.write("d/file", "1");
  watch();
  heard_.closeGate();
  // More than any queue of the kernel's holds, and each of another name: nothing is merged.
  for (int i = 0; i < 20'000; ++i) folder_.write("f" + std::to_string(i), "");
  folder_.makeFolders("unheard/of");
  heard_.openGate();
  EXPECT_TRUE(heard_.awaitsHint(""));
  catchUp();
  heard_.take();
  folder_.write("unheard/of/file", "1");
  EXPECT_TRUE(heard_.awaitsHint("unheard/of/file"));
}

TEST_P(WatcherOf, ARootThatCameBackIsWatchedAgain) {
  folder_.write("d/file", "1");
  watch();
  fs::rename(folder_.path(), outside_.path() + "/moved");
  fs::create_directory(folder_.path());
  watcher_->refresh();
  EXPECT_TRUE(heard_.awaitsHint(""));
  heard_.take();
  folder_.write("fresh/file", "1");
  EXPECT_TRUE(heard_.awaits("fresh/file"));
}

TEST_P(WatcherOf, EndsAtOnceAndInTheMiddleOfEverything) {
  for (int i = 0; i < 200; ++i) folder_.makeFolders("d/" + std::to_string(i));
  for (int round = 0; round < 20; ++round) {
    Heard heard;
    WatchOptions options;
    options.method = GetParam();
    auto opened = openWatcher(folder_.path(), options, heard);
    ASSERT_TRUE(opened.ok());
    folder_.write("d/7/" + std::to_string(round), "");
    if (round % 2 == 0) (*opened)->close();
  }
}

INSTANTIATE_TEST_SUITE_P(Linux, WatcherOf, ::testing::ValuesIn(allowedMethods()),
                         [](const auto& method) {
                           return method.param == Method::inotify ? "inotify" : "fanotify";
                         });

TEST(Watcher, WithoutARootThereIsNone) {
  Heard heard;
  EXPECT_EQ(openWatcher("/no/such/directory", {}, heard).error().kind, ErrorKind::notFound);
}

TEST(Watcher, BeyondTheLimitDirectoriesAreLookedAtAgainAndAgain) {
  TempDirectory folder;
  for (int i = 0; i < 30; ++i) folder.makeFolders("d" + std::to_string(i) + "/sub");
  Heard heard;
  WatchOptions options;
  options.method = Method::inotify;
  options.mostWatches = 10;
  options.pollEvery = 20ms;
  auto watcher = openWatcher(folder.path(), options, heard);
  ASSERT_TRUE(watcher.ok());
  std::string warning = heard.awaitWarning();
  EXPECT_NE(warning.find("only 10 directories"), std::string::npos) << warning;
  ASSERT_TRUE(heard.awaitsHint(""));
  for (int round = 0; round < 3; ++round) {
    heard.take();
    for (int i = 0; i < 30; ++i) {
      std::string file = "d" + std::to_string(i) + "/sub/file" + std::to_string(round);
      folder.write(file, "1");
      EXPECT_TRUE(heard.awaits(file));
    }
  }
  // Room again: what had no watch gets one, and is polled no more.
  for (int i = 0; i < 27; ++i) fs::remove_all(folder.at("d" + std::to_string(i)));
  EXPECT_TRUE(heard.awaits("d1/"));
}

}  // namespace
}  // namespace cloudsync
