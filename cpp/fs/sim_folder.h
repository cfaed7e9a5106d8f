#pragma once

#include <string>

#include "fs/file_system.h"
#include "fs/sim_state.h"

namespace cloudsync {

// An open directory of the simulated disk. Made by SimFileSystem.
class SimFolder final : public Folder {
 public:
  SimFolder(SimState& state, SimNodePtr node, std::string path);
  ~SimFolder() override;

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
  bool syncsAllAtOnce() override { return true; }

  Result<std::string> readLink(const RelPath& path) override;
  Result<SpaceInfo> space() override;

 private:
  Status enter(std::string_view operation, const RelPath& path) const {
    return state_.enter(operation, path_, path);
  }
  Status move(std::string_view operation, const RelPath& from, const RelPath& to,
              SimDisk::Onto onto);

  SimState& state_;
  SimNodePtr node_;
  std::string path_;  // absolute, as it was opened
};

}  // namespace cloudsync
