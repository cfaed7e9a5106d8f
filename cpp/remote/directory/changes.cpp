#include "remote/directory/changes.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "remote/directory/layout.h"
#include "remote/directory/object_state.h"

namespace cloudsync {

namespace {

// Somebody would have to change the same name that often within microseconds.
constexpr int kAttempts = 16;

Error conflictAt(const RelPath& path, std::string_view why) {
  return Error{ErrorKind::conflict, std::string(why), path.text(), 0};
}

Error tooBusy(const RelPath& path) {
  return Error{ErrorKind::busy, "somebody else keeps changing this object", path.text(), 0};
}

}  // namespace

Result<std::optional<FileStat>> statIfThere(Folder& root, const RelPath& path) {
  Result<FileStat> stat = root.stat(path);
  if (stat) return std::optional<FileStat>(*stat);
  if (stat.error().kind == ErrorKind::notFound) return std::optional<FileStat>();
  return stat.error();
}

Result<std::vector<std::uint64_t>> listVersionIds(Folder& root, const RelPath& versionsFolder) {
  std::vector<std::uint64_t> ids;
  Result<std::unique_ptr<Folder>> folder = root.openFolder(versionsFolder);
  if (!folder) {
    if (folder.error().kind == ErrorKind::notFound) return ids;
    return folder.error();
  }
  Result<std::vector<DirectoryEntry>> entries = (*folder)->list();
  if (!entries) return entries.error();
  for (const DirectoryEntry& entry : *entries) {
    std::uint64_t id = 0;
    const char* end = entry.name.data() + entry.name.size();
    std::from_chars_result read = std::from_chars(entry.name.data(), end, id);
    if (read.ec == std::errc() && read.ptr == end) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end(), std::greater<>());
  return ids;
}

Status DirectoryChanges::place(const StagedObject& staged, const RelPath& path,
                               const Precondition& precondition) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<std::optional<FileStat>> now = statIfThere(root_, path);
    if (!now) return now.error();
    Status holds = mustHold(precondition, *now, path);
    if (!holds) return holds;
    Result<Step> step = *now ? exchange(staged, path, **now) : moveOntoFreeName(staged, path);
    if (!step) return step.error();
    if (*step == Step::done) {
      changed(path.parent());
      // A move is on disk when both directories are; where a journal holds them together, the
      // second fsync finds nothing to do.
      changed(staged.privateName.parent());
      return {};
    }
  }
  return tooBusy(path);
}

Status DirectoryChanges::placeOpen(File& file, const StagedObject& staged, const RelPath& path,
                                   const Precondition& precondition, FileStat& placed) {
  Status done = place(staged, path, precondition);
  if (!done) return done;
  Result<FileStat> now = file.stat();
  // Changed already by somebody: then the state before, which nothing will ever equal again, is
  // the honest answer, and the next listing shows theirs.
  if (now && sameButForRename(*now, staged.state)) placed = *now;
  return {};
}

Status DirectoryChanges::discard(const RelPath& path, const Precondition& precondition) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<std::optional<FileStat>> now = statIfThere(root_, path);
    if (!now) return now.error();
    if (!*now) return Error{ErrorKind::notFound, "there is no such object", path.text(), 0};
    Status holds = mustHold(precondition, *now, path);
    if (!holds) return holds;
    Result<Step> step = moveToTrash(path, **now);
    if (!step) return step.error();
    if (*step == Step::done) {
      changed(path.parent());
      return {};
    }
  }
  return tooBusy(path);
}

Status DirectoryChanges::move(const RelPath& from, const RelPath& to, const ObjectVersion& expected,
                              FileStat& moved) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<std::optional<FileStat>> now = statIfThere(root_, from);
    if (!now) return now.error();
    if (!*now) return Error{ErrorKind::notFound, "there is no such object", from.text(), 0};
    Status holds = mustHold(Precondition::matches(expected), *now, from);
    if (!holds) return holds;
    Result<Step> step = rename(from, to, **now, moved);
    if (!step) return step.error();
    if (*step == Step::done) {
      changed(from.parent());
      changed(to.parent());
      return {};
    }
  }
  return tooBusy(from);
}

