#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "support.h"

namespace cloudsync {
namespace {

using namespace cloudsync::testing;

// Every test of the base tree runs on a file and in memory: both are promised the same.
class BaseTree : public ::testing::TestWithParam<bool> {
 protected:
  BaseTree() {
    store_ = must(GetParam() ? StateStore::openInMemory() : StateStore::open(directory_.state()));
    space_ = must(store_->openSpace("gallery")).id;
    reader_ = must(store_->openReader());
  }

  void commit(std::vector<BaseChange> changes) { must(store_->commit(space_, changes)); }
  std::vector<std::string> keysOf(std::string_view after, std::string_view end, std::size_t limit) {
    BaseBatch batch = must(reader_->page(space_, after, end, limit));
    std::vector<std::string> keys;
    for (const auto& entry : batch.entries()) keys.emplace_back(entry.key);
    return keys;
  }

  TempDirectory directory_;
  std::unique_ptr<StateStore> store_;
  SpaceId space_;
  std::unique_ptr<StateReader> reader_;
};

INSTANTIATE_TEST_SUITE_P(Everywhere, BaseTree, ::testing::Bool(), [](const auto& instance) {
  return instance.param ? "InMemory" : "OnDisk";
});

void expectSame(const BaseFacts& a, const BaseFacts& b) {
  EXPECT_EQ(a.standing, b.standing);
  EXPECT_EQ(a.origin, b.origin);
  EXPECT_EQ(a.mark, b.mark);
  EXPECT_EQ(a.pinned, b.pinned);
  EXPECT_EQ(a.local, b.local);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  EXPECT_EQ(a.lookedAt, b.lookedAt);
  EXPECT_EQ(a.size, b.size);
  EXPECT_EQ(a.sha256, b.sha256);
  EXPECT_EQ(a.remoteModifyTime, b.remoteModifyTime);
  EXPECT_EQ(a.accessedAt, b.accessedAt);
}

TEST_P(BaseTree, GivesBackEveryFactOfARow) {
  BaseRow row = localRow("photos/a.jpg", 0xffff'ffff'ffff'fff0);
  row.remoteVersion = std::string("\"etag\0\xff\"", 8);
  row.facts.standing = Standing::ignored;
  row.facts.origin = Origin::adopted;
  row.facts.mark = Mark::freed;
  row.facts.pinned = true;
  row.facts.fingerprint = {~0ULL, -5, 1, -7, 1'700'000'000'123'456'789};
  commit({put(row)});

  std::optional<BaseRow> found = must(reader_->find(space_, row.key));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, row.key);
  EXPECT_EQ(found->remoteVersion, row.remoteVersion);
  expectSame(found->facts, row.facts);

  BaseBatch batch = must(reader_->page(space_, "", "", 10));
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch.entries()[0].key, row.key);
  EXPECT_EQ(batch.entries()[0].kind, EntryKind::file);
  EXPECT_EQ(batch.entries()[0].facts.remoteVersion, row.remoteVersion);
  expectSame(batch.entries()[0].facts, row.facts);
}

TEST_P(BaseTree, KeepsACloudOnlyRowWithoutHashOrPrint) {
  BaseRow row = cloudRow("a");
  row.facts.sha256.reset();
  row.remoteVersion = "";
  commit({put(row)});
  std::optional<BaseRow> found = must(reader_->find(space_, "a"));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->facts.local);
  EXPECT_FALSE(found->facts.sha256);
  EXPECT_EQ(found->remoteVersion, "");
}

TEST_P(BaseTree, FindsNothingUnderAKeyItDoesNotHave) {
  commit({put(localRow("a"))});
  EXPECT_FALSE(must(reader_->find(space_, "a/")));
  EXPECT_FALSE(must(reader_->find(space_, "")));
  EXPECT_FALSE(must(reader_->find(SpaceId{space_.value + 1}, "a")));
}

TEST_P(BaseTree, ReplacesAndErasesRows) {
  commit({put(localRow("a", 1)), put(localRow("b", 1))});
  commit({put(cloudRow("a", 2)), erase("b"), erase("never-there")});
  EXPECT_EQ(must(reader_->find(space_, "a"))->facts.size, 2U);
  EXPECT_FALSE(must(reader_->find(space_, "a"))->facts.local);
  EXPECT_FALSE(must(reader_->find(space_, "b")));
}

TEST_P(BaseTree, PagesInByteOrderWhateverTheBytes) {
  std::vector<std::string> keys;
  for (int byte = 0; byte < 256; ++byte) {
    std::string one(1, static_cast<char>(byte));
    keys.push_back(one);              // alone, invalid UTF-8 included
    keys.push_back("a" + one + "b");  // and inside
  }
  for (const char* key : {"a!", "a-b", "a.txt", "a/", "a/x", "a0", "ab"}) keys.emplace_back(key);
  std::sort(keys.begin(), keys.end(), [](const std::string& x, const std::string& y) {
    return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(), [](char p, char q) {
      return static_cast<unsigned char>(p) < static_cast<unsigned char>(q);
    });
  });
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());

  std::vector<BaseChange> changes;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) changes.push_back(put(localRow(*key)));
  commit(changes);

  std::vector<std::string> paged;
  for (;;) {
    std::vector<std::string> page = keysOf(paged.empty() ? "" : paged.back(), "", 7);
    if (page.empty()) break;
    paged.insert(paged.end(), page.begin(), page.end());
  }
  EXPECT_EQ(paged, keys);
  for (const std::string& key : keys) EXPECT_TRUE(must(reader_->find(space_, key)));
}

