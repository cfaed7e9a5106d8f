#include "sync/merge.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/sim_scheduler.h"
#include "base/spawn.h"

namespace cloudsync {
namespace {

struct Item {
  std::string key;
  EntryKind kind = EntryKind::file;
  std::string end{};
};

// Hands out prepared entries, a few at a time.
template <class Facts>
class Prepared final : public EntryStream<Facts> {
 public:
  Prepared(std::vector<Item> items, std::size_t batch) : items_(std::move(items)), size_(batch) {}

  Task<Result<EntryBatch<Facts>>> next(CancelToken) override {
    EntryBatch<Facts> batch;
    while (at_ < items_.size() && batch.size() < size_) {
      const Item& item = items_[at_++];
      Entry<Facts>& entry = batch.add(item.kind, item.key, "", "");
      if (item.kind == EntryKind::unknown) entry.unknownEnd = item.end;
    }
    co_return batch;
  }

 private:
  std::vector<Item> items_;
  std::size_t size_;
  std::size_t at_ = 0;
};

class Recorder final : public ThreeWayMerge::Visitor {
 public:
  void visit(const Triple& triple) override {
    std::string text;
    text += triple.base ? 'B' : '-';
    for (Presence presence : {triple.local, triple.remote}) {
      text += "-p?iu"[presence == Presence::absent    ? 0
                      : presence == Presence::present ? 1
                      : presence == Presence::aside   ? 2
                      : presence == Presence::ignored ? 3
                                                      : 4];
    }
    keys.push_back(std::string(triple.key));
    seen[std::string(triple.key)] = text;
  }
  void setAside(std::string_view key, EntryKind, bool) override { aside.emplace_back(key); }
  void hole(std::string_view key, bool) override { holes.emplace_back(key); }
  Task<Status> pause() override { co_return Status(); }

  std::vector<std::string> keys;
  std::map<std::string, std::string> seen;
  std::vector<std::string> aside;
  std::vector<std::string> holes;
};

Task<Status> runMerge(ThreeWayMerge& merge, Recorder& recorder) {
  co_return co_await merge.run(recorder, CancelToken());
}

Recorder merged(std::vector<Item> base, std::vector<Item> local, std::vector<Item> remote,
                std::size_t batch) {
  SimScheduler scheduler(1);
  ThreeWayMerge merge(std::make_unique<Prepared<BaseFacts>>(std::move(base), batch),
                      std::make_unique<Prepared<LocalFacts>>(std::move(local), batch),
                      std::make_unique<Prepared<RemoteFacts>>(std::move(remote), batch));
  Recorder recorder;
  std::optional<Status> status;
  spawn(scheduler, Lane::transfer, detail::storeInto(runMerge(merge, recorder), status),
        [](std::exception_ptr) {});
  scheduler.run();
  EXPECT_TRUE(status && status->ok());
  return recorder;
}

TEST(Merge, YieldsEveryKeyOnceInOrderWhateverTheBatches) {
  std::vector<Item> base = {{"a"}, {"c"}, {"d/", EntryKind::directory}, {"d/x"}};
  std::vector<Item> local = {{"a"}, {"a!"}, {"d/", EntryKind::directory}, {"d/y"}};
  std::vector<Item> remote = {{"b"}, {"c"}, {"d/", EntryKind::directory}, {"d/x"}, {"e"}};
  for (std::size_t batch : {1u, 2u, 100u}) {
    Recorder recorder = merged(base, local, remote, batch);
    EXPECT_EQ(recorder.keys,
              (std::vector<std::string>{"a", "a!", "b", "c", "d/", "d/x", "d/y", "e"}));
    EXPECT_EQ(recorder.seen["a"], "Bp-");
    EXPECT_EQ(recorder.seen["a!"], "-p-");
    EXPECT_EQ(recorder.seen["c"], "B-p");
    EXPECT_EQ(recorder.seen["d/"], "Bpp");
    EXPECT_EQ(recorder.seen["e"], "--p");
  }
}

TEST(Merge, AHoleHidesWhatLiesInItAndNothingElse) {
  std::vector<Item> base = {{"d/", EntryKind::directory}, {"d/x"}, {"d0"}};
  std::vector<Item> local = {{"d/", EntryKind::directory}, {"d/", EntryKind::unknown, "d0"}};
  std::vector<Item> remote = {{"d/", EntryKind::directory}, {"d/x"}, {"d0"}};
  Recorder recorder = merged(base, local, remote, 100);
  EXPECT_EQ(recorder.seen["d/x"], "Bup");
  EXPECT_EQ(recorder.seen["d0"], "B-p");
  EXPECT_EQ(recorder.holes, std::vector<std::string>{"d/"});
}

TEST(Merge, AHoleToTheEndHidesTheRest) {
  Recorder recorder = merged({{"a"}, {"b"}, {"z"}}, {{"a"}, {"b"}, {"z"}},
                             {{"a"}, {"b", EntryKind::unknown, ""}}, 100);
  EXPECT_EQ(recorder.seen["a"], "Bpp");
  EXPECT_EQ(recorder.seen["b"], "Bpu");
  EXPECT_EQ(recorder.seen["z"], "Bpu");
}

TEST(Merge, ADirectoryThatBecameASymlinkHidesItsFormerChildren) {
  std::vector<Item> base = {{"d!"}, {"d/", EntryKind::directory}, {"d/x"}, {"d0"}};
  std::vector<Item> local = {{"d", EntryKind::symlink}, {"d0"}};
  std::vector<Item> remote = {{"d!"}, {"d/", EntryKind::directory}, {"d/x"}, {"d0"}};
  Recorder recorder = merged(base, local, remote, 100);
  EXPECT_EQ(recorder.seen["d"], "-?-");
  EXPECT_EQ(recorder.seen["d!"], "B-p");  // sorts between them, is no child
  EXPECT_EQ(recorder.seen["d/"], "Bup");
  EXPECT_EQ(recorder.seen["d/x"], "Bup");
  EXPECT_EQ(recorder.seen["d0"], "Bpp");
  EXPECT_EQ(recorder.aside, std::vector<std::string>{"d"});
}

TEST(Merge, WhatLiesInAnIgnoredDirectoryIsIgnoredToo) {
  std::vector<Item> base = {{"d!"}, {"d/", EntryKind::directory}, {"d/x"}, {"d0"}};
  std::vector<Item> local = {{"d!"}, {"d/", EntryKind::ignored}, {"d0"}};
  std::vector<Item> remote = {{"d/", EntryKind::directory}, {"d/y"}};
  Recorder recorder = merged(base, local, remote, 100);
  EXPECT_EQ(recorder.seen["d!"], "Bp-");
  EXPECT_EQ(recorder.seen["d/"], "Bip");
  EXPECT_EQ(recorder.seen["d/x"], "Bi-");
  EXPECT_EQ(recorder.seen["d/y"], "-ip");
  EXPECT_EQ(recorder.seen["d0"], "Bp-");
}

}  // namespace
}  // namespace cloudsync
