#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/rel_path.h"

namespace cloudsync {

// PURE. URIs of files: "file://" and a percent-encoded absolute path, or a space's own prefix in
// its place. lib/file-uri.ts encodes the same way; a test holds the two together.

// How a space's files are named: `prefix` + '/' + encoded relative path. The prefix has no
// trailing slash; without one of the user's it is "file://" + the encoded root.
std::string uriPrefixFor(std::string_view root, std::string_view configured);
std::string uriOf(std::string_view prefix, std::string_view relativePath);

// The path below the prefix that `uri` names; nothing when it is not one of this space's.
std::optional<RelPath> pathOfUri(std::string_view prefix, std::string_view uri);

}  // namespace cloudsync
