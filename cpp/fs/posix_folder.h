#pragma once

#include <mutex>
#include <string>

#include "fs/beneath.h"
#include "fs/descriptor.h"
#include "fs/file_system.h"

namespace cloudsync {

// A directory of the kernel, open for reading. Made by PosixFileSystem. Holds one descriptor and
// what it has found out about the file system, hence any thread.
class PosixFolder final : public Folder {
 public:
  PosixFolder(Descriptor descriptor, Resolution resolution)
      : descriptor_(std::move(descriptor)), resolution_(resolution) {}

  Result<FileStat> stat() override;
  Result<FileStat> stat(const RelPath& path) override;
  Result<std::unique_ptr<File>> open(const RelPath& path, OpenMode mode) override;
  Result<std::unique_ptr<Folder>> openFolder(const RelPath& path) override;

  Result<std::vector<DirectoryEntry>> list() override;
  Result<NameList> listNames() override;
  Result<std::vector<NameStat>> statNames(std::span<const ListedName> names) override;

  Status makeFolder(const RelPath& path) override;
  Status removeFolder(const RelPath& path) override;
  Status removeFile(const RelPath& path) override;
  Status moveNoReplace(const RelPath& from, const RelPath& to) override;
  Status moveReplacing(const RelPath& from, const RelPath& to) override;
  Status exchange(const RelPath& a, const RelPath& b) override;
  Status syncFolder(const RelPath& path) override;
  Status syncAll() override;
  bool syncsAllAtOnce() override;

  Result<std::string> readLink(const RelPath& path) override;
  Result<SpaceInfo> space() override;

 private:
  Status moveWithoutFlag(const RelPath& from, const RelPath& to);
  bool isSpelling(const RelPath& from, const RelPath& to);
  Status rename(const RelPath& from, const RelPath& to, unsigned int flags);

  Descriptor descriptor_;
  Resolution resolution_;
  std::once_flag askedForSyncs_;
  bool syncsAllAtOnce_ = false;
};

}  // namespace cloudsync
