#pragma once

#include <string>

#include "remote/s3/answers.h"

namespace cloudsync::fuzz {

// Pages of listings as S3 would write them, and what they hold in memory.

std::string print(const S3Page& page);
std::string print(const S3VersionsPage& page);
std::string print(const S3PartsPage& page);

std::size_t bytesIn(const S3Page& page);
std::size_t bytesIn(const S3VersionsPage& page);
std::size_t bytesIn(const S3PartsPage& page);

}  // namespace cloudsync::fuzz
