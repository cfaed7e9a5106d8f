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

#include "fs/temp_directory.h"
#include "scan/ignore_rules.h"

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
  std::string pattern() {
    std::string made;
    if (below(4) == 0) made += oneOf({"!", "/", "\\", "#", "**/", "!/"});
    for (std::size_t left = 1 + below(6); left > 0; --left) {
      made += oneOf({"a",       "b",        "c",         "ab",     ".",     "/",      "/",
                     "*",       "*",        "**",        "/**/",   "**/",   "/**",    "?",
                     "[a-c]",   "[!a]",     "[^ab]",     "[]a]",   "[]-a]", "[a-]",   "[\\]]",
                     "[[:alpha:]]", "[[:digit:][:punct:]]", "[[:x:]]", "[[:alpha]", "[a", "[/]",
                     "[[]",     "[!/]",     "\\a",       "\\*",    "\\\\",  "\\",     "\\/",
                     " ",       "\\ ",      "***",       "#",      "!",     "\xc3\xa9", "\xff",
                     "[\x80-\xff]", "[*]",  "[a-c-e]",   "[c-a]",  "[,-1]", "-",      "]"});
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
  void SetUp() override {
    ASSERT_EQ(std::system(("git init -q '" + path("") + "'").c_str()), 0);
  }
  std::string path(const std::string& name) { return directory_.path() + "/" + name; }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(path(name), std::ios::binary) << content;
  }

  // Those of `paths` that git ignores; a path with a slash behind it is a directory.
  std::set<std::string> ignoredByGit(const std::vector<std::string>& paths) {
    std::string input;
    for (const std::string& each : paths) input += each + '\0';
    write("../" + stdfs::path(directory_.path()).filename().string() + ".in", input);
    std::string command = "cd '" + directory_.path() +
                          "' && git -c core.excludesFile=/dev/null check-ignore --no-index -z "
                          "--stdin < '" +
                          directory_.path() + ".in' > '" + directory_.path() + ".out'";
    int status = std::system(command.c_str());
    EXPECT_TRUE(WEXITSTATUS(status) <= 1) << "git check-ignore failed";
    std::ifstream output(directory_.path() + ".out", std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(output)), {});
    std::set<std::string> ignored;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = text.find('\0', at);
      ignored.insert(text.substr(at, end - at));
      at = end + 1;
    }
    return ignored;
  }
  void TearDown() override {
    stdfs::remove(directory_.path() + ".in");
    stdfs::remove(directory_.path() + ".out");
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
    write(".git/info/exclude", file);
    std::vector<std::string> paths;
    for (int i = 0; i < kPathsPerRound; ++i) {
      std::string made = maker.below(2) == 0
                             ? maker.path()
                             : pathLike(maker, lines[maker.below(lines.size())]);
      if (maker.below(3) == 0) made += "/";
      paths.push_back(std::move(made));
    }
    const std::set<std::string> byGit = ignoredByGit(paths);
    const IgnoreRules rules = IgnoreRules::ofFile(file);
    for (const std::string& each : paths) {
      bool directory = each.ends_with('/');
      std::string bare = directory ? each.substr(0, each.size() - 1) : each;
      bool ours = leftOut(rules, bare, directory ? IsDirectory::yes : IsDirectory::no);
      matched += ours ? 1 : 0;
      ASSERT_EQ(ours, byGit.contains(each))
          << "CLOUDSYNC_SEED=" << start << " round " << round << "\npath: <" << each
          << ">\npatterns:\n" << file;
    }
  }
  EXPECT_GT(matched, 0u);
}

}  // namespace
}  // namespace cloudsync
