#include <algorithm>
#include <utility>

#include "cache/trash.h"
#include "service/space.h"
#include "service/space_engine.h"

// What was removed or replaced in a space, and how it comes back.

namespace cloudsync {

namespace {

// An id, and a place in the list, begin with the trash that they are of; behind it stand the
// round and the file's number in it, or what the remote calls it.
constexpr std::string_view kLocal = "local/";
constexpr std::string_view kCloud = "cloud/";

Error unknownId(const std::string& id) {
  return Error{ErrorKind::notFound, "the trash has nothing under the id '" + id + "' (any more)",
               "", 0};
}

std::string reasonOf(const TrashedFile& file) {
  return file.reason == "discarded" ? "removed" : file.reason;
}

}  // namespace

// One round of the local trash at a time, the newest first, then the cloud's pages.
Task<Result<TrashPage>> Space::trash(std::string after) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  if (after.starts_with(kCloud)) {
    Task<Result<TrashPage>> listing = cloudTrash(after.substr(kCloud.size()));
    co_return co_await listing;
  }
  Folder& root = *(*opened)->root;
  Result<std::vector<std::string>> rounds = trashRounds(root);
  if (!rounds.ok()) co_return rounds.error();
  std::reverse(rounds->begin(), rounds->end());
  auto round = rounds->begin();
  if (!after.empty()) {
    // Where the round itself is gone by now, what is older than it went, too.
    round = std::find(rounds->begin(), rounds->end(), after.substr(kLocal.size()));
    if (round != rounds->end()) ++round;
  }
  if (round == rounds->end()) {
    Task<Result<TrashPage>> listing = cloudTrash("");
    co_return co_await listing;
  }
  TrashPage page;
  page.next = std::string(kLocal) + *round;
  Result<std::vector<TrashedFile>> files = trashedFiles(root, *round);
  if (!files.ok() && files.error().kind == ErrorKind::notFound) co_return page;
  if (!files.ok()) co_return files.error();
  for (const TrashedFile& file : *files) {
    page.entries.push_back({std::string(kLocal) + *round + "/" + std::string(file.path.name()),
                            file.key, false, file.size, file.trashedAt, reasonOf(file)});
  }
  co_return page;
}

Task<Result<TrashPage>> Space::cloudTrash(std::string after) {
  Task<Result<TrashedPage>> listing = remote_->trashed(std::move(after), closing_.token());
  Result<TrashedPage> found = co_await listing;
  if (!found.ok()) co_return found.error();
  TrashPage page;
  for (const TrashedObject& object : found->objects) {
    // An id behind a delete marker names a version of the path only.
    page.entries.push_back({std::string(kCloud) + object.id + "//" + object.path.text(),
                            object.path.text(), true, object.size, object.removedAt, "removed"});
  }
  if (!found->next.empty()) page.next = std::string(kCloud) + found->next;
  co_return page;
}

Task<Result<std::string>> Space::restore(std::string id) {
  Activity::Guard busy = needs_.activity.begin();
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  if (id.starts_with(kLocal)) {
    std::string_view rest = std::string_view(id).substr(kLocal.size());
    std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) co_return unknownId(id);
    co_return (*opened)->placer->restoreTrashed(std::string(rest.substr(0, slash)),
                                                std::string(rest.substr(slash + 1)));
  }
  // No path holds an empty component: the last "//" stands between the id and the path.
  std::size_t border = id.rfind("//");
  if (!id.starts_with(kCloud) || border == std::string::npos) co_return unknownId(id);
  std::string name = id.substr(border + 2);
  if (faultOf(name) != NameFault::none) co_return unknownId(id);
  RelPath path = RelPath::trusted(name);
  Precondition absent = Precondition::absent();
  Task<Result<ObjectInfo>> restoring = remote_->restore(
      path, id.substr(kCloud.size(), border - kCloud.size()), absent, closing_.token());
  Result<ObjectInfo> restored = co_await restoring;
  if (restored.ok()) co_return name;
  if (restored.error().kind == ErrorKind::notFound) co_return unknownId(id);
  if (restored.error().kind == ErrorKind::conflict) {
    co_return Error{ErrorKind::conflict,
                    "the cloud has something of this name again: move that away first", name, 0};
  }
  co_return restored.error();
}

Task<Result<OlderContents>> Space::versions(RelPath path) {
  Task<Result<std::vector<VersionInfo>>> listing = remote_->versions(path, closing_.token());
  Result<std::vector<VersionInfo>> found = co_await listing;
  // A remote without versions has none of any file.
  if (!found.ok() && found.error().kind == ErrorKind::notSupported) co_return OlderContents();
  if (!found.ok()) co_return found.error();
  OlderContents contents;
  for (const VersionInfo& version : *found) {
    contents.push_back({version.id, version.size, version.modifyTime,
                        version.sha256 ? version.sha256->hex() : ""});
  }
  co_return contents;
}

Task<Status> Space::restoreVersion(RelPath path, std::string id) {
  Activity::Guard busy = needs_.activity.begin();
  Task<Result<ObjectInfo>> looking = remote_->stat(path, closing_.token());
  Result<ObjectInfo> now = co_await looking;
  if (!now.ok() && now.error().kind != ErrorKind::notFound) co_return now.error();
  Precondition precondition =
      now.ok() ? Precondition::matches(now->version) : Precondition::absent();
  Task<Result<ObjectInfo>> restoring =
      remote_->restore(path, std::move(id), precondition, closing_.token());
  Result<ObjectInfo> restored = co_await restoring;
  co_return restored.ok() ? Status() : Status(restored.error());
}

}  // namespace cloudsync
