#include "fs/walk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/pool_scheduler.h"
#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "fs/posix_file_system.h"
#include "fs/sim_file_system.h"
#include "temp_directory.h"

namespace cloudsync {
namespace {

using Lines = std::vector<std::string>;

// "file a/b", "unknown a/ ..a0"
std::string lineOf(const Entry<LocalFacts>& entry) {
  constexpr std::array kNames = {"file",    "directory", "symlink", "special",
                                 "badName", "ignored",   "unknown"};
  std::string line = kNames[static_cast<std::size_t>(entry.kind)];
  line += ' ';
  line += entry.key;
  if (entry.kind == EntryKind::unknown) line.append(" ..").append(entry.unknownEnd);
  return line;
}

struct Seen {
  Lines lines;
  std::vector<std::size_t> batches;
  std::optional<Error> error;
};

Task<Seen> collect(LocalStream& stream, CancelToken cancel) {
  Seen seen;
  while (true) {
    Task<Result<LocalBatch>> step = stream.next(cancel);
    Result<LocalBatch> batch = co_await step;
    if (!batch) {
      seen.error = batch.error();
      break;
    }
    if (batch->empty()) break;
    seen.batches.push_back(batch->size());
    for (const Entry<LocalFacts>& entry : batch->entries()) seen.lines.push_back(lineOf(entry));
  }
  co_return seen;
}

Task<void> collectInto(LocalStream& stream, CancelToken cancel, Seen& seen) {
  Task<Seen> all = collect(stream, cancel);
  seen = co_await all;
}

Seen walkAll(Folder& root, WalkOptions options = {}, std::uint64_t seed = 1,
             Lane lane = Lane::background, CancelToken cancel = {}) {
  SimScheduler scheduler(seed);
  std::unique_ptr<LocalStream> stream = walk(scheduler, root, std::move(options));
  Seen seen;
  spawn(scheduler, lane, collectInto(*stream, cancel, seen),
        [](std::exception_ptr failure) { EXPECT_EQ(failure, nullptr); });
  scheduler.run();
  return seen;
}

std::unique_ptr<Folder> openRoot(const std::string& path) {
  PosixFileSystem fileSystem;
  Result<std::unique_ptr<Folder>> root = fileSystem.openRoot(path);
  EXPECT_TRUE(root.ok());
  return std::move(root).value();
}

// The same by other means: everything there is, then one sort.
Lines expectedLines(const std::string& root) {
  std::set<std::string> keys;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    std::string key = entry.path().string().substr(root.size() + 1);
    if (entry.symlink_status().type() == std::filesystem::file_type::directory) key += '/';
    keys.insert(std::move(key));
  }
  Lines lines;
  for (const std::string& key : keys) {
    lines.push_back((key.ends_with('/') ? "directory " : "file ") + key);
  }
  return lines;
}

TEST(Walk, handsOnFilesAndDirectoriesInTheOrderOfTheirKeys) {
  TempDirectory temp;
  for (const char* name : {"a/x", "a!", "a-b", "a.txt", "a0", "a/y/z", "B"}) temp.write(name, "1");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  Lines wanted = {"file B",   "file a!",        "file a-b",   "file a.txt", "directory a/",
                  "file a/x", "directory a/y/", "file a/y/z", "file a0"};
  EXPECT_EQ(walkAll(*root).lines, wanted);
}

TEST(Walk, keepsToItsRangeButForTheDirectoriesThatHoldItsBeginning) {
  TempDirectory temp;
  for (const char* name : {"a!", "a/b/c", "a/b/d", "a/b!", "a/e", "a0", "b/x", "b/y/z"}) {
    temp.write(name, "1");
  }
  std::unique_ptr<Folder> root = openRoot(temp.path());
  std::vector<std::string> bounds = {""};
  Lines all = walkAll(*root).lines;
  for (const std::string& line : all) {
    std::string key = line.substr(line.find(' ') + 1);
    bounds.insert(bounds.end(), {key, justBehind(key), key + "z"});
  }
  for (const std::string& from : bounds) {
    for (const std::string& end : bounds) {
      if (!end.empty() && end <= from) continue;
      WalkOptions options;
      options.range = {from, end};
      options.batchSize = 2;
      Lines wanted;
      for (const std::string& line : all) {
        std::string key = line.substr(line.find(' ') + 1);
        bool holdsBeginning = key.ends_with('/') && from.starts_with(key);
        if (options.range.holds(key) || holdsBeginning) wanted.push_back(line);
      }
      EXPECT_EQ(walkAll(*root, options).lines, wanted)
          << "from '" << from << "' to '" << end << "'";
    }
  }
}

TEST(Walk, readsNothingOutsideOfItsRange) {
  SimScheduler scheduler(1);
  SimFileSystem files(scheduler.clock());
  for (const char* name : {"/r/a/x", "/r/b/x", "/r/c/x"}) files.write(name, "1");
  std::unique_ptr<Folder> root = std::move(files.openRoot("/r")).value();
  Lines opened;
  files.setHook([&opened](const SimCall& call) -> std::optional<Error> {
    if (call.operation == "listNames") opened.push_back(call.path);
    return std::nullopt;
  });
  WalkOptions options;
  options.range = {"b", "c/"};
  EXPECT_EQ(walkAll(*root, options).lines, (Lines{"directory b/", "file b/x"}));
  EXPECT_EQ(opened, (Lines{"/r", "/r/b"}));
}

TEST(Walk, tellsSizeAndTimesOfEachEntry) {
  TempDirectory temp;
  temp.write("a", "12345");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  SimScheduler scheduler(1);
  std::unique_ptr<LocalStream> stream = walk(scheduler, *root, {});
  Result<FileStat> wanted = root->stat(RelPath::trusted("a"));
  ASSERT_TRUE(wanted.ok());
  Task<Result<LocalBatch>> step = stream->next(CancelToken());
  PoolScheduler pool(scheduler.clock(), {1, 1});
  Result<LocalBatch> batch = blockOn(pool, Lane::background, std::move(step));
  ASSERT_TRUE(batch.ok());
  ASSERT_EQ(batch->size(), 1U);
  EXPECT_EQ(batch->entries()[0].facts.stat, *wanted);
  EXPECT_EQ(wanted->size, 5U);
}

RC_GTEST_PROP(Walk, agreesWithASortedListingOfAnyTree, ()) {
  auto component = rc::gen::element<std::string>("a", "a!", "a-", "a.", "a0", "a\x01", "a\xff", "b",
                                                 "0", "-", "~", "aa");
  auto path = rc::gen::mapcat(rc::gen::inRange(1, 5), [component](int depth) {
    return rc::gen::container<std::vector<std::string>>(static_cast<std::size_t>(depth), component);
  });
  auto paths = *rc::gen::container<std::vector<std::vector<std::string>>>(path);
  TempDirectory temp;
  for (const auto& components : paths) {
    // The last component is a file unless something stands there; a file in the way ends the path.
    std::string at = temp.path();
    for (std::size_t i = 0; i + 1 < components.size(); ++i) {
      at += "/" + components[i];
      std::error_code inTheWay;
      std::filesystem::create_directory(at, inTheWay);
      if (inTheWay) break;
    }
    if (!std::filesystem::exists(at + "/" + components.back())) {
      std::ofstream(at + "/" + components.back()) << "1";
    }
  }
  WalkOptions options;
  options.batchSize = *rc::gen::inRange<std::size_t>(1, 9);
  options.inFlight = *rc::gen::inRange<std::size_t>(1, 4);
  Lane lane = *rc::gen::element(Lane::background, Lane::transfer);
  std::unique_ptr<Folder> root = openRoot(temp.path());
  Seen seen = walkAll(*root, options, *rc::gen::arbitrary<std::uint64_t>(), lane);
  RC_ASSERT(!seen.error);
  RC_ASSERT(seen.lines == expectedLines(temp.path()));
}

TEST(Walk, fillsBatchesUpToTheirSize) {
  TempDirectory temp;
  for (int i = 0; i < 10; ++i) temp.write("f" + std::to_string(i), "1");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  WalkOptions options;
  options.batchSize = 4;
  EXPECT_EQ(walkAll(*root, options).batches, (std::vector<std::size_t>{4, 4, 2}));
}

TEST(Walk, ofASubtreeGivesKeysRelativeToTheRoot) {
  TempDirectory temp;
  temp.write("a/b/c", "1");
  temp.write("a/z", "1");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  WalkOptions options;
  options.below = RelPath::trusted("a/b");
  EXPECT_EQ(walkAll(*root, options).lines, Lines{"file a/b/c"});
}

TEST(Walk, ofAMissingSubtreeFailsAsAWhole) {
  TempDirectory temp;
  std::unique_ptr<Folder> root = openRoot(temp.path());
  WalkOptions options;
  options.below = RelPath::trusted("gone");
  Seen seen = walkAll(*root, options);
  ASSERT_TRUE(seen.error);
  EXPECT_EQ(seen.error->kind, ErrorKind::notFound);
}

TEST(Walk, skipsOurOwnDirectoryAtTheTopAndOnlyThere) {
  TempDirectory temp;
  temp.write(".cloudsync/tmp/part", "1");
  temp.write("a/.cloudsync/x", "1");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  Lines wanted = {"directory a/", "directory a/.cloudsync/", "file a/.cloudsync/x"};
  EXPECT_EQ(walkAll(*root).lines, wanted);
  WalkOptions options;
  options.below = RelPath::trusted(".cloudsync/tmp");
  EXPECT_EQ(walkAll(*root, options).lines, Lines{"file .cloudsync/tmp/part"});
}

TEST(Walk, setsAsideWhatCannotBeCarried) {
  TempDirectory temp;
  temp.write("file", "1");
  std::filesystem::create_symlink("/etc", temp.at("link"));
  ASSERT_EQ(::mkfifo(temp.at("fifo").c_str(), 0600), 0);
  temp.write(".cloudsync", "a user's file of our name");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  Lines wanted = {"badName .cloudsync", "special fifo", "file file", "symlink link"};
  EXPECT_EQ(walkAll(*root).lines, wanted);
}

TEST(Walk, doesNotDescendBehindKeysThatAreTooLong) {
  TempDirectory temp;
  std::unique_ptr<Folder> folder = openRoot(temp.path());
  std::string component(200, 'd');
  for (int level = 0; level < 8; ++level) {
    ASSERT_TRUE(folder->makeFolder(RelPath::trusted(component)).ok());
    folder = folder->openFolder(RelPath::trusted(component)).value();
  }
  std::unique_ptr<Folder> root = openRoot(temp.path());
  Lines lines = walkAll(*root).lines;
  ASSERT_EQ(lines.size(), 6U);  // 5 * 200 and the slashes are below 1,024, 6 * 200 are not
  EXPECT_TRUE(lines[4].starts_with("directory "));
  EXPECT_TRUE(lines[5].starts_with("badName "));
}

TEST(Walk, goesTwoThousandLevelsDeepAsFarAsKeysReach) {
  TempDirectory temp;
  std::unique_ptr<Folder> folder = openRoot(temp.path());
  for (int level = 0; level < 2000; ++level) {
    ASSERT_TRUE(folder->makeFolder(RelPath::trusted("d")).ok());
    folder = folder->openFolder(RelPath::trusted("d")).value();
  }
  std::unique_ptr<Folder> root = openRoot(temp.path());
  Lines lines = walkAll(*root).lines;
  EXPECT_EQ(lines.size(), 513U);  // 512 of two bytes each, less the last slash, fit into 1,024
  EXPECT_TRUE(lines.back().starts_with("badName "));
}

TEST(Walk, leavesOutWhatVanishedAfterItWasListed) {
  TempDirectory temp;
  for (const char* name : {"a", "d/x", "e", "f/y"}) temp.write(name, "1");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  SimScheduler scheduler(1);
  WalkOptions options;
  options.batchSize = 1;
  std::unique_ptr<LocalStream> stream = walk(scheduler, *root, options);
  PoolScheduler pool(scheduler.clock(), {1, 1});
  Task<Result<LocalBatch>> first = stream->next(CancelToken());
  ASSERT_TRUE(blockOn(pool, Lane::background, std::move(first)).ok());
  std::filesystem::remove_all(temp.at("d"));
  std::filesystem::remove(temp.at("e"));
  Seen seen;
  spawn(scheduler, Lane::background, collectInto(*stream, CancelToken(), seen),
        [](std::exception_ptr) {});
  scheduler.run();
  EXPECT_FALSE(seen.error);
  EXPECT_EQ(seen.lines, (Lines{"directory f/", "file f/y"}));
}

TEST(Walk, failsWhenTheRootIsRemovedUnderIt) {
  TempDirectory temp;
  for (const char* name : {"r/a", "r/d/x", "r/e"}) temp.write(name, "1");
  std::unique_ptr<Folder> root = openRoot(temp.at("r"));
  SimScheduler scheduler(1);
  WalkOptions options;
  options.batchSize = 1;
  std::unique_ptr<LocalStream> stream = walk(scheduler, *root, options);
  PoolScheduler pool(scheduler.clock(), {1, 1});
  Task<Result<LocalBatch>> first = stream->next(CancelToken());
  ASSERT_TRUE(blockOn(pool, Lane::background, std::move(first)).ok());
  std::filesystem::remove_all(temp.at("r"));
  Seen seen;
  spawn(scheduler, Lane::background, collectInto(*stream, CancelToken(), seen),
        [](std::exception_ptr) {});
  scheduler.run();
  ASSERT_TRUE(seen.error);
  EXPECT_EQ(seen.error->kind, ErrorKind::notFound);
}

TEST(Walk, callsADirectoryThatBecameAFileUnknown) {
  TempDirectory temp;
  for (const char* name : {"a", "d/x", "e"}) temp.write(name, "1");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  SimScheduler scheduler(1);
  WalkOptions options;
  options.batchSize = 1;
  std::unique_ptr<LocalStream> stream = walk(scheduler, *root, options);
  PoolScheduler pool(scheduler.clock(), {1, 1});
  Task<Result<LocalBatch>> first = stream->next(CancelToken());
  ASSERT_TRUE(blockOn(pool, Lane::background, std::move(first)).ok());
  std::filesystem::remove_all(temp.at("d"));
  temp.write("d", "now a file");
  Seen seen;
  spawn(scheduler, Lane::background, collectInto(*stream, CancelToken(), seen),
        [](std::exception_ptr) {});
  scheduler.run();
  EXPECT_EQ(seen.lines, (Lines{"unknown d/ ..d0", "file e"}));
}

// Runs the walk in a child process without privileges: root may read everything.
Lines walkAsNobody(Folder& root) {
  int ends[2];
  if (::pipe(ends) != 0) return {"no pipe"};
  pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && (::setresgid(kNobody, kNobody, kNobody) != 0 ||
                             ::setresuid(kNobody, kNobody, kNobody) != 0)) {
      ::_exit(2);
    }
    std::string text;
    for (const std::string& line : walkAll(root).lines) text += line + "\n";
    bool written = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(written ? 0 : 3);
  }
  ::close(ends[1]);
  std::string text(4096, '\0');
  ssize_t size = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  Lines lines;
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TEST(Walk, callsADirectoryThatCannotBeReadUnknownAndGoesOn) {
  TempDirectory temp;
  for (const char* name : {"a", "shut/x", "names/y", "z"}) temp.write(name, "1");
  std::filesystem::permissions(temp.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(temp.at("shut"), std::filesystem::perms(0));
  // May be listed, but nothing in it may be looked at.
  std::filesystem::permissions(temp.at("names"), std::filesystem::perms(0744));
  if (::geteuid() != 0)
    std::filesystem::permissions(temp.at("names"), std::filesystem::perms(0444));
  std::unique_ptr<Folder> root = openRoot(temp.path());
  Lines wanted = {"file a",          "directory names/",      "unknown names/ ..names0",
                  "directory shut/", "unknown shut/ ..shut0", "file z"};
  EXPECT_EQ(walkAsNobody(*root), wanted);
  std::filesystem::permissions(temp.at("shut"), std::filesystem::perms(0755));
  std::filesystem::permissions(temp.at("names"), std::filesystem::perms(0755));
}

// Leaves out every name that begins with "x", and cannot look into "bad".
class LeavesOutX final : public WalkFilter {
 public:
  Result<std::shared_ptr<const WalkFilter>> enter(Folder&, std::string_view key,
                                                  std::span<const ListedName>) const override {
    if (key == "bad/") return Error{ErrorKind::permission, "as planned", "bad", 0};
    return std::shared_ptr<const WalkFilter>(std::make_shared<LeavesOutX>());
  }
  std::vector<bool> leavesOut(std::span<const ListedName> names) const override {
    std::vector<bool> out(names.size());
    std::transform(names.begin(), names.end(), out.begin(),
                   [](const ListedName& name) { return name.view().starts_with('x'); });
    return out;
  }
};

TEST(Walk, tellsWhatItsFilterLeavesOutWithoutALookAtIt) {
  SimClock clock;
  SimFileSystem fileSystem(clock);
  for (const char* name : {"/r/a", "/r/bad/b", "/r/c/x!", "/r/c/xd/deep/f", "/r/c/y", "/r/x"}) {
    fileSystem.write(name, "1");
  }
  fileSystem.makeLink("/r/xlink", "a");
  std::unique_ptr<Folder> root = fileSystem.openRoot("/r").value();
  Lines touched;
  fileSystem.setHook([&touched](const SimCall& call) -> std::optional<Error> {
    touched.push_back(call.path);
    return std::nullopt;
  });
  Lines wanted = {"file a",       "directory bad/", "unknown bad/ ..bad0",
                  "directory c/", "ignored c/x!",   "ignored c/xd/",
                  "file c/y",     "ignored x",      "ignored xlink"};
  for (std::size_t batchSize : {1u, 2u, 100u}) {
    WalkOptions options;
    options.filter = std::make_shared<LeavesOutX>();
    options.batchSize = batchSize;
    EXPECT_EQ(walkAll(*root, options).lines, wanted) << batchSize;
  }
  for (const std::string& path : touched) EXPECT_EQ(path.find("/x"), std::string::npos) << path;
  WalkOptions above;
  above.filter = std::make_shared<LeavesOutX>();
  above.below = RelPath::trusted("c");
  EXPECT_EQ(walkAll(*root, above).lines, (Lines{"ignored c/x!", "ignored c/xd/", "file c/y"}));
}

TEST(Walk, walksASimulatedDiskTheSameWay) {
  SimClock clock;
  SimFileSystem fileSystem(clock);
  for (const char* name : {"/r/a/x", "/r/a!", "/r/a-b", "/r/a0"}) fileSystem.write(name, "1");
  fileSystem.makeLink("/r/l", "a");
  std::unique_ptr<Folder> root = fileSystem.openRoot("/r").value();
  Lines wanted = {"file a!", "file a-b", "directory a/", "file a/x", "file a0", "symlink l"};
  EXPECT_EQ(walkAll(*root).lines, wanted);
}

TEST(Walk, callsADirectoryThatFailsToOpenUnknownAndFailsWithoutItsRoot) {
  SimClock clock;
  SimFileSystem fileSystem(clock);
  for (const char* name : {"/r/a", "/r/d/x", "/r/e"}) fileSystem.write(name, "1");
  std::unique_ptr<Folder> root = fileSystem.openRoot("/r").value();
  std::string failing = "/r/d";
  fileSystem.setHook([&failing](const SimCall& call) -> std::optional<Error> {
    if (call.operation != "listNames" || call.path != failing) return std::nullopt;
    return fromErrno(EIO, "as planned", call.path);
  });
  Lines wanted = {"file a", "directory d/", "unknown d/ ..d0", "file e"};
  EXPECT_EQ(walkAll(*root).lines, wanted);
  failing = "/r";
  EXPECT_TRUE(walkAll(*root).error);
}

TEST(Walk, stopsWhenItIsCancelled) {
  TempDirectory temp;
  temp.write("a", "1");
  std::unique_ptr<Folder> root = openRoot(temp.path());
  CancelSource source;
  source.cancel();
  Seen seen = walkAll(*root, {}, 1, Lane::background, source.token());
  ASSERT_TRUE(seen.error);
  EXPECT_EQ(seen.error->kind, ErrorKind::cancelled);
}

TEST(Walk, readsAheadOnOtherThreadsAndKeepsTheOrder) {
  TempDirectory temp;
  for (int d = 0; d < 40; ++d) {
    for (int f = 0; f < 30; ++f) {
      temp.write("d" + std::to_string(d) + "/s" + std::to_string(f % 3) + "/f" + std::to_string(f),
                 "1");
    }
  }
  std::unique_ptr<Folder> root = openRoot(temp.path());
  SystemClock clock;
  PoolScheduler pool(clock, {2, 3});
  for (std::size_t batchSize : {7U, 4096U}) {
    for (Lane lane : {Lane::background, Lane::transfer}) {
      WalkOptions options;
      options.batchSize = batchSize;
      options.inFlight = 3;
      std::unique_ptr<LocalStream> stream = walk(pool, *root, options);
      EXPECT_EQ(blockOn(pool, lane, collect(*stream, CancelToken())).lines,
                expectedLines(temp.path()));
    }
  }
}

TEST(Walk, mayBeDroppedInTheMiddle) {
  TempDirectory temp;
  for (int d = 0; d < 20; ++d) temp.write("d" + std::to_string(d) + "/x", "1");
  SystemClock clock;
  PoolScheduler pool(clock, {1, 2});
  std::unique_ptr<Folder> root = openRoot(temp.path());
  WalkOptions options;
  options.batchSize = 1;
  std::unique_ptr<LocalStream> stream = walk(pool, *root, options);
  Task<Result<LocalBatch>> step = stream->next(CancelToken());
  EXPECT_TRUE(blockOn(pool, Lane::transfer, std::move(step)).ok());
  stream = nullptr;
  root = nullptr;
}

}  // namespace
}  // namespace cloudsync
