#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fs/posix_file_system.h"
#include "fs/temp_directory.h"
#include "scan/ignore_rules.h"
#include "scope_support.h"

// The same patterns and the same paths for us and for git itself.

namespace cloudsync {
namespace {

namespace stdfs = std::filesystem;

constexpr int kRounds = 60;
constexpr int kPathsPerRound = 150;

unsigned seed() {
  const char* given = std::getenv("CLOUDSYNC_SEED");
  return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
}

class Maker {
 public:
  explicit Maker(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_);
  }
  std::string_view oneOf(std::initializer_list<std::string_view> all) {
    return *(all.begin() + static_cast<std::ptrdiff_t>(below(all.size())));
  }
  std::string name() {
    std::string made;
    for (std::size_t left = 1 + below(4); left > 0; --left) {
      made += oneOf({"a", "b", "c", "ab", ".", "-", "]", "[", "!", "#", " ", "*", "\\", "\xc3\xa9",
                     "\xff", "1", "A", "^", "?"});
    }
    // git refuses such paths, and nobody has them.
    return made == "." || made == ".." || made == ".git" ? "a" : made;
  }
  std::string path() {
    std::string made = name();
    for (std::size_t left = below(4); left > 0; --left) made += "/" + name();
    return made;
  }
  // Likely to match a tree of a, b, ab and c, and none of the files that say so.
  std::string plainPattern() {
    std::string made(oneOf({"", "", "!", "/", "!/"}));
    for (std::size_t left = 1 + below(3); left > 0; --left) {
      made += oneOf({"a", "b", "[a-c]", "a*", "*b", "a/", "b/", "**/", "/**/", "a/**", "?"});
    }
    return made + std::string(oneOf({"", "", "/"}));
  }
  std::string pattern() {
    std::string made;
    if (below(4) == 0) made += oneOf({"!", "/", "\\", "#", "**/", "!/"});
    for (std::size_t left = 1 + below(6); left > 0; --left) {
      made += oneOf({"a",
                     "b",
                     "c",
                     "ab",
                     ".",
                     "/",
                     "/",
                     "*",
                     "*",
                     "**",
                     "/**/",
                     "**/",
                     "/**",
                     "?",
                     "[a-c]",
                     "[!a]",
                     "[^ab]",
                     "[]a]",
                     "[]-a]",
                     "[a-]",
                     "[\\]]",
                     "[[:alpha:]]",
                     "[[:digit:][:punct:]]",
                     "[[:x:]]",
                     "[[:alpha]",
                     "[a",
                     "[/]",
                     "[[]",
                     "[!/]",
                     "\\a",
                     "\\*",
                     "\\\\",
                     "\\",
                     "\\/",
                     " ",
                     "\\ ",
                     "***",
                     "#",
                     "!",
                     "\xc3\xa9",
                     "\xff",
                     "[\x80-\xff]",
                     "[*]",
                     "[a-c-e]",
                     "[c-a]",
                     "[,-1]",
                     "-",
                     "]"});
    }
    made += oneOf({"", "", "", "/", " ", "\t", "\r", "  "});
    return made;
  }

 private:
  std::mt19937 engine_;
};

// Some paths are made of what the patterns say, so that there is something to match.
std::string pathLike(Maker& maker, const std::string& pattern) {
  std::string made;
  for (char c : pattern) {
    if (c == '*') {
      made += maker.oneOf({"", "a", "b/c", "ab"});
    } else if (c == '?' || c == '[' || c == ']') {
      made += maker.oneOf({"a", "b", "]", "-"});
    } else if (c != '\\' && c != '!' && c != '\r' && c != '\t') {
      made += c;
    }
  }
  std::string path;
  for (std::size_t at = 0; at < made.size();) {
    std::size_t end = std::min(made.find('/', at), made.size());
    std::string part = made.substr(at, end - at);
    bool usable = !part.empty() && part != "." && part != "..";
    if (usable) path += (path.empty() ? "" : "/") + part;
    at = end + 1;
  }
  return path.empty() ? "a" : path;
}

// Ours, as a walk asks: from the top down, and nothing below what is left out.
bool leftOut(const IgnoreRules& rules, const std::string& path, IsDirectory directory) {
  std::size_t nameAt = 0;
  while (true) {
    std::size_t end = path.find('/', nameAt);
    bool last = end == std::string::npos;
    std::string_view upTo = std::string_view(path).substr(0, last ? path.size() : end);
    IgnoreRules::Verdict verdict = rules.judge(upTo, nameAt, last ? directory : IsDirectory::yes);
    if (verdict == IgnoreRules::Verdict::leftOut) return true;
    if (last) return false;
    nameAt = end + 1;
  }
}

class AgainstGit : public ::testing::Test {
 protected:
  std::string path(const std::string& name) { return directory_.path() + "/" + name; }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(path(name), std::ios::binary) << content;
  }

  void startTree() {
    stdfs::remove_all(path("tree"));
    ASSERT_EQ(std::system(("git init -q '" + path("tree") + "'").c_str()), 0);
  }

