// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_session.h"

#include <array>

#include "base/text.h"
#include "storage/sql_lexer.h"

namespace storage {

namespace {

using Scope = SqlAssignment::Scope;

// Modes that stand for several, ANSI_QUOTES among them.
constexpr std::array<std::string_view, 8> kAnsiModes = {"ansi_quotes", "ansi", "oracle", "mssql",
                                                        "db2", "maxdb", "postgresql", "sqlserver"};

// A user variable may be called anything.
constexpr size_t kMostVariables = 1000;

class AssignmentReader {
 public:
  AssignmentReader(std::string_view statement, const SqlModes& modes) : lexer_(statement, modes) { step(); }

  std::vector<SqlAssignment> read() {
    std::vector<SqlAssignment> parts;
    if (!lexer_.is(token_, "SET")) return parts;
    do {
      step();
      SqlAssignment part;
      if (!read_target(part)) return {};
      read_value(part);
      parts.push_back(std::move(part));
    } while (is_symbol(','));
    return parts;
  }

 private:
  void step() { token_ = lexer_.next(); }
  bool is_symbol(char c) const { return token_.kind == SqlToken::symbol && lexer_.text(token_).front() == c; }

  // False when it is no assignment.
  bool read_target(SqlAssignment& part) {
    if (lexer_.is(token_, "STATEMENT") || lexer_.is(token_, "PASSWORD") || lexer_.is(token_, "ROLE") ||
        lexer_.is(token_, "DEFAULT") || lexer_.is(token_, "RESOURCE") || lexer_.is(token_, "TRANSACTION"))
      return false;
    if (lexer_.is(token_, "GLOBAL") || lexer_.is(token_, "PERSIST") || lexer_.is(token_, "PERSIST_ONLY")) {
      part.scope = Scope::global;
      step();
    } else if (lexer_.is(token_, "SESSION") || lexer_.is(token_, "LOCAL")) {
      step();
    }
    if (lexer_.is(token_, "TRANSACTION")) return false;
    if (lexer_.is(token_, "NAMES")) return part.name = "names", step(), true;
    if (lexer_.is(token_, "CHARACTER") || lexer_.is(token_, "CHARSET")) {
      bool two = lexer_.is(token_, "CHARACTER");
      step();
      if (two) step();
      return part.name = "names", true;
    }
    if (token_.kind == SqlToken::variable) read_variable(part);
    else if (token_.kind == SqlToken::word || token_.kind == SqlToken::name) part.name = base::lower(lexer_.plain(token_));
    else return false;
    step();
    if (is_symbol(':')) step();
    if (!is_symbol('=')) return false;
    step();
    return true;
  }

  void read_variable(SqlAssignment& part) const {
    std::string word = base::lower(lexer_.text(token_));
    if (!word.starts_with("@@")) {
      part.scope = Scope::user_variable;
      part.name = word.substr(1);
      return;
    }
    word.erase(0, 2);
    size_t dot = word.find('.');
    std::string scope = dot == std::string::npos ? "" : word.substr(0, dot);
    if (scope == "global" || scope == "persist" || scope == "persist_only") part.scope = Scope::global;
    part.name = scope.empty() ? word : word.substr(dot + 1);
  }

  // Up to the next comma outside of brackets; kept when it is one token.
  void read_value(SqlAssignment& part) {
    size_t depth = 0, count = 0;
    for (; token_.kind != SqlToken::end && !(depth == 0 && is_symbol(',')); step(), ++count) {
      if (is_symbol('(')) ++depth;
      if (is_symbol(')') && depth > 0) --depth;
      if (count == 0) part.value = lexer_.plain(token_);
    }
    bool names = part.name == "names";  // NAMES x COLLATE y
    if (count != 1 && !names) part.value.clear();
  }

  SqlLexer lexer_;
  SqlToken token_;
};

}  // namespace

void apply_sql_mode(SqlModes& modes, std::string_view value) {
  modes.backslash_escapes = true;
  modes.ansi_quotes = false;
  for (std::string_view part : base::split(value, ',')) {
    std::string mode = base::lower(base::trim(part));
    if (mode == "no_backslash_escapes") modes.backslash_escapes = false;
    for (std::string_view ansi : kAnsiModes) modes.ansi_quotes = modes.ansi_quotes || mode == ansi;
  }
}

ClientSet client_set_of(std::string_view character_set) {
  std::string name = base::lower(character_set);
  if (name == "sjis" || name == "cp932") return ClientSet::sjis;
  if (name == "gbk" || name == "gb18030") return ClientSet::gbk;
  return name == "big5" ? ClientSet::big5 : ClientSet::plain;
}

std::vector<SqlAssignment> assignments_of(std::string_view statement, const SqlModes& modes) {
  return AssignmentReader(statement, modes).read();
}

std::string SqlSession::value_of(const SqlAssignment& assignment) const {
  std::string value = base::lower(assignment.value);
  if (value.starts_with("@@")) {
    value.erase(0, 2);
    if (size_t dot = value.find('.'); dot != std::string::npos) value.erase(0, dot + 1);
    if (value == "sql_mode") return sql_mode_;
    if (value == "character_set_client") return client_set_;
    return {};
  }
  if (!value.starts_with("@")) return assignment.value;
  auto known = variables_.find(value.substr(1));
  return known == variables_.end() ? std::string() : known->second;
}

void SqlSession::see(const std::vector<SqlAssignment>& assignments) {
  for (const SqlAssignment& part : assignments) {
    if (part.scope == Scope::global) continue;
    std::string value = value_of(part);
    if (part.scope == Scope::user_variable) {
      // Long values are rows in parts, not settings.
      if (value.size() < 1024 && (variables_.size() < kMostVariables || variables_.count(part.name)))
        variables_[part.name] = value;
      else
        variables_.erase(part.name);
    } else if (part.name == "sql_mode") {
      set_sql_mode(value);
    } else if (part.name == "names" || part.name == "character_set_client") {
      client_set_ = value;
      modes_.client_set = client_set_of(value);
    }
  }
}

}  // namespace storage
