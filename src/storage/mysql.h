// SPDX-License-Identifier: GPL-3.0-or-later
// A connection to a MySQL or MariaDB server, by Connector/C. Hides where the server is found (socket or TCP, plain or
// TLS) and how its errors are worded. Reads no option file, loads no plug-in, LOCAL INFILE is off.
// Errors are thrown as base::Failure: they name host or socket, user and database, and say what to try; the password
// stands in none of them. After a throw error_code() tells which error it was, and lost() whether the connection is gone.
// The character set is utf8mb4. One thread uses a connection at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct st_mysql;
struct st_mysql_res;

namespace storage {

struct DatabaseTarget {
  std::string host;      // empty = localhost
  unsigned port = 0;     // 0 = 3306
  std::string socket;    // empty with localhost = the usual places, then 127.0.0.1
  std::string name;      // empty = no database is chosen
  std::string user;
  std::string password;

  bool operator==(const DatabaseTarget&) const = default;
};

// "localhost (socket /run/mysqld/mysqld.sock)", "db.example.com port 3307": never the password.
std::string place_words(const DatabaseTarget& target);

// The same with the database's name: equal for one and the same database, as far as its configuration tells.
std::string target_words(const DatabaseTarget& target);

using SqlRow = std::vector<std::optional<std::string>>;  // nullopt = NULL

// The server's codes that callers decide on (mysqld_error.h).
enum SqlError : unsigned {
  kSqlNoError = 0,
  kSqlAccessDenied = 1045,
  kSqlUnknownDatabase = 1049,
  kSqlUnknownColumn = 1054,
  kSqlNoSuchTable = 1146,
  kSqlViewInvalid = 1356,
  kSqlTableChanged = 1412,
  kSqlTableExists = 1050,
  kSqlUnknownVariable = 1193,
  kSqlNeedsSuper = 1227,
  kSqlGlobalVariable = 1229,
  kSqlWrongValue = 1231,
  kSqlReadOnlyVariable = 1238,
  kSqlRoutineExists = 1304,
  kSqlTriggerExists = 1359,
  kSqlEventExists = 1537,
};

// The rows of one answer as they arrive; nothing is kept. The connection can do nothing else until the rows are read
// to the end or the stream is destroyed: one that is left before its end costs the connection, which is then lost().
class RowStream {
 public:
  RowStream(RowStream&&) noexcept = default;
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;
  ~RowStream();

  // The next row; false after the last. Throws Failure when the answer breaks off.
  bool next();
  size_t width() const { return width_; }
  // Of the present row, until the next call of next(): they point into the receive buffer. A nullptr is NULL.
  const char* const* values() const { return values_; }
  const unsigned long* lengths() const { return lengths_; }

 private:
  friend class Connection;
  RowStream(class Connection& connection, st_mysql_res* rows);

  struct Release {
    void operator()(st_mysql_res* rows) const;
  };
  Connection* connection_;
  std::unique_ptr<st_mysql_res, Release> rows_;
  size_t width_;
  const char* const* values_ = nullptr;
  const unsigned long* lengths_ = nullptr;
};

class Connection {
 public:
  // Connects within two seconds for each place that is tried. The server's silence while a statement runs may last
  // `patience`; after that the connection counts as lost.
  static Connection open(const DatabaseTarget& target, std::chrono::seconds patience = std::chrono::seconds(900));

  Connection(Connection&&) noexcept = default;
  Connection& operator=(Connection&&) noexcept = default;

  // Runs one statement; its rows, if there are any, are thrown away.
  void run(std::string_view sql);
  // All rows of a small answer.
  std::vector<SqlRow> query(std::string_view sql);
  // The first value of the first row; nullopt when there is no row or it is NULL.
  std::optional<std::string> value(std::string_view sql);
  // A large answer. The Connection must neither move nor end while the stream lives.
  RowStream stream(std::string_view sql);

  // What stands between the quotes of a literal, right for the session's sql_mode.
  std::string escape(std::string_view text);
  std::string quote(std::string_view text) { return "'" + escape(text) + "'"; }

  // The server's (or, from 2000 on, the client's) code for the last statement; kSqlNoError when it succeeded.
  unsigned error_code() const;
  // What the server said to it; empty when it succeeded.
  std::string error_text() const;
  // The connection is gone: nothing more can be asked on it.
  bool lost() const;
  // Asks the server for a sign of life.
  bool alive();

  uint64_t id() const;              // the server's number of this connection
  std::string server_version() const;   // "10.11.6-MariaDB-0+deb12u1"
  bool is_mariadb() const;
  unsigned version_number() const;  // 101106 for 10.11.6
  bool encrypted() const;
  const DatabaseTarget& target() const { return target_; }  // with the host and socket that answered

 private:
  friend class RowStream;
  struct Close {
    void operator()(st_mysql* handle) const;
  };
  using Handle = std::unique_ptr<st_mysql, Close>;

  Connection(DatabaseTarget target, Handle handle) : target_(std::move(target)), handle_(std::move(handle)) {}
  void send(std::string_view sql);
  [[noreturn]] void fail(std::string_view sql);

  DatabaseTarget target_;
  Handle handle_;
};

// Runs each, whatever becomes of the others: servers know different settings, and accounts may set different ones. Throws Failure only
// where the connection is lost.
void try_each(Connection& connection, std::span<const char* const> statements);

// `name` between backquotes.
std::string quote_name(std::string_view name);

}  // namespace storage
