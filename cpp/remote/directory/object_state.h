#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/sha256.h"
#include "fs/file_system.h"
#include "remote/remote.h"

// PURE. How a file of a directory remote tells which state of an object it is.
namespace cloudsync {

// Inode, size, mtime and ctime in hex. The device is left out: it changes with every mount.
using VersionText = std::array<char, 72>;
std::string_view formatVersion(const FileStat& stat, VersionText& into);
ObjectVersion versionOf(const FileStat& stat);

// The same bytes as far as anybody can tell after a rename, which changes ctime and nothing else.
bool sameButForRename(const FileStat& a, const FileStat& b);

// Does it hold for what stands at `path` now (nothing: the name is free)? `conflict` when not;
// `isDirectory` where no precondition could help.
Status mustHold(const Precondition& precondition, const std::optional<FileStat>& now,
                const RelPath& path);

// What we note beside content that we wrote, in one extended attribute. It is bound to the size
// and mtime the file had then, so that it says nothing about what a foreign program made of it.
struct ObjectRecord {
  Sha256 sha256;
  std::string nonce;

  friend bool operator==(const ObjectRecord&, const ObjectRecord&) = default;
};

// The number is the layout's. Name and value together fit into a 256-byte inode of ext4 (88 bytes
// for one attribute): two attributes, or hex, would cost every small file another block.
inline constexpr std::string_view kRecordAttribute = "cloudsync.1";

std::string encodeRecord(const ObjectRecord& record, const FileStat& boundTo);
// Nothing when it does not parse or is about another state of the file.
std::optional<ObjectRecord> decodeRecord(std::string_view text, const FileStat& now);

}  // namespace cloudsync
