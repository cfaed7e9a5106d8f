#include "scan/ignore_pattern.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace cloudsync {

namespace {

// No path is longer, so what must match more bytes matches none. Bounds the steps of a pattern.
constexpr std::size_t kLongestMatch = 4096;

constexpr std::string_view kSpecial = "*?[\\";

// Spaces at the end do not count, unless the first of them is escaped.
std::string_view withoutTrailingSpaces(std::string_view line) {
  std::size_t firstSpace = std::string_view::npos;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == ' ') {
      if (firstSpace == std::string_view::npos) firstSpace = at;
      continue;
    }
    if (line[at] == '\\' && ++at == line.size()) return line;
    firstSpace = std::string_view::npos;
  }
  return firstSpace == std::string_view::npos ? line : line.substr(0, firstSpace);
}

struct NamedClass {
  std::string_view name;
  int (*holds)(int);
};
// Of bytes, in the C locale: what is beyond ASCII is in none.
constexpr std::array kClasses = {
    NamedClass{"alnum", [](int c) { return std::isalnum(c); }},
    NamedClass{"alpha", [](int c) { return std::isalpha(c); }},
    NamedClass{"blank", [](int c) { return std::isblank(c); }},
    NamedClass{"cntrl", [](int c) { return std::iscntrl(c); }},
    NamedClass{"digit", [](int c) { return std::isdigit(c); }},
    NamedClass{"graph", [](int c) { return std::isgraph(c); }},
    NamedClass{"lower", [](int c) { return std::islower(c); }},
    NamedClass{"print", [](int c) { return std::isprint(c); }},
    NamedClass{"punct", [](int c) { return std::ispunct(c); }},
    NamedClass{"space", [](int c) { return std::isspace(c); }},
    NamedClass{"upper", [](int c) { return std::isupper(c); }},
    NamedClass{"xdigit", [](int c) { return std::isxdigit(c); }},
};

}  // namespace

// Makes steps of the part of a pattern that is not literal. False: it can match nothing.
class IgnorePattern::Compiler {
 public:
  Compiler(IgnorePattern& into, std::string_view pattern) : into_(into), pattern_(pattern) {}

  bool run() {
    while (at_ < pattern_.size()) {
      char c = pattern_[at_];
      if (c == '*') {
        addStars();
        continue;
      }
      ++at_;
      if (++needed_ > kLongestMatch) return false;
      if (c == '?') {
        add(Step::Kind::one);
      } else if (c == '[') {
        if (!addSet()) return false;
      } else {
        if (c == '\\') {
          if (at_ == pattern_.size()) return false;
          c = pattern_[at_++];
        }
        add(Step::Kind::byte, static_cast<std::uint8_t>(c));
      }
    }
    noteTail();
    return true;
  }

 private:
  void add(Step::Kind kind, std::uint8_t byte = 0, std::size_t index = 0) {
    into_.steps_.push_back(Step{kind, byte, index});
  }
  void noteTail() {
    auto isByte = [](const Step& step) { return step.kind == Step::Kind::byte; };
    auto last = std::find_if_not(into_.steps_.rbegin(), into_.steps_.rend(), isByte);
    for (auto step = last.base(); step != into_.steps_.end(); ++step) {
      into_.tail_ += static_cast<char>(step->byte);
    }
  }
  bool nextIs(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }

  // Two or more that stand between slashes, or ends, cross directories; others are like one.
  void addStars() {
    const bool begins = at_ == 0 || pattern_[at_ - 1] == '/';
    const std::size_t first = at_;
    while (at_ < pattern_.size() && pattern_[at_] == '*') ++at_;
    const bool ends = at_ == pattern_.size() || nextIs("/") || nextIs("\\/");
    if (at_ - first < 2 || !into_.wholePath_ || !begins || !ends) return add(Step::Kind::star);
    if (!nextIs("/")) return add(Step::Kind::all);
    ++at_;
    // "**/**/" says no more than "**/".
    bool again = !into_.steps_.empty() && into_.steps_.back().kind == Step::Kind::dirs;
    if (again) return;
    add(Step::Kind::skipDirs);
    add(Step::Kind::dirs);
  }

  // Behind a '['. A ']' that comes first, and a '-' that comes first or last, are themselves.
  bool addSet() {
    Set set;
    const bool negated = nextIs("!") || nextIs("^");
    if (negated) ++at_;
    std::uint8_t rangeFrom = 0;  // 0: what stands before begins no range
    bool first = true;
    while (true) {
      if (at_ >= pattern_.size()) return false;
      char c = pattern_[at_];
      if (c == ']' && !first) break;
      first = false;
      if (c == '[' && nextIs("[:")) {
        std::size_t end = pattern_.find(']', at_ + 2);
        if (end == std::string_view::npos) return false;
        if (end > at_ + 2 && pattern_[end - 1] == ':') {
          if (!addClass(set, pattern_.substr(at_ + 2, end - at_ - 3))) return false;
          at_ = end + 1;
          rangeFrom = 0;
          continue;
        }
      }
      const bool ranges =
          c == '-' && rangeFrom != 0 && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']';
      if (ranges) ++at_;
      std::optional<std::uint8_t> byte = takeByte();
      if (!byte) return false;
      for (unsigned value = ranges ? rangeFrom : *byte; value <= *byte; ++value) set.set(value);
      rangeFrom = ranges ? std::uint8_t{0} : *byte;
    }
    ++at_;
    if (negated) set.flip();
    set.reset('/');
    add(Step::Kind::set, 0, into_.sets_.size());
    into_.sets_.push_back(set);
    return true;
  }

