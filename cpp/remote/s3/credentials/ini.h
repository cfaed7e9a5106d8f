#pragma once

#include <map>
#include <string>
#include <string_view>

namespace cloudsync {

// PURE. What AWS's tools read as a profile file: [section] lines, "name = value" lines, comments
// with # or ; at the start of a line or behind a space. Names are lower case; what is said twice
// holds the second time; indented lines below a name without a value (s3 =) belong to it and are
// left out. Lines that are none of these are skipped: other tools' syntax must not cost us ours.
using IniSections = std::map<std::string, std::map<std::string, std::string>>;
IniSections parseIni(std::string_view text);

}  // namespace cloudsync
