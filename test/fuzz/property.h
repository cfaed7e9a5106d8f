#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cloudsync::fuzz {

// libFuzzer takes it for a crash and keeps the input; the replay names the file.
class BrokenProperty : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

inline void must(bool holds, const char* property) {
  if (!holds) throw BrokenProperty(property);
}

// The first line of `text`, which begins behind it then.
inline std::string_view takeLine(std::string_view& text) {
  std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Nothing in it that a terminal would obey, and no more than a person reads.
inline bool isPresentable(std::string_view message) {
  auto isControl = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  return message.size() < 2'000 && std::none_of(message.begin(), message.end(), isControl);
}

inline std::string lowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Digits without leading zeros: what a parsed number prints as. "" for what is no number.
inline std::string plainDigits(std::string_view text) {
  bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits) return {};
  std::size_t first = std::min(text.find_first_not_of('0'), text.size() - 1);
  return std::string(text.substr(first));
}

}  // namespace cloudsync::fuzz
