// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_splitter.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/failure.h"
#include "base/text.h"
#include "storage/sql_lexer.h"

namespace storage {

namespace {

constexpr size_t kHeadBytes = 64 << 10;
constexpr uint64_t kHeadStatements = 20;   // phpMyAdmin names the database behind its first settings
constexpr size_t kMostLine = 1024;         // what is kept of a comment line; a DELIMITER line is not longer
constexpr size_t kFirstBuffer = 4 << 20;
constexpr size_t kMostDelimiter = 64;

using Table = std::array<bool, 256>;

constexpr Table table_of(std::string_view bytes) {
  Table table{};
  for (char c : bytes) table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr Table kCode = table_of("'\"`-#/*");
constexpr Table kSingle = table_of("'\\");
constexpr Table kDouble = table_of("\"\\");

// The first byte of the table's in [at, end), or end.
const char* find_any(const char* at, const char* end, const Table& table) {
  auto found = [&](const char* p) { return table[static_cast<unsigned char>(*p)]; };
  for (; end - at >= 4; at += 4) {
    if (found(at)) return at;
    if (found(at + 1)) return at + 1;
    if (found(at + 2)) return at + 2;
    if (found(at + 3)) return at + 3;
  }
  while (at != end && !found(at)) ++at;
  return at;
}

struct FreeBytes {
  void operator()(char* bytes) const { std::free(bytes); }
};

}  // namespace

// [start_, size_) of the buffer is what was not given out yet; at_ is how far it was looked at.
class SqlSplitter::Scanner {
 public:
  Scanner(std::function<std::string_view()> read, size_t most) : read_(std::move(read)), most_(most) {
    set_delimiter(";");
  }

  bool next(SqlPiece& piece);

  SqlModes modes;
  std::string head;
  std::string last_comment;

 private:
  bool begin_statement();
  bool skip_comment();
  bool delimiter_line();
  bool command_line();
  bool word_ahead(std::string_view lower_word);
  std::string take_line();
  void pass(size_t bytes) { start_ = at_ += bytes; }
  void pass_comment();

  SqlEnd scan();
  bool scan_special(char c, SqlEnd& end);
  bool skip_quoted(char quote);
  bool skip_wide(char quote, bool escapes);
  bool skip_to(std::string_view mark);
  bool at_delimiter();
  void set_delimiter(std::string delimiter);

  std::string_view ahead() const { return {buffer_.get() + at_, size_ - at_}; }
  bool need(size_t bytes) {
    while (size_ - at_ < bytes)
      if (!fill()) return false;
    return true;
  }
  bool fill();
  void make_room(size_t bytes);
  uint64_t line_of(size_t position);

