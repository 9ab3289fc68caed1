// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/migration_text.h"

#include <array>
#include <map>
#include <span>

#include "apps/mautic/migration_values.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using Kind = base::PhpToken::Kind;

bool is_any(const base::PhpToken& token, std::span<const std::string_view> words) {
  for (auto word : words)
    if (token.is_word(word)) return true;
  return false;
}

// One migration: its values and functions first, then what up() does in any case.
class Reading {
 public:
  explicit Reading(PhpTokens tokens) : tokens_(tokens) {}

  MigrationText run() {
    find_members();
    find_functions();
    find_functions();  // one may return what another one that stands behind it does
    if (!is_conditional(up_)) read_up();
    return std::move(result_);
  }

 private:
  // ---- const NAME = 'x'; protected static $tableName = 'x'; private $table = 'x';
  void find_members() {
    for (size_t at = 0; at + 3 < tokens_.size(); ++at) {
      const auto& token = tokens_[at];
      if (!tokens_[at + 1].is("=") || tokens_[at + 2].kind != Kind::text) continue;
      std::string value = base::php_text(tokens_[at + 2]).value_or(std::string(1, kUnknownMark));
      std::string name(token.source);
      if (token.kind == Kind::word) values_.set("::" + name, value);
      bool is_member = token.kind == Kind::variable && at > 0 && tokens_[at - 1].kind == Kind::word;
      if (is_member) values_.set("this." + name, value), values_.set("::" + name, value);
      bool names_table = (token.kind == Kind::word && name == "TABLE_NAME") || (is_member && name == "tableName");
      if (names_table) values_.set("getPrefixedTableName()", std::string(1, kPrefixMark) + value);
    }
  }

  void find_functions() {
    for (size_t at = 0; at + 2 < tokens_.size(); ++at) {
      if (!tokens_[at].is_word("function") || tokens_[at + 1].kind != Kind::word || !tokens_[at + 2].is("(")) continue;
      std::string name = base::lower(tokens_[at + 1].source);
      size_t begin = behind_bracket(tokens_, at + 2);
      while (begin < tokens_.size() && !tokens_[begin].is("{") && !tokens_[begin].is(";")) ++begin;
      if (begin >= tokens_.size() || !tokens_[begin].is("{")) continue;
      size_t end = behind_bracket(tokens_, begin);
      PhpTokens body = tokens_.subspan(begin + 1, end - begin - 1);
      if (name == "up") up_ = body;
      if (name != "down") note_changes(body);
      if (!body.empty() && body[0].is_word("return")) {
        size_t value = 1;
        values_.set(std::string(tokens_[at + 1].source) + "()", values_.read(body, value));
      }
      at = end - 1;
    }
  }

  void note_changes(PhpTokens body) {
    constexpr std::array<std::string_view, 4> kCalls = {"dropcolumn", "droptable", "renamecolumn", "renametable"};
    bool all = false;
    for (const auto& token : body) all = all || is_any(token, kCalls);
    for (const auto& token : body) {
      if (token.kind != Kind::text && token.kind != Kind::templ) continue;
      std::string text = base::lower(token.source);
      bool changes = base::contains(text, "drop") || base::contains(text, "rename") || base::contains(text, "change");
      if (all || changes) note_words(text);
    }
  }

