// Something goes wrong at every single file system call of a change: an error, a crash, a power
// cut, a foreign hand. Whatever stood at the name, or what was to stand there, is there (P2), and
// no content is lost (P1).
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <optional>
#include <string>

#include "sim_world.h"

namespace cloudsync {
namespace {

constexpr std::string_view kOld = "the old content";
constexpr std::string_view kNew = "what is new, and longer";
constexpr std::string_view kForeign = "written by somebody else";
constexpr const char* kObject = "/cloud/d/x";

std::vector<std::string> storyNames() {
  return {"createByWrite", "replaceByWrite", "createByParts", "replaceByParts", "remove"};
}

class DirectoryFaults : public testing::TestWithParam<std::string> {
 protected:
  bool replaces() const { return GetParam() != "createByWrite" && GetParam() != "createByParts"; }
  bool inParts() const { return GetParam().ends_with("ByParts"); }
  bool removes() const { return GetParam() == "remove"; }

  struct Run {
    std::unique_ptr<SimWorld> world = std::make_unique<SimWorld>();
    std::unique_ptr<RemoteUser> user;
    WriteRequest request;
    UploadId upload;
    std::vector<PartReceipt> parts;
    Precondition precondition = Precondition::absent();
    std::string result;
  };

  Run prepare() {
    Run run;
    run.user = std::make_unique<RemoteUser>(*run.world);
    EXPECT_EQ(outcome(run.user->write("d/neighbour", "n")), "ok");
    if (replaces()) {
      Result<ObjectInfo> old = run.user->write("d/x", kOld);
      EXPECT_EQ(outcome(old), "ok");
      run.precondition = Precondition::matches(old->version);
    }
    run.request = run.user->requestFor(kNew, run.precondition);
    if (inParts()) {
      run.upload = *run.user->beginUpload("d/x", run.request);
      run.parts = {*run.user->uploadPart("d/x", run.upload, 1, {0, 5}, kNew),
                   *run.user->uploadPart("d/x", run.upload, 2, {5, kNew.size()}, kNew)};
    }
    run.world->files().settle();
    return run;
  }

  void change(Run& run) {
    if (removes()) {
      run.result = outcome(run.user->remove("d/x", run.precondition));
    } else if (inParts()) {
      run.result = outcome(run.user->finishUpload("d/x", run.upload, run.parts, run.request));
    } else {
      run.result = outcome(run.user->writeAs("d/x", kNew, run.request));
    }
  }

  // Lets `fault` happen at call k of the change. False: the change has fewer calls than k.
  bool runWith(Run& run, std::uint64_t k,
               std::function<std::optional<Error>(SimFileSystem&, const SimCall&)> fault) {
    std::uint64_t calls = 0;
    SimFileSystem& files = run.world->files();
    files.setHook([&calls, &files, k, &fault](const SimCall& call) -> std::optional<Error> {
      if (++calls != k) return std::nullopt;
      return fault(files, call);
    });
    change(run);
    files.setHook({});
    return calls >= k;
  }

  // What may stand at the name whenever somebody looks.
  void expectWhole(const SimFileSystem& files, const std::string& result) {
    std::optional<std::string> text = files.read(kObject);
    if (removes()) {
      if (result == "ok") {
        EXPECT_EQ(text, std::nullopt);
      } else {
        EXPECT_TRUE(!text || *text == kOld);
      }
      EXPECT_TRUE(isSomewhere(files, kOld));
      return;
    }
    if (result == "ok") {
      EXPECT_EQ(text, kNew);
    } else if (replaces()) {
      EXPECT_TRUE(text == kOld || text == kNew) << text.value_or("(nothing)");
    } else {
      EXPECT_TRUE(!text || *text == kNew) << *text;
    }
    if (replaces() && text == kNew) {
      EXPECT_TRUE(isSomewhere(files, kOld));
    }
  }

