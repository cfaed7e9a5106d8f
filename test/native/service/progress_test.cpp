#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/mailbox.h"
#include "sim_world.h"

// What a run and a download tell of themselves while they go, and how much of it.

namespace cloudsync {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;

// Reads everything a device says, at the moment it is said.
class Ear {
 public:
  explicit Ear(Device& device) {
    box_ = std::make_shared<Mailbox>([this] {
      for (const Event& event : box_->drain()) {
        if (const auto* progress = std::get_if<RunProgress>(&event)) runs.push_back(*progress);
        if (const auto* notice = std::get_if<Notice>(&event)) notices.push_back(*notice);
      }
    });
    device.hub().attach(box_);
  }

  void expectNeverMoreThanAll() const {
    for (const RunProgress& run : runs) {
      EXPECT_LE(run.bytesDone, run.bytesTotal);
      EXPECT_LE(run.filesDone + run.failed, run.filesTotal);
    }
  }
  void expectAllDone(std::uint64_t files, ByteCount bytes) const {
    ASSERT_FALSE(runs.empty());
    const RunProgress& last = runs.back();
    EXPECT_EQ(last.phase, RunProgress::Phase::done);
    EXPECT_EQ(last.filesDone, files);
    EXPECT_EQ(last.filesTotal, files);
    EXPECT_EQ(last.bytesDone, bytes);
    EXPECT_EQ(last.bytesTotal, bytes);
    EXPECT_EQ(last.failed, 0u);
  }

  std::vector<RunProgress> runs;
  std::vector<Notice> notices;

 private:
  std::shared_ptr<Mailbox> box_;
};

// How far a download says it is.
class Watch final : public DownloadWatcher {
 public:
  void progressed(const DownloadTask& task) override { seen.push_back(task.processed); }
  void finished(const DownloadTask& task, const Result<BaseRow>&) override {
    seen.push_back(task.processed);
  }
  std::vector<ByteCount> seen;
};

Task<Status> watchedDownload(Space& space, RelPath path, std::shared_ptr<Watch> watch) {
  Result<Space::Admission> admission = co_await space.admitDownload(path);
  if (!admission.ok()) co_return admission.error();
  DownloadQueue::Order order = std::move(*admission->order);
  Result<std::shared_ptr<DownloadTask>> task =
      co_await space.startDownload(std::move(order), watch);
  if (!task.ok()) co_return task.error();
  co_await (*task)->ended.wait();
  const Result<BaseRow>& result = *(*task)->result;
  if (!result.ok()) co_return result.error();
  co_return Status();
}

Task<bool> ended(std::shared_ptr<DownloadTask> task) {
  bool over = co_await task->ended.wait();
  co_return over;
}

BaseRow rowOf(Device& device, const std::string& key) {
  auto reader = std::move(device.store().openReader()).value();
  return std::move(*reader->find(device.space("drive")->id(), key)).value();
}

TEST(Progress, TwoWhoAskForOneFileBothGetIt) {
  SimWorld world(2, ContentPolicy::onDemand);
  world.write("a", "film", "content");
  ASSERT_EQ(world.sync("a").state, SyncState::completed);
  ASSERT_EQ(world.sync("b").state, SyncState::completed);
  Space& space = *world.device("b").space("drive");
  RelPath film = RelPath::trusted("film");
  // Both look while it is not here; the second one's task begins when the first one's is over.
  Result<Space::Admission> late = world.wait(space.admitDownload(film));
  ASSERT_TRUE(late.ok() && late->order);
  ASSERT_TRUE(world.fetch("b", "film").ok());
  auto watch = std::make_shared<Watch>();
  Result<std::shared_ptr<DownloadTask>> task =
      world.wait(space.startDownload(std::move(*late->order), watch));
  ASSERT_TRUE(task.ok());
  world.wait(ended(*task));
  ASSERT_TRUE((*task)->result->ok()) << (*task)->result->error().message;
  EXPECT_EQ(world.read("b", "film"), "content");
}

TEST(Progress, ADownloadThatHasToStartOverNeverSaysMoreThanItHas) {
  SimWorld world(1, ContentPolicy::onDemand);
  const std::string content(12 * kMiB, 'c');
  world.write("a", "film", content);
  ASSERT_EQ(world.sync("a").state, SyncState::completed);
  ASSERT_EQ(world.sync("b").state, SyncState::completed);
  // A former process left 8 MiB that a power cut turned into something else.
  Device& b = world.device("b");
  world.files().write("/b/.cloudsync/tmp/left", std::string(12 * kMiB, '?'));
  DownloadRow left{"film", rowOf(b, "film").remoteVersion, 12 * kMiB, "left", {{0, 8 * kMiB}}};
  ASSERT_TRUE(b.store().saveDownload(b.space("drive")->id(), left).ok());

  auto watch = std::make_shared<Watch>();
  Status fetched = world.wait(watchedDownload(*b.space("drive"), RelPath::trusted("film"), watch));
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  EXPECT_EQ(world.read("b", "film"), content);
  ASSERT_FALSE(watch->seen.empty());
  EXPECT_TRUE(std::is_sorted(watch->seen.begin(), watch->seen.end()));
  EXPECT_EQ(watch->seen.back(), 12 * kMiB);
}

TEST(Progress, AnUploadThatTheRemoteForgotIsNotCountedTwice) {
  SimWorld world(2);
  const std::string content(40 * kMiB, 'u');
  world.write("a", "film", content);
  Device& a = world.device("a");
  Ear ear(a);
  auto bytes = [&content](std::size_t size) {
    return sha256Of({reinterpret_cast<const std::uint8_t*>(content.data()), size});
  };
  UploadRow row;
  row.key = "film";
  row.nonce = "00000000000000000000000000000000";
  row.uploadId = "11111111111111111111111111111111";
  row.sha256 = bytes(content.size());
  row.partSize = 16 * kMiB;
  ASSERT_TRUE(a.store().saveUpload(a.space("drive")->id(), row).ok());
  UploadRow::Part first{1, "receipt", bytes(16 * kMiB)};
  ASSERT_TRUE(a.store().addUploadPart(a.space("drive")->id(), "film", first).ok());

  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.read("cloud", "film"), content);
  ear.expectNeverMoreThanAll();
  ear.expectAllDone(1, content.size());
}

