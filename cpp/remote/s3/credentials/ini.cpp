#include "remote/s3/credentials/ini.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace cloudsync {

namespace {

constexpr std::string_view kSpaces = " \t\r";

std::string_view trimmed(std::string_view text) {
  std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

std::string_view withoutComment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    bool comment = line[i] == '#' || line[i] == ';';
    if (comment && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) return line.substr(0, i);
  }
  return line;
}

std::string lowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// [ profile  "my work" ] is `profile my work`.
std::optional<std::string> sectionOf(std::string_view line) {
  if (!line.starts_with('[') || line.find(']') == std::string_view::npos) return std::nullopt;
  std::string name;
  for (char c : trimmed(line.substr(1, line.find(']') - 1))) {
    if (c == '"' || c == '\'') continue;
    if (c == '\t') c = ' ';
    if (c == ' ' && name.ends_with(' ')) continue;
    name += c;
  }
  return name;
}

}  // namespace

IniSections parseIni(std::string_view text) {
  IniSections sections;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::map<std::string, std::string>* section = nullptr;
  bool nesting = false;  // below a name without a value
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string_view line = trimmed(withoutComment(whole));
    if (line.empty()) continue;
    bool indented = kSpaces.find(whole.front()) != std::string_view::npos;
    if (std::optional<std::string> name = sectionOf(line)) {
      section = &sections[*name];
      nesting = false;
      continue;
    }
    std::size_t equals = line.find('=');
    if (!section || equals == std::string_view::npos || (indented && nesting)) continue;
    std::string_view value = trimmed(line.substr(equals + 1));
    (*section)[lowerCase(trimmed(line.substr(0, equals)))] = std::string(value);
    nesting = value.empty();
  }
  return sections;
}

}  // namespace cloudsync
