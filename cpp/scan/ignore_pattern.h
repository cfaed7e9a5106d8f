#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cloudsync {

enum class IsDirectory : bool { no, yes };

// PURE. One line of a gitignore file, as git reads it (`man gitignore`): bytes, case and all.
// Matches in time of pattern times path, whatever the pattern: hostile ones included. A value.
class IgnorePattern {
 public:
  // Nothing for a line that says nothing: empty, blank, a comment.
  static std::optional<IgnorePattern> parse(std::string_view line);

  // `path` is relative to the directory whose file the line stands in; its last component begins at
  // `nameAt`.
  bool matches(std::string_view path, std::size_t nameAt, IsDirectory directory) const;

  bool reincludes() const { return reincludes_; }
  // False: it can match nothing at all (a class that is not closed, a backslash at the end).
  bool isSound() const { return sound_; }

 private:
  enum class Shape : std::uint8_t {
    literal,  // `text_` as a whole
    suffix,   // whatever ends with `text_`
    glob,     // begins with `text_`, then as the steps say, ends with `tail_`
  };
  struct Step {
    enum class Kind : std::uint8_t {
      byte,      // this one
      one,       // any but '/'
      set,       // one of `sets_[index]`
      star,      // any number of any but '/'
      all,       // any number of any
      skipDirs,  // "**/" at its beginning: nothing, or what `dirs` takes
      dirs,      // any number of any up to a '/' that ends it
    };
    Kind kind = Kind::byte;
    std::uint8_t byte = 0;
    std::size_t index = 0;
  };
  using Set = std::bitset<256>;
  class Compiler;

  bool matchesText(std::string_view text) const;
  bool matchesSteps(std::string_view text) const;
  void enter(std::vector<std::uint8_t>& states, std::size_t state) const;

  Shape shape_ = Shape::literal;
  bool reincludes_ = false;
  bool directoriesOnly_ = false;
  bool wholePath_ = false;  // has a '/' other than a last one: anchored where its file lies
  bool sound_ = true;
  std::string text_;
  std::string tail_;  // what its last steps say: most names that do not match end otherwise
  std::vector<Step> steps_;
  std::vector<Set> sets_;
};

}  // namespace cloudsync
