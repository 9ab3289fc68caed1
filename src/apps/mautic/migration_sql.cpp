// SPDX-License-Identifier: GPL-3.0-or-later
// The statements of migrations, as far as they add tables, columns and foreign keys.
#include <algorithm>
#include <array>
#include <span>

#include "apps/mautic/migration_text.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

using Words = std::vector<std::string>;

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == kPrefixMark || c == kUnknownMark;
}

std::string without_comments(std::string_view sql) {
  std::string out;
  for (auto line : base::lines(sql)) {
    auto bare = base::trim(line);
    if (!bare.starts_with("#") && !bare.starts_with("-- ")) out += std::string(line) + "\n";
  }
  return out;
}

// Lower case; what stands between quotes is one word that is nothing's name; ";" and brackets are words.
Words words_of(std::string_view sql) {
  Words words;
  for (size_t at = 0; at < sql.size();) {
    char c = sql[at];
    size_t end = at + 1;
    if (c == '\'' || c == '"') {
      end = std::min(sql.find(c, at + 1), sql.size() - 1) + 1;
      words.emplace_back("'");
    } else if (in_word(c)) {
      while (end < sql.size() && in_word(sql[end])) ++end;
      words.push_back(base::lower(sql.substr(at, end - at)));
    } else if (c != '`' && c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      words.emplace_back(1, c);
    }
    at = end;
  }
  return words;
}

bool is_plain(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) { return in_word(c) && c != kPrefixMark && c != kUnknownMark; });
}

// Empty: the word names no table that is known.
std::string table_of(std::string_view word) {
  if (word.empty() || word[0] != kPrefixMark || !is_plain(word.substr(1))) return {};
  return std::string(word.substr(1));
}

// One statement, or a part between commas, read from its beginning.
class Reader {
 public:
  explicit Reader(std::span<const std::string> words) : words_(words) {}
  bool take(std::string_view word) {
    if (at_ >= words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }
  std::string next() { return at_ < words_.size() ? words_[at_++] : ""; }
  std::span<const std::string> rest() const { return words_.subspan(std::min(at_, words_.size())); }

 private:
  std::span<const std::string> words_;
  size_t at_ = 0;
};

// ADD CONSTRAINT name FOREIGN KEY (column) REFERENCES ...
void read_key(Reader reader, const std::string& table, SchemaAdditions& all) {
  if (reader.take("constraint")) reader.next();
  if (!reader.take("foreign") || !reader.take("key") || !reader.take("(")) return;
  std::string column = reader.next();
  if (is_plain(column)) all.keys.push_back({table, column});
}

void read_alteration(std::span<const std::string> words, const std::string& table, SchemaAdditions& all) {
  constexpr std::array<std::string_view, 9> kNoColumn = {"index",   "key",      "unique",  "constraint", "primary",
                                                         "foreign", "fulltext", "spatial", "partition"};
  Reader reader(words);
  if (!reader.take("add")) return;
  read_key(reader, table, all);
  bool said_column = reader.take("column");
  if (reader.take("if")) reader.next(), reader.next();  // not exists
  std::string name = reader.next();
  bool is_column = said_column || std::find(kNoColumn.begin(), kNoColumn.end(), name) == kNoColumn.end();
  if (is_column && is_plain(name) && !reader.rest().empty()) all.adds.push_back({table, name});
}

void read_statement(std::span<const std::string> words, SchemaAdditions& all) {
  Reader reader(words);
  if (reader.take("create")) {
    if (!reader.take("table")) return;
    if (reader.take("if")) reader.next(), reader.next();  // not exists
    std::string table = table_of(reader.next());
    if (!table.empty() && reader.take("(")) all.adds.push_back({table, ""});
    return;
  }
  if (!reader.take("alter") || !reader.take("table")) return;
  std::string table = table_of(reader.next());
  if (table.empty()) return;
  auto rest = reader.rest();
  int depth = 0;
  for (size_t begin = 0, at = 0; at <= rest.size(); ++at) {
    if (at < rest.size() && rest[at] == "(") ++depth;
    if (at < rest.size() && rest[at] == ")") --depth;
    if (at < rest.size() && (rest[at] != "," || depth > 0)) continue;
    read_alteration(rest.subspan(begin, at - begin), table, all);
    begin = at + 1;
  }
}

}  // namespace

SchemaAdditions additions_of(std::string_view sql) {
  SchemaAdditions all;
  Words words = words_of(without_comments(sql));
  std::span<const std::string> span = words;
  for (size_t begin = 0, at = 0; at <= words.size(); ++at) {
    if (at < words.size() && words[at] != ";") continue;
    read_statement(span.subspan(begin, at - begin), all);
    begin = at + 1;
  }
  return all;
}

}  // namespace apps::mautic
