#include <gtest/gtest.h>

#include <thread>

#include "support.h"

namespace cloudsync {
namespace {

using namespace cloudsync::testing;

class Store : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<StateStore> open() {
    return must(GetParam() ? StateStore::openInMemory() : StateStore::open(directory_.state()));
  }
  TempDirectory directory_;
  std::unique_ptr<StateStore> store_ = open();
  SpaceId space_ = must(store_->openSpace("gallery")).id;
};

INSTANTIATE_TEST_SUITE_P(Everywhere, Store, ::testing::Bool(), [](const auto& instance) {
  return instance.param ? "InMemory" : "OnDisk";
});

TEST_P(Store, MakesASpaceOnceAndFindsItAgain) {
  SpaceRow fresh = must(store_->openSpace("files"));
  EXPECT_EQ(fresh.name, "files");
  EXPECT_EQ(fresh.syncState, 4);
  EXPECT_EQ(fresh.generation, 0U);
  EXPECT_NE(fresh.id, space_);
  EXPECT_EQ(must(store_->openSpace("files")).id, fresh.id);
}

TEST_P(Store, GivesBackEveryFieldOfASpace) {
  SpaceRow row = must(store_->openSpace("gallery"));
  row.rootId = "root";
  row.rootDevice = ~0ULL;
  row.rootInode = 5;
  row.generation = 6;
  row.remoteId = "remote";
  row.remoteUrl = "file:///cloud";
  row.syncState = 2;
  row.syncError = 3;
  row.lastSyncTime = 1'700'000'000'000;
  must(store_->saveSpace(row));
  SpaceRow again = must(store_->openSpace("gallery"));
  EXPECT_EQ(again.id, row.id);
  EXPECT_EQ(again.rootId, row.rootId);
  EXPECT_EQ(again.rootDevice, row.rootDevice);
  EXPECT_EQ(again.rootInode, row.rootInode);
  EXPECT_EQ(again.generation, row.generation);
  EXPECT_EQ(again.remoteId, row.remoteId);
  EXPECT_EQ(again.remoteUrl, row.remoteUrl);
  EXPECT_EQ(again.syncState, row.syncState);
  EXPECT_EQ(again.syncError, row.syncError);
  EXPECT_EQ(again.lastSyncTime, row.lastSyncTime);
}

TEST_P(Store, SavesWhatCanWaitWithTheNextWrite) {
  SpaceRow row = must(store_->openSpace("gallery"));
  row.lastSyncTime = 5;
  store_->saveSpaceLater(row);
  row.lastSyncTime = 6;
  store_->saveSpaceLater(row);
  must(store_->clearPlan(space_));  // with nothing to clear, that is no write
  must(store_->commit(space_, std::vector{put(localRow("a"))}));
  EXPECT_EQ(must(store_->openSpace("gallery")).lastSyncTime, 6);
  row.lastSyncTime = 7;
  store_->saveSpaceLater(row);
  row.lastSyncTime = 8;
  must(store_->saveSpace(row));
  EXPECT_EQ(must(store_->openSpace("gallery")).lastSyncTime, 8);
}

TEST(OnDisk, WhatCanWaitWritesNothingUntilTheStoreIsClosed) {
  TempDirectory directory;
  auto log = directory.database();
  log += "-wal";
  auto store = must(StateStore::open(directory.state()));
  SpaceRow row = must(store->openSpace("gallery"));
  auto size = std::filesystem::file_size(log);
  auto time = std::filesystem::last_write_time(log);
  row.lastSyncTime = 5;
  store->saveSpaceLater(row);
  must(store->clearPlan(row.id));
  EXPECT_EQ(std::filesystem::file_size(log), size);
  EXPECT_EQ(std::filesystem::last_write_time(log), time);
  must(store->close());
  store = must(StateStore::open(directory.state()));
  EXPECT_EQ(must(store->openSpace("gallery")).lastSyncTime, 5);
}

TEST_P(Store, RefusesToSaveASpaceItDoesNotKnow) {
  SpaceRow row;
  row.id.value = 77;
  row.name = "nobody";
  EXPECT_EQ(store_->saveSpace(row).error().kind, ErrorKind::notFound);
}

TEST_P(Store, GrantsLicencesAndRevokesThemWithTheClaims) {
  std::vector<Licence> granted(2);
  granted[0] = {0, Licence::Kind::free, "a\xff", ".cloudsync/tmp/1", ~0ULL, {1, 2, 3, 4, 5}};
  granted[1] = {0, Licence::Kind::publish, "b", ".cloudsync/tmp/2", 9, {}};
  must(store_->grant(space_, granted));
  EXPECT_NE(granted[0].id, granted[1].id);

  std::vector<Licence> found = must(store_->licences(space_));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].id, granted[0].id);
  EXPECT_EQ(found[0].kind, Licence::Kind::free);
  EXPECT_EQ(found[0].key, granted[0].key);
  EXPECT_EQ(found[0].privateName, granted[0].privateName);
  EXPECT_EQ(found[0].inode, granted[0].inode);
  EXPECT_EQ(found[0].expected, granted[0].expected);
  EXPECT_EQ(found[1].kind, Licence::Kind::publish);

  must(store_->commit(space_, std::vector{put(cloudRow("a\xff"))}, std::vector{granted[0].id}));
  found = must(store_->licences(space_));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, granted[1].id);
}

