#pragma once

#include <string>

#include "base/result.h"
#include "fs/file_system.h"

namespace cloudsync {

// The whole of a small file by its absolute path, symbolic links followed (Kubernetes mounts its
// tokens as links). `notFound` where there is none. Blocks on the disk; any thread.
Result<std::string> readSmallFile(FileSystem& files, const std::string& absolutePath);

}  // namespace cloudsync
