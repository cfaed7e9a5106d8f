// What every remote promises, run against each row of remoteRows().
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/task_group.h"
#include "remote_world.h"

namespace cloudsync {
namespace {

class RemoteContract : public testing::TestWithParam<RemoteRow> {
 protected:
  std::unique_ptr<RemoteWorld> world = GetParam().make();
  RemoteUser user{*world};
};

INSTANTIATE_TEST_SUITE_P(On, RemoteContract, testing::ValuesIn(remoteRows()),
                         [](const auto& row) { return row.param.name; });

using Keys = std::vector<std::string>;

TEST_P(RemoteContract, IsReadyWhenItIsThere) {
  Status ready = world->run(user.remote().check(CancelToken()));
  EXPECT_EQ(outcome(ready), "ok");
}

TEST_P(RemoteContract, GivesBackWhatWasWritten) {
  std::string text = textOf(3'000'000, 1);
  Result<ObjectInfo> written = user.write("a/b.jpg", text);
  ASSERT_EQ(outcome(written), "ok");
  EXPECT_EQ(written->size, text.size());
  Result<std::string> read = user.read("a/b.jpg");
  ASSERT_EQ(outcome(read), "ok");
  EXPECT_TRUE(*read == text);
}

TEST_P(RemoteContract, StatSaysWhatWriteSaid) {
  WriteRequest request = user.requestFor("hello");
  Result<ObjectInfo> written = user.writeAs("x", "hello", request);
  ASSERT_EQ(outcome(written), "ok");
  Result<ObjectInfo> stat = user.stat("x");
  ASSERT_EQ(outcome(stat), "ok");
  EXPECT_EQ(stat->version, written->version);
  EXPECT_EQ(stat->kind, EntryKind::file);
  EXPECT_EQ(stat->size, 5u);
  EXPECT_EQ(stat->modifyTime, request.modifyTime);
  EXPECT_EQ(stat->sha256, request.sha256);
  EXPECT_EQ(stat->nonce, request.nonce);
}

TEST_P(RemoteContract, KeepsANonceOfAnyForm) {
  WriteRequest request = user.requestFor("hello");
  request.nonce = "device-7 attempt 3";
  ASSERT_EQ(outcome(user.writeAs("x", "hello", request)), "ok");
  EXPECT_EQ(user.stat("x")->nonce, request.nonce);
}

TEST_P(RemoteContract, ReadsRanges) {
  std::string text = textOf(2'500'000, 2);
  ObjectVersion version = user.write("x", text)->version;
  for (ByteRange range : {ByteRange{0, 0},
                          {0, 1},
                          {7, 1'500'000},
                          {2'499'999, 2'500'000},
                          {1'048'576, 2'097'152},
                          {0, 2'500'000}}) {
    TextSink sink;
    Result<ObjectInfo> read =
        world->run(user.remote().read(at("x"), range, version, sink, CancelToken()));
    ASSERT_EQ(outcome(read), "ok");
    EXPECT_TRUE(sink.text == text.substr(range.begin, range.size()));
    if (range.size() > 0) {
      EXPECT_EQ(sink.begin, range.begin);
    }
    EXPECT_EQ(read->version, version);
    EXPECT_EQ(read->sha256, sha256OfText(text));
  }
}

TEST_P(RemoteContract, RefusesARangeOutsideOfTheObject) {
  ObjectVersion version = user.write("x", "12345")->version;
  EXPECT_EQ(outcome(user.read("x", {2, 6}, version)), "invalidArgument");
}

TEST_P(RemoteContract, CarriesEmptyObjects) {
  Result<ObjectInfo> written = user.write("empty", "");
  ASSERT_EQ(outcome(written), "ok");
  EXPECT_EQ(written->size, 0u);
  EXPECT_EQ(*user.read("empty"), "");
  EXPECT_EQ(*user.keys(), Keys{"empty"});
}

TEST_P(RemoteContract, SaysThatAnAbsentObjectIsNotFound) {
  EXPECT_EQ(outcome(user.stat("no")), "notFound");
  EXPECT_EQ(outcome(user.stat("no/such/path")), "notFound");
  EXPECT_EQ(outcome(user.read("no", {0, 1}, {"v"})), "notFound");
  EXPECT_EQ(outcome(user.remove("no")), "notFound");
  ASSERT_EQ(outcome(user.write("file", "x")), "ok");
  EXPECT_EQ(outcome(user.stat("file/below")), "notFound");
}

TEST_P(RemoteContract, CarriesOddNames) {
  Keys names = {" leading and trailing ",
                "#hash",
                "%41%2F",
                "a+b c&d=e",
                "quote's \"double\"",
                "q?a=1",
                "star*(x)",
                "tilde~!$@^`",
                "unicode \u00e4\u732b\U0001f431",
                "back\\slash",
                "new\nline\ttab",
                std::string(255, 'n'),
                "e\u0301",
                "dir with %/in it/deep ;[]{}|<>"};
  if (!user.remote().features().needsUtf8) names.push_back("invalid \xff\xfe utf8");
  for (const std::string& name : names) {
    ASSERT_EQ(outcome(user.write(name, "content of " + name)), "ok") << name;
  }
  for (const std::string& name : names) EXPECT_EQ(*user.read(name), "content of " + name);
  Keys listed = *user.keys();
  for (const std::string& name : names) {
    EXPECT_EQ(std::count(listed.begin(), listed.end(), name), 1) << name;
  }
}

TEST_P(RemoteContract, WritesOnlyWhereNothingIsWhenToldSo) {
  ASSERT_EQ(outcome(user.write("x", "first", Precondition::absent())), "ok");
  EXPECT_EQ(outcome(user.write("x", "second", Precondition::absent())), "conflict");
  EXPECT_EQ(*user.read("x"), "first");
}

TEST_P(RemoteContract, ReplacesOnlyTheVersionItWasToldOf) {
  ObjectVersion first = user.write("x", "first")->version;
  Result<ObjectInfo> second = user.write("x", "second", Precondition::matches(first));
  ASSERT_EQ(outcome(second), "ok");
  EXPECT_NE(second->version, first);
  EXPECT_EQ(outcome(user.write("x", "third", Precondition::matches(first))), "conflict");
  EXPECT_EQ(*user.read("x"), "second");
  EXPECT_EQ(outcome(user.write("gone", "x", Precondition::matches(first))), "conflict");
  EXPECT_EQ(outcome(user.stat("gone")), "notFound");
}

TEST_P(RemoteContract, TellsEqualContentWrittenTwiceApart) {
  ObjectVersion first = user.write("x", "same")->version;
  ObjectVersion second = user.write("x", "same")->version;
  EXPECT_EQ(user.stat("x")->version, second);
  // Where a version is the content's own, there is nothing to tell apart, and nothing to lose.
  EXPECT_EQ(first != second, user.remote().features().versionPerWrite);
  if (first == second) return;
  EXPECT_EQ(outcome(user.write("x", "other", Precondition::matches(first))), "conflict");
}

Task<void> writeInto(Remote& remote, std::string text, WriteRequest request,
                     std::vector<std::string>& outcomes, std::size_t place) {
  TextSource source(text);
  Task<Result<ObjectInfo>> writing = remote.write(at("dir/x"), source, request, CancelToken());
  Result<ObjectInfo> written = co_await writing;
  outcomes[place] = outcome(written);
}

// Every second writer is another process's.
Task<void> writeTogether(RemoteUser& user, Remote& other, Precondition precondition,
                         std::vector<std::string>& outcomes) {
  TaskGroup group(user.world().scheduler());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    std::string text = "writer " + std::to_string(i);
    WriteRequest request = user.requestFor(text, precondition);
    Remote& remote = i % 2 == 0 ? user.remote() : other;
    group.add(writeInto(remote, text, request, outcomes, i));
  }
  co_await group.join();
}

void expectOneWinner(RemoteUser& user, const std::vector<std::string>& outcomes) {
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "ok"), 1);
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "conflict"), std::ssize(outcomes) - 1);
  auto winner = std::find(outcomes.begin(), outcomes.end(), "ok") - outcomes.begin();
  EXPECT_EQ(*user.read("dir/x"), "writer " + std::to_string(winner));
}

