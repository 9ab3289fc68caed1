// SPDX-License-Identifier: GPL-3.0-or-later
// The words of one SQL statement, without its spaces and comments. Code in comments comes as words too; those that run
// on some servers only are marked. Pure; positions are bytes in the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "storage/sql_session.h"

namespace storage {

enum class CommentKind {
  plain,      // nobody runs it
  certain,    // /*!40101 */: every server that we know runs it
  uncertain,  // /*!80000 */, /*M! */: some do
};

struct CommentMark {
  CommentKind kind = CommentKind::plain;
  size_t bytes = 2;  // of what begins it: "/*", "/*!50003"
};
constexpr size_t kCommentMarkBytes = 10;  // so much of the text must be there for a verdict, unless it ends before
// `text` begins with "/*".
CommentMark comment_mark(std::string_view text);

// Whether `text` begins a comment to the end of the line: "#", or "--" with a space or the end behind.
bool begins_line_comment(std::string_view text);

constexpr bool is_sql_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_word_byte(char c);

// How many bytes the character takes that begins with `byte` (one or two), for the sets that matter.
size_t character_bytes(ClientSet set, unsigned char byte);

// Behind the closing quote of what begins at text[at]; npos when it does not end.
size_t end_of_quoted(std::string_view text, size_t at, const SqlModes& modes);

struct SqlToken {
  enum Kind { end, word, name, string, variable, symbol };
  Kind kind = end;
  size_t from = 0, to = 0;
  bool uncertain = false;  // inside of a comment that only some servers run
};

class SqlLexer {
 public:
  SqlLexer(std::string_view text, const SqlModes& modes, size_t at = 0) : text_(text), modes_(modes), at_(at) {}

  SqlToken next();
  std::string_view text(const SqlToken& token) const { return text_.substr(token.from, token.to - token.from); }
  // The token is this word (given in capitals), whatever its case.
  bool is(const SqlToken& token, std::string_view word) const;
  // A name or string without its quotes; a word as it is.
  std::string plain(const SqlToken& token) const;
  // An uncertain comment ends elsewhere for a server that skips it than for one that runs it.
  bool ambiguous() const { return ambiguous_; }
  size_t uncertain_comments() const { return uncertain_comments_; }  // that were begun

 private:
  bool skip_space();
  void open_comment();
  void close_comment();
  size_t end_of_variable() const;

  std::string_view text_;
  SqlModes modes_;
  size_t at_;
  size_t depth_ = 0;                 // of open code comments
  size_t uncertain_depth_ = 0;       // the depth that the outermost uncertain one made; 0 = none is open
  size_t uncertain_end_ = 0;         // where a server that skips it goes on
  size_t uncertain_comments_ = 0;
  bool ambiguous_ = false;
};

}  // namespace storage
