#include "remote/directory/staging.h"

#include <utility>

#include "remote/directory/layout.h"
#include "remote/directory/root.h"

namespace cloudsync {

namespace {

// What arrives in one write finds out by itself whether there is room.
constexpr ByteCount kWrittenAtOnce = 256 * 1024;

Status makeFolderWithParents(Folder& root, const RelPath& path) {
  Status made = root.makeFolder(path);
  if (!made && made.error().kind == ErrorKind::notFound && !path.isRoot()) {
    Status parent = makeFolderWithParents(root, path.parent());
    if (!parent) return parent;
    made = root.makeFolder(path);
  }
  if (!made && made.error().kind == ErrorKind::exists) return {};
  return made;
}

}  // namespace

Result<std::unique_ptr<File>> createWithFolders(Folder& root, const RelPath& path) {
  Result<std::unique_ptr<File>> file = root.open(path, OpenMode::createNew);
  if (file || file.error().kind != ErrorKind::notFound) return file;
  Status folder = makeFolderWithParents(root, path.parent());
  if (!folder) return folder.error();
  return root.open(path, OpenMode::createNew);
}

Result<FileStat> sealContent(File& file, const WriteRequest& request, Clock& clock) {
  Status timed = file.setTimes(clock.wallTime(), request.modifyTime);
  if (!timed) return timed.error();
  Result<FileStat> stat = file.stat();
  if (!stat) return stat.error();
  ObjectRecord record{request.sha256, request.nonce};
  Status noted = file.setAttribute(kRecordAttribute, encodeRecord(record, *stat));
  // Without attributes an object has no known hash and no nonce: weaker, not wrong. ENOSPC is how
  // ext4 says that an attribute is too large.
  if (!noted && noted.error().kind != ErrorKind::notSupported &&
      noted.error().kind != ErrorKind::noSpace) {
    return noted.error();
  }
  return stat;
}

Result<TemporaryFile> TemporaryFile::create(Folder& root, Random& random, ByteCount size) {
  RelPath name = layout::temporary(random.token());
  Result<std::unique_ptr<File>> file = createWithFolders(root, name);
  if (!file) return file.error();
  TemporaryFile temporary(root, std::move(name), std::move(*file));
  if (size > kWrittenAtOnce) {
    Status allocated = temporary.file().allocate(size);
    if (!allocated) return allocated.error();
  }
  return temporary;
}

TemporaryFile::~TemporaryFile() {
  if (!file_) return;
  Result<FileStat> ours = file_->stat();
  Result<FileStat> there = root_->stat(name_);
  // An exchange that could not be undone leaves content of others under this name: it stays.
  if (!ours || !there || ours->inode != there->inode) return;
  Status removed = root_->removeFile(name_);
  (void)removed;  // a leftover in tmp harms nobody
}

}  // namespace cloudsync
