#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "support.h"

namespace cloudsync {
namespace {

using namespace cloudsync::testing;

void writeTo(const char* file, const std::string& text) { std::ofstream(file) << text; }

// A tmpfs of this size at `path`, in a mount namespace that ends with the calling process. Works
// for root, and for others where the kernel lets them make user namespaces.
void mountSmallDisk(const std::string& path, const char* size) {
  std::string user = std::to_string(::geteuid());
  std::string group = std::to_string(::getegid());
  int flags = CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER);
  if (::unshare(flags) != 0) throw std::runtime_error(std::string("unshare: ") + strerror(errno));
  if ((flags & CLONE_NEWUSER) != 0) {
    writeTo("/proc/self/setgroups", "deny");
    writeTo("/proc/self/uid_map", "0 " + user + " 1");
    writeTo("/proc/self/gid_map", "0 " + group + " 1");
  }
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("none", path.c_str(), "tmpfs", 0, (std::string("size=") + size).c_str()) != 0) {
    throw std::runtime_error(std::string("mount: ") + strerror(errno));
  }
}

void expect(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

void fillUntilFull(const TempDirectory& directory) {
  mountSmallDisk(directory.path(), "2m");
  std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
  SpaceId space = must(store->openSpace("gallery")).id;
  must(store->commit(space, std::vector{put(localRow("kept", 5))}));

  std::vector<BaseChange> many;
  for (int i = 0; i < 50'000; ++i) many.push_back(put(localRow("file-" + std::to_string(i))));
  Status full = store->commit(space, many);
  expect(!full, "a commit larger than the disk succeeded");
  expect(full.error().kind == ErrorKind::noSpace, full.error().message.c_str());
  expect(must(store->totals(space)).files == 1, "the failed commit left rows behind");

  // Now the disk is full to the last byte: licences must fail, not pretend. (Many: the log keeps
  // the blocks that the failed commit took, and a few would find room in them.)
  {
    std::ofstream ballast(directory.path() / "ballast", std::ios::binary);
    while (ballast << std::string(4'096, 'x') << std::flush) {
    }
  }
  std::vector<Licence> licence(50'000);
  Status granted = store->grant(space, licence);
  expect(!granted, "grant() on a full disk succeeded");
  expect(granted.error().kind == ErrorKind::noSpace, granted.error().message.c_str());
  expect(must(store->licences(space)).empty(), "a licence that was not granted is there");

  std::filesystem::remove(directory.path() / "ballast");
  must(store->grant(space, std::span(licence).first(1)));
  must(store->close());
  store = must(StateStore::open(directory.state()));
  expect(must(store->totals(space)).localBytes == 5, "the old row is damaged");
  expect(must(store->licences(space)).size() == 1, "the licence is gone");
}

TEST(DiskFull, S049IsSaidAndLeavesTheOldDataIntact) {
  TempDirectory directory;
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::string problem;
    try {
      fillUntilFull(directory);
    } catch (const std::exception& error) {
      problem = error.what();
    }
    ssize_t written = ::write(pipe[1], problem.data(), problem.size());
    ::_exit(problem.empty() && written == 0 ? 0 : 1);
  }
  ::close(pipe[1]);
  std::string problem(4'096, '\0');
  ssize_t length = ::read(pipe[0], problem.data(), problem.size());
  problem.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  ::close(pipe[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << problem;
}

}  // namespace
}  // namespace cloudsync
