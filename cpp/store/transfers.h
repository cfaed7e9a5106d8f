#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "store/rows.h"
#include "store/sqlite.h"

namespace cloudsync {

// The table `download`, on the writing connection; the caller holds the transaction.
class Downloads {
 public:
  explicit Downloads(Database& database);
  Status save(SpaceId space, const DownloadRow& row);
  Result<std::optional<DownloadRow>> find(SpaceId space, std::string_view key);
  Result<std::vector<DownloadRow>> all(SpaceId space);
  Status erase(SpaceId space, std::string_view key);

 private:
  Statement save_;
  Statement find_;
  Statement all_;
  Statement erase_;
};

// The tables `upload` and `upload_part`, the same way.
class Uploads {
 public:
  explicit Uploads(Database& database);
  Status save(SpaceId space, const UploadRow& row);  // its parts replace what was there
  Status addPart(SpaceId space, std::string_view key, const UploadRow::Part& part);
  Result<std::optional<UploadRow>> find(SpaceId space, std::string_view key);
  Result<std::vector<UploadRow>> all(SpaceId space);
  Status erase(SpaceId space, std::string_view key);

 private:
  Status readParts(SpaceId space, UploadRow& row);

  Statement save_;
  Statement find_;
  Statement all_;
  Statement erase_;
  Statement addPart_;
  Statement parts_;
  Statement eraseParts_;
};

}  // namespace cloudsync