Result<DirectoryChanges::Step> DirectoryChanges::rename(const RelPath& from, const RelPath& to,
                                                        const FileStat& expected, FileStat& moved) {
  Status parents = makeFolders(to.parent());
  if (!parents) return parents.error();
  Status renamed = root_.moveNoReplace(from, to);
  if (!renamed) {
    if (renamed.error().kind == ErrorKind::notFound) return Step::again;
    if (renamed.error().kind != ErrorKind::exists) return renamed.error();
    return conflictAt(to, "an object of this name exists already");
  }
  Result<FileStat> out = root_.stat(to);
  if (!out) return out.error();
  moved = *out;
  if (sameButForRename(*out, expected)) return Step::done;
  // Somebody was quicker with the old name: what came out goes back to it. Where that is taken
  // again by now, it stays where it is: under a name that people see.
  Status back = root_.moveNoReplace(to, from);
  if (!back && back.error().kind != ErrorKind::exists) return back.error();
  return Step::again;
}

Status DirectoryChanges::makeFolders(const RelPath& path) {
  if (path.isRoot()) return {};
  Status made = root_.makeFolder(path);
  if (!made && made.error().kind == ErrorKind::notFound) {
    Status parent = makeFolders(path.parent());
    if (!parent) return parent;
    made = root_.makeFolder(path);
  }
  if (made) {
    changed(path.parent());
    return {};
  }
  if (made.error().kind != ErrorKind::exists) return made;
  Result<FileStat> stat = root_.stat(path);
  if (!stat) return stat.error();
  if (stat->type == FileType::directory) return {};
  return Error{ErrorKind::exists, "something that is no directory stands at this name", path.text(),
               0};
}

Status DirectoryChanges::removeFolder(const RelPath& path) {
  Status removed = root_.removeFolder(path);
  if (removed) changed(path.parent());
  return removed;
}

Status DirectoryChanges::removeVersionFolders(const std::vector<RelPath>& folders) {
  for (const RelPath& folder : folders) {
    Result<std::vector<std::uint64_t>> ids = listVersionIds(root_, folder);
    if (!ids) return ids.error();
    if (!ids->empty()) continue;
    Status origin = root_.removeFile(layout::versionOrigin(folder));
    if (!origin && origin.error().kind != ErrorKind::notFound) return origin;
    // Whatever else lies there is somebody's own.
    Status removed = root_.removeFolder(folder);
    bool left = !removed && (removed.error().kind == ErrorKind::notFound ||
                             removed.error().kind == ErrorKind::notEmpty);
    if (!removed && !left) return removed;
  }
  return {};
}

Status DirectoryChanges::makeDurable() {
  for (const RelPath& folder : changedFolders_) {
    Status synced = root_.syncFolder(folder);
    // A later change of the same round removed it: that is a name in its parent.
    if (!synced && synced.error().kind != ErrorKind::notFound) return synced;
  }
  changedFolders_.clear();
  return {};
}

Result<DirectoryChanges::Step> DirectoryChanges::moveOntoFreeName(const StagedObject& staged,
                                                                  const RelPath& path) {
  Status moved = root_.moveNoReplace(staged.privateName, path);
  if (moved) return Step::done;
  if (moved.error().kind == ErrorKind::exists) return Step::again;
  if (moved.error().kind != ErrorKind::notFound) return moved.error();
  Status parents = makeFolders(path.parent());
  if (!parents) return parents.error();
  return Step::again;
}

Result<DirectoryChanges::Step> DirectoryChanges::exchange(const StagedObject& staged,
                                                          const RelPath& path,
                                                          const FileStat& expected) {
  Status exchanged = root_.exchange(staged.privateName, path);
  if (!exchanged) {
    if (exchanged.error().kind == ErrorKind::notFound) return Step::again;
    return exchanged.error();
  }
  Result<FileStat> out = root_.stat(staged.privateName);
  if (!out || !sameButForRename(*out, expected)) {
    Status undone = undoExchange(staged, path);
    if (!undone) return undone.error();
    if (!out) return out.error();
    return Step::again;  // the precondition is asked again, of what stands there now
  }
  // An older marker is of no use to anybody.
  Status kept = layout::isOurs(path) ? root_.removeFile(staged.privateName)
                                     : keepVersion(staged.privateName, path);
  if (kept) return Step::done;
  // Without a place for the old content the new one is not put over it.
  Status undone = undoExchange(staged, path);
  if (!undone) return undone.error();
  return kept.error();
}