  void note_words(const std::string& text) {
    std::string word;
    for (char c : text + " ") {
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
        word += c;
      } else if (!word.empty()) {
        result_.let_go.insert(std::move(word));
        word.clear();
      }
    }
  }

  // It may end before its end.
  static bool is_conditional(PhpTokens body) {
    constexpr std::array<std::string_view, 4> kWords = {"return", "throw", "skipif", "goto"};
    for (const auto& token : body)
      if (is_any(token, kWords)) return true;
    return false;
  }

  // ---- up(): its own statements; those in blocks are done under conditions
  void read_up() {
    constexpr std::array<std::string_view, 10> kBlocks = {"if",    "else", "elseif", "foreach", "for",
                                                          "while", "do",   "switch", "try",     "catch"};
    for (size_t at = 0; at < up_.size();) {
      if (is_any(up_[at], kBlocks)) {
        ++at;
        if (at < up_.size() && up_[at].is("(")) at = behind_bracket(up_, at);
        at = at < up_.size() && up_[at].is("{") ? behind_bracket(up_, at) : behind_statement(at);
        continue;
      }
      size_t end = behind_statement(at);
      read_statement(up_.subspan(at, end - at));
      at = end;
    }
  }

  size_t behind_statement(size_t at) const {
    while (at < up_.size() && !up_[at].is(";"))
      at = up_[at].is("(") || up_[at].is("[") || up_[at].is("{") ? behind_bracket(up_, at) : at + 1;
    return at + (at < up_.size() ? 1 : 0);
  }

  void read_statement(PhpTokens words) {
    if (words.size() > 3 && words[0].kind == Kind::variable && words[1].is("=")) return read_assignment(words);
    bool is_call = words.size() > 4 && words[0].kind == Kind::variable && words[1].is("->") && words[3].is("(");
    if (is_call && words[0].source == "this" && words[2].is_word("addsql")) {
      size_t at = 4;
      auto all = additions_of(values_.read(words, at));
      result_.adds.insert(result_.adds.end(), all.adds.begin(), all.adds.end());
      result_.keys.insert(result_.keys.end(), all.keys.begin(), all.keys.end());
    } else if (is_call && words[0].source == "schema") {
      read_schema_call(words, 2);
    } else if (is_call && tables_.count(std::string(words[0].source)) > 0) {
      read_columns(words, 1, tables_[std::string(words[0].source)]);
    }
  }

  // $table = "..."; $table = $schema->getTable(...);
  void read_assignment(PhpTokens words) {
    std::string name(words[0].source);
    bool is_schema = words.size() > 5 && words[2].kind == Kind::variable && words[2].source == "schema" && words[3].is("->");
    tables_.erase(name);
    if (is_schema) {
      std::string table = read_schema_call(words, 4);
      if (!table.empty()) tables_[name] = table;
      return values_.set(name, std::string(1, kUnknownMark));
    }
    size_t at = 2;
    values_.set(name, values_.read(words, at));
  }

  // At the method's name behind "$schema->". The table that it is about; empty when that is not known.
  std::string read_schema_call(PhpTokens words, size_t at) {
    bool makes = words[at].is_word("createtable");
    if ((!makes && !words[at].is_word("gettable")) || at + 1 >= words.size() || !words[at + 1].is("(")) return {};
    size_t argument = at + 2;
    std::string table = base::lower(values_.read(words, argument));
    bool is_known =
        table.size() > 1 && table[0] == kPrefixMark && table.find(kUnknownMark) == table.npos && table.find(kPrefixMark, 1) == table.npos;
    if (!is_known) return {};
    table.erase(0, 1);
    if (makes) result_.adds.push_back({table, ""});
    read_columns(words, behind_bracket(words, at + 1), table);
    return table;
  }

  // ->addColumn('x', ...)->addColumn(...); the first alone is sure to be the table's method.
  void read_columns(PhpTokens words, size_t at, const std::string& table) {
    if (at + 3 >= words.size() || !words[at].is("->") || !words[at + 1].is_word("addcolumn") || !words[at + 2].is("(")) return;
    if (words[at + 3].kind == Kind::text && at + 4 < words.size() && words[at + 4].is(","))
      result_.adds.push_back({table, base::lower(base::php_text(words[at + 3]).value_or(""))});
  }

  PhpTokens tokens_, up_;
  MigrationValues values_;
  std::map<std::string, std::string> tables_;  // variables that hold a table
  MigrationText result_;
};

}  // namespace

MigrationText read_migration_text(std::string_view text, const std::string& name) {
  auto tokens = base::php_tokens(text, name);
  return Reading(tokens).run();
}

}  // namespace apps::mautic
