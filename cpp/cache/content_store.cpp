#include "cache/content_store.h"

#include <utility>

#include "cache/by_name.h"
#include "cache/content_sync.h"
#include "cache/discard.h"
#include "cache/freeing.h"
#include "cache/layout.h"
#include "cache/move_aside.h"
#include "cache/publish.h"
#include "cache/recovery.h"
#include "cache/relocate.h"
#include "cache/trash.h"
#include "cache/workplace.h"

namespace cloudsync {

struct ContentStore::State : Workplace {
  using Workplace::Workplace;
};

namespace {

// A smaller file gets its blocks with its first write anyway.
constexpr ByteCount kWorthReserving = 256 * 1024;

// Makes `folder`, or finds it. A user's own entry of that name is his, and in our way.
Status makeOwn(Folder& root, const RelPath& folder) {
  Status made = root.makeFolder(folder);
  if (made) return root.syncFolder(folder.parent());
  if (made.error().kind != ErrorKind::exists) return made;
  Result<FileStat> present = root.stat(folder);
  if (!present) return present.error();
  if (present->type == FileType::directory) return Status();
  return Error{ErrorKind::exists,
               "an entry of this name is in the way of the engine's own directory; move it away or "
               "choose another root",
               folder.text(), 0};
}

}  // namespace

ContentStore::ContentStore(Needs needs) : state_(std::make_unique<State>(std::move(needs))) {}
ContentStore::~ContentStore() = default;

Status ContentStore::prepare() {
  for (const RelPath& folder : {ownFolder(), tmpFolder(), trashFolder()}) {
    Status made = makeOwn(state_->needs.root, folder);
    if (!made) return made;
  }
  return Status();
}

Result<std::vector<Recovered>> ContentStore::recover() { return Recovery(*state_).run(); }

Result<ContentStore::Part> ContentStore::createPart(ByteCount size) {
  std::string name = state_->needs.random.token();
  RelPath path = tmpFolder().child(name);
  Result<std::unique_ptr<File>> file = state_->needs.root.open(path, OpenMode::createNew);
  if (!file) return file.error();
  Status reserved = size < kWorthReserving ? Status() : (*file)->allocate(size);
  // With its end where it will be: streams that write behind the end wait for each other.
  if (reserved && size >= kWorthReserving) reserved = (*file)->truncate(size);
  if (reserved) return Part{std::move(name), std::move(*file)};
  (void)state_->needs.root.removeFile(path);  // what stays behind is removed by recover()
  return reserved.error();
}

Result<std::unique_ptr<File>> ContentStore::openPart(const std::string& partName) {
  Result<RelPath> path = partPath(partName);
  if (!path) return path.error();
  return state_->needs.root.open(*path, OpenMode::readWrite);
}

Status ContentStore::removePart(const std::string& partName) {
  Result<RelPath> path = partPath(partName);
  return path ? state_->needs.root.removeFile(*path) : Status(path.error());
}

void ContentStore::syncContents(std::span<Staged> round) {
  cloudsync::syncContents(state_->needs.root, round);
}

Result<std::vector<Placement>> ContentStore::publish(std::span<Staged> round) {
  return Publishing(*state_, round).run();
}

Result<std::vector<Placement>> ContentStore::relocate(std::span<const Relocation> round) {
  return Relocating(*state_, round).run();
}

Result<std::vector<Placement>> ContentStore::discard(std::span<const Removal> round) {
  return Discarding(*state_, round).run();
}

Result<std::vector<Placement>> ContentStore::free(std::span<const Removal> round) {
  return Freeing(*state_, round).run();
}

Result<std::string> ContentStore::moveAside(const std::string& key, const Fingerprint& expected,
                                            const Sha256& sha256) {
  return cloudsync::moveAside(*state_, key, expected, sha256);
}

Status ContentStore::rename(const RelPath& from, const RelPath& to) {
  return renameForPerson(*state_, from, to);
}

Result<std::string> ContentStore::restoreTrashed(const std::string& round,
                                                 const std::string& name) {
  return cloudsync::restoreTrashed(*state_, round, name);
}

Result<std::uint64_t> ContentStore::purgeTrash(Duration olderThan) {
  return purgeTrashBefore(state_->needs.root, state_->needs.clock.wallTime() - olderThan.count());
}

}  // namespace cloudsync