// Where the server keeps no preconditions, several may believe that they were first; what stands
// there in the end is one of theirs.
void expectSomeWinner(RemoteUser& user, const std::vector<std::string>& outcomes) {
  EXPECT_GE(std::count(outcomes.begin(), outcomes.end(), "ok"), 1);
  std::string text = *user.read("dir/x");
  ASSERT_TRUE(text.starts_with("writer ")) << text;
  EXPECT_EQ(outcomes.at(std::stoul(text.substr(7))), "ok");
}

TEST_P(RemoteContract, LetsOneOfTwentyWritersCreateAnObject) {
  std::unique_ptr<Remote> other = world->open();
  std::vector<std::string> outcomes(20);
  world->run(writeTogether(user, *other, Precondition::absent(), outcomes));
  user.remote().features().conditionalWrites ? expectOneWinner(user, outcomes)
                                             : expectSomeWinner(user, outcomes);
}

TEST_P(RemoteContract, LetsOneOfTwentyWritersReplaceAVersion) {
  std::unique_ptr<Remote> other = world->open();
  ObjectVersion version = user.write("dir/x", "before")->version;
  std::vector<std::string> outcomes(20);
  world->run(writeTogether(user, *other, Precondition::matches(version), outcomes));
  user.remote().features().conditionalWrites ? expectOneWinner(user, outcomes)
                                             : expectSomeWinner(user, outcomes);
}

