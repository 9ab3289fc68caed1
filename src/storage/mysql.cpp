// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/mysql.h"

#include <mariadb/mysql.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <mutex>

#include "base/text.h"
#include "storage/mysql_errors.h"

namespace storage {

namespace {

using std::chrono::seconds;

constexpr unsigned kConnectSeconds = 2;
constexpr unsigned kDefaultPort = 3306;
// Debian and Plesk; cPanel and DirectAdmin; what MySQL itself builds in; the old Debian name.
constexpr std::array kSockets = {"/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock",
                                 "/var/run/mysqld/mysqld.sock"};

enum class Tls { no, if_offered };

void begin_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (mysql_library_init(0, nullptr, nullptr) != 0) throw base::Failure("cannot start the database client library");
  });
}

bool is_local(const std::string& host) { return host.empty() || host == "localhost"; }

bool is_loopback(const DatabaseTarget& target) {
  return !target.socket.empty() || target.host == "127.0.0.1" || target.host == "::1";
}

bool is_socket(const std::string& path) {
  struct stat st {};
  return ::stat(path.c_str(), &st) == 0 && S_ISSOCK(st.st_mode);
}

SqlProblem problem_of(MYSQL* handle) { return {mysql_errno(handle), mysql_error(handle)}; }

// The places where the server may be, in the order in which they are tried.
std::vector<DatabaseTarget> candidates(const DatabaseTarget& target) {
  if (!target.socket.empty() || !is_local(target.host)) return {target};
  std::vector<DatabaseTarget> found;
  for (const char* path : kSockets) {
    if (!is_socket(path)) continue;
    found.push_back(target);
    found.back().socket = path;
  }
  found.push_back(target);
  found.back().host = "127.0.0.1";
  return found;
}

void set_options(MYSQL* handle, seconds patience, Tls tls) {
  unsigned connect = kConnectSeconds, silence = static_cast<unsigned>(patience.count()), off = 0;
  unsigned long packet = 1UL << 30;
  my_bool no = 0, yes = 1;
  mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect);
  mysql_options(handle, MYSQL_OPT_READ_TIMEOUT, &silence);
  mysql_options(handle, MYSQL_OPT_WRITE_TIMEOUT, &silence);
  mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &off);
  mysql_options(handle, MYSQL_OPT_RECONNECT, &no);
  mysql_options(handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
  mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_options(handle, MYSQL_PLUGIN_DIR, "/nonexistent");
  // Encrypted, but to whoever answers: hosts sign these certificates themselves, and the application checks none either.
  mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &no);
  if (tls == Tls::if_offered) mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &yes);
}

using Opened = std::unique_ptr<MYSQL, decltype(&mysql_close)>;

// The open connection, or nullptr and what was wrong.
Opened try_open(const DatabaseTarget& target, seconds patience, Tls tls, SqlProblem& problem) {
  Opened handle(mysql_init(nullptr), mysql_close);
  if (!handle) throw base::Failure("cannot connect to the database: not enough memory");
  set_options(handle.get(), patience, tls);
  bool by_socket = !target.socket.empty();
  unsigned protocol = by_socket ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  mysql_options(handle.get(), MYSQL_OPT_PROTOCOL, &protocol);
  if (mysql_real_connect(handle.get(), by_socket ? "localhost" : target.host.c_str(), target.user.c_str(),
                         target.password.c_str(), target.name.empty() ? nullptr : target.name.c_str(),
                         target.port ? target.port : kDefaultPort, by_socket ? target.socket.c_str() : nullptr, 0))
    return handle;
  problem = problem_of(handle.get());
  return Opened(nullptr, mysql_close);
}

// Over the network TLS whenever it is offered; on this machine only when the server refuses without.
Opened try_place(const DatabaseTarget& target, seconds patience, SqlProblem& problem) {
  Tls first = is_loopback(target) ? Tls::no : Tls::if_offered;
  Opened handle = try_open(target, patience, first, problem);
  bool other = first == Tls::no ? wants_tls(problem.code) : is_tls_failure(problem.code);
  if (handle || !other) return handle;
  SqlProblem second;
  handle = try_open(target, patience, first == Tls::no ? Tls::if_offered : Tls::no, second);
  // A server without TLS says so the second time; the first answer is the one that matters.
  if (!handle && !is_tls_failure(second.code)) problem = second;
  return handle;
}

}  // namespace

std::string place_words(const DatabaseTarget& target) {
  if (!target.socket.empty()) return "localhost (socket " + base::printable_line(target.socket) + ")";
  std::string host = target.host.empty() ? "localhost" : base::printable_line(target.host);
  return host + " port " + std::to_string(target.port ? target.port : kDefaultPort);
}