  std::function<std::string_view()> read_;
  size_t most_;
  std::unique_ptr<char, FreeBytes> buffer_;
  size_t capacity_ = 0, size_ = 0, start_ = 0, at_ = 0;
  uint64_t base_ = 0;       // offset of the buffer's first byte in the stream
  size_t counted_ = 0;      // up to here in the buffer
  uint64_t line_ = 1;       // lines were counted
  bool ended_ = false;
  std::string delimiter_;
  Table code_{};
  size_t depth_ = 0;        // of code in comments
  uint64_t number_ = 0;
};

// ---- the buffer

void SqlSplitter::Scanner::make_room(size_t bytes) {
  if (start_ > 0) {
    line_of(start_);
    std::memmove(buffer_.get(), buffer_.get() + start_, size_ - start_);
    base_ += start_;
    size_ -= start_;
    at_ -= start_;
    start_ = counted_ = 0;
  }
  size_t wanted = capacity_;
  if (size_ + bytes > capacity_) wanted = std::max({kFirstBuffer, size_ + bytes, capacity_ + capacity_ / 2});
  else if (capacity_ > 4 * kFirstBuffer && size_ + bytes < kFirstBuffer) wanted = kFirstBuffer;
  if (wanted == capacity_) return;
  char* larger = static_cast<char*>(std::realloc(buffer_.get(), wanted));
  if (!larger)
    throw base::Failure("not enough memory for the statement that begins at line " + std::to_string(line_of(start_)) +
                        " (" + base::size_words(size_) + " so far)", "export with smaller INSERT statements");
  static_cast<void>(buffer_.release());
  buffer_.reset(larger);
  capacity_ = wanted;
}

bool SqlSplitter::Scanner::fill() {
  if (ended_) return false;
  std::string_view bytes = read_();
  if (bytes.empty()) {
    ended_ = true;
    return false;
  }
  if (size_ - start_ + bytes.size() > most_)
    throw base::Failure("the statement that begins at line " + std::to_string(line_of(start_)) + " (byte " +
                        std::to_string(base_ + start_) + ") is larger than " + base::size_words(most_),
                        "is a quote or a delimiter missing there? Else export with smaller INSERT statements");
  make_room(bytes.size());
  std::memcpy(buffer_.get() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  return true;
}

uint64_t SqlSplitter::Scanner::line_of(size_t position) {
  const char* end = buffer_.get() + position;
  for (const char* at = buffer_.get() + counted_; at < end; ++at, ++line_) {
    at = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
    if (!at) break;
  }
  counted_ = std::max(counted_, position);
  return line_;
}

// ---- between statements: nothing of it is kept

// The line's first bytes; all of it is passed.
std::string SqlSplitter::Scanner::take_line() {
  std::string line;
  for (;;) {
    size_t end = ahead().find('\n');
    std::string_view part = ahead().substr(0, end);
    line.append(part.substr(0, kMostLine - std::min(kMostLine, line.size())));
    pass(part.size());
    if (end != std::string_view::npos || !fill()) break;
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

void SqlSplitter::Scanner::pass_comment() {
  pass(2);
  while (!need(2) || !ahead().starts_with("*/")) {
    if (size_ - at_ < 2) return pass(size_ - at_);
    size_t star = ahead().find('*', 1);
    pass(star == std::string_view::npos ? size_ - at_ : star);
  }
  pass(2);
}

bool SqlSplitter::Scanner::skip_comment() {
  need(kCommentMarkBytes);
  std::string_view text = ahead();
  if (text.starts_with("/*") && comment_mark(text).kind == CommentKind::plain) return pass_comment(), true;
  if (!begins_line_comment(text)) return false;
  last_comment = take_line();
  if (number_ < kHeadStatements && head.size() < kHeadBytes) head += last_comment + "\n";
  return true;
}

bool SqlSplitter::Scanner::word_ahead(std::string_view lower_word) {
  if (!need(lower_word.size() + 1)) return false;
  return is_sql_space(ahead()[lower_word.size()]) && base::lower(ahead().substr(0, lower_word.size())) == lower_word;
}

bool SqlSplitter::Scanner::delimiter_line() {
  if (!word_ahead("delimiter")) return false;
  uint64_t line = line_of(at_);
  std::string text = take_line();
  std::string_view word = base::trim(std::string_view(text).substr(9));
  word = word.substr(0, word.find_first_of(" \t"));
  if (word.size() > 2 && (word[0] == '\'' || word[0] == '"') && word.back() == word[0])
    word = word.substr(1, word.size() - 2);
  if (word.empty() || word.size() > kMostDelimiter)
    throw base::Failure("line " + std::to_string(line) + " changes the delimiter to " +
                        (word.empty() ? "nothing" : "something very long"), "correct the line, or export again");
  set_delimiter(std::string(word));
  return true;
}

// A line for the client program, not for the server.
bool SqlSplitter::Scanner::command_line() {
  return ahead().starts_with('\\') || word_ahead("source") || word_ahead("system");
}

// Goes to the first byte of the next statement; false when there is none.
bool SqlSplitter::Scanner::begin_statement() {
  while (need(1)) {
    const char *begin = buffer_.get() + at_, *end = buffer_.get() + size_, *p = begin;
    while (p != end && is_sql_space(*p)) ++p;
    pass(static_cast<size_t>(p - begin));
    if (at_ == size_) continue;
    if (at_delimiter()) {
      pass(delimiter_.size());
    } else if (!skip_comment() && !delimiter_line()) {
      return true;
    }
  }
  return false;
}

// ---- inside of a statement

bool SqlSplitter::Scanner::at_delimiter() {
  return need(delimiter_.size()) && ahead().starts_with(delimiter_);
}

void SqlSplitter::Scanner::set_delimiter(std::string delimiter) {
  delimiter_ = std::move(delimiter);
  code_ = kCode;
  code_[static_cast<unsigned char>(delimiter_.front())] = true;
}

// Behind the mark; false at the end of the text.
bool SqlSplitter::Scanner::skip_to(std::string_view mark) {
  for (;;) {
    size_t found = ahead().find(mark);
    if (found != std::string_view::npos) return at_ += found + mark.size(), true;
    at_ = std::max(at_, size_ - std::min(size_ - at_, mark.size() - 1));
    if (!fill()) return at_ = size_, false;
  }
}

bool SqlSplitter::Scanner::skip_quoted(char quote) {
  bool escapes = modes.backslash_escapes && quote != '`' && !(quote == '"' && modes.ansi_quotes);
  ++at_;
  if (modes.client_set != ClientSet::plain) return skip_wide(quote, escapes);
  // A doubled quote ends one and begins another: the same for us.
  if (!escapes) return skip_to({&quote, 1});
  const Table& table = quote == '"' ? kDouble : kSingle;
  for (;;) {
    at_ = static_cast<size_t>(find_any(buffer_.get() + at_, buffer_.get() + size_, table) - buffer_.get());
    if (at_ < size_ && buffer_.get()[at_] == quote) return ++at_, true;
    if (at_ < size_ && need(2)) at_ += 2;
    else if (!fill()) return at_ = size_, false;
  }
}

bool SqlSplitter::Scanner::skip_wide(char quote, bool escapes) {
  while (need(1)) {
    char c = buffer_.get()[at_];
    if (c == quote) return ++at_, true;
    size_t bytes = escapes && c == '\\' ? 2 : character_bytes(modes.client_set, static_cast<unsigned char>(c));
    if (!need(bytes)) break;
    at_ += bytes;
  }
  at_ = size_;
  return false;
}

// Passes what begins with one of the bytes that matter; false when the text ends in it.
bool SqlSplitter::Scanner::scan_special(char c, SqlEnd& end) {
  end = SqlEnd::inside;
  if (c == '\'' || c == '"' || c == '`') return skip_quoted(c);
  if (c == '-' || c == '#') {
    need(3);
    if (!begins_line_comment(ahead())) return ++at_, true;
    end = SqlEnd::end_of_text;
    return skip_to("\n");
  }
  need(kCommentMarkBytes);
  std::string_view text = ahead();
  if (text.starts_with("/*")) {
    CommentMark mark = comment_mark(text);
    at_ += mark.bytes;
    if (mark.kind == CommentKind::plain) return skip_to("*/");
    ++depth_;
  } else if (depth_ > 0 && text.starts_with("*/")) {
    --depth_;
    at_ += 2;
  } else {
    ++at_;
  }
  return true;
}

// From the statement's first byte to its delimiter.
SqlEnd SqlSplitter::Scanner::scan() {
  depth_ = 0;
  for (;;) {
    at_ = static_cast<size_t>(find_any(buffer_.get() + at_, buffer_.get() + size_, code_) - buffer_.get());
    if (at_ == size_) {
      if (!fill()) return depth_ > 0 ? SqlEnd::inside : SqlEnd::end_of_text;
      continue;
    }
    char c = buffer_.get()[at_];
    if (c == delimiter_.front() && depth_ == 0 && at_delimiter()) return SqlEnd::delimiter;
    SqlEnd end;
    if (!scan_special(c, end)) return depth_ > 0 ? SqlEnd::inside : end;
  }
}

bool SqlSplitter::Scanner::next(SqlPiece& piece) {
  if (!begin_statement()) return false;
  piece.number = ++number_;
  piece.line = line_of(start_);
  piece.offset = base_ + start_;
  piece.client_command = command_line();
  piece.ended = piece.client_command ? (skip_to("\n"), SqlEnd::delimiter) : scan();
  std::string_view text(buffer_.get() + start_, at_ - start_);
  while (!text.empty() && is_sql_space(text.back())) text.remove_suffix(1);
  piece.text = text;
  if (piece.ended == SqlEnd::delimiter && !piece.client_command) at_ += delimiter_.size();
  piece.end = base_ + at_;
  start_ = at_;
  return true;
}

SqlSplitter::SqlSplitter(std::function<std::string_view()> read, size_t most_bytes)
    : scanner_(std::make_unique<Scanner>(std::move(read), most_bytes)) {}

SqlSplitter::~SqlSplitter() = default;

bool SqlSplitter::next(SqlPiece& piece) { return scanner_->next(piece); }

void SqlSplitter::set_modes(const SqlModes& modes) { scanner_->modes = modes; }

const std::string& SqlSplitter::head_comments() const { return scanner_->head; }

const std::string& SqlSplitter::last_comment() const { return scanner_->last_comment; }

}  // namespace storage