TEST_P(RemoteContract, LetsWritersWithoutAConditionAllSucceed) {
  std::unique_ptr<Remote> other = world->open();
  std::vector<std::string> outcomes(20);
  world->run(writeTogether(user, *other, Precondition(), outcomes));
  EXPECT_EQ(outcomes, std::vector<std::string>(20, "ok"));
  EXPECT_TRUE(user.read("dir/x")->starts_with("writer "));
}

TEST_P(RemoteContract, RefusesContentThatIsNotWhatWasAnnounced) {
  WriteRequest wrongHash = user.requestFor("announced");
  EXPECT_EQ(outcome(user.writeAs("x", "different", wrongHash)), "corrupt");
  EXPECT_EQ(outcome(user.writeAs("x", "shorter", wrongHash)), "corrupt");
  EXPECT_EQ(outcome(user.stat("x")), "notFound");
  ASSERT_EQ(outcome(user.write("x", "good")), "ok");
  EXPECT_EQ(outcome(user.writeAs("x", "different", wrongHash)), "corrupt");
  EXPECT_EQ(*user.read("x"), "good");
}

TEST_P(RemoteContract, ListsInKeyOrder) {
  for (const char* path : {"a0", "a/x", "a!", "a-b", "a.txt", "a/b/c", "B", "z\xc3\xa4"}) {
    ASSERT_EQ(outcome(user.write(path, "x")), "ok");
  }
  Keys keys = *user.keys();
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  std::erase_if(keys, [](const std::string& key) { return key.ends_with('/'); });
  EXPECT_EQ(keys, (Keys{"B", "a!", "a-b", "a.txt", "a/b/c", "a/x", "a0", "z\xc3\xa4"}));
}

TEST_P(RemoteContract, ListsBelowAPrefixOnly) {
  for (const char* path : {"a", "ab/x", "b/y", "b/c/z", "b0"}) {
    ASSERT_EQ(outcome(user.write(path, "x")), "ok");
  }
  Keys keys = *user.keys("b");
  std::erase_if(keys, [](const std::string& key) { return key.ends_with('/'); });
  EXPECT_EQ(keys, (Keys{"b/c/z", "b/y"}));
  EXPECT_TRUE(user.keys("nothing/here")->empty());
}

TEST_P(RemoteContract, ListsTheFactsThatStatTells) {
  ASSERT_EQ(outcome(user.write("d/x", "12345")), "ok");
  ObjectInfo stat = *user.stat("d/x");
  std::unique_ptr<RemoteStream> entries = user.remote().list(at("d"));
  Result<RemoteBatch> batch = world->run(entries->next(CancelToken()));
  ASSERT_EQ(outcome(batch), "ok");
  ASSERT_EQ(batch->size(), 1u);
  const Entry<RemoteFacts>& entry = batch->entries().front();
  EXPECT_EQ(entry.kind, EntryKind::file);
  EXPECT_EQ(entry.facts.size, 5u);
  EXPECT_EQ(entry.facts.version, stat.version.text);
  bool same = entry.facts.modifyTime == stat.modifyTime;
  EXPECT_EQ(same, user.remote().features().listsModifyTime);
}

TEST_P(RemoteContract, NeverListsWhatIsItsOwn) {
  ASSERT_EQ(outcome(user.write("x", "1")), "ok");
  ASSERT_EQ(outcome(user.write("x", "2")), "ok");
  ASSERT_EQ(outcome(user.write(".cloudsync/marker", "m")), "ok");
  EXPECT_EQ(*user.read(".cloudsync/marker"), "m");
  EXPECT_EQ(*user.keys(), Keys{"x"});
  EXPECT_TRUE(user.keys(".cloudsync")->empty());
}

