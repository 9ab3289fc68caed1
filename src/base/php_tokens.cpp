// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/php_tokens.h"

#include <array>

#include "base/text.h"

namespace base {

namespace {

using Kind = PhpToken::Kind;

constexpr size_t kMostTokens = 500'000;
constexpr int kMostTemplates = 20;  // strings with code in them with strings with code in them...

// Longest first.
constexpr std::string_view kLongSymbols[] = {
    "===", "!==", "<=>", "**=", "<<=", ">>=", "\?\?=", "...", "?->", "=>", "==", "!=", "<>", "<=", ">=", "->", "::",
    "++",  "--",  "+=",  "-=",  "*=",  "/=",  ".=",  "%=",  "&=",  "|=", "^=", "**", "<<", ">>", "&&", "||", "\?\?"};
constexpr std::string_view kShortSymbols = ";,()[]{}=+-*/.%&|^~!<>?:@$";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_label(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80);
}
bool in_label(char c) { return begins_label(c) || is_digit(c); }

}  // namespace

size_t php_begin(std::string_view text, size_t from) {
  for (size_t tag = text.find("<?", from); tag != text.npos; tag = text.find("<?", tag + 2)) {
    bool echo = text.substr(tag + 2, 1) == "=";
    bool php = lower(text.substr(tag + 2, 3)) == "php" &&
               (tag + 5 == text.size() || text.find_first_of(" \t\r\n", tag + 5) == tag + 5);
    if (echo || php) return tag;
  }
  return text.npos;
}

namespace {

class Scanner {
 public:
  Scanner(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  std::vector<PhpToken> all() {
    std::vector<PhpToken> tokens;
    if (!enter_php()) fail("expected <?php, but found " + what_is_there_instead());
    do {
      if (tokens.size() == kMostTokens) fail("it is too long for a configuration file");
      tokens.push_back(next());
    } while (tokens.back().kind != Kind::end);
    return tokens;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { fail(line_, what); }
  [[noreturn]] void fail(unsigned line, const std::string& what) const { throw damaged_php(name_, line, what); }

  char at(size_t place) const { return place < text_.size() ? text_[place] : '\0'; }
  bool has(std::string_view word) const { return text_.substr(at_, word.size()) == word; }
  bool is_newline(size_t place) const { return at(place) == '\n' || at(place) == '\r'; }

  void move_to(size_t place) {
    for (; at_ < place; ++at_)
      if (text_[at_] == '\n' || (text_[at_] == '\r' && at(at_ + 1) != '\n')) ++line_;
  }
  void move_to_end() { move_to(text_.size()); }

  // ---- between the words

  std::string what_is_there_instead() const {
    if (trim(text_).empty()) return "an empty file";
    return text_[0] == '\0' ? "only zero bytes, as a crash of the machine leaves them" : "something else";
  }

  // Behind the next "<?php" or "<?="; false when there is none.
  bool enter_php() {
    size_t tag = php_begin(text_, at_);
    if (tag == text_.npos) return false;
    echo_ = at(tag + 2) == '=';
    move_to(echo_ ? tag + 3 : tag + 5);
    return true;
  }

  void skip_line_comment() {
    size_t end = at_;
    while (end < text_.size() && !is_newline(end) && text_.substr(end, 2) != "?>") ++end;
    move_to(end);
  }

  void skip_comment() {
    size_t end = text_.find("*/", at_ + 2);
    if (end == text_.npos) fail("expected */ to end the comment that begins here, but the file ends");
    move_to(end + 2);
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == ' ' || text_[at_] == '\t' || is_newline(at_)) move_to(at_ + 1);
      else if (has("#") || has("//")) skip_line_comment();
      else if (has("/*")) skip_comment();
      else return;
    }
  }

  // ---- words

  PhpToken next() {
    size_t before = at_;
    skip_blanks();
    PhpToken token{Kind::end, at_ > before, line_, {}};
    size_t from = at_;
    if (at_ == text_.size()) return token;
    if (echo_) return echo_ = false, PhpToken{Kind::word, true, line_, "echo"};
    token.kind = pass_one();
    token.source = text_.substr(from, at_ - from);
    if (token.kind == Kind::variable) token.source.remove_prefix(1);
    if (token.source == "?>") leave_php(token);
    if (token.is_word("__halt_compiler")) {
      at_ = text_.size();
      token = {Kind::end, true, token.line, {}};
    }
    return token;
  }

  void leave_php(PhpToken& token) {
    token.source = ";";
    if (!enter_php()) move_to_end();
  }

  // Moves behind the word that begins here, says what it is.
  Kind pass_one() {
    char c = text_[at_];
    size_t quote = (c == 'b' || c == 'B') ? at_ + 1 : at_;  // b"..." is the same as "..."
    if (at(quote) == '\'') return pass_single_quoted(quote);
    if (at(quote) == '"') return pass_template(quote, '"');
    if (c == '`') return pass_template(at_, '`'), Kind::templ;
    if (text_.substr(quote, 3) == "<<<" && pass_heredoc(quote + 3)) return Kind::templ;
    if (is_digit(c) || (c == '.' && is_digit(at(at_ + 1)))) return move_to(number_end()), Kind::number;
    if (begins_label(c) || (c == '\\' && begins_label(at(at_ + 1)))) return pass_label(at_ + 1), Kind::word;
    if (c == '$' && begins_label(at(at_ + 1))) return pass_name(at_ + 1), Kind::variable;
    if (has("?>")) return move_to(at_ + 2), Kind::symbol;
    for (std::string_view symbol : kLongSymbols)
      if (has(symbol)) return move_to(at_ + symbol.size()), Kind::symbol;
    if (kShortSymbols.find(c) == kShortSymbols.npos)
      fail(c == '\0' ? "found a zero byte, as a crash of the machine leaves them" : "found a byte that is no PHP");
    return move_to(at_ + 1), Kind::symbol;
  }

