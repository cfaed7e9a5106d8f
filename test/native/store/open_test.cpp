#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "support.h"

namespace cloudsync {
namespace {

namespace fs = std::filesystem;
using namespace cloudsync::testing;

std::string contentOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void write(const fs::path& path, std::string_view content) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

mode_t modeOf(const fs::path& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

std::vector<fs::path> setAsideFiles(const TempDirectory& directory) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(directory.state())) {
    if (entry.path().filename().string().find(".corrupt-") != std::string::npos) {
      found.push_back(entry.path());
    }
  }
  return found;
}

// Leaves a state directory as a process that was killed does: nothing closed, all files copied.
void copyAsIfKilled(const TempDirectory& from, const TempDirectory& to) {
  fs::create_directories(to.state());
  for (const char* suffix : {"", "-wal"}) {
    fs::copy_file(from.database().string() + suffix, to.database().string() + suffix);
  }
}

void fill(StateStore& store, int rows) {
  SpaceId space = must(store.openSpace("gallery")).id;
  std::vector<BaseChange> changes;
  for (int i = 0; i < rows; ++i) changes.push_back(put(localRow("file-" + std::to_string(i))));
  must(store.commit(space, changes));
}

TEST(Open, MakesThePrivateDirectoryAndPrivateFiles) {
  TempDirectory directory;
  std::string nested = directory.path() / "a" / "b";
  std::unique_ptr<StateStore> store = must(StateStore::open(nested));
  EXPECT_FALSE(store->uncleanStart());
  EXPECT_EQ(modeOf(directory.path() / "a"), 0700U);
  EXPECT_EQ(modeOf(nested), 0700U);
  for (const auto& entry : fs::directory_iterator(nested)) {
    EXPECT_EQ(modeOf(entry.path()), 0600U) << entry.path();
  }
}

TEST(Open, NarrowsFilesThatOthersCouldRead) {
  TempDirectory directory;
  must(must(StateStore::open(directory.state()))->close());
  fs::permissions(directory.database(), fs::perms(0644));
  std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
  EXPECT_EQ(modeOf(directory.database()), 0600U);
}

TEST(Open, KeepsEverythingOverARestart) {
  TempDirectory directory;
  TaskId last;
  {
    std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
    SpaceId space = must(store->openSpace("gallery")).id;
    must(store->commit(space, std::vector{put(localRow("a"))}));
    must(store->saveDownload(space, DownloadRow{"d", "v", 9, "p", {{1, 2}}}));
    must(store->addToPlan(space, std::vector{PlanOp{}}));
    std::vector<Licence> licence(1);
    must(store->grant(space, licence));
    last = must(store->nextTaskId());
    must(store->close());
  }
  EXPECT_FALSE(fs::exists(directory.database().string() + "-wal"));
  std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
  EXPECT_FALSE(store->uncleanStart());
  SpaceId space = must(store->openSpace("gallery")).id;
  EXPECT_TRUE(must(must(store->openReader())->find(space, "a")));
  EXPECT_EQ(must(store->download(space, "d"))->have, (std::vector<ByteRange>{{1, 2}}));
  EXPECT_EQ(must(store->licences(space)).size(), 1U);
  EXPECT_EQ(must(store->planOutcomes(space, PlanOp::Outcome::pending, 0, 5)).size(), 1U);
  EXPECT_GT(must(store->nextTaskId()).value, last.value);
}

TEST(Open, NoticesThatTheLastOwnerDidNotCloseIt) {
  TempDirectory directory;
  fill(*must(StateStore::open(directory.state())), 100);
  std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
  EXPECT_TRUE(store->uncleanStart());
  SpaceId space = must(store->openSpace("gallery")).id;
  EXPECT_EQ(must(store->totals(space)).files, 100U);
  must(store->close());
  EXPECT_FALSE(must(StateStore::open(directory.state()))->uncleanStart());
}

TEST(Open, LivesWithoutALogThatWasLost) {
  TempDirectory live;
  TempDirectory copy;
  std::unique_ptr<StateStore> store = must(StateStore::open(live.state()));
  fill(*store, 100);
  copyAsIfKilled(live, copy);
  fs::remove(copy.database().string() + "-wal");
  std::unique_ptr<StateStore> again = must(StateStore::open(copy.state()));
  EXPECT_TRUE(again->uncleanStart());
}

TEST(Open, StartsAfreshOnAnEmptyFileButSaysSo) {
  TempDirectory directory;
  write(directory.database(), "");
  std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
  EXPECT_TRUE(store->uncleanStart());
  must(store->openSpace("gallery"));
  EXPECT_EQ(modeOf(directory.database()), 0600U);
}

// What must happen with anything that is no sound database of ours.
void expectSetAside(const TempDirectory& directory, std::string_view content) {
  Result<std::unique_ptr<StateStore>> store = StateStore::open(directory.state());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::corrupt) << store.error().message;
  std::vector<fs::path> aside = setAsideFiles(directory);
  ASSERT_FALSE(aside.empty());
  fs::path database = *std::min_element(aside.begin(), aside.end());
  EXPECT_NE(store.error().message.find(database.string()), std::string::npos)
      << store.error().message;
  EXPECT_TRUE(contentOf(database) == content) << "the broken file was changed";
  EXPECT_FALSE(fs::exists(directory.database()));

