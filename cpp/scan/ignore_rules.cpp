#include "scan/ignore_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace cloudsync {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr std::array<std::string_view, 14> kDefaults = {
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

std::span<const std::string_view> defaultIgnorePatterns() { return kDefaults; }

}  // namespace cloudsync