  void pass_name(size_t end) {
    while (in_label(at(end))) ++end;
    move_to(end);
  }

  void pass_label(size_t end) {
    while (in_label(at(end)) || (at(end) == '\\' && begins_label(at(end + 1)))) ++end;
    move_to(end);
  }

  size_t digits_end(size_t end, bool (*is_one)(char)) const {
    while (is_one(at(end)) || (at(end) == '_' && is_one(at(end - 1)) && is_one(at(end + 1)))) ++end;
    return end;
  }

  size_t number_end() const {
    auto hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
    auto binary = [](char c) { return c == '0' || c == '1'; };
    auto octal = [](char c) { return c >= '0' && c <= '7'; };
    char mark = text_[at_] == '0' ? static_cast<char>(at(at_ + 1) | 0x20) : '\0';
    if (mark == 'x' && hex(at(at_ + 2))) return digits_end(at_ + 2, hex);
    if (mark == 'b' && binary(at(at_ + 2))) return digits_end(at_ + 2, binary);
    if (mark == 'o' && octal(at(at_ + 2))) return digits_end(at_ + 2, octal);
    size_t end = digits_end(at_, is_digit);
    if (at(end) == '.') end = is_digit(at(end + 1)) ? digits_end(end + 1, is_digit) : end + 1;
    if ((at(end) | 0x20) == 'e') {
      size_t digits = at(end + 1) == '+' || at(end + 1) == '-' ? end + 2 : end + 1;
      if (is_digit(at(digits))) end = digits_end(digits, is_digit);
    }
    return end;
  }

  // ---- strings

  [[noreturn]] void fail_string(unsigned line) const {
    fail(line, "expected the end of the string that begins here, but the file ends");
  }

  Kind pass_single_quoted(size_t quote) {
    size_t end = quote + 1;
    while (end < text_.size() && text_[end] != '\'') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) fail_string(line_);
    move_to(end + 1);
    return Kind::text;
  }

  // One character, escape or piece of code of a string with variables; true when it was such a piece.
  bool pass_template_part() {
    size_t from = at_;
    char c = text_[at_], following = at(at_ + 1);
    if ((c == '{' && following == '$') || (c == '$' && following == '{')) return pass_template_code(), true;
    bool escape = c == '\\' && at_ + 1 < text_.size() && !is_newline(at_ + 1);
    move_to(from + (escape ? 2 : 1));
    return c == '$' && begins_label(following);
  }

  Kind pass_template(size_t quote, char closing) {
    unsigned line = line_;
    bool has_code = false;
    move_to(quote + 1);
    while (at_ < text_.size() && text_[at_] != closing) has_code |= pass_template_part();
    if (at_ == text_.size()) fail_string(line);
    move_to(at_ + 1);
    return has_code ? Kind::templ : Kind::text;
  }

  void pass_template_code() {
    unsigned line = line_;
    if (++templates_ > kMostTemplates) fail("strings with code are nested too deeply");
    move_to(text_[at_] == '$' ? at_ + 2 : at_ + 1);
    for (int open = 1; open > 0;) {
      PhpToken token = next();
      if (token.kind == Kind::end) fail(line, "expected } to end the code in a string, but the file ends");
      open += token.is("{") - token.is("}");
    }
    --templates_;
  }

  // False when it is none.
  bool pass_heredoc(size_t place) {
    while (at(place) == ' ' || at(place) == '\t') ++place;
    char quote = at(place) == '\'' || at(place) == '"' ? text_[place++] : '\0';
    size_t end = place;
    while (in_label(at(end))) ++end;
    std::string_view label = text_.substr(place, end - place);
    if (label.empty() || !begins_label(label[0]) || (quote && at(end++) != quote) || !is_newline(end)) return false;
    unsigned line = line_;
    move_to(at(end) == '\r' && at(end + 1) == '\n' ? end + 2 : end + 1);
    while (!pass_closing(label)) {
      if (at_ == text_.size()) fail_string(line);
      pass_heredoc_line(quote == '\'');
    }
    return true;
  }

  bool pass_closing(std::string_view label) {
    size_t place = at_;
    while (at(place) == ' ' || at(place) == '\t') ++place;
    if (text_.substr(place, label.size()) != label || in_label(at(place + label.size()))) return false;
    move_to(place + label.size());
    return true;
  }

  void pass_heredoc_line(bool raw) {
    while (at_ < text_.size() && !is_newline(at_)) {
      if (raw) move_to(at_ + 1);
      else pass_template_part();
    }
    if (at_ < text_.size()) move_to(at_ + (has("\r\n") ? 2 : 1));
  }

  std::string_view text_;
  const std::string& name_;
  size_t at_ = 0;
  unsigned line_ = 1;
  bool echo_ = false;  // "<?=" was passed
  int templates_ = 0;
};

}  // namespace

bool PhpToken::is_word(std::string_view lower_case) const {
  return kind == Kind::word && source.size() == lower_case.size() && lower(source) == lower_case;
}

std::vector<PhpToken> php_tokens(std::string_view text, const std::string& name) {
  return Scanner(text, name).all();
}

std::string describe(const PhpToken& token) {
  switch (token.kind) {
    case Kind::end: return "the end of the file";
    case Kind::variable: return "a variable";
    case Kind::word: return "a word";
    case Kind::number: return "a number";
    case Kind::text:
    case Kind::templ: return "a string";
    case Kind::symbol: break;
  }
  return std::string(token.source);
}

Failure damaged_php(const std::string& name, unsigned line, const std::string& what) {
  return Failure(name + " is damaged: line " + std::to_string(line) + ": " + what);
}

}  // namespace base
