// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_lexer.h"

#include <algorithm>

namespace storage {

namespace {

constexpr auto kNone = std::string_view::npos;
// mysqldump wraps what MySQL 5.5.3 brought, and no server without it is left. MariaDB skips from 50700 on.
constexpr unsigned kCertainVersion = 50503;
// "/*M!999999\- enable the sandbox mode */": a word to the client.
constexpr unsigned kNobodysVersion = 999999;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Where a server that does not run the comment at text[at] goes on.
size_t end_of_skipped(std::string_view text, size_t at) {
  for (at += 2; at + 1 < text.size(); ++at) {
    if (text[at] == '*' && text[at + 1] == '/') return at + 2;
    if (text[at] != '/' || text[at + 1] != '*') continue;
    size_t inner = text.find("*/", at + 2);
    if (inner == kNone) break;
    at = inner + 1;
  }
  return text.size();
}

// The byte that a backslash and `c` stand for.
char unescaped(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case '0': return '\0';
    case 'Z': return '\x1a';
    default: return c;
  }
}

}  // namespace

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

CommentMark comment_mark(std::string_view text) {
  bool mariadb = text.size() > 3 && text[2] == 'M' && text[3] == '!';
  if (!mariadb && (text.size() < 3 || text[2] != '!')) return {};
  size_t begin = mariadb ? 4 : 3, at = begin;
  unsigned version = 0;
  for (; at < text.size() && at < begin + 6 && is_digit(text[at]); ++at)
    version = version * 10 + static_cast<unsigned>(text[at] - '0');
  if (at - begin < 5) at = begin, version = 0;  // five or six digits are a version
  if (version == kNobodysVersion) return {};
  bool certain = !mariadb && version <= kCertainVersion;
  return {certain ? CommentKind::certain : CommentKind::uncertain, at};
}

bool begins_line_comment(std::string_view text) {
  if (text.starts_with('#')) return true;
  return text.starts_with("--") && (text.size() == 2 || static_cast<unsigned char>(text[2]) <= ' ');
}

size_t character_bytes(ClientSet set, unsigned char byte) {
  switch (set) {
    case ClientSet::sjis: return (byte >= 0x81 && byte <= 0x9F) || (byte >= 0xE0 && byte <= 0xFC) ? 2 : 1;
    case ClientSet::gbk: return byte >= 0x81 && byte <= 0xFE ? 2 : 1;
    case ClientSet::big5: return byte >= 0xA1 && byte <= 0xF9 ? 2 : 1;
    case ClientSet::plain: break;
  }
  return 1;
}

size_t end_of_quoted(std::string_view text, size_t at, const SqlModes& modes) {
  const char quote = text[at++];
  bool escapes = modes.backslash_escapes && quote != '`' && !(quote == '"' && modes.ansi_quotes);
  while (at < text.size()) {
    char c = text[at];
    if (escapes && c == '\\') {
      at += 2;
    } else if (c == quote) {
      if (at + 1 == text.size() || text[at + 1] != quote) return at + 1;
      at += 2;
    } else {
      at += character_bytes(modes.client_set, static_cast<unsigned char>(c));
    }
  }
  return kNone;
}

bool SqlLexer::is(const SqlToken& token, std::string_view word) const {
  if (token.kind != SqlToken::word || token.to - token.from != word.size()) return false;
  return std::equal(word.begin(), word.end(), text_.begin() + static_cast<std::ptrdiff_t>(token.from),
                    [](char a, char b) { return a == upper(b); });
}

std::string SqlLexer::plain(const SqlToken& token) const {
  std::string_view in = text(token);
  if (token.kind != SqlToken::name && token.kind != SqlToken::string) return std::string(in);
  const char quote = in.front();
  bool escapes = token.kind == SqlToken::string && modes_.backslash_escapes;
  std::string out;
  for (size_t at = 1; at + 1 < in.size(); ++at) {
    bool doubled = in[at] == quote, escaped = escapes && in[at] == '\\' && at + 2 < in.size();
    if (doubled || escaped) ++at;
    out += escaped ? unescaped(in[at]) : in[at];
  }
  return out;
}

void SqlLexer::open_comment() {
  CommentMark mark = comment_mark(text_.substr(at_, kCommentMarkBytes));
  if (mark.kind == CommentKind::plain) {
    size_t close = text_.find("*/", at_ + 2);
    at_ = close == kNone ? text_.size() : close + 2;
    return;
  }
  ++depth_;
  if (mark.kind == CommentKind::uncertain && uncertain_depth_ == 0) {
    ++uncertain_comments_;
    uncertain_depth_ = depth_;
    uncertain_end_ = end_of_skipped(text_, at_);
  }
  at_ += mark.bytes;
}

void SqlLexer::close_comment() {
  at_ += 2;
  if (depth_ == uncertain_depth_) {
    ambiguous_ = ambiguous_ || at_ != uncertain_end_;
    uncertain_depth_ = 0;
  }
  --depth_;
}

// False at the end of the text.
bool SqlLexer::skip_space() {
  while (at_ < text_.size()) {
    std::string_view rest = text_.substr(at_);
    if (is_sql_space(rest[0])) {
      ++at_;
    } else if (rest.starts_with("/*")) {
      open_comment();
    } else if (depth_ > 0 && rest.starts_with("*/")) {
      close_comment();
    } else if (begins_line_comment(rest)) {
      size_t line = text_.find('\n', at_);
      at_ = line == kNone ? text_.size() : line + 1;
    } else {
      return true;
    }
  }
  return false;
}

// Of "@x", "@`x`", "@@session.sql_mode".
size_t SqlLexer::end_of_variable() const {
  size_t at = at_ + 1;
  if (at < text_.size() && text_[at] == '@') ++at;
  if (at < text_.size() && (text_[at] == '`' || text_[at] == '\'' || text_[at] == '"')) {
    size_t end = end_of_quoted(text_, at, modes_);
    return end == kNone ? text_.size() : end;
  }
  while (at < text_.size() && (is_word_byte(text_[at]) || text_[at] == '.')) ++at;
  return at;
}

SqlToken SqlLexer::next() {
  SqlToken token;
  if (!skip_space()) {
    token.from = token.to = text_.size();
    if (uncertain_depth_ != 0) ambiguous_ = true;
    return token;
  }
  token.from = at_;
  token.uncertain = uncertain_depth_ != 0;
  char c = text_[at_];
  if (c == '\'' || c == '"' || c == '`') {
    token.kind = c == '`' || (c == '"' && modes_.ansi_quotes) ? SqlToken::name : SqlToken::string;
    at_ = std::min(end_of_quoted(text_, at_, modes_), text_.size());
  } else if (c == '@') {
    token.kind = SqlToken::variable;
    at_ = end_of_variable();
  } else if (is_word_byte(c)) {
    token.kind = SqlToken::word;
    while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
  } else {
    token.kind = SqlToken::symbol;
    ++at_;
  }
  token.to = at_;
  return token;
}

}  // namespace storage