  // Fills directory `key`; adds the keys of what it makes.
  void growTree(Maker& maker, const std::string& key, int levels, std::vector<std::string>& keys) {
    if (maker.below(2) == 0) {
      std::string lines;
      for (std::size_t left = 1 + maker.below(3); left > 0; --left) {
        lines += maker.plainPattern() + "\n";
      }
      write("tree/" + key + ".gitignore", lines);
      write("tree/" + key + std::string(kIgnoreFileName), lines);
    }
    for (std::string_view name : {"a", "b", "ab", "c"}) {
      std::string child = key + std::string(name);
      if (levels > 0 && maker.below(2) == 0) {
        stdfs::create_directory(path("tree/" + child));
        keys.push_back(child + "/");
        growTree(maker, child + "/", levels - 1, keys);
      } else if (maker.below(3) != 0) {
        write("tree/" + child, "");
        keys.push_back(child);
      }
    }
  }

  // Those of `paths` that git ignores. Which of them are directories it sees on the disk.
  std::set<std::string> ignoredByGit(const std::vector<std::string>& paths) {
    std::string input;
    for (const std::string& each : paths) input += each + '\0';
    write("input", input);
    std::string command = "cd '" + path("tree") +
                          "' && git -c core.excludesFile=/dev/null check-ignore --no-index " +
                          "-z --stdin < ../input > ../output";
    int status = std::system(command.c_str());
    EXPECT_TRUE(WEXITSTATUS(status) <= 1) << "git check-ignore failed";
    std::ifstream output(path("output"), std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(output)), {});
    std::set<std::string> ignored;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = text.find('\0', at);
      ignored.insert(text.substr(at, end - at));
      at = end + 1;
    }
    return ignored;
  }

  TempDirectory directory_;
};

TEST_F(AgainstGit, RandomPatternsMeanTheSame) {
  const unsigned start = seed();
  std::cout << "CLOUDSYNC_SEED=" << start << '\n';
  Maker maker(start);
  std::size_t matched = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::string> lines;
    for (std::size_t left = 1 + maker.below(4); left > 0; --left) lines.push_back(maker.pattern());
    std::string file;
    for (const std::string& line : lines) file += line + "\n";
    startTree();
    write("tree/.git/info/exclude", file);
    std::vector<std::string> paths;
    for (int i = 0; i < kPathsPerRound; ++i) {
      std::string made =
          maker.below(2) == 0 ? maker.path() : pathLike(maker, lines[maker.below(lines.size())]);
      // Where a file of the way exists already, it stays a file.
      std::error_code taken;
      if (maker.below(3) == 0) stdfs::create_directories(path("tree/" + made), taken);
      paths.push_back(std::move(made));
    }
    const std::set<std::string> byGit = ignoredByGit(paths);
    const IgnoreRules rules = IgnoreRules::ofFile(file);
    for (const std::string& each : paths) {
      bool directory = stdfs::is_directory(path("tree/" + each));
      bool ours = leftOut(rules, each, directory ? IsDirectory::yes : IsDirectory::no);
      matched += ours ? 1 : 0;
      ASSERT_EQ(ours, byGit.contains(each)) << "CLOUDSYNC_SEED=" << start << " round " << round
                                            << "\npath: <" << each << ">\npatterns:\n"
                                            << file;
    }
  }
  EXPECT_GT(matched, 0u);
}

// A tree with .gitignore files for git, and the same ones under our name for us.
TEST_F(AgainstGit, FilesInEveryDirectoryMeanTheSame) {
  const unsigned start = seed();
  std::cout << "CLOUDSYNC_SEED=" << start << '\n';
  Maker maker(start);
  std::size_t matched = 0;
  for (int round = 0; round < kRounds; ++round) {
    startTree();
    std::vector<std::string> keys;
    growTree(maker, "", 3, keys);
    std::vector<std::string> paths;
    for (const std::string& key : keys) {
      paths.push_back(key.ends_with('/') ? key.substr(0, key.size() - 1) : key);
    }
    const std::set<std::string> byGit = ignoredByGit(paths);
    PosixFileSystem files;
    std::unique_ptr<Folder> root = files.openRoot(path("tree")).value();
    const Scope scope({});
    const Seen seen = walkInScope(scope, *root);
    const std::set<std::string> byWalk(seen.ignored.begin(), seen.ignored.end());
    ScopeCursor cursor(scope, *root);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string& key = keys[i];
      bool git = byGit.contains(paths[i]);
      std::string where = "CLOUDSYNC_SEED=" + std::to_string(start) + " round " +
                          std::to_string(round) + ", key " + key;
      ASSERT_EQ(*cursor.ignores(key), git) << where;
      // The walk hands on the topmost of what it leaves out, and nothing below it.
      bool topmost = byWalk.contains(key);
      bool handedOn = std::ranges::find(seen.inScope, key) != seen.inScope.end();
      ASSERT_EQ(handedOn, !git) << where;
      ASSERT_TRUE(!topmost || git) << where;
      matched += topmost ? 1 : 0;
    }
  }
  EXPECT_GT(matched, 0u);
}

}  // namespace
}  // namespace cloudsync
