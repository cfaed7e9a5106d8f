#include "scan/ignore_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace cloudsync {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr std::array<std::string_view, 15> kDefaults = {
    ".*.sw[a-p]",        // vim
    "?*~",               // backups of vim, emacs, gedit …; a file may be called "~"
    "\\#?*\\#",          // emacs, unsaved
    ".#*",               // emacs, who edits
    "*.kate-swp",        // Kate
    ".goutputstream-*",  // GNOME, saving
    ".~lock.*#",         // LibreOffice, who edits
    "~$*",               // Microsoft Office, who edits
    "~*.tmp",            // Microsoft Office, saving
    ".fuse_hidden*",     // deleted on FUSE while open
    ".nfs????????*",     // deleted on NFS while open
    ".DS_Store",         // macOS
    "Thumbs.db",         // Windows
    ".Trash-*/",         // what a desktop has deleted on this disk
    ".cloudsync/",       // another space's, whose root lies in this one
};

}  // namespace

IgnoreRules IgnoreRules::ofLines(std::span<const std::string> lines) {
  IgnoreRules rules;
  for (const std::string& line : lines) {
    if (auto pattern = IgnorePattern::parse(line)) rules.patterns_.push_back(std::move(*pattern));
  }
  return rules;
}

IgnoreRules IgnoreRules::ofFile(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  IgnoreRules rules;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::optional<IgnorePattern> pattern = IgnorePattern::parse(text.substr(0, end));
    if (pattern) rules.patterns_.push_back(std::move(*pattern));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rules;
}

IgnoreRules::Verdict IgnoreRules::judge(std::string_view path, std::size_t nameAt,
                                        IsDirectory directory) const {
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    if (!pattern->matches(path, nameAt, directory)) continue;
    return pattern->reincludes() ? Verdict::reincluded : Verdict::leftOut;
  }
  return Verdict::silent;
}

std::string faultOfPattern(std::string_view pattern) {
  if (pattern.find_first_of(std::string_view("\n\0", 2)) != std::string_view::npos) {
    return "holds a line break or a NUL: write one pattern for each line";
  }
  if (pattern.starts_with('#')) {
    return "begins with '#' and would be a comment: write '\\" + std::string(pattern) + "'";
  }
  std::optional<IgnorePattern> parsed = IgnorePattern::parse(pattern);
  if (!parsed) return "is empty and would ignore nothing: leave it out";
  if (!parsed->isSound()) {
    return "can match nothing: a '[' without its ']', a class that does not exist, a '\\' at the "
           "end, or more than a path can hold";
  }
  return "";
}

std::span<const std::string_view> defaultIgnorePatterns() { return kDefaults; }

}  // namespace cloudsync
