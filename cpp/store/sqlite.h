#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cloudsync {

// SQLite in four small owners: Database, Statement, Cursor, Transaction. Everything of one Database
// is used by one thread at a time; the caller sees to that (connections are opened without SQLite's
// own mutex). sqlite.cpp is the only file that includes sqlite3.h.

// Bytes that are no text, as an argument of a statement.
struct Blob {
  std::string_view bytes;
};

class Database;

// One execution of a Statement: its arguments are bound, rows are pulled with next(). Resets the
// statement when it goes, which also ends the read transaction of a lone SELECT.
class Cursor {
 public:
  template <class... Arguments>
  Cursor(Database& database, sqlite3_stmt* statement, int code, const Arguments&... arguments)
      : database_(database), statement_(statement), code_(code) {
    int index = 0;
    (bind(++index, arguments), ...);
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor();

  // True: a row is there. False: the end, or an error: see status().
  bool next();
  Status status() const;

  bool isNull(int column) const;
  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  // A blob or a text; valid until next().
  std::string_view bytes(int column) const;
  std::string text(int column) const { return std::string(bytes(column)); }

 private:
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view text);
  void bind(int index, Blob blob);
  void bind(int index, std::nullopt_t);
  template <class T>
    requires(std::is_integral_v<T> || std::is_enum_v<T>)
  void bind(int index, T value) {
    bind(index, static_cast<std::int64_t>(value));
  }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind(index, std::nullopt);
    }
  }

  Database& database_;
  sqlite3_stmt* statement_;
  int code_;  // the last result
};

// SQL that is prepared at its first use and kept. `sql` is a literal. Arguments are bound in order
// and must live as long as the Cursor: nothing is copied.
class Statement {
 public:
  Statement(Database& database, const char* sql) : database_(database), sql_(sql) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  template <class... Arguments>
  Cursor query(const Arguments&... arguments) {
    int code = prepare();
    if (code != 0) return Cursor(database_, nullptr, code);
    return Cursor(database_, statement_, code, arguments...);
  }
  // For what yields no rows.
  template <class... Arguments>
  Status run(const Arguments&... arguments) {
    Cursor cursor = query(arguments...);
    cursor.next();
    return cursor.status();
  }

 private:
  int prepare();

  Database& database_;
  const char* sql_;
  sqlite3_stmt* statement_ = nullptr;
};

// How sure a transaction is of the disk when commit() returns.
enum class Durability {
  claim,   // in the log: survives the process, and a power cut as soon as anything later is synced
  onDisk,  // the log was fsynced, earlier claims in it included
};

// One connection.
class Database {
 public:
  enum class Access { readOnly, readWrite, create };
  struct Place {
    std::string path;  // ":memory:" for one that is gone with its connection
    std::string vfs;   // name of the SQLite VFS to go through; "" for the system's own
  };

  static Result<std::unique_ptr<Database>> open(const Place& place, Access access);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // One or several statements without arguments and results.
  Status execute(const char* sql);
  Status execute(const std::string& sql) { return execute(sql.c_str()); }
  // The first column of the first row, as text; "" when there is none.
  Result<std::string> ask(const char* sql);
  std::int64_t lastRowId() const;
  bool inMemory() const { return inMemory_; }

  // How long a call waits for a lock that another connection holds.
  void setBusyTimeout(int milliseconds);
  // Whether the last connection that goes leaves the log as it is, or folds it into the database.
  enum class LogAtEnd { keep, checkpoint };
  void setLogAtEnd(LogAtEnd what);

  // Did any call on this connection find the file damaged?
  bool sawCorruption() const { return sawCorruption_; }

 private:
  friend class Cursor;
  friend class Statement;
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* connection) const;
  };

  Database(sqlite3* connection, const Place& place);
  Error errorFor(int code);

  std::unique_ptr<sqlite3, Close> connection_;
  std::string path_;
  bool inMemory_;
  bool sawCorruption_ = false;
  Statement begin_;
  Statement commit_;
  Statement rollback_;
};

// A writing transaction; rolls back unless committed.
//
// Durability::onDisk sets synchronous=FULL around this one commit. In WAL mode SQLite then calls
// xSync on the log file after the commit's last frame, before commit() returns. fdatasync works on
// the file, not on a range: the frames that earlier NORMAL commits left in the page cache reach the
// disk with it, so the chain of checksums that recovery follows has no hole before our frame. (The
// directory entry of a new log is synced by SQLite at the first sync of its header; that of the
// database by openDatabase.) A second connection with FULL would do the same, but every commit on
// one would throw away the page cache of the other.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database, Durability durability = Durability::claim);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status commit();

 private:
  Transaction(Database& database, Durability durability)
      : database_(&database), durability_(durability) {}
  void end();

  Database* database_;  // null: ended, or moved from
  Durability durability_;
};

// The translator: an extended result code of SQLite, and where one was behind it the errno.
Error fromSqlite(int code, int systemCode, std::string_view words, std::string_view path);

}  // namespace cloudsync