  std::optional<std::uint8_t> takeByte() {
    if (pattern_[at_] == '\\' && ++at_ == pattern_.size()) return std::nullopt;
    return static_cast<std::uint8_t>(pattern_[at_++]);
  }

  static bool addClass(Set& set, std::string_view name) {
    const auto* known = std::find_if(kClasses.begin(), kClasses.end(),
                                     [name](const NamedClass& each) { return each.name == name; });
    if (known == kClasses.end()) return false;
    for (int c = 0; c < 128; ++c) {
      if (known->holds(c)) set.set(static_cast<std::size_t>(c));
    }
    return true;
  }

  IgnorePattern& into_;
  const std::string_view pattern_;
  std::size_t at_ = 0;
  std::size_t needed_ = 0;  // bytes that it matches at least
};

std::optional<IgnorePattern> IgnorePattern::parse(std::string_view line) {
  line = line.substr(0, line.find('\0'));  // where git's lines end, too
  if (line.starts_with('#')) return std::nullopt;
  if (line.ends_with('\r')) line.remove_suffix(1);
  line = withoutTrailingSpaces(line);

  IgnorePattern pattern;
  pattern.reincludes_ = line.starts_with('!');
  if (pattern.reincludes_) line.remove_prefix(1);
  pattern.directoriesOnly_ = line.ends_with('/');
  if (pattern.directoriesOnly_) line.remove_suffix(1);
  if (line.empty()) return std::nullopt;
  pattern.wholePath_ = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);

  std::size_t literal = std::min(line.find_first_of(kSpecial), line.size());
  pattern.text_ = line.substr(0, literal);
  std::string_view rest = line.substr(literal);
  if (rest.empty()) return pattern;
  bool endsWith = !pattern.wholePath_ && literal == 0 && rest[0] == '*' &&
                  rest.find_first_of(kSpecial, 1) == std::string_view::npos;
  if (endsWith) {
    pattern.shape_ = Shape::suffix;
    pattern.text_ = rest.substr(1);
    return pattern;
  }
  // Stars behind the literal part begin a pattern of their own: `a**/b` crosses directories in git.
  pattern.shape_ = Shape::glob;
  pattern.sound_ = Compiler(pattern, rest).run();
  return pattern;
}

bool IgnorePattern::matches(std::string_view path, std::size_t nameAt,
                            IsDirectory directory) const {
  if (directoriesOnly_ && directory == IsDirectory::no) return false;
  return matchesText(wholePath_ ? path : path.substr(nameAt));
}

bool IgnorePattern::matchesText(std::string_view text) const {
  switch (shape_) {
    case Shape::literal:
      return text == text_;
    case Shape::suffix:
      return text.ends_with(text_);
    case Shape::glob:
      return sound_ && text.starts_with(text_) && text.ends_with(tail_) &&
             matchesSteps(text.substr(text_.size()));
  }
  return false;
}

// State `n`: the first n steps are done. With what follows from it without another byte.
void IgnorePattern::enter(std::vector<std::uint8_t>& states, std::size_t state) const {
  while (!states[state]) {
    states[state] = 1;
    if (state == steps_.size()) return;
    switch (steps_[state].kind) {
      case Step::Kind::star:
      case Step::Kind::all:
        ++state;
        break;
      case Step::Kind::skipDirs:
        enter(states, state + 1);
        state += 2;
        break;
      case Step::Kind::byte:
      case Step::Kind::one:
      case Step::Kind::set:
      case Step::Kind::dirs:
        return;
    }
  }
}

// All ways at once, byte by byte: nothing is ever tried twice.
bool IgnorePattern::matchesSteps(std::string_view text) const {
  std::vector<std::uint8_t> now(steps_.size() + 1);
  std::vector<std::uint8_t> next(steps_.size() + 1);
  enter(now, 0);
  for (char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    std::fill(next.begin(), next.end(), std::uint8_t{0});
    bool alive = false;
    auto go = [&](std::size_t state) {
      alive = true;
      enter(next, state);
    };
    for (std::size_t at = 0; at < steps_.size(); ++at) {
      if (!now[at]) continue;
      const Step& step = steps_[at];
      switch (step.kind) {
        case Step::Kind::byte:
          if (byte == step.byte) go(at + 1);
          break;
        case Step::Kind::one:
          if (c != '/') go(at + 1);
          break;
        case Step::Kind::set:
          if (sets_[step.index].test(byte)) go(at + 1);
          break;
        case Step::Kind::star:
          if (c != '/') go(at);
          break;
        case Step::Kind::all:
          go(at);
          break;
        case Step::Kind::skipDirs:
          break;
        case Step::Kind::dirs:
          go(at);
          if (c == '/') go(at + 1);
          break;
      }
    }
    if (!alive) return false;
    std::swap(now, next);
  }
  return now[steps_.size()] != 0;
}

}  // namespace cloudsync
