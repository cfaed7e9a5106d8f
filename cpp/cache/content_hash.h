#pragma once

#include "base/result.h"
#include "base/sha256.h"
#include "fs/file_system.h"

namespace cloudsync {

// Reads the file from its beginning to its end. Blocking.
Result<Sha256> hashContent(File& file);

}  // namespace cloudsync
