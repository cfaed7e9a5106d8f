#pragma once

#include <string>

#include "base/sha256.h"
#include "store/rows.h"

namespace cloudsync {

// PURE. What content that leaves a name can be known again by under another one. "": by nothing,
// and then what comes and what goes are two things.

// A local file whose name went: its inode, birth time, size and modification time, none of which a
// rename changes. Not for a file that was still warm when its fingerprint was taken (store/racy.h),
// since then the same print may speak of another content; nor where the file system tells no birth
// time: an inode is given to the next file as soon as it is free.
std::string markOfFile(const BaseFacts& base);
// A local directory: inode and birth time.
std::string markOfFolder(const BaseFacts& base);
// Content that leaves the cloud: size and SHA-256.
std::string markOfContent(ByteCount size, const Sha256& sha256);

}  // namespace cloudsync
