#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "remote/open.h"

namespace cloudsync {

// What the query of an s3:// URL and the options of its remote set, by name, each checked to be one
// that exists and said once. `subject` is for messages. PURE; any thread.
using S3Settings = std::map<std::string, std::string>;
Result<S3Settings> readS3Settings(std::string_view query, const RemoteOptions& options,
                                  const std::string& subject);

inline constexpr std::string_view kHeaderOption = "headers.";

}  // namespace cloudsync
