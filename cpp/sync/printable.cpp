#include <string>
#include <string_view>

#include "base/hex.h"
#include "sync/context.h"

namespace cloudsync {

std::string printable(std::string_view name) {
  bool broken = !isValidUtf8(name);
  std::string out;
  out.reserve(name.size());
  for (char c : name) {
    auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x20 || byte == 0x7f || (broken && byte >= 0x80)) {
      out += "\\x";
      out += toHex(std::span<const std::uint8_t>(&byte, 1));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace cloudsync
