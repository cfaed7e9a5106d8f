#include "events/mailbox.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

TransferEvent running(std::uint64_t watcher, std::int64_t task, ByteCount processed) {
  TransferEvent event;
  event.watcher = watcher;
  event.task = TaskId{task};
  event.processed = processed;
  event.size = 100;
  return event;
}

TransferEvent completed(std::uint64_t watcher, std::int64_t task) {
  TransferEvent event = running(watcher, task, 100);
  event.state = TransferState::completed;
  return event;
}

SyncEvent syncState(const std::string& space, SyncState state) {
  SyncEvent event;
  event.space = space;
  event.state = state;
  return event;
}

RunProgress progress(const std::string& space, std::uint64_t scanned) {
  RunProgress event;
  event.space = space;
  event.scanned = scanned;
  return event;
}

struct Counted {
  int wakes = 0;
  Mailbox box{[this] { ++wakes; }};
};

TEST(Mailbox, wakesItsReaderOnceUntilItIsDrained) {
  Counted counted;
  counted.box.post(running(1, 1, 0));
  counted.box.post(syncState("gallery", SyncState::downloading));
  EXPECT_EQ(counted.wakes, 1);
  counted.box.drain();
  counted.box.post(running(1, 1, 1));
  EXPECT_EQ(counted.wakes, 2);
}

TEST(Mailbox, whatCannotWaitWakesItsReaderAgain) {
  Counted counted;
  TransferEvent patient = completed(1, 1);
  patient.canWait = true;
  counted.box.post(patient);
  counted.box.post(progress("gallery", 1));
  EXPECT_EQ(counted.wakes, 1);
  EXPECT_FALSE(counted.box.hurried());
  counted.box.post(completed(1, 2));
  counted.box.post(completed(1, 3));
  EXPECT_EQ(counted.wakes, 2);
  EXPECT_TRUE(counted.box.hurried());
  EXPECT_EQ(counted.box.drain().size(), 4u);
  EXPECT_FALSE(counted.box.hurried());
}

TEST(Mailbox, keepsOnlyTheLatestUnreadProgressOfATask) {
  Counted counted;
  for (ByteCount byte = 0; byte < 50; ++byte) counted.box.post(running(1, 7, byte));
  const auto events = counted.box.drain();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(std::get<TransferEvent>(events[0]).processed, 49u);
}

TEST(Mailbox, tellsTwoWatchersOfOneTaskApart) {
  Counted counted;
  counted.box.post(running(1, 7, 10));
  counted.box.post(running(2, 7, 20));
  EXPECT_EQ(counted.box.drain().size(), 2u);
}

TEST(Mailbox, deliversTheFinalEventBehindTheProgressAndNothingAfterIt) {
  Counted counted;
  counted.box.post(running(1, 7, 10));
  counted.box.post(completed(1, 7));
  counted.box.post(running(1, 7, 20));
  const auto events = counted.box.drain();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<TransferEvent>(events[0]).processed, 10u);
  EXPECT_EQ(std::get<TransferEvent>(events[1]).state, TransferState::completed);
}

TEST(Mailbox, progressOfARunNeverOvertakesAStateOfTheRun) {
  Counted counted;
  counted.box.post(progress("gallery", 1));
  counted.box.post(syncState("gallery", SyncState::uploading));
  counted.box.post(progress("gallery", 2));
  counted.box.post(progress("gallery", 3));
  const auto events = counted.box.drain();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(std::get<RunProgress>(events[0]).scanned, 1u);
  EXPECT_EQ(std::get<SyncEvent>(events[1]).state, SyncState::uploading);
  EXPECT_EQ(std::get<RunProgress>(events[2]).scanned, 3u);
}

TEST(Mailbox, theStateOfOneSpaceDoesNotSplitTheProgressOfAnother) {
  Counted counted;
  counted.box.post(progress("gallery", 1));
  counted.box.post(syncState("com.example.notes", SyncState::uploading));
  counted.box.post(progress("gallery", 2));
  EXPECT_EQ(counted.box.drain().size(), 2u);
}

TEST(Mailbox, keepsStatesAndSettlementsInTheirOrder) {
  Counted counted;
  counted.box.post(Settled{CallId{1}, Value{}});
  counted.box.post(syncState("gallery", SyncState::downloading));
  counted.box.post(syncState("gallery", SyncState::uploading));
  counted.box.post(Settled{CallId{2}, Error{ErrorKind::network, "", "", 0}});
  const auto events = counted.box.drain();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(std::get<Settled>(events[0]).call, CallId{1});
  EXPECT_EQ(std::get<SyncEvent>(events[1]).state, SyncState::downloading);
  EXPECT_EQ(std::get<SyncEvent>(events[2]).state, SyncState::uploading);
  EXPECT_EQ(std::get<Settled>(events[3]).call, CallId{2});
}

TEST(Mailbox, countsTheNoticesThatAreTooManyToKeep) {
  Counted counted;
  for (std::size_t i = 0; i < Mailbox::kUnreadNotices + 5; ++i) counted.box.post(Notice{});
  const auto events = counted.box.drain();
  ASSERT_EQ(events.size(), Mailbox::kUnreadNotices + 1);
  EXPECT_EQ(std::get<Notice>(events.back()).message, "5 more notices were left out");
  counted.box.post(Notice{});
  EXPECT_EQ(counted.box.drain().size(), 1u);
}

TEST(Mailbox, keepsNothingAndWakesNobodyOnceClosed) {
  Counted counted;
  counted.box.post(running(1, 1, 0));
  counted.box.close();
  counted.box.post(running(1, 1, 1));
  EXPECT_EQ(counted.wakes, 1);
  EXPECT_TRUE(counted.box.drain().empty());
}

}  // namespace
}  // namespace cloudsync
