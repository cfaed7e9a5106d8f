#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cloudsync {

std::string toHex(std::span<const std::uint8_t> bytes);  // lower case
std::string toHex(std::uint64_t word);                   // always 16 digits
std::optional<std::vector<std::uint8_t>> fromHex(
    std::string_view text);  // either case; even length

}  // namespace cloudsync
