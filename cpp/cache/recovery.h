#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cache/folder_syncs.h"
#include "cache/trash.h"
#include "cache/workplace.h"

namespace cloudsync {

// ContentStore::recover: reads what the disk looks like under each licence, finishes or undoes it,
// and ends the licences with one commit. Every step leads to a state that the same code reads
// correctly again, so a crash in here is met by running it again. What cannot be settled now (a
// disk error) keeps its licence and its files.
class Recovery {
 public:
  explicit Recovery(Workplace& place);
  Result<std::vector<Recovered>> run();

 private:
  using Found = std::optional<FileStat>;  // nothing: the name is free

  Status settle(const Licence& licence);
  Status settlePlacing(const Licence& licence);
  Status settleOurPart(const Licence& licence, const Found& atKey);
  Status settleDiscard(const Licence& licence);
  Status settleMoveAside(const Licence& licence);
  Status settleFree(const Licence& licence);
  Status settleFreedAway(const Licence& licence, std::optional<BaseRow> row);
  Status putLocalAgain(const Licence& licence, std::optional<BaseRow> row);

  Result<Found> look(const RelPath& path);
  // The file of the licence, and nobody wrote to it since it was granted?
  bool isUntouched(const Licence& licence, const RelPath& path,
                   const std::optional<Sha256>& sha256);
  Status giveBack(const Licence& licence, std::string_view reason);
  Status giveConflictCopy(const Licence& licence, std::string_view reason);
  Status toTrash(const Licence& licence, TrashReason reason);
  Status remove(const Licence& licence);

  Result<std::optional<BaseRow>> row(const std::string& key);
  void put(BaseRow row);
  void erase(const std::string& key);

  Status commit(const std::vector<Licence>& licences);
  Status removeStrays(const std::vector<Licence>& licences);

  Workplace& place_;
  Folder& root_;
  FolderSyncs syncs_;
  std::map<std::string, BaseChange> changes_;
  std::set<std::int64_t> settled_;
  std::vector<Recovered> found_;
};

}  // namespace cloudsync
