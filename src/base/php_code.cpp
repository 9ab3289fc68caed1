// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/php_code.h"

namespace base {

namespace {

using Kind = PhpToken::Kind;
using std::string_view;

constexpr size_t kMostSourceBytes = 120;
constexpr size_t kMostWordBytes = 60;

bool is_operand(const PhpToken& token) { return token.kind != Kind::symbol && token.kind != Kind::end; }

bool is_literal(const PhpToken& token) {
  return token.kind == Kind::text || token.kind == Kind::templ || token.kind == Kind::number;
}

// getenv('NAME'), $_ENV['NAME']: no secret, and just what the reader must know.
bool names_the_environment(PhpTokens tokens, size_t at) {
  static constexpr std::array<string_view, 2> kFunctions = {"getenv", "env"};
  if (at < 2 || tokens[at].source.size() > kMostWordBytes) return false;
  const PhpToken& first = tokens[at - 2];
  bool function = is_one_of(first, kFunctions) && tokens[at - 1].is("(");
  bool variable = first.kind == Kind::variable && (first.source == "_ENV" || first.source == "_SERVER");
  return (function || (variable && tokens[at - 1].is("["))) &&
         tokens[at].source.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'\"") == string_view::npos;
}

std::string shown(PhpTokens tokens, size_t at) {
  const PhpToken& token = tokens[at];
  switch (token.kind) {
    case Kind::end: return "";
    case Kind::number: return "...";
    case Kind::templ: return "\"...\"";
    case Kind::text: return names_the_environment(tokens, at) ? std::string(token.source) : "'...'";
    case Kind::variable: return "$" + std::string(token.source.substr(0, kMostWordBytes));
    case Kind::word:
    case Kind::symbol: break;
  }
  return std::string(token.source.substr(0, kMostWordBytes));
}

}  // namespace

bool may_follow(const PhpToken& first, const PhpToken& second) {
  static constexpr std::array<string_view, 6> kBetween = {"and", "or", "xor", "instanceof", "as", "insteadof"};
  static constexpr std::array<string_view, 19> kBeforeLiterals = {
      "and",   "or",   "xor",   "case",    "echo",         "print",   "return",
      "yield", "from", "throw", "include", "include_once", "require", "require_once",
      "else",  "do",   "break", "continue", "clone"};
  if (is_literal(first) && is_php_assignment(second)) return false;
  if (!is_operand(first) || !is_operand(second)) return true;
  if (first.kind == Kind::word) return !is_literal(second) || is_one_of(first, kBeforeLiterals);
  return is_one_of(second, kBetween);
}

bool is_php_assignment(const PhpToken& token) {
  static constexpr string_view kOperators[] = {"=",  "+=", "-=", "*=",  "/=",  ".=",  "%=",     "&=",
                                               "|=", "^=", "**=", "<<=", ">>=", "\?\?=", "++", "--"};
  return token.kind == Kind::symbol &&
         std::find(std::begin(kOperators), std::end(kOperators), token.source) != std::end(kOperators);
}

std::string PhpBrackets::closing() const {
  if (open_.empty()) return ";";
  return open_.back() == ';' ? ")" : std::string(1, open_.back());
}

bool PhpBrackets::follow(const PhpToken& before, const PhpToken& token) {
  if (token.is("(")) open_ += before.is_word("for") ? ';' : ')';
  if (token.is("[")) open_ += ']';
  if (token.is("{")) open_ += '}';
  if (token.is(";")) return open_.empty() || open_.back() == '}' || open_.back() == ';';
  if (!token.is(")") && !token.is("]") && !token.is("}")) return true;
  if (open_.empty() || token.source != closing()) return false;
  open_.pop_back();
  return true;
}

void PhpBlocks::follow(const PhpToken& before, const PhpToken& token) {
  static constexpr std::array<string_view, 5> kBegin = {"if", "for", "foreach", "while", "switch"};
  static constexpr std::array<string_view, 5> kEnd = {"endif", "endfor", "endforeach", "endwhile", "endswitch"};
  if (is_one_of(token, kEnd)) --open_;
  if (token.is(":") && before.is(")") && control_) ++open_;
  if (is_one_of(token, kBegin)) control_ = true;
  else if (!token.is("(") && !token.is(")")) control_ = false;
}

std::string show_php(PhpTokens tokens) {
  std::string source;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (source.size() > kMostSourceBytes) return source + " ...";
    if (i > 0 && tokens[i].spaced) source += ' ';
    source += shown(tokens, i);
  }
  return source;
}

}  // namespace base
