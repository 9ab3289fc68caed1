// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/php_code.h"

namespace base {

namespace {

using Kind = PhpToken::Kind;
using std::string_view;

// A "(" behind a word or a value calls it, but for words that only look.
bool is_call(const PhpToken& before) {
  static constexpr std::array<string_view, 14> kOnlyLook = {"if",    "elseif", "while", "switch", "match",
                                                            "isset", "empty",  "array", "and",    "or",
                                                            "xor",   "echo",   "print", "return"};
  if (before.kind == Kind::word) return !is_one_of(before, kOnlyLook);
  return before.kind == Kind::variable || before.is(")") || before.is("]") || before.is("}");
}

// Follows round brackets and counts those of calls.
class Calls {
 public:
  void follow(const PhpToken* before, const PhpToken& token) {
    if (token.is("(")) {
      brackets_ += before && is_call(*before) ? 'c' : ' ';
      calls_ += brackets_.back() == 'c';
    } else if (token.is(")") && !brackets_.empty()) {
      calls_ -= brackets_.back() == 'c';
      brackets_.pop_back();
    }
  }
  bool inside() const { return calls_ > 0; }

 private:
  std::string brackets_;
  size_t calls_ = 0;
};

std::optional<PhpKey> literal_key(const PhpToken& token) {
  if (token.kind == Kind::text) {
    auto text = php_text(token);
    return text ? std::optional(php_key(*text)) : std::nullopt;
  }
  if (token.kind != Kind::number) return std::nullopt;
  auto number = php_number(token);
  auto* whole = number ? std::get_if<int64_t>(&*number) : nullptr;
  return whole ? std::optional<PhpKey>(*whole) : std::nullopt;
}

// Not the `&` of `1 & 2`.
bool is_reference(PhpTokens code, size_t at) {
  if (!code[at].is("&")) return false;
  if (at == 0) return true;
  const PhpToken& before = code[at - 1];
  return before.is_word("as") || (before.kind == Kind::symbol && !before.is(")") && !before.is("]"));
}

// The keys behind a variable as far as they are literal; `at` is moved behind them.
std::vector<std::optional<PhpKey>> pass_keys(PhpTokens code, size_t& at) {
  std::vector<std::optional<PhpKey>> keys;
  while (at + 2 < code.size() && code[at].is("[") && code[at + 2].is("]") && keys.size() < kMostPhpNesting) {
    auto key = literal_key(code[at + 1]);
    if (!key) break;
    keys.push_back(std::move(key));
    at += 3;
  }
  return keys;
}

// `$GLOBALS['name']` is `$name`; false where it may be any.
bool resolve_globals(PhpPlace& place) {
  if (place.name != "GLOBALS") return true;
  auto* name = place.keys.empty() ? nullptr : std::get_if<std::string>(&*place.keys[0]);
  if (!name) return false;
  place.name = std::string(*name);
  place.keys.erase(place.keys.begin());
  return true;
}

}  // namespace

PhpChanges php_changes(PhpTokens code, PhpMention counts) {
  static constexpr std::array<string_view, 7> kMayChangeAny = {
      "include", "include_once", "require", "require_once", "eval", "extract", "parse_str"};
  PhpChanges changes;
  Calls calls;
  for (size_t i = 0; i < code.size();) {
    const PhpToken* before = i > 0 ? &code[i - 1] : nullptr;
    calls.follow(before, code[i]);
    changes.aliases |= is_reference(code, i);
    changes.any |= is_one_of(code[i], kMayChangeAny) || code[i].is("$");
    if (code[i++].kind != Kind::variable) continue;
    PhpPlace place{std::string(code[i - 1].source), {}};
    place.keys = pass_keys(code, i);
    bool suspicious = calls.inside() || (i < code.size() && is_php_assignment(code[i])) ||
                      (before && (before->is("&") || before->is("++") || before->is("--")));
    if (!suspicious && counts == PhpMention::suspicious) continue;
    if (resolve_globals(place)) changes.places.push_back(std::move(place));
    else changes.any = true;
  }
  return changes;
}

}  // namespace base
