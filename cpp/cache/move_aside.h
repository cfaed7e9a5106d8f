#pragma once

#include <string>

#include "cache/workplace.h"

namespace cloudsync {

// ContentStore::moveAside: the losing content of a conflict gets its own name, under a licence, so
// that a crash does not make its leaving look like the user's deletion.
Result<std::string> moveAside(Workplace& place, const std::string& key, const Fingerprint& expected,
                              const Sha256& sha256);

// ContentStore::moveFolderAside. Needs no licence: see there.
Result<std::string> moveFolderAside(Workplace& place, const std::string& key);

}  // namespace cloudsync
