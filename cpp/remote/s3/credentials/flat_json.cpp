#include "remote/s3/credentials/flat_json.h"

#include <cstddef>
#include <cstdint>

namespace cloudsync {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<std::map<std::string, std::string>> object() {
    std::map<std::string, std::string> fields;
    if (!take('{')) return std::nullopt;
    if (take('}')) return atEnd() ? std::optional(fields) : std::nullopt;
    do {
      std::optional<std::string> name = string();
      if (!name || !take(':')) return std::nullopt;
      std::optional<std::string> value = peek() == '"' ? string() : scalar();
      if (!value) return std::nullopt;
      fields[*name] = std::move(*value);
    } while (take(','));
    if (!take('}') || !atEnd()) return std::nullopt;
    return fields;
  }

 private:
  char peek() {
    std::size_t begin = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool take(char c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool atEnd() {
    peek();
    return rest_.empty();
  }

  // A number, true, false or null.
  std::optional<std::string> scalar() {
    std::size_t end = rest_.find_first_not_of(
        "+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (end == 0 || end == std::string_view::npos) return std::nullopt;
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return text == "null" ? std::string() : text;
  }

  std::optional<std::string> string() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return out;
      if (static_cast<unsigned char>(c) < ' ') return std::nullopt;
      if (c == '\\') {
        if (!escape(out)) return std::nullopt;
      } else {
        out += c;
      }
    }
    return std::nullopt;
  }

  bool escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    char c = rest_.front();
    rest_.remove_prefix(1);
    std::size_t index = kNames.find(c);
    if (index != std::string_view::npos) {
      out += kMeanings[index];
      return true;
    }
    std::optional<std::uint32_t> unit = c == 'u' ? hex4() : std::nullopt;
    if (!unit) return false;
    if (*unit < 0xD800 || *unit > 0xDFFF) return append(out, *unit);
    // Half of a pair: the other one must follow.
    if (*unit > 0xDBFF || !rest_.starts_with("\\u")) return false;
    rest_.remove_prefix(2);
    std::optional<std::uint32_t> low = hex4();
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
    return append(out, 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00));
  }

  std::optional<std::uint32_t> hex4() {
    if (rest_.size() < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (char c : rest_.substr(0, 4)) {
      constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
      std::size_t digit = kDigits.find(c);
      if (digit == std::string_view::npos) return std::nullopt;
      value = value * 16 + static_cast<std::uint32_t>(digit % 16);
    }
    rest_.remove_prefix(4);
    return value;
  }

  static bool append(std::string& out, std::uint32_t point) {
    auto tail = [point](int shift) { return static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x800) {
      out += static_cast<char>(0xC0 | (point >> 6));
      out += tail(0);
    } else if (point < 0x10000) {
      out += static_cast<char>(0xE0 | (point >> 12));
      out += tail(6);
      out += tail(0);
    } else {
      out += static_cast<char>(0xF0 | (point >> 18));
      out += tail(12);
      out += tail(6);
      out += tail(0);
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::map<std::string, std::string>> parseFlatJson(std::string_view text) {
  return Reader(text).object();
}

}  // namespace cloudsync
