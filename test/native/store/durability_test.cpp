#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support.h"

namespace cloudsync {
namespace {

using namespace cloudsync::testing;

// Runs `body` in a child process and kills that with SIGKILL as soon as it returns.
template <class Body>
void runAndKill(Body body) {
  pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    try {
      body();
    } catch (...) {
      ::_exit(1);
    }
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child failed before it could be killed";
  ASSERT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(Durability, LicencesAndIntentsOutliveTheProcess) {
  TempDirectory directory;
  runAndKill([&] {
    std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
    SpaceId space = must(store->openSpace("gallery")).id;
    must(store->commit(space, std::vector{put(localRow("a"))}));
    UploadRow upload;
    upload.key = "movie";
    must(store->saveUpload(space, upload));
    std::vector<Licence> licence(1);
    licence[0].key = "a";
    must(store->grant(space, licence));
  });
  std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
  EXPECT_TRUE(store->uncleanStart());
  SpaceId space = must(store->openSpace("gallery")).id;
  ASSERT_EQ(must(store->licences(space)).size(), 1U);
  EXPECT_EQ(must(store->licences(space))[0].key, "a");
  EXPECT_TRUE(must(store->upload(space, "movie")));
  EXPECT_TRUE(must(must(store->openReader())->find(space, "a")));
}

TEST(Durability, ACommitIsWholeOrAbsentWhenTheProcessDiesInTheMiddle) {
  TempDirectory directory;
  runAndKill([&] {
    std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
    SpaceId space = must(store->openSpace("gallery")).id;
    must(store->commit(space, std::vector{put(localRow("a", 1)), put(localRow("b", 1))}));
    auto other = must(Database::open({directory.database(), ""}, Database::Access::readWrite));
    must(other->execute("BEGIN IMMEDIATE; UPDATE base SET size=99 WHERE key=x'61'"));
  });
  std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
  SpaceId space = must(store->openSpace("gallery")).id;
  EXPECT_EQ(must(store->totals(space)).localBytes, 2U);
}

}  // namespace
}  // namespace cloudsync
