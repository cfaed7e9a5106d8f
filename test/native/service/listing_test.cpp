#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim_world.h"

// Listings: what is in them, that they say what fileState() says, and what they cost.

namespace cloudsync {
namespace {

using Lines = std::vector<std::string>;
using Location = EntryInfo::Location;

EntryPage pageOf(SimWorld& world, std::string_view name, const std::string& prefix,
                 const std::string& after, std::size_t limit) {
  Space& space = *world.device(name).space("drive");
  Result<EntryPage> page = world.wait(space.list(prefix, after, limit));
  EXPECT_TRUE(page.ok()) << page.error().message;
  return std::move(page).value();
}

// All pages; `between` runs between two of them.
std::vector<EntryInfo> entries(
    SimWorld& world, std::string_view name, const std::string& prefix = "",
    std::size_t limit = 1000, const std::function<void()>& between = [] {}) {
  std::vector<EntryInfo> all;
  std::string after;
  do {
    EntryPage page = pageOf(world, name, prefix, after, limit);
    EXPECT_LE(page.entries.size(), limit);
    for (EntryInfo& entry : page.entries) all.push_back(std::move(entry));
    after = page.next;
    if (!after.empty()) between();
  } while (!after.empty());
  return all;
}

std::string lineOf(const EntryInfo& entry) {
  constexpr std::array kLocations = {"local", "cloud", "both"};
  constexpr std::array kStates = {"uploading",    "downloading",   "completed",    "stopped",
                                  "toBeUploaded", "uploadSuccess", "uploadFailure"};
  return entry.path + (entry.directory ? "/ " : " ") +
         kLocations[static_cast<std::size_t>(entry.location)] + " " +
         kStates[static_cast<std::size_t>(entry.state)];
}

Lines linesOf(const std::vector<EntryInfo>& all) {
  Lines lines;
  for (const EntryInfo& entry : all) lines.push_back(lineOf(entry));
  return lines;
}

TEST(Listing, ShowsWhatNoRunHasSeenInItsPlaceAmongTheRows) {
  SimWorld world(1, ContentPolicy::onDemand);
  world.write("a", "d/cloud", "c");
  world.sync("a");
  world.write("b", "d/own", "o");
  world.sync("b");
  world.write("b", "d/new", "n");
  world.write("b", "d!", "!");
  world.write("b", "z/deep/1", "1");
  world.write("b", "d/own", "edited");
  EXPECT_EQ(linesOf(entries(world, "b")),
            (Lines{"d! local toBeUploaded", "d/ both completed", "d/cloud cloud completed",
                   "d/new local toBeUploaded", "d/own both toBeUploaded", "z/ local toBeUploaded",
                   "z/deep/ local toBeUploaded", "z/deep/1 local toBeUploaded"}));
}

TEST(Listing, LeavesOutWhatIsDeletedHereOrNotCarried) {
  SimWorld world(2, ContentPolicy::onDemand);
  for (const char* name : {"gone", "linked", "stays", "goneDir/1"}) world.write("b", name, name);
  world.sync("b");
  for (const char* name : {"gone", "linked", "goneDir"}) world.remove("b", name);
  world.files().makeLink("/b/linked", "/etc/passwd");
  world.files().makeLink("/b/link", "/etc/passwd");
  world.files().makeFifo("/b/pipe");
  // A link is nobody's deletion: the cloud keeps what had its name.
  EXPECT_EQ(linesOf(entries(world, "b")),
            (Lines{"linked cloud completed", "stays both uploadSuccess"}));
  for (const char* name : {"gone", "link", "pipe", "goneDir", "goneDir/1"}) {
    EXPECT_EQ(world.state("b", name).error().kind, ErrorKind::notFound) << name;
  }
  EXPECT_EQ(*world.state("b", "linked"), FileSyncState::completed);
}

TEST(Listing, LeavesOutVerdictsAndShowsMarks) {
  SimWorld world(3);
  for (const char* name : {"ignored", "failed", "failedAndGone"}) world.write("a", name, name);
  Device& a = world.device("a");
  SpaceId id = a.space("drive")->id();
  std::vector<BaseChange> rows(3);
  rows[0].row.key = "ignored";
  rows[0].row.facts.standing = Standing::ignored;
  rows[1].row.key = "failed";
  rows[1].row.facts.standing = Standing::local;
  rows[1].row.facts.mark = Mark::uploadFailed;
  rows[2] = rows[1];
  rows[2].row.key = "failedAndGone";
  ASSERT_TRUE(a.store().commit(id, rows).ok());
  world.remove("a", "failedAndGone");
  EXPECT_EQ(linesOf(entries(world, "a")), Lines{"failed local uploadFailure"});
  EXPECT_EQ(world.state("a", "ignored").error().kind, ErrorKind::notFound);
}

TEST(Listing, ShowsWhatTheRowsKnowWhereTheDiskCannotBeRead) {
  SimWorld world(4);
  world.write("a", "d/1", "one");
  world.write("a", "e", "two");
  world.sync("a");
  world.write("a", "d/2", "never seen");
  world.files().setHook([](const SimCall& call) -> std::optional<Error> {
    bool hidden = call.path == "/a/d" && call.operation != "stat";
    if (!hidden) return std::nullopt;
    return Error{ErrorKind::permission, "not yours to read", call.path, 13};
  });
  EXPECT_EQ(linesOf(entries(world, "a")),
            (Lines{"d/ both completed", "d/1 both uploadSuccess", "e both uploadSuccess"}));
}

TEST(Listing, BeginsWithAPrefixAndEndsWithIt) {
  SimWorld world(5, ContentPolicy::onDemand);
  for (const char* name : {"a/x", "ab/1", "ab/2/3", "ab!", "ac", "b"}) world.write("a", name, "");
  world.sync("a");
  world.sync("b");
  for (const char* name : {"ab/1", "ab/2/new", "abc", "aa"}) world.write("b", name, "1");
  auto paths = [&world](const std::string& prefix) {
    Lines found;
    for (const EntryInfo& entry : entries(world, "b", prefix, 2)) found.push_back(entry.path);
    return found;
  };
  EXPECT_EQ(paths("ab"), (Lines{"ab!", "ab", "ab/1", "ab/2", "ab/2/3", "ab/2/new", "abc"}));
  EXPECT_EQ(paths("ab/2/"), (Lines{"ab/2", "ab/2/3", "ab/2/new"}));
  EXPECT_EQ(paths("ab/2/n"), Lines{"ab/2/new"});
  EXPECT_EQ(paths("ac"), Lines{"ac"});
  EXPECT_EQ(paths("zz"), Lines{});
  EXPECT_EQ(paths("\xff"), Lines{});
}

TEST(Listing, ADownloadOrAFreeingBetweenTwoPagesHidesNothing) {
  SimWorld world(6, ContentPolicy::onDemand);
  for (int i = 1; i <= 6; ++i) world.write("a", "f" + std::to_string(i), "x");
  world.sync("a");
  world.sync("b");
  ASSERT_TRUE(world.fetch("b", "f4").ok());
  int pages = 0;
  auto between = [&] {
    if (++pages != 1) return;
    ASSERT_TRUE(world.fetch("b", "f3").ok());  // the walk has seen no file of this name
    ASSERT_TRUE(world.free("b", "f4").ok());   // and this one
  };
  EXPECT_EQ(linesOf(entries(world, "b", "", 1, between)),
            (Lines{"f1 cloud completed", "f2 cloud completed", "f3 both completed",
                   "f4 cloud completed", "f5 cloud completed", "f6 cloud completed"}));
}

TEST(Listing, ReadsADirectoryOnceHoweverManyPagesItHas) {
  SimWorld world(7);
  for (int i = 0; i < 100; ++i) world.files().write("/a/many/" + std::to_string(i), "x");
  pageOf(world, "a", "", "", 1);  // opens the space
  int reads = 0;
  world.files().setHook([&reads](const SimCall& call) -> std::optional<Error> {
    if (call.operation == "listNames" && call.path == "/a/many") ++reads;
    return std::nullopt;
  });
  EXPECT_EQ(entries(world, "a", "", 5).size(), 101u);
  EXPECT_EQ(reads, 1);
}

TEST(Listing, IsNotKeptOnceItIsLeft) {
  SimWorld world(8);
  for (int i = 0; i < 10; ++i) world.files().write("/a/" + std::to_string(i), "x");
  int reads = 0;
  std::string after = pageOf(world, "a", "", "", 3).next;
  EXPECT_TRUE(pageOf(world, "a", "", after, 0).entries.empty());
  world.files().setHook([&reads](const SimCall& call) -> std::optional<Error> {
    if (call.operation == "listNames") ++reads;
    return std::nullopt;
  });
  EXPECT_EQ(pageOf(world, "a", "", after, 3).entries.front().path, "3");
  EXPECT_EQ(reads, 1);
}

// --- whatever happened: listings and states tell the same

void doSomething(SimWorld& world, SeededRandom& random) {
  constexpr std::array kNames = {"a", "a!", "a/x", "a.txt", "b", "d/e", "d/f/g", "d/f", "z"};
  auto pick = [&random](std::size_t most) {
    return static_cast<std::size_t>(random.next() % most);
  };
  const char* where = pick(2) == 0 ? "a" : "b";
  const std::string name = kNames[pick(kNames.size())];
  const std::string full = std::string("/") + where + "/" + name;
  switch (pick(8)) {
    case 0:
      world.sync("a");
      return;
    case 1:
      world.sync("b");
      return;
    case 2:
      world.remove(where, name);
      return;
    case 3:
      (void)world.free("b", name).ok();
      return;
    case 4:
      (void)world.fetch("b", name).ok();
      return;
    case 5:
      if (name.find('/') == std::string::npos && !world.files().stat(full)) {
        world.files().makeLink(full, "elsewhere");
      }
      return;
    default:
      break;
  }
  // A file in the way of a directory goes first, as with `rm -r` and `mkdir -p`.
  for (std::size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', slash + 1)) {
    auto stat = world.files().stat("/" + std::string(where) + "/" + name.substr(0, slash));
    if (stat && stat->type != FileType::directory) world.remove(where, name.substr(0, slash));
  }
  auto stat = world.files().stat(full);
  if (stat && stat->type != FileType::file) world.remove(where, name);
  world.write(where, name, "content " + std::to_string(pick(3)));
}

void expectStatesAgree(SimWorld& world, std::uint64_t seed) {
  std::map<std::string, FileSyncState> listed;  // a directory comes behind a file of its name
  for (const EntryInfo& entry : entries(world, "b")) listed[entry.path] = entry.state;
  std::vector<std::string> paths = world.list("b");
  for (const std::string& path : world.list("cloud")) paths.push_back(path);
  for (const auto& entry : listed) paths.push_back(entry.first);
  for (std::string& path : paths) {
    if (path.ends_with('/')) path.pop_back();
    Result<FileSyncState> state = world.state("b", path);
    ASSERT_EQ(state.ok(), listed.contains(path)) << path << " with seed " << seed;
    if (state.ok()) {
      EXPECT_EQ(*state, listed[path]) << path << " with seed " << seed;
    }
  }
}

void expectPagesAgree(SimWorld& world, std::uint64_t seed) {
  const Lines whole = linesOf(entries(world, "b"));
  for (std::size_t limit : {1u, 2u, 3u}) {
    EXPECT_EQ(linesOf(entries(world, "b", "", limit)), whole) << "with seed " << seed;
  }
  // Others take the places on the shelf: each page begins anew.
  auto crowd = [&world] {
    for (std::size_t i = 0; i < ListingShelf::kMost; ++i) pageOf(world, "b", "", "", 1);
  };
  EXPECT_EQ(linesOf(entries(world, "b", "", 2, crowd)), whole) << "with seed " << seed;
}

TEST(Listing, SaysWhatTheStateOfEachFileSays) {
  for (std::uint64_t seed = 1; seed <= 60 && !testing::Test::HasFailure(); ++seed) {
    SimWorld world(seed, ContentPolicy::onDemand);
    SeededRandom random(seed);
    for (int step = 0; step < 12; ++step) doSomething(world, random);
    expectStatesAgree(world, seed);
    expectPagesAgree(world, seed);
  }
}

}  // namespace
}  // namespace cloudsync
