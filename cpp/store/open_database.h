#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/state_files.h"

namespace cloudsync {

// What StateStore::open decides by itself; tests give other answers.
struct StoreOptions {
  std::string directory;
  Clock* clock = nullptr;  // dates the name of a broken database; null: the system's
  std::vector<SchemaStep> schema = productSchema();
  std::string vfs;                    // the SQLite VFS to go through; "" for the system's own
  const StateFiles* files = nullptr;  // what the directory itself goes through; null: the system's
};

// The writing connection, ready for work: checked, migrated and marked as in use.
struct OpenedDatabase {
  std::unique_ptr<Database> database;
  Database::Place place;
  bool unclean = false;  // the last owner did not close it
};

// As StateStore::open says.
Result<OpenedDatabase> openDatabase(const StoreOptions& options);
Result<OpenedDatabase> openDatabaseInMemory();

// Another connection to it, for reading.
Result<std::unique_ptr<Database>> openForReading(const Database::Place& place);

// Marks the clean end and folds the log into the database.
Status closeDatabase(Database& database);

}  // namespace cloudsync
