#include "transfer/file_source.h"

#include <algorithm>

namespace cloudsync {

Status FileSource::readAt(ByteCount offset, std::span<std::uint8_t> into) {
  Result<std::size_t> read = file_.readAt(offset, into);
  if (!read.ok()) return read.error();
  if (*read != into.size()) return changedWhileRead(subject_);
  return Status();
}

Status BufferSource::readAt(ByteCount offset, std::span<std::uint8_t> into) {
  if (offset + into.size() > bytes_.size()) {
    return Error{ErrorKind::internal, "read beyond the buffer", "", 0};
  }
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
  return Status();
}

Error changedWhileRead(const std::string& key) {
  return Error{ErrorKind::changed,
               "the file changed while it was read; it goes up when it is at rest", key, 0};
}

Status expectUnchanged(Folder& root, File& file, const RelPath& path, const Fingerprint& before) {
  Result<FileStat> open = file.stat();
  if (!open.ok()) return open.error();
  // The path too: an editor that saves by renaming leaves our descriptor with the old file.
  Result<FileStat> named = root.stat(path);
  if (!named.ok()) {
    return named.error().kind == ErrorKind::notFound ? changedWhileRead(path.text())
                                                     : named.error();
  }
  bool same = Fingerprint::of(*open) == before && Fingerprint::of(*named) == before;
  return same ? Status() : Status(changedWhileRead(path.text()));
}

}  // namespace cloudsync
