#include "remote/directory/layout.h"

#include <span>

#include "base/date.h"
#include "base/sha256.h"

namespace cloudsync::layout {

namespace {

constexpr std::size_t kIdLength = 32;

RelPath ours(std::string_view name) {
  return RelPath::trusted(std::string(kReservedName)).child(name);
}

}  // namespace

RelPath lockFile() { return ours("lock"); }

RelPath trash() { return ours("trash"); }

RelPath versions() { return ours("versions"); }

RelPath purgeStamp() { return ours("purged"); }

RelPath temporary(std::string_view token) { return ours("tmp").child(token); }

Result<RelPath> uploadFolder(const UploadId& id) {
  bool plain = id.value.size() == kIdLength &&
               id.value.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!plain) {
    return Error{ErrorKind::invalidArgument, "this is no upload id of a directory remote", id.value,
                 0};
  }
  return ours("uploads").child(id.value);
}

RelPath uploadData(const RelPath& uploadFolder) { return uploadFolder.child("data"); }

RelPath uploadRecord(const RelPath& uploadFolder) { return uploadFolder.child("record"); }

RelPath versionsOf(const RelPath& path) {
  const std::string& text = path.text();
  Sha256 hash = sha256Of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  std::string hex = hash.hex().substr(0, kIdLength);
  return versions().child(hex.substr(0, 2)).child(hex.substr(2));
}

RelPath versionOrigin(const RelPath& versionsFolder) { return versionsFolder.child("origin"); }

RelPath trashed(const RelPath& path, Nanoseconds now, std::uint64_t series) {
  return trash().child(formatDate(now)).child(std::to_string(series)).child(path.text());
}

bool isOurs(const RelPath& path) {
  return RelPath::trusted(std::string(kReservedName)).contains(path);
}

}  // namespace cloudsync::layout
