#include "cache/way_back.h"

#include <span>

#include "cache/conflict_name.h"
#include "cache/content_hash.h"
#include "cache/layout.h"
#include "cache/trash.h"

namespace cloudsync {

namespace {

// Other content may have the short name: a user may edit a conflict copy. The longest name holds
// the whole hash.
constexpr std::size_t kHashDigits[] = {6, 12, 24, 64};
constexpr int kRaces = 8;  // a name found free may be taken before we get there

// What has no content to hash (a directory, a link, a file that cannot be read) is named by what
// it is. Not the same on every device, but it never had a second one.
ContentIdentity identifyByPlace(const FileStat& stat, const RelPath& path) {
  std::string text =
      std::to_string(stat.inode) + ":" + std::to_string(stat.birthTime) + ":" + path.text();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  return {stat.modifyTime, stat.size, sha256Of(std::span(bytes, text.size()))};
}

bool sameContent(Folder& root, const RelPath& path, const ContentIdentity& content) {
  Result<FileStat> stat = root.stat(path);
  if (!stat || stat->type != FileType::file || stat->size != content.size) return false;
  Result<std::unique_ptr<File>> file = root.open(path, OpenMode::read);
  if (!file) return false;
  Result<Sha256> hash = hashContent(**file);
  return hash && *hash == content.sha256;
}

}  // namespace

Result<ContentIdentity> identify(Folder& root, const RelPath& path) {
  Result<FileStat> stat = root.stat(path);
  if (!stat) return stat.error();
  if (stat->type != FileType::file) return identifyByPlace(*stat, path);
  Result<std::unique_ptr<File>> file = root.open(path, OpenMode::read);
  if (!file) return identifyByPlace(*stat, path);
  Result<Sha256> hash = hashContent(**file);
  if (!hash) return identifyByPlace(*stat, path);
  return ContentIdentity{stat->modifyTime, stat->size, *hash};
}

Result<ConflictPlace> findConflictPlace(Folder& root, const RelPath& key,
                                        const std::string& deviceName,
                                        const ContentIdentity& content) {
  for (std::size_t digits : kHashDigits) {
    ConflictSubject subject{deviceName, content.modifyTime, content.sha256, digits};
    RelPath path = RelPath::trusted(conflictKey(key.text(), subject));
    Result<FileStat> present = root.stat(path);
    if (!present) {
      if (present.error().kind == ErrorKind::notFound) return ConflictPlace{path};
      return present.error();
    }
    if (sameContent(root, path, content)) return ConflictPlace{path, true};
  }
  return Error{ErrorKind::exists, "every name for the conflict copy is taken", key.text(), 0};
}

Status WayBack::move(const RelPath& from, const RelPath& to) {
  Folder& root = place_.needs.root;
  Status parents = syncs_.makeParents(root, to);
  if (!parents) return parents;
  Status moved = root.moveNoReplace(from, to);
  if (moved) {
    syncs_.add(to.parent());
    syncs_.add(from.parent());
  }
  return moved;
}

Result<RelPath> WayBack::toItsName(const RelPath& from, const RelPath& key) {
  Status moved = move(from, key);
  if (moved) return key;
  if (!meansMoved(moved.error().kind)) return moved.error();
  return toConflictCopy(from, key);
}

Result<RelPath> WayBack::toConflictCopy(const RelPath& from, const RelPath& key) {
  Folder& root = place_.needs.root;
  Result<ContentIdentity> content = identify(root, from);
  if (!content) return content.error();
  // A file may have taken the place of the directory: then beside that, at the top.
  RelPath name = syncs_.makeParents(root, key) ? key : RelPath::trusted(std::string(key.name()));
  for (int attempt = 0; attempt < kRaces; ++attempt) {
    Result<ConflictPlace> found = findConflictPlace(root, name, place_.needs.deviceName, *content);
    if (!found) return found.error();
    if (found->taken) {
      Result<RelPath> trashed = toTrash(from, name, TrashReason::duplicate);
      if (!trashed) return trashed.error();
      return found->path;
    }
    Status moved = move(from, found->path);
    if (moved) return found->path;
    if (moved.error().kind != ErrorKind::exists) return moved.error();
  }
  return Error{ErrorKind::exists, "no name for the conflict copy stays free", key.text(), 0};
}

Result<RelPath> WayBack::toTrash(const RelPath& from, const RelPath& key, TrashReason reason) {
  ContentStore::Needs& needs = place_.needs;
  TrashRound trash(needs.root, needs.clock, needs.random);
  RelPath to = trash.add(key.text(), reason);
  Status done = trash.seal();
  if (done) done = move(from, to);
  if (!done) return done.error();
  return to;
}

}  // namespace cloudsync
