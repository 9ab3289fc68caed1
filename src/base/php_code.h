// SPDX-License-Identifier: GPL-3.0-or-later
// What the reader of PHP configuration files must know of code that it does not carry out: where it ends, whether
// it can be PHP at all, and how to show it. Used by php_literal.h only.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/php_tokens.h"
#include "base/php_variables.h"

namespace base {

using PhpTokens = std::span<const PhpToken>;

constexpr size_t kMostPhpNesting = 100;

template <size_t count>
bool is_one_of(const PhpToken& token, const std::array<std::string_view, count>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is_word(word); });
}

// False for two operands side by side and for an assignment to a literal: no PHP, but what a quote that is missing or
// too many looks like.
bool may_follow(const PhpToken& first, const PhpToken& second);

// "=", ".=", "++" and the like.
bool is_php_assignment(const PhpToken& token);

// The brackets that are open.
class PhpBrackets {
 public:
  bool empty() const { return open_.empty(); }
  // What would close the innermost one; ";" when none is open.
  std::string closing() const;
  // Follows one token; `before` stands before it. False when it does not fit: closing() was expected. A bracket that
  // closes more than was opened does not fit.
  [[nodiscard]] bool follow(const PhpToken& before, const PhpToken& token);
  bool too_deep() const { return open_.size() > kMostPhpNesting; }

 private:
  std::string open_;  // the closing ones; ';' for that of `for (a; b; c)`
};

// Whether blocks written as `if (...): ... endif;` are open, which need no brackets.
class PhpBlocks {
 public:
  bool open() const { return open_ > 0; }
  // Follows one token outside of brackets.
  void follow(const PhpToken& before, const PhpToken& token);

 private:
  int open_ = 0;
  bool control_ = false;  // such a block may begin behind the next ")"
};

// What a piece of code may have changed when it is run.
struct PhpChanges {
  std::vector<PhpPlace> places;
  bool any = false;      // it includes a file or does the like: everything may be changed
  bool aliases = false;  // it takes references: the places have other names from then on
};

// Which variables in it count: all, or those that are assigned to or given to a function, which may take them by
// reference.
enum class PhpMention { any, suspicious };
PhpChanges php_changes(PhpTokens code, PhpMention counts);

// One line, shortened, contents of strings and numbers left out: see PhpCode.
std::string show_php(PhpTokens tokens);

}  // namespace base
