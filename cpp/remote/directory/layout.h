#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/rel_path.h"
#include "base/result.h"

// PURE. Where a directory remote keeps what is its own:
//   .cloudsync/lock                     held around check and exchange
//   .cloudsync/tmp/TOKEN                content on its way in
//   .cloudsync/uploads/ID/data, record  a chunked upload that nobody finished yet
//   .cloudsync/versions/HH/HASH/DIGITS  replaced contents of one path; `origin` names the path
//   .cloudsync/trash/DATE/N/PATH        removed objects under the path they came from
//   .cloudsync/purged                   tells where and when a purge of the last two ended
namespace cloudsync::layout {

RelPath lockFile();
RelPath trash();
RelPath versions();
RelPath purgeStamp();
RelPath temporary(std::string_view token);

// `invalidArgument` unless the id has the form we give ids: it comes from a row, and names a path.
Result<RelPath> uploadFolder(const UploadId& id);
RelPath uploadData(const RelPath& uploadFolder);
RelPath uploadRecord(const RelPath& uploadFolder);

// Paths are hashed: a version id is digits, and so may be a file's name below the path.
RelPath versionsOf(const RelPath& path);
RelPath versionOrigin(const RelPath& versionsFolder);

// `series` is 0, or a time when the first place is taken (the same path removed twice in a day).
RelPath trashed(const RelPath& path, Nanoseconds now, std::uint64_t series);

bool isOurs(const RelPath& path);  // `.cloudsync` or below it

}  // namespace cloudsync::layout
