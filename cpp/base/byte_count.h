#pragma once

#include <optional>
#include <string_view>

#include "base/ids.h"

namespace cloudsync {

// PURE: a size as servers write it, in digits only. Nothing above 2^63 - 1: no file can be as
// large, and in the database and in file offsets the number would turn negative.
std::optional<ByteCount> parseByteCount(std::string_view text);

}  // namespace cloudsync