Status DirectoryChanges::undoExchange(const StagedObject& staged, const RelPath& path) {
  Status back = root_.exchange(staged.privateName, path);
  if (!back) {
    // What came out is somebody's content: it must not stay under a name that is cleaned up.
    Status kept = keepVersion(staged.privateName, path);
    return kept ? back : kept;
  }
  Result<FileStat> out = root_.stat(staged.privateName);
  if (!out) return out.error();
  if (sameButForRename(*out, staged.state)) return {};
  // Somebody replaced our content in that moment. Theirs is the newest: it gets the name again,
  // and what it replaced is kept as any replaced content.
  Status again = root_.exchange(staged.privateName, path);
  if (!again) return again;
  Status kept = keepVersion(staged.privateName, path);
  if (!kept) return kept;
  return conflictAt(path, "somebody else replaced this object at the same moment");
}

Status DirectoryChanges::keepVersion(const RelPath& privateName, const RelPath& path) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<RelPath> name = newVersionName(path);
    if (!name) return name.error();
    Status moved = root_.moveNoReplace(privateName, *name);
    if (moved) {
      changed(name->parent());
      return {};
    }
    if (moved.error().kind != ErrorKind::exists) return moved;
  }
  return tooBusy(path);
}

// Ids are times, but grow even when the clock does not.
Result<RelPath> DirectoryChanges::newVersionName(const RelPath& path) {
  RelPath folder = layout::versionsOf(path);
  Result<std::vector<std::uint64_t>> ids = listVersionIds(root_, folder);
  if (!ids) return ids.error();
  if (ids->empty()) {
    Status made = makeFolders(folder);
    if (!made) return made.error();
    // For people who look into the directory; nothing of ours reads it, so it needs no fsync.
    Result<std::unique_ptr<File>> origin =
        root_.open(layout::versionOrigin(folder), OpenMode::createNew);
    if (origin) {
      const std::string& text = path.text();
      Status written =
          (*origin)->writeAt(0, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
      if (!written) return written.error();
    }
  }
  std::uint64_t id = static_cast<std::uint64_t>(std::max<Nanoseconds>(clock_.wallTime(), 1));
  if (!ids->empty()) id = std::max(id, ids->front() + 1);
  return folder.child(std::to_string(id));
}

Result<DirectoryChanges::Step> DirectoryChanges::moveToTrash(const RelPath& path,
                                                             const FileStat& expected) {
  Nanoseconds now = clock_.wallTime();
  std::uint64_t later = static_cast<std::uint64_t>(std::max<Nanoseconds>(now, 1));
  Status moved;
  RelPath target;
  for (std::uint64_t series : {std::uint64_t{0}, later, later + 1, later + 2, later + 3}) {
    target = layout::trashed(path, now, series);
    Status made = makeFolders(target.parent());
    moved = made ? root_.moveNoReplace(path, target) : made;
    // Taken: the path, or a file where a directory is needed now, was removed before today.
    bool taken = !moved && (moved.error().kind == ErrorKind::exists ||
                            moved.error().kind == ErrorKind::notDirectory);
    if (!taken) break;
  }
  if (!moved) {
    if (moved.error().kind == ErrorKind::notFound) return Step::again;
    return moved.error();
  }
  Result<FileStat> out = root_.stat(target);
  if (!out) return out.error();
  changed(target.parent());
  if (sameButForRename(*out, expected)) return Step::done;
  Status back = root_.moveNoReplace(target, path);
  // A name that is taken again by now keeps its new owner; what came out stays in the trash.
  if (!back && back.error().kind != ErrorKind::exists) return back.error();
  return Step::again;
}

}  // namespace cloudsync
