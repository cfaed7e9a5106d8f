#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "sampling.h"
#include "sim_world.h"

// The process dies at every single file system call of a run of two devices; after a restart
// nothing is lost, nothing is mixed, and both sides agree.

namespace cloudsync {
namespace {

using Tree = std::map<std::string, std::string>;

Tree treeOf(SimWorld& world, std::string_view where) {
  Tree tree;
  for (const std::string& name : world.list(where)) {
    if (!name.ends_with('/')) tree[name] = world.read(where, name).value_or("(unreadable)");
  }
  return tree;
}

// Both devices know two files and then each side does something to them.
void prepare(SimWorld& world) {
  world.write("a", "d/edited", "edited v1");
  world.write("a", "d/removed", "removed v1");
  world.write("a", "both", "both v1");
  world.settle();
  world.write("a", "d/edited", "edited v2");
  world.write("b", "both", "from b");
  world.write("a", "both", "from a");
  world.remove("b", "d/removed");
  world.write("b", "new/file", "new on b");
}

// What must be there in the end, whatever the path to it: the contents, and under which names.
void expectComplete(SimWorld& world, std::uint64_t step) {
  Tree a = treeOf(world, "a");
  EXPECT_EQ(a, treeOf(world, "b")) << "after a crash at call " << step;
  EXPECT_EQ(a, treeOf(world, "cloud")) << "after a crash at call " << step;
  EXPECT_EQ(a["d/edited"], "edited v2") << step;
  EXPECT_EQ(a["new/file"], "new on b") << step;
  EXPECT_FALSE(a.contains("d/removed")) << step;
  std::string both;
  for (const auto& [name, content] : a) {
    if (name.starts_with("both")) both += content + ";";
    EXPECT_TRUE(content == "edited v2" || content == "new on b" || content == "from a" ||
                content == "from b")
        << name << " holds " << content << " after a crash at call " << step;
  }
  EXPECT_NE(both.find("from a"), std::string::npos) << step;
  EXPECT_NE(both.find("from b"), std::string::npos) << step;
  for (const char* root : {"/a/.cloudsync/tmp", "/b/.cloudsync/tmp"}) {
    EXPECT_TRUE(world.files().list(root).empty()) << root << " after a crash at call " << step;
  }
}

std::uint64_t callsOfTheRun() {
  SimWorld world(1);
  prepare(world);
  std::uint64_t before = world.files().calls();
  world.settle();
  return world.files().calls() - before;
}

void crashAt(std::uint64_t step) {
  SimWorld world(1);
  prepare(world);
  std::uint64_t at = world.files().calls() + step;
  SimFileSystem& files = world.files();
  files.setHook([&files, at](const SimCall& call) -> std::optional<Error> {
    if (call.index == at) files.crash();
    return std::nullopt;
  });
  world.sync("a");
  world.sync("b");
  world.sync("a");
  world.crashAndRestart();
  world.settle();
  expectComplete(world, step);
}

TEST(Crash, S045AtEveryCallOfARunLosesNothing) {
  std::uint64_t calls = callsOfTheRun();
  ASSERT_GT(calls, 100u);
  test::Sample sample(5);
  for (std::uint64_t step = 1; step <= calls && !HasFailure(); ++step) {
    if (sample.takes()) crashAt(step);
  }
  RecordProperty("steps", static_cast<int>(calls));
}

}  // namespace
}  // namespace cloudsync
