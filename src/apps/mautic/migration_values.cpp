// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/migration_values.h"

#include <vector>

#include "apps/mautic/migration_text.h"

namespace apps::mautic {

namespace {

using Kind = base::PhpToken::Kind;

bool opens(const base::PhpToken& token) { return token.is("(") || token.is("[") || token.is("{"); }
bool closes(const base::PhpToken& token) { return token.is(")") || token.is("]") || token.is("}"); }

bool is_label(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Of the text between double quotes; what else a backslash may mean stands in no name.
char unescaped(char c) { return c == 'n' || c == 't' || c == 'r' ? ' ' : c; }

}  // namespace

size_t behind_bracket(PhpTokens tokens, size_t open) {
  int depth = 0;
  for (size_t at = open; at < tokens.size(); ++at) {
    if (opens(tokens[at])) ++depth;
    if (closes(tokens[at]) && --depth == 0) return at + 1;
  }
  return tokens.size();
}

std::string MigrationValues::known(const std::string& name) const {
  auto found = known_.find(name);
  return found == known_.end() ? std::string(1, kUnknownMark) : found->second;
}

std::string MigrationValues::read(PhpTokens tokens, size_t& at) const {
  std::string value;
  while (at < tokens.size()) {
    const auto& token = tokens[at];
    if (token.is(";") || token.is(",") || closes(token) || token.kind == Kind::end) break;
    if (token.is(".")) {
      ++at;
    } else if (token.kind == Kind::text) {
      value += base::php_text(token).value_or(std::string(1, kUnknownMark));
      ++at;
    } else if (token.kind == Kind::templ) {
      value += of_template(token.source);
      ++at;
    } else if (token.kind == Kind::variable && token.source == "this") {
      value += of_this(tokens, at);
    } else if (token.kind == Kind::variable) {
      value += known(std::string(token.source));
      ++at;
    } else if (token.kind == Kind::word) {
      value += of_word(tokens, at);
    } else {
      value += kUnknownMark;
      at = opens(token) ? behind_bracket(tokens, at) : at + 1;
    }
  }
  return value;
}

// At "$this". Methods with an argument: getPrefixedTableName('x') alone.
std::string MigrationValues::of_this(PhpTokens tokens, size_t& at) const {
  std::string value(1, kUnknownMark);
  bool is_member = at + 2 < tokens.size() && tokens[at + 1].is("->") && tokens[at + 2].kind == Kind::word;
  if (!is_member) {
    ++at;
    return value;
  }
  std::string name(tokens[at + 2].source);
  at += 3;
  if (at >= tokens.size() || !tokens[at].is("(")) return name == "prefix" ? std::string(1, kPrefixMark) : known("this." + name);
  size_t end = behind_bracket(tokens, at);
  bool is_bare = end == at + 2;
  if (is_bare) value = known(name + "()");
  size_t argument = at + 1;
  if (!is_bare && name == "getPrefixedTableName") value = std::string(1, kPrefixMark) + read(tokens, argument);
  at = end;
  return value;
}

std::string MigrationValues::of_word(PhpTokens tokens, size_t& at) const {
  const auto& token = tokens[at];
  bool is_call = at + 1 < tokens.size() && tokens[at + 1].is("(");
  if (token.is_word("sprintf") && is_call) return formatted(tokens, at);
  if (token.is_word("mautic_table_prefix")) {
    ++at;
    return std::string(1, kPrefixMark);
  }
  bool is_own = token.is_word("self") || token.is_word("static");
  if (is_own && at + 2 < tokens.size() && tokens[at + 1].is("::")) {
    std::string name(tokens[at + 2].source);
    at += 3;
    return known("::" + name);
  }
  at = is_call ? behind_bracket(tokens, at + 1) : at + 1;
  return std::string(1, kUnknownMark);
}

// At "sprintf": each %s in its turn, other signs are unknown.
std::string MigrationValues::formatted(PhpTokens tokens, size_t& at) const {
  size_t end = behind_bracket(tokens, at + 1);
  std::vector<std::string> parts;
  for (size_t place = at + 2; place < end; ++place) {
    size_t before = place;
    parts.push_back(read(tokens.first(end), place));
    if (place == before && parts.back().empty()) break;
  }
  at = end;
  if (parts.empty()) return std::string(1, kUnknownMark);
  std::string out;
  size_t next = 1;
  const std::string& form = parts[0];
  for (size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '%') {
      out += form[i];
      continue;
    }
    bool is_text = i + 1 < form.size() && form[i + 1] == 's' && next < parts.size();
    out += is_text ? parts[next] : std::string(1, kUnknownMark);
    ++next;
    ++i;
  }
  return out;
}

std::string MigrationValues::of_template(std::string_view source) const {
  size_t begin = source.starts_with("<<<") ? source.find('\n') : 0;
  if (begin == source.npos) return std::string(1, kUnknownMark);
  std::string out;
  for (size_t at = begin + 1; at < source.size(); ++at) {
    char c = source[at];
    char next = at + 1 < source.size() ? source[at + 1] : '\0';
    if (c == '\\') {
      out += unescaped(next);
      ++at;
    } else if (c == '{' && next == '$') {
      size_t end = source.find('}', at);
      if (end == source.npos) break;
      out += of_code(source.substr(at + 1, end - at - 1));
      at = end;
    } else if (c == '$' && is_label(next)) {
      size_t end = at + 1;
      while (end < source.size() && is_label(source[end])) ++end;
      out += source.substr(end, 2) == "->" || source.substr(end, 1) == "[" ? std::string(1, kUnknownMark)
                                                                           : known(std::string(source.substr(at + 1, end - at - 1)));
      at = end - 1;
    } else if (c != '"' || at + 1 < source.size()) {
      out += c;
    }
  }
  return out;
}

// What stands in a string between { and }.
std::string MigrationValues::of_code(std::string_view code) const {
  std::string text = "<?php " + std::string(code) + ";";
  try {
    auto tokens = base::php_tokens(text, "a string");
    size_t at = 0;
    return read(tokens, at);
  } catch (const base::Failure&) {
    return std::string(1, kUnknownMark);
  }
}

}  // namespace apps::mautic
