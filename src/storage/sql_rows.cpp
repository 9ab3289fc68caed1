// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_lexer.h"
#include "storage/sql_statement.h"

namespace storage {

InsertRows::InsertRows(std::string_view text, size_t rows_begin, const SqlModes& modes)
    : text_(text), modes_(modes), at_(rows_begin), tail_(text.size()) {}

bool InsertRows::next() {
  SqlLexer lexer(text_, modes_, at_);
  SqlToken token = lexer.next();
  auto is = [&](char c) { return token.kind == SqlToken::symbol && text_[token.from] == c; };
  if (end_ != 0 && is(',')) token = lexer.next();
  if (!is('(')) {
    tail_ = end_ == 0 ? at_ : end_;
    broken_ = broken_ || end_ == 0;
    return false;
  }
  begin_ = token.from;
  size_t depth = 0;
  for (; token.kind != SqlToken::end; token = lexer.next()) {
    if (is('(')) ++depth;
    if (is(')') && --depth == 0) break;
  }
  broken_ = broken_ || token.kind == SqlToken::end;
  end_ = at_ = token.to;
  return !broken_;
}

}  // namespace storage