Task<void> keepWriting(RemoteUser& user, std::vector<std::string>& outcomes) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    std::string text = "new " + std::to_string(i);
    TextSource source(text);
    WriteRequest request = user.requestFor(text);
    Task<Result<ObjectInfo>> writing =
        user.remote().write(at("m/" + std::to_string(i)), source, request, CancelToken());
    Result<ObjectInfo> written = co_await writing;
    outcomes[i] = outcome(written);
  }
}

Task<void> listMeanwhile(RemoteUser& user, Keys& keys) {
  std::unique_ptr<RemoteStream> entries = user.remote().list(RelPath());
  while (true) {
    Task<Result<RemoteBatch>> pulling = entries->next(CancelToken());
    Result<RemoteBatch> batch = co_await pulling;
    if (!batch || batch->empty()) co_return;
    for (const Entry<RemoteFacts>& entry : batch->entries()) keys.emplace_back(entry.key);
    co_await user.world().scheduler().yield();
  }
}

Task<void> listAndWrite(RemoteUser& user, Keys& keys, std::vector<std::string>& outcomes) {
  TaskGroup group(user.world().scheduler());
  group.add(keepWriting(user, outcomes));
  group.add(listMeanwhile(user, keys));
  co_await group.join();
}

TEST_P(RemoteContract, ListsEverythingOldWhileOthersWrite) {
  for (const char* path : {"a", "n/1", "z"}) ASSERT_EQ(outcome(user.write(path, "x")), "ok");
  Keys keys;
  std::vector<std::string> outcomes(30);
  world->run(listAndWrite(user, keys, outcomes));
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "ok"), 30);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  for (const char* path : {"a", "n/1", "z"}) {
    EXPECT_EQ(std::count(keys.begin(), keys.end(), path), 1) << path;
  }
}

TEST_P(RemoteContract, RemovesOnlyTheVersionItWasToldOf) {
  ObjectVersion first = user.write("x", "first")->version;
  ObjectVersion second = user.write("x", "second")->version;
  EXPECT_EQ(outcome(user.remove("x", Precondition::matches(first))), "conflict");
  EXPECT_EQ(*user.read("x"), "second");
  EXPECT_EQ(outcome(user.remove("x", Precondition::matches(second))), "ok");
  EXPECT_EQ(outcome(user.stat("x")), "notFound");
  EXPECT_EQ(outcome(user.remove("x", Precondition::matches(second))), "notFound");
}

TEST_P(RemoteContract, WritesAgainWhatWasRemoved) {
  for (const char* text : {"one", "two", "three"}) {
    Result<ObjectInfo> written = user.write("d/x", text, Precondition::absent());
    ASSERT_EQ(outcome(written), "ok");
    EXPECT_EQ(outcome(user.remove("d/x", Precondition::matches(written->version))), "ok");
  }
}

TEST_P(RemoteContract, RefusesToReadAnotherVersionThanExpected) {
  ObjectVersion first = user.write("x", "first")->version;
  ASSERT_EQ(outcome(user.write("x", "other")), "ok");
  EXPECT_EQ(outcome(user.read("x", {0, 5}, first)), "conflict");
}

TEST_P(RemoteContract, KeepsReplacedContentsAsVersions) {
  if (!user.remote().features().versions) {
    EXPECT_EQ(outcome(user.versions("d/x")), "notSupported");
    return;
  }
  EXPECT_TRUE(user.versions("d/x")->empty());
  for (const char* text : {"1", "22", "333"}) ASSERT_EQ(outcome(user.write("d/x", text)), "ok");
  Result<std::vector<VersionInfo>> versions = user.versions("d/x");
  ASSERT_EQ(outcome(versions), "ok");
  ASSERT_EQ(versions->size(), 2u);
  EXPECT_EQ(versions->at(0).size, 2u);
  EXPECT_EQ(versions->at(1).size, 1u);
  EXPECT_EQ(versions->at(0).sha256, sha256OfText("22"));
  for (const VersionInfo& version : *versions) {
    EXPECT_EQ(version.id.find_first_not_of("0123456789"), std::string::npos) << version.id;
  }
}