TEST_P(BaseTree, PagesWithinBoundsOnly) {
  commit({put(localRow("a")), put(localRow("d/")), put(localRow("d/x")), put(localRow("d0")),
          put(localRow("e"))});
  EXPECT_EQ(keysOf("a", "e", 10), (std::vector<std::string>{"d/", "d/x", "d0"}));
  EXPECT_EQ(keysOf("d/", "d0", 10), (std::vector<std::string>{"d/x"}));
  EXPECT_EQ(keysOf("", "", 2), (std::vector<std::string>{"a", "d/"}));
  EXPECT_EQ(must(reader_->page(space_, "a", "", 1)).entries()[0].kind, EntryKind::directory);
}

TEST_P(BaseTree, TouchesAndMarksOnlyWhatIsThere) {
  BaseRow row = localRow("a");
  row.facts.pinned = true;
  row.facts.origin = Origin::uploaded;
  commit({put(row)});
  must(store_->touch(space_, "a", 999));
  must(store_->mark(space_, "a", Mark::stopped));
  row.facts.accessedAt = 999;
  row.facts.mark = Mark::stopped;
  expectSame(must(reader_->find(space_, "a"))->facts, row.facts);
  must(store_->mark(space_, "a", Mark::none));
  row.facts.mark = Mark::none;
  expectSame(must(reader_->find(space_, "a"))->facts, row.facts);

  must(store_->touch(space_, "missing", 1));
  must(store_->mark(space_, "missing", Mark::stopped));
  EXPECT_FALSE(must(reader_->find(space_, "missing")));
}

TEST_P(BaseTree, CountsFilesByWhereTheyAre) {
  BaseRow verdict = localRow("ignored.tmp", 1000);
  verdict.facts.standing = Standing::ignored;
  commit({put(localRow("d/")), put(localRow("d/a", 3)), put(localRow("d/b", 4)),
          put(cloudRow("d/c", 5)), put(verdict)});
  SpaceTotals totals = must(store_->totals(space_));
  EXPECT_EQ(totals.files, 3U);
  EXPECT_EQ(totals.directories, 1U);
  EXPECT_EQ(totals.localFiles, 2U);
  EXPECT_EQ(totals.localBytes, 7U);
  EXPECT_EQ(totals.cloudOnlyFiles, 1U);
  EXPECT_EQ(totals.cloudOnlyBytes, 5U);

  SpaceTotals empty = must(store_->totals(must(store_->openSpace("other")).id));
  EXPECT_EQ(empty.files, 0U);
  EXPECT_EQ(empty.localBytes, 0U);
}

TEST_P(BaseTree, KeepsSpacesApart) {
  SpaceId other = must(store_->openSpace("other")).id;
  commit({put(localRow("a"))});
  must(store_->commit(other, std::vector{put(localRow("b"))}));
  EXPECT_EQ(keysOf("", "", 10), (std::vector<std::string>{"a"}));
  must(store_->commit(other, std::vector{erase("a")}));
  EXPECT_TRUE(must(reader_->find(space_, "a")));
}

// Every commit moves one unit from one file to the other: no reader may see it in between.
TEST_P(BaseTree, ShowsReadersWholeCommitsOnly) {
  constexpr int kCommits = 300;
  constexpr ByteCount kSum = 10'000;
  commit({put(localRow("x", kSum)), put(localRow("y", 0))});
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::atomic<int> pages{0};
  std::thread watching([&] {
    std::unique_ptr<StateReader> reader = must(store_->openReader());
    while (!done.load() || pages.load() == 0) {
      BaseBatch batch = must(reader->page(space_, "", "", 10));
      ByteCount sum = 0;
      for (const auto& entry : batch.entries()) sum += entry.facts.size;
      if (sum != kSum) ++torn;
      ++pages;
    }
  });
  for (int i = 1; i <= kCommits; ++i) {
    auto moved = static_cast<ByteCount>(i);
    commit({put(localRow("x", kSum - moved)), put(localRow("y", moved))});
  }
  done = true;
  watching.join();
  EXPECT_EQ(torn.load(), 0);
}

TEST_P(BaseTree, TakesCommitsFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kRows = 100;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < kRows; ++i) {
        commit({put(localRow(std::to_string(t) + "-" + std::to_string(i), 1))});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(must(store_->totals(space_)).localBytes, ByteCount{kThreads * kRows});
}

}  // namespace
}  // namespace cloudsync
