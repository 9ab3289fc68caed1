// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_statement.h"

#include <algorithm>
#include <array>

#include "storage/sql_lexer.h"

namespace storage {

namespace {

struct ObjectWord {
  std::string_view word;
  SqlObject object;
};
constexpr std::array kObjects = {
    ObjectWord{"TABLE", SqlObject::table},       ObjectWord{"TABLES", SqlObject::table},
    ObjectWord{"VIEW", SqlObject::view},         ObjectWord{"TRIGGER", SqlObject::trigger},
    ObjectWord{"PROCEDURE", SqlObject::procedure}, ObjectWord{"FUNCTION", SqlObject::function},
    ObjectWord{"EVENT", SqlObject::event},       ObjectWord{"SEQUENCE", SqlObject::sequence},
    ObjectWord{"DATABASE", SqlObject::database}, ObjectWord{"SCHEMA", SqlObject::database},
    ObjectWord{"INDEX", SqlObject::index},
};

std::string capitals(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// "@`host`", "@localhost" without the @ and the quotes.
std::string host_of(std::string_view variable) {
  variable.remove_prefix(1);
  if (variable.size() >= 2 && variable.front() == variable.back() && !is_word_byte(variable.front()))
    variable = variable.substr(1, variable.size() - 2);
  return std::string(variable);
}

class StatementReader {
 public:
  StatementReader(std::string_view text, const SqlModes& modes) : text_(text), modes_(modes), lexer_(text, modes) {
    step();
  }

  SqlStatement read();

 private:
  void step();
  bool is(std::string_view word) const { return lexer_.is(token_, word); }
  bool is_symbol(char c) const { return token_.kind == SqlToken::symbol && lexer_.text(token_).front() == c; }
  bool at_end() const { return token_.kind == SqlToken::end; }
  bool accept(std::string_view word) { return is(word) ? (step(), true) : false; }
  bool accept_symbol(char c) { return is_symbol(c) ? (step(), true) : false; }

  void read_words();
  void read_verb();
  void read_create();
  void read_modifiers();
  void read_definer();
  void read_object();
  void read_if();
  bool read_name(SqlName& name);
  bool read_first_name();
  void read_names();
  void read_lock();
  void read_on_table();
  void read_table_rest();
  void read_union();
  void read_insert();
  void read_set();
  void read_start();
  void read_setval();
  void finish();

  std::string_view text_;
  const SqlModes& modes_;
  SqlLexer lexer_;
  SqlToken token_;
  SqlStatement out_;
  size_t last_ = 0;                   // behind the token before
  bool all_uncertain_ = true, any_uncertain_ = false;
  bool uncertain_name_ = false;       // up to the object's name, or the table of a trigger
};

void StatementReader::step() {
  if (!at_end() || last_ != 0) {
    last_ = token_.to;
    any_uncertain_ = any_uncertain_ || token_.uncertain;
    all_uncertain_ = all_uncertain_ && token_.uncertain;
  }
  token_ = lexer_.next();
  last_ = std::max<size_t>(last_, 1);
}

// `db`.`name`, name, .name
bool StatementReader::read_name(SqlName& name) {
  auto part = [&](std::string& to) {
    if (token_.kind != SqlToken::name && token_.kind != SqlToken::word && token_.kind != SqlToken::string) return false;
    to = lexer_.plain(token_);
    step();
    return true;
  };
  if (!accept_symbol('.')) {
    if (!part(name.name)) return false;
    if (!accept_symbol('.')) return true;
    name.database = std::move(name.name);
  }
  return part(name.name);
}

bool StatementReader::read_first_name() {
  SqlName name;
  size_t begin = token_.from;
  if (!read_name(name)) return false;
  out_.name_begin = begin;
  out_.name_end = last_;
  out_.names.push_back(std::move(name));
  uncertain_name_ = any_uncertain_;
  return true;
}

void StatementReader::read_names() {
  if (!read_first_name()) return;
  while (accept_symbol(','))
    if (SqlName name; read_name(name)) out_.names.push_back(std::move(name));
}

void StatementReader::read_words() {
  SqlLexer lexer(text_, modes_);
  for (int count = 0; count < 3; ++count) {
    SqlToken token = lexer.next();
    if (token.kind != SqlToken::word) break;
    out_.words += (count ? " " : "") + capitals(lexer.text(token));
    if (count == 0 && out_.words != "CREATE" && out_.words != "DROP" && out_.words != "ALTER" && out_.words != "SET" &&
        out_.words != "LOAD" && out_.words != "START" && out_.words != "RENAME")
      break;
    if (count == 1 && !out_.words.ends_with(" OR") && !out_.words.ends_with(" TEMPORARY")) break;
  }
}

void StatementReader::read_if() {
  if (!is("IF")) return;
  step();
  bool no = accept("NOT");
  if (accept("EXISTS")) (no ? out_.if_not_exists : out_.if_exists) = true;
}

// DEFINER=`user`@`host`, 'user'@'host', user@host, CURRENT_USER(), a role.
void StatementReader::read_definer() {
  SqlDefiner definer;
  definer.begin = token_.from;
  step();
  accept_symbol('=');
  definer.account = lexer_.plain(token_);
  step();
  if (token_.kind == SqlToken::variable) {
    bool apart = lexer_.text(token_) == "@";  // 'a' @ 'b'
    if (apart) step();
    definer.account += "@" + (apart ? lexer_.plain(token_) : host_of(lexer_.text(token_)));
    step();
  } else if (capitals(definer.account) == "CURRENT_USER") {
    definer.account = "CURRENT_USER";
    if (accept_symbol('(')) accept_symbol(')');
  }
  definer.end = last_;
  out_.definer = std::move(definer);
}

void StatementReader::read_modifiers() {
  for (;;) {
    if (is("DEFINER")) {
      read_definer();
    } else if (accept("OR")) {
      out_.or_replace = accept("REPLACE");
    } else if (accept("TEMPORARY")) {
      out_.temporary = true;
    } else if (accept("ALGORITHM")) {
      accept_symbol('=');
      step();
    } else if (accept("SQL")) {
      if (accept("SECURITY")) step();
    } else if (!accept("AGGREGATE") && !accept("UNIQUE") && !accept("FULLTEXT") && !accept("SPATIAL") &&
               !accept("ONLINE") && !accept("OFFLINE") && !accept("IGNORE")) {
      return;
    }
  }
}

void StatementReader::read_object() {
  out_.object = SqlObject::other;
  for (const ObjectWord& known : kObjects)
    if (is(known.word)) out_.object = known.object;
  step();
}

// ON `table`, of an index or (behind "BEFORE INSERT") of a trigger.
void StatementReader::read_on_table() {
  while (!at_end() && !is("ON")) step();
  SqlName table;
  if (!accept("ON") || !read_name(table)) return;
  out_.on_table = table.name;
  uncertain_name_ = any_uncertain_;
  out_.others.push_back(std::move(table));
}

void StatementReader::read_create() {
  read_modifiers();
  read_object();
  if (out_.object == SqlObject::other) return;
  read_if();
  if (!read_first_name()) out_.object = SqlObject::other;
  if (out_.object == SqlObject::function && !is_symbol('(')) out_.object = SqlObject::other;  // ... SONAME 'x.so'
  if (out_.object == SqlObject::trigger || out_.object == SqlObject::index) read_on_table();
  if (out_.object == SqlObject::table) read_table_rest();
}

// UNION=(a, b.c)
void StatementReader::read_union() {
  accept_symbol('=');
  if (!accept_symbol('(')) return;
  do {
    if (SqlName name; read_name(name)) out_.others.push_back(std::move(name));
  } while (accept_symbol(','));
  accept_symbol(')');
}

// Behind the name of CREATE TABLE and ALTER TABLE: other tables that are named outside of columns and foreign keys.
void StatementReader::read_table_rest() {
  size_t depth = 0;
  while (!at_end()) {
    if (is("SELECT") && depth <= 1) out_.from_select = true;
    if (accept("UNION")) {
      read_union();
    } else if (accept("LIKE")) {
      if (SqlName name; depth <= 1 && out_.verb == SqlVerb::create && read_name(name)) out_.others.push_back(std::move(name));
    } else if (accept("REFERENCES")) {
      SqlName ignored;
      read_name(ignored);
    } else if (depth == 0 && (token_.kind == SqlToken::name || token_.kind == SqlToken::word)) {
      SqlName name;
      read_name(name);
      if (!name.database.empty()) out_.others.push_back(std::move(name));
    } else {
      if (is_symbol('(')) ++depth;
      if (is_symbol(')') && depth > 0) --depth;
      step();
    }
  }
}

void StatementReader::read_insert() {
  while (accept("LOW_PRIORITY") || accept("DELAYED") || accept("HIGH_PRIORITY") || accept("IGNORE")) {
  }
  accept("INTO");
  out_.object = SqlObject::table;
  read_first_name();
  auto skip_brackets = [&] {
    while (!at_end() && !is_symbol(')')) step();
    step();
  };
  if (accept("PARTITION")) skip_brackets();
  if (is_symbol('(')) {
    step();
    if (is("SELECT") || is("WITH") || is_symbol('(')) out_.from_select = true;
    skip_brackets();
  }
  if (is("VALUES") || is("VALUE")) {
    size_t behind = token_.to;
    step();
    if (is_symbol('(')) out_.rows_begin = token_.from;
    else if (behind > 0) out_.from_select = true;
  } else if (!is("SET")) {
    out_.from_select = true;
  }
}

void StatementReader::read_set() {
  out_.assignments = assignments_of(text_, modes_);
  if (out_.assignments.empty()) {
    out_.verb = SqlVerb::other;
    return;
  }
  bool global = std::any_of(out_.assignments.begin(), out_.assignments.end(), [](const SqlAssignment& part) {
    return part.scope == SqlAssignment::Scope::global;
  });
  out_.words = global ? "SET GLOBAL" : "SET";
}

void StatementReader::read_start() {
  if (accept("TRANSACTION")) out_.words = "START TRANSACTION";
  else out_.verb = SqlVerb::other;
}

void StatementReader::read_lock() {
  if (!accept("TABLES") && !accept("TABLE")) {
    out_.verb = SqlVerb::other;
    return;
  }
  out_.object = SqlObject::table;
  if (!read_first_name()) return;
  while (!at_end()) {
    if (!accept_symbol(',')) step();
    else if (SqlName name; read_name(name)) out_.names.push_back(std::move(name));
  }
}

// DO SETVAL(`counter`, 5, 0), and nothing else.
void StatementReader::read_setval() {
  if (!accept("SETVAL") || !accept_symbol('(') || !read_first_name()) return;
  while (accept_symbol(',')) {
    accept_symbol('-');
    if (token_.kind != SqlToken::word) return;
    step();
  }
  if (!accept_symbol(')') || !at_end()) return;
  out_.verb = SqlVerb::setval;
  out_.object = SqlObject::sequence;
}

void StatementReader::read_verb() {
  auto begin = [&](std::string_view word, SqlVerb verb) { return accept(word) ? (out_.verb = verb, true) : false; };
  if (begin("INSERT", SqlVerb::insert) || begin("REPLACE", SqlVerb::replace)) return read_insert();
  if (begin("CREATE", SqlVerb::create)) return read_create();
  if (begin("DROP", SqlVerb::drop)) {
    out_.temporary = accept("TEMPORARY");
    read_object();
    if (out_.object == SqlObject::other) return;
    read_if();
    read_names();
    if (out_.object == SqlObject::index) read_on_table();
  } else if (begin("ALTER", SqlVerb::alter)) {
    read_modifiers();
    read_object();
    if (out_.object == SqlObject::other) return;
    read_if();
    read_first_name();
    if (out_.object == SqlObject::table) read_table_rest();
  } else if (begin("TRUNCATE", SqlVerb::truncate)) {
    accept("TABLE");
    out_.object = SqlObject::table;
    read_first_name();
  } else if (begin("SET", SqlVerb::set)) {
    read_set();
  } else if (begin("USE", SqlVerb::use)) {
    out_.object = SqlObject::database;
    read_first_name();
  } else if (begin("LOCK", SqlVerb::lock)) {
    read_lock();
  } else if (begin("START", SqlVerb::transaction)) {
    read_start();
  } else if (accept("DO") || accept("SELECT")) {
    read_setval();
  } else if (begin("BEGIN", SqlVerb::transaction)) {
    if (!at_end() && !is("WORK")) out_.verb = SqlVerb::other;  // BEGIN NOT ATOMIC ...
  } else if (!begin("UNLOCK", SqlVerb::unlock) && !begin("COMMIT", SqlVerb::transaction) && !begin("ROLLBACK", SqlVerb::transaction) &&
             !begin("SAVEPOINT", SqlVerb::transaction) && !begin("RELEASE", SqlVerb::transaction)) {
    out_.verb = SqlVerb::other;
  }
}

// What depends on the server's version may stand where it changes columns or bodies, not where it changes the object.
void StatementReader::finish() {
  bool rows = out_.verb == SqlVerb::insert || out_.verb == SqlVerb::replace;
  bool may_have_body = out_.verb == SqlVerb::create || out_.verb == SqlVerb::alter;
  bool body = may_have_body && out_.object != SqlObject::table && out_.object != SqlObject::view;
  while (!rows && !at_end()) {
    if (accept_symbol(';')) out_.several = out_.several || (!body && !at_end());
    else step();
  }
  if (!any_uncertain_ && !lexer_.ambiguous()) return;
  bool whole = all_uncertain_ && lexer_.uncertain_comments() == 1;
  bool may_vary = out_.verb == SqlVerb::create && !uncertain_name_;
  out_.ambiguous = (!rows && lexer_.ambiguous()) || (!whole && !may_vary);
}

SqlStatement StatementReader::read() {
  read_words();
  read_verb();
  finish();
  return std::move(out_);
}

}  // namespace

SqlStatement read_statement(std::string_view text, const SqlModes& modes) {
  return StatementReader(text, modes).read();
}

}  // namespace storage