TEST_P(Store, NeverGivesALicenceIdTwice) {
  std::vector<Licence> one(1);
  must(store_->grant(space_, one));
  std::int64_t first = one[0].id;
  must(store_->commit(space_, {}, std::vector{first}));
  must(store_->grant(space_, one));
  EXPECT_GT(one[0].id, first);
}

TEST_P(Store, KeepsUnfinishedDownloads) {
  DownloadRow row{"a", "v1", 100'000, "part-1", {{0, 10}, {20, 30}, {99'999, 100'000}}};
  must(store_->saveDownload(space_, row));
  row.have = {{0, 100}};
  must(store_->saveDownload(space_, row));
  must(store_->saveDownload(space_, DownloadRow{"b", "v", 0, "part-2", {}}));

  std::optional<DownloadRow> found = must(store_->download(space_, "a"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, "a");
  EXPECT_EQ(found->remoteVersion, "v1");
  EXPECT_EQ(found->size, 100'000U);
  EXPECT_EQ(found->partName, "part-1");
  EXPECT_EQ(found->have, row.have);
  EXPECT_EQ(must(store_->downloads(space_)).size(), 2U);
  must(store_->eraseDownload(space_, "a"));
  EXPECT_FALSE(must(store_->download(space_, "a")));
  EXPECT_EQ(must(store_->downloads(space_)).size(), 1U);
}

TEST_P(Store, KeepsUnfinishedUploadsWithTheirParts) {
  UploadRow row;
  row.key = "movie.mp4";
  row.nonce = "n";
  row.fingerprint = {1, 2, 3, 4, 5};
  row.sha256 = hashOf("movie");
  row.partSize = 8 << 20;
  must(store_->saveUpload(space_, row));
  EXPECT_EQ(must(store_->upload(space_, row.key))->uploadId, "");
  row.uploadId = "id-of-remote";
  must(store_->saveUpload(space_, row));
  must(store_->addUploadPart(space_, row.key, {2, "tag-2", hashOf("2")}));
  must(store_->addUploadPart(space_, row.key, {1, "tag-1", hashOf("1")}));
  must(store_->addUploadPart(space_, row.key, {2, "tag-2b", hashOf("2b")}));

  std::vector<UploadRow> all = must(store_->uploads(space_));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].key, row.key);
  EXPECT_EQ(all[0].nonce, "n");
  EXPECT_EQ(all[0].uploadId, "id-of-remote");
  EXPECT_EQ(all[0].fingerprint, row.fingerprint);
  EXPECT_EQ(all[0].sha256, row.sha256);
  EXPECT_EQ(all[0].partSize, row.partSize);
  ASSERT_EQ(all[0].parts.size(), 2U);
  EXPECT_EQ(all[0].parts[0].number, 1U);
  EXPECT_EQ(all[0].parts[1].tag, "tag-2b");
  EXPECT_EQ(all[0].parts[1].sha256, hashOf("2b"));

  must(store_->eraseUpload(space_, row.key));
  EXPECT_FALSE(must(store_->upload(space_, row.key)));
  EXPECT_EQ(store_->addUploadPart(space_, row.key, {3, "late", {}}).error().kind,
            ErrorKind::notFound);
}

TEST_P(Store, CountsTaskIdsUpByOne) {
  TaskId first = must(store_->nextTaskId());
  EXPECT_EQ(must(store_->nextTaskId()).value, first.value + 1);
}

TEST_P(Store, AnswersNothingOnceItIsClosed) {
  std::unique_ptr<StateReader> reader = must(store_->openReader());
  must(store_->close());
  must(store_->close());
  EXPECT_EQ(store_->nextTaskId().error().kind, ErrorKind::unavailable);
  EXPECT_EQ(store_->openSpace("x").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(store_->licences(space_).error().kind, ErrorKind::unavailable);
  if (GetParam()) {
    EXPECT_EQ(reader->find(space_, "a").error().kind, ErrorKind::unavailable);
    EXPECT_EQ(must(store_->openReader())->find(space_, "a").error().kind, ErrorKind::unavailable);
  } else {
    EXPECT_EQ(store_->openReader().error().kind, ErrorKind::unavailable);
  }
}

TEST(StoreInMemory, SharesNothingWithAnother) {
  std::unique_ptr<StateStore> a = must(StateStore::openInMemory());
  std::unique_ptr<StateStore> b = must(StateStore::openInMemory());
  SpaceId space = must(a->openSpace("one")).id;
  must(a->commit(space, std::vector{put(localRow("x"))}));
  must(b->openSpace("one"));
  EXPECT_FALSE(must(must(b->openReader())->find(space, "x")));
}

}  // namespace
}  // namespace cloudsync