std::string target_words(const DatabaseTarget& target) {
  return base::printable_line(target.name) + " at " + place_words(target);
}

void try_each(Connection& connection, std::span<const char* const> statements) {
  for (const char* sql : statements) {
    try {
      connection.run(sql);
    } catch (const base::Failure&) {
      if (connection.lost()) throw;
    }
  }
}

std::string quote_name(std::string_view name) {
  std::string quoted = "`";
  for (char c : name) quoted.append(c == '`' ? 2 : 1, c);
  return quoted + "`";
}

void Connection::Close::operator()(st_mysql* handle) const { mysql_close(handle); }

Connection Connection::open(const DatabaseTarget& target, seconds patience) {
  begin_library();
  std::vector<DatabaseTarget> places = candidates(target);
  SqlProblem problem;
  for (const DatabaseTarget& place : places) {
    if (Opened handle = try_place(place, patience, problem))
      return Connection(place, Handle(handle.release()));
    if (!is_unreachable(problem.code)) throw connect_failure(place, problem);
  }
  if (places.size() == 1) throw connect_failure(places.front(), problem);
  problem.message = "tried";
  for (const DatabaseTarget& place : places)
    problem.message += (&place == &places.front() ? " " : ", ") + (place.socket.empty() ? place_words(place) : place.socket);
  throw connect_failure(target, problem);
}

void Connection::fail(std::string_view sql) { throw statement_failure(target_, problem_of(handle_.get()), sql); }

void Connection::send(std::string_view sql) {
  if (mysql_real_query(handle_.get(), sql.data(), sql.size()) != 0) fail(sql);
}

void Connection::run(std::string_view sql) {
  send(sql);
  mysql_free_result(mysql_store_result(handle_.get()));
  if (mysql_errno(handle_.get()) != 0) fail(sql);
}

std::vector<SqlRow> Connection::query(std::string_view sql) {
  send(sql);
  std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> answer(mysql_store_result(handle_.get()), mysql_free_result);
  if (mysql_errno(handle_.get()) != 0) fail(sql);
  std::vector<SqlRow> rows;
  if (!answer) return rows;
  unsigned width = mysql_num_fields(answer.get());
  while (MYSQL_ROW row = mysql_fetch_row(answer.get())) {
    const unsigned long* lengths = mysql_fetch_lengths(answer.get());
    SqlRow& copy = rows.emplace_back(width);
    for (unsigned i = 0; i < width; ++i)
      if (row[i]) copy[i].emplace(row[i], lengths[i]);
  }
  return rows;
}

std::optional<std::string> Connection::value(std::string_view sql) {
  std::vector<SqlRow> rows = query(sql);
  return rows.empty() ? std::nullopt : std::move(rows.front().front());
}

RowStream Connection::stream(std::string_view sql) {
  send(sql);
  MYSQL_RES* rows = mysql_use_result(handle_.get());
  if (!rows) fail(sql);
  return RowStream(*this, rows);
}

std::string Connection::escape(std::string_view text) {
  std::string escaped(text.size() * 2 + 1, '\0');
  escaped.resize(mysql_real_escape_string(handle_.get(), escaped.data(), text.data(), text.size()));
  return escaped;
}

unsigned Connection::error_code() const { return mysql_errno(handle_.get()); }

std::string Connection::error_text() const { return mysql_error(handle_.get()); }

bool Connection::lost() const { return is_lost_connection(error_code()); }

bool Connection::alive() { return mysql_ping(handle_.get()) == 0; }

uint64_t Connection::id() const { return mysql_thread_id(handle_.get()); }

std::string Connection::server_version() const { return mysql_get_server_info(handle_.get()); }

bool Connection::is_mariadb() const { return mariadb_connection(handle_.get()) != 0; }

unsigned Connection::version_number() const {
  return static_cast<unsigned>(mysql_get_server_version(handle_.get()));
}

bool Connection::encrypted() const { return mysql_get_ssl_cipher(handle_.get()) != nullptr; }

RowStream::RowStream(Connection& connection, st_mysql_res* rows)
    : connection_(&connection), rows_(rows), width_(mysql_num_fields(rows)) {}

void RowStream::Release::operator()(st_mysql_res* rows) const { mysql_free_result(rows); }

// Reading the rest of a large answer could take minutes: the connection is cut instead.
RowStream::~RowStream() {
  if (rows_ && !rows_->eof) ::shutdown(mysql_get_socket(connection_->handle_.get()), SHUT_RDWR);
}

bool RowStream::next() {
  values_ = mysql_fetch_row(rows_.get());
  if (!values_ && connection_->error_code() != 0) connection_->fail("the rows of a SELECT");
  lengths_ = values_ ? mysql_fetch_lengths(rows_.get()) : nullptr;
  return values_ != nullptr;
}

}  // namespace storage
