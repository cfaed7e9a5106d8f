#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "base/error.h"

namespace cloudsync {

// The one place where libcurl's codes become errors of ours. `detail` is curl's own error buffer;
// it is passed on only where it helps and holds no secret. `url` becomes the subject, redacted.
Error fromCurl(CURLcode code, std::string_view detail, std::string_view url);

}  // namespace cloudsync
