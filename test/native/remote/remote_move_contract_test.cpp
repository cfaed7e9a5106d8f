// What every remote promises of objects that get another name.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "remote_world.h"

namespace cloudsync {
namespace {

class MoveContract : public testing::TestWithParam<RemoteRow> {
 protected:
  Result<ObjectInfo> move(std::string_view from, std::string_view to, ObjectVersion expected,
                          std::optional<Sha256> sha256 = {}) {
    MoveRequest request{std::move(expected), sha256};
    return world->run(user.remote().move(at(from), at(to), std::move(request), CancelToken()));
  }

  std::unique_ptr<RemoteWorld> world = GetParam().make();
  RemoteUser user{*world};
};

INSTANTIATE_TEST_SUITE_P(On, MoveContract, testing::ValuesIn(remoteRows()),
                         [](const auto& row) { return row.param.name; });

using Keys = std::vector<std::string>;

TEST_P(MoveContract, KeepsContentAndWhatStandsBesideIt) {
  std::string text = textOf(2'000'000, 3);
  WriteRequest request = user.requestFor(text);
  Result<ObjectInfo> written = user.writeAs("a/old name", text, request);
  ASSERT_EQ(outcome(written), "ok");
  Result<ObjectInfo> moved = move("a/old name", "b/c/new+name", written->version, request.sha256);
  ASSERT_EQ(outcome(moved), "ok");

  Result<ObjectInfo> stat = user.stat("b/c/new+name");
  ASSERT_EQ(outcome(stat), "ok");
  EXPECT_EQ(stat->version, moved->version);
  EXPECT_EQ(stat->size, text.size());
  EXPECT_EQ(stat->sha256, request.sha256);
  EXPECT_EQ(stat->modifyTime, request.modifyTime);
  EXPECT_EQ(moved->modifyTime, request.modifyTime);
  EXPECT_TRUE(*user.read("b/c/new+name") == text);
  EXPECT_EQ(outcome(user.stat("a/old name")), "notFound");
}

TEST_P(MoveContract, MovesAnEmptyObject) {
  ObjectVersion version = user.write("empty", "")->version;
  ASSERT_EQ(outcome(move("empty", "still empty", version, sha256OfText(""))), "ok");
  EXPECT_EQ(*user.keys(), Keys{"still empty"});
  EXPECT_EQ(*user.read("still empty"), "");
}

TEST_P(MoveContract, LeavesWhatIsAnotherVersionByNow) {
  ObjectVersion version = user.write("x", "first")->version;
  ASSERT_EQ(outcome(user.write("x", "second")), "ok");
  EXPECT_EQ(outcome(move("x", "y", version, sha256OfText("first"))), "conflict");
  EXPECT_EQ(*user.keys(), Keys{"x"});
  EXPECT_EQ(*user.read("x"), "second");
}

TEST_P(MoveContract, TakesNoNameThatIsTaken) {
  ObjectVersion version = user.write("x", "moves")->version;
  ASSERT_EQ(outcome(user.write("y", "is there")), "ok");
  EXPECT_EQ(outcome(move("x", "y", version, sha256OfText("moves"))), "conflict");
  EXPECT_EQ(*user.read("x"), "moves");
  EXPECT_EQ(*user.read("y"), "is there");
}

TEST_P(MoveContract, SaysThatAnAbsentObjectIsNotFound) {
  ObjectVersion version = user.write("x", "text")->version;
  ASSERT_EQ(outcome(user.remove("x", Precondition::matches(version))), "ok");
  EXPECT_EQ(outcome(move("x", "y", version, sha256OfText("text"))), "notFound");
  EXPECT_EQ(*user.keys(), Keys{});
}

TEST_P(MoveContract, MovesContentWhoseHashNobodyKnows) {
  ObjectVersion version = user.write("x", "text")->version;
  ASSERT_EQ(outcome(move("x", "folder/y", version)), "ok");
  EXPECT_EQ(*user.read("folder/y"), "text");
  EXPECT_EQ(outcome(user.stat("x")), "notFound");
}

TEST_P(MoveContract, DoesNothingWhenCancelled) {
  ObjectVersion version = user.write("x", "text")->version;
  CancelSource source;
  source.cancel();
  MoveRequest request{version, sha256OfText("text")};
  EXPECT_EQ(outcome(world->run(user.remote().move(at("x"), at("y"), request, source.token()))),
            "cancelled");
  EXPECT_EQ(*user.keys(), Keys{"x"});
}

}  // namespace
}  // namespace cloudsync
