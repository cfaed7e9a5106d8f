#pragma once

#include <memory>

#include "remote/remote.h"

namespace cloudsync {

// The same remote for a space that only downloads: whatever would change it is refused before it is
// asked, so that no plan, no retry and no tidying up can write there. Purging does nothing.
std::unique_ptr<Remote> readOnly(std::unique_ptr<Remote> remote);

}  // namespace cloudsync