TEST(Progress, AFileThatGrewSinceThePlanCountsWithWhatWasSent) {
  SimWorld world(3);
  world.write("a", "grows", "short");
  world.write("a", "stays", "12345");
  Ear ear(world.device("a"));
  bool grown = false;
  world.files().setHook([&](const SimCall& call) -> std::optional<Error> {
    if (!grown && call.operation == "open" && call.path == "/a/grows") {
      grown = true;
      world.files().write("/a/grows", "longer than the plan has seen it");
    }
    return std::nullopt;
  });
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  ASSERT_TRUE(grown);
  EXPECT_EQ(world.read("cloud", "grows"), "longer than the plan has seen it");
  ear.expectNeverMoreThanAll();
  ear.expectAllDone(2, 32 + 5);
}

TEST(Progress, AFileThatIsPlannedTwiceIsOneFile) {
  SimWorld world(4);
  world.write("a", "busy", "at first");
  world.write("a", "calm", "12345");
  Ear ear(world.device("a"));
  int writes = 0;
  world.files().setHook([&](const SimCall& call) -> std::optional<Error> {
    if (writes == 0 && call.operation == "readAt" && call.path == "/a/busy") {
      ++writes;
      world.files().write("/a/busy", "in the end");
    }
    return std::nullopt;
  });
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  ASSERT_EQ(writes, 1);
  EXPECT_EQ(world.read("cloud", "busy"), "in the end");
  ear.expectNeverMoreThanAll();
  ear.expectAllDone(2, 10 + 5);
}

std::vector<std::string> pathsOf(const std::vector<Notice>& notices) {
  std::vector<std::string> paths;
  for (const Notice& notice : notices) paths.push_back(notice.path);
  return paths;
}

TEST(Progress, ManyFailuresAreAReportNotAFlood) {
  SimWorld world(5);
  for (int i = 0; i < 250; ++i) world.files().write("/a/f" + std::to_string(i), "x");
  Ear ear(world.device("a"));
  world.files().setHook([](const SimCall& call) -> std::optional<Error> {
    if (call.operation != "open" || !call.path.starts_with("/a/f")) return std::nullopt;
    return Error{ErrorKind::permission, "not yours to read", call.path, 13};
  });
  EXPECT_EQ(world.sync("a").state, SyncState::uploadFailed);
  // 200 by name, the number of the others, and why the run as a whole did not complete.
  ASSERT_EQ(ear.notices.size(), 202u);
  EXPECT_EQ(ear.notices[199].message, "not yours to read");
  EXPECT_EQ(ear.notices[200].path, "");
  EXPECT_EQ(ear.notices[200].kind, ErrorKind::permission);
  EXPECT_EQ(ear.notices[200].message, "50 more failed");
  EXPECT_EQ(ear.runs.back().failed, 250u);
}

TEST(Progress, OneFailureMoreThanAReportHoldsIsCountedAndOneLessIsNot) {
  for (std::size_t failing : {200u, 201u}) {
    SimWorld world(6);
    for (std::size_t i = 0; i < failing; ++i) {
      world.files().makeLink("/a/l" + std::to_string(i), "/etc/passwd");
    }
    Ear ear(world.device("a"));
    EXPECT_EQ(world.sync("a").state, SyncState::completed);
    ASSERT_EQ(ear.notices.size(), failing);
    if (failing == 200u) {
      EXPECT_NE(pathsOf(ear.notices).back(), "");
    } else {
      EXPECT_EQ(ear.notices.back().message, "1 more were set aside or could not be read");
    }
  }
}

}  // namespace
}  // namespace cloudsync
