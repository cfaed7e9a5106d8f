#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "fs/file_system.h"
#include "remote/directory/changes.h"
#include "remote/directory/object_state.h"
#include "remote/remote.h"

namespace cloudsync {

// Times and record: the last steps before complete content may be brought to the disk and seen. The
// answer is the state the file has from here on but for ctime.
Result<FileStat> sealContent(File& file, const WriteRequest& request, Clock& clock);

// A file in `.cloudsync/tmp` that goes with this object, unless its content got another name.
class TemporaryFile {
 public:
  // Makes the folders it needs.
  static Result<TemporaryFile> create(Folder& root, Random& random, ByteCount size);

  TemporaryFile(TemporaryFile&& other) noexcept = default;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();

  File& file() { return *file_; }
  const RelPath& name() const { return name_; }
  // The content has another name by now, and this one is free.
  void placed() { file_.reset(); }

 private:
  TemporaryFile(Folder& root, RelPath name, std::unique_ptr<File> file)
      : root_(&root), name_(std::move(name)), file_(std::move(file)) {}

  Folder* root_;
  RelPath name_;
  std::unique_ptr<File> file_;
};

// createNew; folders that are missing on the way are made. Not durable by itself.
Result<std::unique_ptr<File>> createWithFolders(Folder& root, const RelPath& path);

}  // namespace cloudsync
