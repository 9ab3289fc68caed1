// SPDX-License-Identifier: GPL-3.0-or-later
// What the SET statements of a file change about how its text must be read: sql_mode and the client's character set.
// Pure; a user variable that kept an old value (@OLD_SQL_MODE) is followed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

// Character sets whose second bytes may look like a backslash or a backquote.
enum class ClientSet { plain, sjis, gbk, big5 };

struct SqlModes {
  bool backslash_escapes = true;  // no NO_BACKSLASH_ESCAPES
  bool ansi_quotes = false;       // "..." is a name
  ClientSet client_set = ClientSet::plain;

  bool operator==(const SqlModes&) const = default;
};

// Of a value of sql_mode ("ANSI,NO_BACKSLASH_ESCAPES"), leaving client_set.
void apply_sql_mode(SqlModes& modes, std::string_view value);
ClientSet client_set_of(std::string_view character_set);

// One part of a SET statement.
struct SqlAssignment {
  enum class Scope { user_variable, session, global };
  Scope scope = Scope::session;
  std::string name;   // lower case, without @, @@ or scope; "names" for SET NAMES and SET CHARACTER SET
  std::string value;  // a single literal without its quotes, or a word; "@x" or "@@x" for a variable; else empty
};

// The parts of a SET statement; empty when it is another kind of SET (PASSWORD, ROLE, STATEMENT ... FOR, TRANSACTION).
std::vector<SqlAssignment> assignments_of(std::string_view statement, const SqlModes& modes);

class SqlSession {
 public:
  const SqlModes& modes() const { return modes_; }
  // Call it for every SET statement that is run.
  void see(const std::vector<SqlAssignment>& assignments);
  // What the server itself said.
  void set_sql_mode(std::string_view value) { sql_mode_ = value; apply_sql_mode(modes_, value); }

 private:
  std::string value_of(const SqlAssignment& assignment) const;

  SqlModes modes_;
  std::string sql_mode_, client_set_ = "utf8mb4";
  std::map<std::string, std::string> variables_;  // user variables, as long as their value is known
};

}  // namespace storage
