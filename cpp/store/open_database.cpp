#include "store/open_database.h"

#include "store/state_directory.h"

namespace cloudsync {

namespace {

// A reader that meets a checkpoint or a recovery waits this long at most, then says `busy`.
constexpr int kBusyMilliseconds = 5'000;
// close() may take two seconds in all: a reader of another process must not hold it up.
constexpr int kBusyAtCloseMilliseconds = 500;

// cache_size is in KiB when negative. There is no mmap: an I/O error, or a file that is cut short
// by somebody, would be a SIGBUS instead of an Error, and mapped pages count as resident memory.
constexpr const char* kWriterSettings =
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA cache_size=-16384;"
    "PRAGMA wal_autocheckpoint=4000;"      // 16 MiB of log: fewer fsyncs than the default's 4
    "PRAGMA journal_size_limit=67108864;"  // a huge transaction does not leave a huge log behind
    "PRAGMA secure_delete=OFF;"            // Debian's default would write what a DELETE frees
    "PRAGMA trusted_schema=OFF;";
constexpr const char* kReaderSettings =
    "PRAGMA cache_size=-8192;"
    "PRAGMA trusted_schema=OFF;";

Error corrupt(std::string message, const std::string& path) {
  return Error{ErrorKind::corrupt, std::move(message), path, 0};
}

Status useLog(Database& database) {
  Result<std::string> mode = database.ask("PRAGMA journal_mode=WAL");
  if (!mode) return mode.error();
  if (*mode == "wal") return {};
  return Error{ErrorKind::notSupported,
               "the state directory lies on a file system that cannot carry SQLite's "
               "write-ahead log (it needs shared memory maps): choose a local disk",
               {},
               0};
}

// Looks at what the last owner left. Reads only.
Result<bool> wasClosedCleanly(Database& database, const std::string& path) {
  Result<std::string> clean = database.ask("SELECT clean FROM store");
  if (clean) return *clean == "1";
  if (clean.error().kind != ErrorKind::internal) return clean.error();
  return corrupt("the file is a database, but not one of ours", path);  // no such table
}

Status quickCheck(Database& database, const std::string& path) {
  Result<std::string> verdict = database.ask("PRAGMA quick_check(1)");
  if (!verdict) return verdict.error();
  if (*verdict == "ok") return {};
  return corrupt("the state database is damaged: " + *verdict, path);
}

Status markInUse(Database& database) {
  Result<Transaction> transaction = Transaction::begin(database, Durability::onDisk);
  if (!transaction) return transaction.error();
  Status status = database.execute("UPDATE store SET clean=0");
  if (!status) return status;
  status = transaction->commit();
  if (!status) return status;
  // Into the database itself: should the log get lost, the database still says that it was in use.
  Result<std::string> done = database.ask("PRAGMA wal_checkpoint(PASSIVE)");
  if (!done) return done.error();
  return {};
}

Result<OpenedDatabase> openFile(const StoreOptions& options, const StateDirectory& directory,
                                StateDirectory::Found found) {
  using FileState = StateDirectory::FileState;
  using LogAtEnd = Database::LogAtEnd;
  std::string path = directory.databasePath();
  bool fresh = found.database != FileState::filled;
  if (fresh && found.log == FileState::filled) {
    return corrupt("the state database is gone, its log is there", path);
  }
  OpenedDatabase opened;
  opened.place = {path, options.vfs};
  Result<std::unique_ptr<Database>> database =
      Database::open(opened.place, Database::Access::create);
  if (!database) return database.error();
  opened.database = std::move(*database);
  Database& connection = *opened.database;
  connection.setBusyTimeout(kBusyMilliseconds);

  // Until we know that the database is ours, closing must leave things as they were found.
  connection.setLogAtEnd(found.log == FileState::absent ? LogAtEnd::checkpoint : LogAtEnd::keep);
  Status status = checkSchemaIsKnown(connection, options.schema);
  if (!status) return status.error();

  Result<int> version = schemaVersion(connection);
  if (!version) return version.error();
  bool clean = found.database == FileState::absent;
  if (*version > 0) {
    Result<bool> closed = wasClosedCleanly(connection, path);
    if (!closed) return closed.error();
    clean = *closed;
  }

  connection.setLogAtEnd(LogAtEnd::keep);
  status = directory.narrowDatabase();
  if (status) status = useLog(connection);
  if (status) status = connection.execute(kWriterSettings);
  if (status && !clean) status = quickCheck(connection, path);
  if (status) status = migrate(connection, options.schema);
  if (status) status = markInUse(connection);
  if (status && fresh) status = directory.sync();
  if (!status) return status.error();
  opened.unclean = !clean;
  return opened;
}

}  // namespace

Result<OpenedDatabase> openDatabase(const StoreOptions& options) {
  PosixStateFiles real;
  StateDirectory directory(options.directory, options.files ? *options.files : real);
  Status made = directory.make();
  if (!made) return made.error();
  Result<StateDirectory::Found> found = directory.look();
  if (!found) return found.error();
  bool lonelyLog = found->log == StateDirectory::FileState::filled;
  if (found->database == StateDirectory::FileState::absent && !lonelyLog) {
    Status created = directory.createDatabase();
    if (!created) return created.error();
  }
  Result<OpenedDatabase> opened = openFile(options, directory, *found);
  if (opened || opened.error().kind != ErrorKind::corrupt) return opened;

  Error error = opened.error();
  Nanoseconds now = options.clock ? options.clock->wallTime() : SystemClock().wallTime();
  Result<std::string> aside = directory.setAside(now);
  if (!aside) return aside.error();
  error.message += "; it was set aside as " + *aside + ", and the next start makes a new one";
  return error;
}

Result<OpenedDatabase> openDatabaseInMemory() {
  OpenedDatabase opened;
  opened.place = {":memory:", ""};
  Result<std::unique_ptr<Database>> database =
      Database::open(opened.place, Database::Access::create);
  if (!database) return database.error();
  opened.database = std::move(*database);
  Status status = migrate(*opened.database, productSchema());
  if (!status) return status.error();
  return opened;
}

Result<std::unique_ptr<Database>> openForReading(const Database::Place& place) {
  Result<std::unique_ptr<Database>> database = Database::open(place, Database::Access::readOnly);
  if (!database) return database.error();
  (*database)->setBusyTimeout(kBusyMilliseconds);
  Status status = (*database)->execute(kReaderSettings);
  if (!status) return status.error();
  return database;
}

Status closeDatabase(Database& database) {
  if (database.inMemory()) return {};
  database.setBusyTimeout(kBusyAtCloseMilliseconds);
  Status status;
  {
    Result<Transaction> transaction = Transaction::begin(database, Durability::onDisk);
    if (!transaction) return transaction.error();
    status = database.execute("UPDATE store SET clean=1");
    if (status) status = transaction->commit();
  }
  if (!status) return status;
  // A reader in the middle of a page keeps a part of the log alive; that is no harm.
  static_cast<void>(database.ask("PRAGMA wal_checkpoint(TRUNCATE)"));
  database.setLogAtEnd(Database::LogAtEnd::checkpoint);
  return {};
}

}  // namespace cloudsync
