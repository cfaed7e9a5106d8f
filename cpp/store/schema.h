#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/sqlite.h"

namespace cloudsync {

// One step of the schema: SQL that takes a database from version `version` - 1 to `version`.
struct SchemaStep {
  int version = 0;
  std::string sql;
};

// The steps of schema.sql.
std::vector<SchemaStep> productSchema();

// PURE. Splits a text at its lines "--@ step N".
std::vector<SchemaStep> schemaSteps(std::string_view text);

Result<int> schemaVersion(Database& database);

// `notSupported` when the database is newer than the last step. Reads only.
Status checkSchemaIsKnown(Database& database, const std::vector<SchemaStep>& steps);

// Takes the steps that are missing, each in a transaction of its own that also raises
// PRAGMA user_version: a crash in between goes on at the next start.
Status migrate(Database& database, const std::vector<SchemaStep>& steps);

}  // namespace cloudsync
