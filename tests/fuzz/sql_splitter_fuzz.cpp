// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a dump: cut into statements the same way however they arrive, and the statements with what stands
// between them are the text. Nothing but space, comments and delimiters is left away. Each statement is read and judged
// too, and an INSERT's rows with what is around them are the INSERT. Built as php_literal_fuzz.cpp is. The first byte of
// an input chooses the size of the blocks.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/failure.h"
#include "base/text.h"
#include "storage/restore_rules.h"
#include "storage/sql_lexer.h"
#include "storage/sql_splitter.h"
#include "storage/sql_statement.h"

namespace {

using namespace storage;

void need(bool promise) {
  if (!promise) std::abort();
}

struct Found {
  std::string text;
  uint64_t offset, end, line;
  SqlEnd ended;
  bool operator==(const Found&) const = default;
};

void check_rows(const std::string& text, const SqlStatement& statement, const SqlModes& modes) {
  if (statement.rows_begin == 0) return;
  InsertRows rows(text, statement.rows_begin, modes);
  size_t last = statement.rows_begin;
  while (rows.next()) {
    need(rows.begin() >= last && rows.end() > rows.begin() && text[rows.begin()] == '(' && text[rows.end() - 1] == ')');
    last = rows.end();
  }
  need(rows.broken() || text.substr(last) == rows.tail());
}

void check_statement(const SqlPiece& piece, const std::string& text, SqlSession& session, RestoreRules& rules) {
  SqlStatement statement = read_statement(text, session.modes());
  need(statement.name_begin <= statement.name_end && statement.name_end <= text.size());
  need(statement.rows_begin < text.size() || statement.rows_begin == 0);
  if (statement.definer) need(statement.definer->begin < statement.definer->end && statement.definer->end <= text.size());
  rules.judge(piece, statement);
  check_rows(text, statement, session.modes());
  session.see(statement.assignments);
}

// The statements, or what a Failure said.
std::vector<Found> split(const std::string& text, size_t block, std::string& failure) {
  std::vector<Found> found;
  size_t at = 0;
  std::string given;
  SqlSplitter splitter([&]() -> std::string_view {
    given = text.substr(at, block);
    at += given.size();
    return given;
  });
  SqlSession session;
  RestoreRules rules("shop", false);
  SqlPiece piece;
  try {
    while (splitter.next(piece)) {
      need(piece.number == found.size() + 1);
      found.push_back({std::string(piece.text), piece.offset, piece.end, piece.line, piece.ended});
      check_statement(piece, found.back().text, session, rules);
      splitter.set_modes(session.modes());
    }
  } catch (const base::Failure& refused) {
    failure = refused.what();
  }
  return found;
}

// Between statements: space, comments, DELIMITER lines, delimiters. Reads comments on its own.
bool is_gap(std::string_view gap, std::string& delimiter) {
  while (!gap.empty()) {
    size_t pass = 0;
    if (is_sql_space(gap[0])) pass = 1;
    else if (gap.starts_with(delimiter)) pass = delimiter.size();
    else if (gap.starts_with("/*")) pass = gap.find("*/", 2) == gap.npos ? gap.size() : gap.find("*/", 2) + 2;
    else if (begins_line_comment(gap)) pass = std::min(gap.find('\n'), gap.size());
    else if (base::lower(gap.substr(0, 9)) == "delimiter" && gap.size() > 9 && is_sql_space(gap[9])) {
      std::string_view line = gap.substr(0, gap.find('\n'));
      pass = line.size();
      if (line.size() > 1024) return true;  // only its beginning counts
      std::string_view word = base::trim(line.substr(9));
      word = word.substr(0, word.find_first_of(" \t"));
      if (word.size() > 2 && (word[0] == '\'' || word[0] == '"') && word.back() == word[0]) word = word.substr(1, word.size() - 2);
      delimiter = word;
    }
    if (pass == 0) return false;
    gap.remove_prefix(pass);
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string whole_failure, parts_failure;
  auto whole = split(text, text.size() + 1, whole_failure);
  auto parts = split(text, 1 + data[0] % 16, parts_failure);
  need(whole == parts && whole_failure == parts_failure);
  std::string delimiter = ";";
  uint64_t last = 0, lines = 1;
  for (const Found& found : whole) {
    need(found.offset >= last && found.end >= found.offset + found.text.size() && found.end <= text.size());
    need(text.compare(found.offset, found.text.size(), found.text) == 0 && !found.text.empty());
    need(is_gap(std::string_view(text).substr(last, found.offset - last), delimiter));
    std::string_view behind = std::string_view(text).substr(found.offset + found.text.size(), found.end - found.offset - found.text.size());
    need(is_gap(behind, delimiter));
    for (uint64_t at = last; at < found.offset; ++at) lines += text[at] == '\n';
    need(found.line == lines);
    for (uint64_t at = found.offset; at < found.end; ++at) lines += text[at] == '\n';
    last = found.end;
  }
  if (whole_failure.empty()) need(is_gap(std::string_view(text).substr(last), delimiter));
  return 0;
}
