#pragma once

#include <optional>

#include "base/result.h"
#include "fs/file_system.h"

struct statx;

namespace cloudsync {

FileStat toFileStat(const struct statx& raw);
FileType typeOfMode(unsigned int mode);

// The stat of an open file or directory.
Result<FileStat> statDescriptor(int fd, std::string_view subject);

}  // namespace cloudsync
