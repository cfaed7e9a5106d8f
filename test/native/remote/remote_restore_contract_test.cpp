// What every remote promises of what was removed or replaced: it can be seen, and brought back.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "remote_world.h"

namespace cloudsync {
namespace {

class RestoreContract : public testing::TestWithParam<RemoteRow> {
 protected:
  std::vector<TrashedObject> trashed() {
    std::vector<TrashedObject> all;
    std::string after;
    do {
      Result<TrashedPage> page = world->run(user.remote().trashed(after, CancelToken()));
      EXPECT_EQ(outcome(page), "ok");
      if (!page) return all;
      all.insert(all.end(), page->objects.begin(), page->objects.end());
      after = page->next;
    } while (!after.empty());
    return all;
  }
  std::optional<TrashedObject> trashedAt(std::string_view path) {
    for (const TrashedObject& object : trashed()) {
      if (object.path == at(path)) return object;
    }
    return std::nullopt;
  }
  Result<ObjectInfo> restore(std::string_view path, const std::string& id,
                             Precondition precondition = Precondition::absent()) {
    return world->run(user.remote().restore(at(path), id, precondition, CancelToken()));
  }

  std::unique_ptr<RemoteWorld> world = GetParam().make();
  RemoteUser user{*world};
};

INSTANTIATE_TEST_SUITE_P(On, RestoreContract, testing::ValuesIn(remoteRows()),
                         [](const auto& row) { return row.param.name; });

TEST_P(RestoreContract, ShowsNothingWhereNothingWasRemoved) {
  user.write("kept", "k");
  EXPECT_TRUE(trashed().empty());
}

TEST_P(RestoreContract, BringsBackWhatWasRemoved) {
  user.write("d/a b.txt", "precious");
  user.write("other", "o");
  ASSERT_EQ(outcome(user.remove("d/a b.txt")), "ok");
  std::optional<TrashedObject> found = trashedAt("d/a b.txt");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size, 8u);
  EXPECT_GT(found->removedAt, 0);
  Result<ObjectInfo> restored = restore("d/a b.txt", found->id);
  ASSERT_EQ(outcome(restored), "ok");
  EXPECT_EQ(user.read("d/a b.txt").value(), "precious");
  EXPECT_EQ(user.stat("d/a b.txt")->version, restored->version);
  EXPECT_FALSE(trashedAt("d/a b.txt"));
  EXPECT_EQ(user.read("other").value(), "o");
}

TEST_P(RestoreContract, NeverPutsItOverWhatStandsThereByNow) {
  user.write("a", "old");
  ASSERT_EQ(outcome(user.remove("a")), "ok");
  std::optional<TrashedObject> found = trashedAt("a");
  ASSERT_TRUE(found);
  user.write("a", "newer");
  EXPECT_EQ(outcome(restore("a", found->id)), "conflict");
  EXPECT_EQ(user.read("a").value(), "newer");
}

TEST_P(RestoreContract, KnowsNoOtherIds) {
  user.write("a", "a");
  for (const char* id : {"", "7", "trash/", "trash/2026-01-01", "trash/2026-01-01/0/none",
                         "trash/../root", "../../etc/passwd", "words"}) {
    Result<ObjectInfo> restored = restore("b", id);
    EXPECT_FALSE(restored) << id;
  }
  EXPECT_EQ(outcome(user.stat("b")), "notFound");
}

TEST_P(RestoreContract, AnOlderContentBecomesTheCurrentOneAndReplacesNothingForGood) {
  if (!user.remote().features().versions) return;
  user.write("a", "first");
  user.write("a", "second");
  Result<std::vector<VersionInfo>> versions = user.versions("a");
  ASSERT_EQ(outcome(versions), "ok");
  ASSERT_EQ(versions->size(), 1u);
  ObjectVersion now = user.stat("a")->version;
  EXPECT_EQ(outcome(restore("a", versions->front().id, Precondition::matches({"another"}))),
            "conflict");
  Result<ObjectInfo> restored = restore("a", versions->front().id, Precondition::matches(now));
  ASSERT_EQ(outcome(restored), "ok");
  EXPECT_EQ(user.read("a").value(), "first");
  EXPECT_EQ(restored->sha256, sha256OfText("first"));
  std::vector<VersionInfo> after = user.versions("a").value();
  bool kept = std::any_of(after.begin(), after.end(), [](const VersionInfo& version) {
    return version.sha256 == sha256OfText("second");
  });
  EXPECT_TRUE(kept);
}

TEST_P(RestoreContract, ShowsMoreThanAPage) {
  constexpr int kMany = 1100;
  for (int i = 0; i < kMany; ++i) {
    std::string path = "many/" + std::to_string(i);
    ASSERT_EQ(outcome(user.write(path, "x")), "ok");
    ASSERT_EQ(outcome(user.remove(path)), "ok");
  }
  std::vector<std::string> paths;
  for (const TrashedObject& object : trashed()) paths.push_back(object.path.text());
  std::sort(paths.begin(), paths.end());
  EXPECT_EQ(std::unique(paths.begin(), paths.end()), paths.end());
  EXPECT_EQ(paths.size(), static_cast<std::size_t>(kMany));
}

}  // namespace
}  // namespace cloudsync
