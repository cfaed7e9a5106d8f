#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cloudsync {

// PURE. Is this an image or a video? By its first bytes; where they say nothing that is known, by
// the extension of its name. A text file named .jpg is not: its bytes say text.
inline constexpr std::size_t kMediaSniffBytes = 64;

bool isMedia(std::string_view name, std::span<const std::uint8_t> firstBytes);

}  // namespace cloudsync