  static bool isSomewhere(const SimFileSystem& files, std::string_view text) {
    for (const std::string& path : files.list("/cloud")) {
      if (!path.ends_with('/') && files.read(absolute(path)) == text) return true;
    }
    return false;
  }
  static std::string absolute(const std::string& path) {
    return path.starts_with('/') ? path : "/cloud/" + path;
  }
};

INSTANTIATE_TEST_SUITE_P(Of, DirectoryFaults, testing::ValuesIn(storyNames()),
                         [](const auto& row) { return row.param; });

TEST_P(DirectoryFaults, AFailedCallLeavesOldOrNew) {
  for (std::uint64_t k = 1;; ++k) {
    Run run = prepare();
    std::string failed;
    bool reached = runWith(run, k, [&failed](SimFileSystem&, const SimCall& call) {
      failed = call.operation;
      return Error{ErrorKind::system, "injected", std::string(call.path), EIO};
    });
    if (!reached) {
      EXPECT_EQ(run.result, "ok");
      EXPECT_GT(k, 5u);
      return;
    }
    SCOPED_TRACE("call " + std::to_string(k) + ", " + failed + ": " + run.result);
    expectWhole(run.world->files(), run.result);
    // And the remote works on.
    RemoteUser next(*run.world);
    EXPECT_EQ(outcome(next.write("d/y", "y")), "ok");
  }
}

TEST_P(DirectoryFaults, AFullDiskLeavesOldOrNew) {
  for (std::uint64_t k = 1;; ++k) {
    Run run = prepare();
    bool reached = runWith(run, k, [](SimFileSystem&, const SimCall& call) {
      return Error{ErrorKind::noSpace, "injected", std::string(call.path), ENOSPC};
    });
    if (!reached) return;
    SCOPED_TRACE("call " + std::to_string(k) + ": " + run.result);
    EXPECT_NE(run.result, "noSpace");  // that would be the local disk
    expectWhole(run.world->files(), run.result);
  }
}

TEST_P(DirectoryFaults, AKilledProcessLeavesOldOrNew) {
  for (std::uint64_t k = 1;; ++k) {
    Run run = prepare();
    bool reached = runWith(run, k, [](SimFileSystem& files, const SimCall&) {
      files.crash();
      return std::optional<Error>();
    });
    if (!reached) return;
    SCOPED_TRACE("call " + std::to_string(k) + ": " + run.result);
    expectWhole(*run.world->files().afterKill(), run.result);
  }
}

TEST_P(DirectoryFaults, APowerCutLeavesOldOrNewAndKeepsWhatWasAnswered) {
  for (std::uint64_t k = 1;; ++k) {
    Run run = prepare();
    bool reached = runWith(run, k, [](SimFileSystem& files, const SimCall&) {
      files.crash();
      return std::optional<Error>();
    });
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE("call " + std::to_string(k) + ", seed " + std::to_string(seed) + ": " +
                   run.result);
      expectWhole(*run.world->files().afterPowerLoss(seed), run.result);
    }
    if (!reached) return;
  }
}

TEST_P(DirectoryFaults, AForeignEditInPlaceIsNeverLost) {
  for (std::uint64_t k = 1;; ++k) {
    Run run = prepare();
    bool reached = runWith(run, k, [](SimFileSystem& files, const SimCall&) {
      files.write(kObject, kForeign);
      return std::optional<Error>();
    });
    if (!reached) return;
    SCOPED_TRACE("call " + std::to_string(k) + ": " + run.result);
    EXPECT_TRUE(isSomewhere(run.world->files(), kForeign));
    if (run.result != "ok") {
      EXPECT_EQ(run.world->files().read(kObject), kForeign);
    }
  }
}

TEST_P(DirectoryFaults, AForeignReplacementIsNeverLost) {
  for (std::uint64_t k = 1;; ++k) {
    Run run = prepare();
    run.world->files().write("/elsewhere", kForeign);
    bool reached = runWith(run, k, [](SimFileSystem& files, const SimCall&) {
      files.move("/elsewhere", kObject);
      return std::optional<Error>();
    });
    if (!reached) return;
    SCOPED_TRACE("call " + std::to_string(k) + ": " + run.result);
    EXPECT_TRUE(isSomewhere(run.world->files(), kForeign));
    if (run.result != "ok") {
      EXPECT_EQ(run.world->files().read(kObject), kForeign);
    }
  }
}

}  // namespace
}  // namespace cloudsync