  std::unique_ptr<StateStore> fresh = must(StateStore::open(directory.state()));
  EXPECT_FALSE(fresh->uncleanStart());
  must(fresh->openSpace("gallery"));
}

TEST(Open, SetsAFileAsideThatIsNoDatabase) {
  for (std::string garbage : {std::string("hello"), std::string(100'000, 'x'),
                              std::string(512, '\0'), std::string("SQLite format 3")}) {
    TempDirectory directory;
    write(directory.database(), garbage);
    expectSetAside(directory, garbage);
  }
}

TEST(Open, SetsALogAsideWhoseDatabaseIsGone) {
  TempDirectory live;
  TempDirectory copy;
  std::unique_ptr<StateStore> store = must(StateStore::open(live.state()));
  fill(*store, 10);
  copyAsIfKilled(live, copy);
  fs::remove(copy.database());
  Result<std::unique_ptr<StateStore>> again = StateStore::open(copy.state());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::corrupt);
  EXPECT_EQ(setAsideFiles(copy).size(), 1U);
  must(StateStore::open(copy.state()));
}

TEST(Open, SetsATruncatedDatabaseAside) {
  TempDirectory directory;
  {
    std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
    fill(*store, 2'000);
    must(store->close());
  }
  std::string content = contentOf(directory.database());
  content.resize(content.size() / 2);
  write(directory.database(), content);
  expectSetAside(directory, content);
}

// Bytes that turn over in the middle of the tree are noticed at the next start after a crash, or
// after somebody met them.
TEST(Open, SetsADatabaseAsideWhosePagesWereOverwritten) {
  TempDirectory directory;
  fill(*must(StateStore::open(directory.state())), 2'000);  // not closed cleanly
  {
    // Fold the log in and leave the mark "in use".
    auto database = must(Database::open({directory.database(), ""}, Database::Access::readWrite));
    must(database->ask("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  std::string content = contentOf(directory.database());
  for (std::size_t at = content.size() / 2; at < content.size(); at += 1'024) content[at] ^= 0x55;
  std::string suffix(content.size() / 4, '\x5a');
  content.replace(content.size() / 2, suffix.size(), suffix);
  write(directory.database(), content);
  expectSetAside(directory, content);
}

TEST(Open, ChecksAtTheNextStartWhatTurnedOutBrokenInUse) {
  TempDirectory directory;
  {
    std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
    fill(*store, 20'000);
    must(store->close());
  }
  std::string content = contentOf(directory.database());
  std::string hole(content.size() / 2, '\x5a');
  content.replace(content.size() / 3, hole.size(), hole);
  write(directory.database(), content);
  {
    std::unique_ptr<StateStore> store = must(StateStore::open(directory.state()));
    SpaceId space = must(store->openSpace("gallery")).id;
    std::unique_ptr<StateReader> reader = must(store->openReader());
    Result<BaseBatch> batch = reader->page(space, "", "", 100'000);
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.error().kind, ErrorKind::corrupt);
    must(store->close());
  }
  EXPECT_EQ(StateStore::open(directory.state()).error().kind, ErrorKind::corrupt);
}

TEST(Open, SetsTwoDatabasesAsideUnderTwoNames) {
  TempDirectory directory;
  for (int i = 0; i < 2; ++i) {
    write(directory.database(), std::string(5'000, static_cast<char>('a' + i)));
    EXPECT_EQ(StateStore::open(directory.state()).error().kind, ErrorKind::corrupt);
  }
  EXPECT_EQ(setAsideFiles(directory).size(), 2U);
}

TEST(Open, SaysWhyADirectoryCannotBeMade) {
  TempDirectory directory;
  write(directory.path() / "file", "x");
  Error error = StateStore::open(directory.path() / "file" / "state").error();
  EXPECT_EQ(error.kind, ErrorKind::notDirectory) << error.message;
}

// Migrations. The product has one version so far; the mechanism is tried with made-up ones.

StoreOptions withSteps(const TempDirectory& directory, std::vector<std::string> later) {
  StoreOptions options;
  options.directory = directory.state();
  for (std::string& sql : later) {
    options.schema.push_back({options.schema.back().version + 1, std::move(sql)});
  }
  return options;
}

const char* const kAddColumn = "ALTER TABLE space ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';";
const char* const kAddTable =
    "CREATE TABLE extra (x INTEGER) STRICT; INSERT INTO extra VALUES (1);";

int versionOf(const TempDirectory& directory) {
  return must(
      schemaVersion(*must(Database::open({directory.database(), ""}, Database::Access::readOnly))));
}

// Of a database with so many steps of a test's own behind the product's.
int versionBehind(int steps) { return productSchema().back().version + steps; }

TEST(Migration, SplitsTheSchemaIntoNumberedSteps) {
  std::vector<SchemaStep> steps = schemaSteps("intro\n--@ step 1\nA;\n--@ step 2\nB;\n");
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].version, 1);
  EXPECT_EQ(steps[0].sql, "\nA;");
  EXPECT_EQ(steps[1].version, 2);
  EXPECT_EQ(steps[1].sql, "\nB;\n");
  int expected = 0;
  for (const SchemaStep& step : productSchema()) EXPECT_EQ(step.version, ++expected);
  EXPECT_GE(expected, 1);
}

TEST(Migration, TakesEveryOlderVersionToTheNewest) {
  std::vector<std::string> later = {kAddColumn, kAddTable};
  for (std::size_t old = 0; old <= later.size(); ++old) {
    TempDirectory directory;
    {
      auto store = must(openStateStore(withSteps(directory, {later.begin(), later.begin() + old})));
      fill(*store, 10);
      must(store->close());
    }
    auto store = must(openStateStore(withSteps(directory, later)));
    EXPECT_EQ(must(store->totals(must(store->openSpace("gallery")).id)).files, 10U);
    must(store->close());
    EXPECT_EQ(versionOf(directory), versionBehind(2));
  }
}

TEST(Migration, GoesOnWhereItWasInterrupted) {
  TempDirectory directory;
  must(must(openStateStore(withSteps(directory, {})))->close());
  std::string broken = std::string(kAddTable) + "SELECT no_such_function();";
  EXPECT_FALSE(openStateStore(withSteps(directory, {kAddColumn, broken})));
  EXPECT_EQ(versionOf(directory), versionBehind(1));
  must(openStateStore(withSteps(directory, {kAddColumn, kAddTable})));
  EXPECT_EQ(versionOf(directory), versionBehind(2));
}

TEST(Migration, RefusesANewerSchemaAndTouchesNothing) {
  TempDirectory live;
  TempDirectory crashed;
  auto newer = must(openStateStore(withSteps(live, {kAddColumn})));
  fill(*newer, 10);
  copyAsIfKilled(live, crashed);
  must(newer->close());
  for (const TempDirectory* directory : {&live, &crashed}) {
    fs::permissions(directory->database(), fs::perms(0640));
    std::string log = directory->database().string() + "-wal";
    std::string before = contentOf(directory->database());
    std::string logBefore = contentOf(log);
    Error error = StateStore::open(directory->state()).error();
    EXPECT_EQ(error.kind, ErrorKind::notSupported) << error.message;
    EXPECT_NE(error.message.find("newer release"), std::string::npos) << error.message;
    EXPECT_TRUE(contentOf(directory->database()) == before);
    EXPECT_TRUE(contentOf(log) == logBefore);
    EXPECT_EQ(modeOf(directory->database()), 0640U);
    must(openStateStore(withSteps(*directory, {kAddColumn})));
  }
}

TEST(Migration, SetsADatabaseAsideThatIsNotOurs) {
  TempDirectory directory;
  fs::create_directories(directory.state());
  {
    auto foreign = must(Database::open({directory.database(), ""}, Database::Access::create));
    must(foreign->execute("CREATE TABLE mine (x); PRAGMA user_version=1;"));
  }
  EXPECT_EQ(StateStore::open(directory.state()).error().kind, ErrorKind::corrupt);
  EXPECT_EQ(setAsideFiles(directory).size(), 1U);
}

}  // namespace
}  // namespace cloudsync
