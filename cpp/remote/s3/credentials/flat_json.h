#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cloudsync {

// PURE. An object of JSON whose values are strings, numbers and literals, as text by name (null is
// ""); nothing for anything else, values that nest included. Enough for what metadata services
// answer, which is not worth a library.
std::optional<std::map<std::string, std::string>> parseFlatJson(std::string_view text);

}  // namespace cloudsync
