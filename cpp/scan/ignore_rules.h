#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scan/ignore_pattern.h"

namespace cloudsync {

// PURE. The patterns of one place: a file, a configuration, the defaults. The last one that matches
// decides. A value.
class IgnoreRules {
 public:
  enum class Verdict {
    silent,      // no pattern matches: ask who stands above
    leftOut,     // ignored
    reincluded,  // a "!pattern": not ignored, whoever stands above
  };

  static IgnoreRules ofLines(std::span<const std::string> lines);
  static IgnoreRules ofFile(std::string_view text);

  // `path` relative to where the rules stand, its last component from `nameAt` on. Says nothing of
  // its parents: what lies in a directory that is left out is left out.
  Verdict judge(std::string_view path, std::size_t nameAt, IsDirectory directory) const;
  bool empty() const { return patterns_.empty(); }

 private:
  std::vector<IgnorePattern> patterns_;
};

// Why `pattern` is none that a configuration may hold: a sentence for whoever wrote it; "" when it
// is one.
std::string faultOfPattern(std::string_view pattern);

// What editors, office programs and desktops leave lying about for a moment. Whoever wants one of
// them synced writes "!pattern".
std::span<const std::string_view> defaultIgnorePatterns();

}  // namespace cloudsync