TEST_P(RemoteContract, MakesAndRemovesDirectories) {
  EXPECT_EQ(outcome(user.makeDirectory("a/b/c")), "ok");
  EXPECT_EQ(outcome(user.makeDirectory("a/b/c")), "ok");
  EXPECT_EQ(*user.keys(), (Keys{"a/", "a/b/", "a/b/c/"}));
  EXPECT_EQ(outcome(user.removeDirectory("a/b")), "notEmpty");
  EXPECT_EQ(outcome(user.removeDirectory("a/b/c")), "ok");
  EXPECT_EQ(outcome(user.removeDirectory("a/b/c")), "notFound");
  // Where directories do not exist by themselves, those that only led there are gone with it.
  bool real = user.remote().features().realDirectories;
  EXPECT_EQ(*user.keys(), real ? (Keys{"a/", "a/b/"}) : Keys());
}

TEST_P(RemoteContract, NeverPutsAnObjectOverADirectory) {
  ASSERT_EQ(outcome(user.write("d/x", "x")), "ok");
  if (!user.remote().features().realDirectories) {
    // The store itself holds both; neither costs the other anything.
    EXPECT_EQ(outcome(user.write("d", "y")), "ok");
    EXPECT_EQ(*user.read("d"), "y");
    EXPECT_EQ(*user.read("d/x"), "x");
    return;
  }
  EXPECT_EQ(user.stat("d")->kind, EntryKind::directory);
  EXPECT_EQ(outcome(user.write("d", "y")), "isDirectory");
  EXPECT_EQ(outcome(user.remove("d")), "isDirectory");
  EXPECT_NE(outcome(user.write("d/x/below", "y")), "ok");
  EXPECT_NE(outcome(user.makeDirectory("d/x")), "ok");
  EXPECT_EQ(*user.read("d/x"), "x");
}

TEST_P(RemoteContract, DoesNothingOnceItWasCancelled) {
  CancelSource cancelled;
  cancelled.cancel();
  TextSource source("text");
  Result<ObjectInfo> written =
      world->run(user.remote().write(at("x"), source, user.requestFor("text"), cancelled.token()));
  EXPECT_EQ(outcome(written), "cancelled");
  EXPECT_EQ(outcome(user.stat("x")), "notFound");
  Result<ObjectInfo> made = user.write("y", "text");
  TextSink sink;
  Result<ObjectInfo> read =
      world->run(user.remote().read(at("y"), {0, 4}, made->version, sink, cancelled.token()));
  EXPECT_EQ(outcome(read), "cancelled");
  EXPECT_EQ(sink.text, "");
  Status removed = world->run(user.remote().remove(at("y"), Precondition(), cancelled.token()));
  EXPECT_EQ(outcome(removed), "cancelled");
  EXPECT_EQ(*user.read("y"), "text");
}

TEST_P(RemoteContract, StopsReadingSoonAfterCancellation) {
  std::string text = textOf(16u << 20, 3);
  ObjectVersion version = user.write("x", text)->version;
  CancelSource source;
  TextSink sink;
  sink.afterPiece = [&source] { source.cancel(); };
  Result<ObjectInfo> read =
      world->run(user.remote().read(at("x"), {0, text.size()}, version, sink, source.token()));
  EXPECT_EQ(outcome(read), "cancelled");
  EXPECT_LE(sink.text.size(), text.size() / 2);
}

// Cancels after the first piece was asked for.
class CancellingSource final : public ByteSource {
 public:
  CancellingSource(std::string text, CancelSource& cancel) : text_(text), cancel_(cancel) {}
  ByteCount size() const override { return text_.size(); }
  Status readAt(ByteCount offset, std::span<std::uint8_t> into) override {
    cancel_.cancel();
    read_ += into.size();
    return TextSource(text_).readAt(offset, into);
  }
  std::size_t bytesRead() const { return read_; }

 private:
  std::string text_;
  CancelSource& cancel_;
  std::size_t read_ = 0;
};

TEST_P(RemoteContract, ACancelledWriteLeavesWhatWasThere) {
  ASSERT_EQ(outcome(user.write("x", "before")), "ok");
  std::string text = textOf(16u << 20, 4);
  CancelSource cancel;
  CancellingSource source(text, cancel);
  Result<ObjectInfo> written =
      world->run(user.remote().write(at("x"), source, user.requestFor(text), cancel.token()));
  EXPECT_EQ(outcome(written), "cancelled");
  EXPECT_LE(source.bytesRead(), text.size() / 2);
  EXPECT_EQ(*user.read("x"), "before");
}

}  // namespace
}  // namespace cloudsync
