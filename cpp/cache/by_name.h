#pragma once

#include <string>

#include "cache/workplace.h"

namespace cloudsync {

// What a person does to names of the local tree, through ContentStore: see there. Neither needs a
// licence: after a crash the file has one of both names, and no row was touched.
Status renameForPerson(Workplace& place, const RelPath& from, const RelPath& to);
Result<std::string> restoreTrashed(Workplace& place, const std::string& round,
                                   const std::string& name);

}  // namespace cloudsync
