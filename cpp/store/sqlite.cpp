#include "store/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace cloudsync {

static_assert(SQLITE_OK == 0);

namespace {

constexpr int kPrimaryCode = 0xff;

ErrorKind kindOf(int code) {
  switch (code & kPrimaryCode) {  // SQLite's codes are numbers, not an enum
    case SQLITE_FULL:
      return ErrorKind::noSpace;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return ErrorKind::busy;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorKind::permission;
    case SQLITE_INTERRUPT:
      return ErrorKind::cancelled;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return ErrorKind::system;
    default:
      return ErrorKind::internal;
  }
}

}  // namespace

Error fromSqlite(int code, int systemCode, std::string_view words, std::string_view path) {
  std::string what = "the state database: ";
  what += words;
  int primary = code & kPrimaryCode;
  // Only these say that the errno is of this call; otherwise it is left from an earlier one.
  if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && systemCode != 0) {
    return fromErrno(systemCode, what, path);
  }
  if (code == SQLITE_IOERR_NOMEM) return Error{ErrorKind::internal, what, std::string(path), 0};
  return Error{kindOf(code), std::move(what), std::string(path),
               primary == SQLITE_FULL ? ENOSPC : 0};
}

// Database

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Database::Database(sqlite3* connection, const Place& place)
    : connection_(connection),
      path_(place.path),
      inMemory_(place.path == ":memory:"),
      begin_(*this, "BEGIN IMMEDIATE"),
      commit_(*this, "COMMIT"),
      rollback_(*this, "ROLLBACK") {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const Place& place, Access access) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (access) {
    case Access::readOnly:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case Access::readWrite:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case Access::create:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
  }
  sqlite3* connection = nullptr;
  int code = sqlite3_open_v2(place.path.c_str(), &connection, flags,
                             place.vfs.empty() ? nullptr : place.vfs.c_str());
  if (connection == nullptr) return fromSqlite(code, 0, sqlite3_errstr(code), place.path);
  std::unique_ptr<Database> database(new Database(connection, place));
  if (code != SQLITE_OK) return database->errorFor(code);
  return database;
}

Error Database::errorFor(int code) {
  int primary = code & kPrimaryCode;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) sawCorruption_ = true;
  // The connection's own words, unless it speaks of another error meanwhile.
  sqlite3* connection = connection_.get();
  bool own = sqlite3_extended_errcode(connection) == code;
  return fromSqlite(code, sqlite3_system_errno(connection),
                    own ? sqlite3_errmsg(connection) : sqlite3_errstr(code), path_);
}

Status Database::execute(const char* sql) {
  int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return errorFor(code);
  return {};
}

Result<std::string> Database::ask(const char* sql) {
  Statement statement(*this, sql);
  Cursor cursor = statement.query();
  std::string answer;
  if (cursor.next()) answer = cursor.text(0);
  Status status = cursor.status();
  if (!status) return status.error();
  return answer;
}

std::int64_t Database::lastRowId() const { return sqlite3_last_insert_rowid(connection_.get()); }

void Database::setBusyTimeout(int milliseconds) {
  sqlite3_busy_timeout(connection_.get(), milliseconds);
}

void Database::setLogAtEnd(LogAtEnd what) {
  int keep = what == LogAtEnd::keep ? 1 : 0;
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep, nullptr);
}

// Statement

Statement::~Statement() { sqlite3_finalize(statement_); }

int Statement::prepare() {
  if (statement_ != nullptr) return SQLITE_OK;
  return sqlite3_prepare_v3(database_.connection_.get(), sql_, -1, SQLITE_PREPARE_PERSISTENT,
                            &statement_, nullptr);
}

// Cursor

Cursor::~Cursor() {
  if (statement_ == nullptr) return;
  // The arguments stay bound to memory that may go; the next query binds them all anew before it
  // steps, so clearing them here would only cost time.
  sqlite3_reset(statement_);
}

bool Cursor::next() {
  if (code_ != SQLITE_OK && code_ != SQLITE_ROW) return false;
  code_ = sqlite3_step(statement_);
  return code_ == SQLITE_ROW;
}

Status Cursor::status() const {
  if (code_ == SQLITE_OK || code_ == SQLITE_ROW || code_ == SQLITE_DONE) return {};
  return database_.errorFor(code_);
}

bool Cursor::isNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Cursor::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Cursor::bytes(int column) const {
  // column_blob does not convert, and gives the bytes of a text as they are.
  const void* data = sqlite3_column_blob(statement_, column);
  if (data == nullptr) return {};
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return std::string_view(static_cast<const char*>(data), size);
}

void Cursor::bind(int index, std::int64_t value) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_, index, value);
}

void Cursor::bind(int index, std::string_view text) {
  if (code_ != SQLITE_OK) return;
  const char* data = text.data() == nullptr ? "" : text.data();  // a null pointer would mean NULL
  code_ = sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Cursor::bind(int index, Blob blob) {
  if (code_ != SQLITE_OK) return;
  const char* data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  code_ = sqlite3_bind_blob64(statement_, index, data, blob.bytes.size(), SQLITE_STATIC);
}

void Cursor::bind(int index, std::nullopt_t) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_null(statement_, index);
}

// Transaction

Result<Transaction> Transaction::begin(Database& database, Durability durability) {
  // SQLite refuses to change `synchronous` inside a transaction; the pragma acts while it is
  // parsed, so that it cannot be kept prepared.
  if (database.inMemory()) durability = Durability::claim;
  Transaction transaction(database, durability);
  if (durability == Durability::onDisk) {
    Status full = database.execute("PRAGMA synchronous=FULL");
    if (!full) return full.error();
  }
  Status begun = database.begin_.run();
  if (!begun) return begun.error();
  return transaction;
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), durability_(other.durability_) {}

Transaction::~Transaction() { end(); }

Status Transaction::commit() {
  Status committed = database_->commit_.run();
  end();
  return committed;
}

void Transaction::end() {
  if (database_ == nullptr) return;
  Database& database = *std::exchange(database_, nullptr);
  // Some errors (a full disk) roll back by themselves.
  if (sqlite3_get_autocommit(database.connection_.get()) == 0) {
    static_cast<void>(database.rollback_.run());
  }
  if (durability_ == Durability::onDisk) {
    static_cast<void>(database.execute("PRAGMA synchronous=NORMAL"));
  }
}

}  // namespace cloudsync
