// SPDX-License-Identifier: GPL-3.0-or-later
// PHP source cut into its words, by the rules of PHP's own scanner as far as they decide where a string, a comment
// or a word ends. Linear in the size of the file. Compared with PHP 8.2 over generated and damaged files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/failure.h"

namespace base {

struct PhpToken {
  enum class Kind : uint8_t {
    end,       // one, the last
    variable,  // source: the name without its $
    word,      // a keyword, constant, function or class name, with its namespace
    number,    // see php_number
    text,      // a string without variables in it, see php_text
    templ,     // a string with variables in it, a heredoc, a command in backticks
    symbol,    // an operator or bracket; "?>" and the text up to the next "<?php" come as one ";"
  };
  Kind kind = Kind::end;
  bool spaced = false;  // blanks or comments stand before it
  unsigned line = 0;    // from 1
  std::string_view source{};

  bool is(std::string_view symbol) const { return kind == Kind::symbol && source == symbol; }
  bool is_word(std::string_view lower_case) const;  // in any case
};

// Where the first "<?php" or "<?=" from `from` on begins; npos: there is none. What stands before it PHP prints as it is.
size_t php_begin(std::string_view text, size_t from = 0);

// Points into `text`. Ends at __halt_compiler, as PHP does. Throws Failure ("NAME is damaged: line 3: ...") on a
// string or comment that does not end, on bytes that are no PHP, without any "<?php", and on more than 500,000 words.
std::vector<PhpToken> php_tokens(std::string_view text, const std::string& name);

// The bytes that a text stands for; nullopt when a \u{...} in it is wrong.
std::optional<std::string> php_text(const PhpToken& token);

// Whole numbers that are too large become fractions, as in PHP; nullopt for a wrong one (08).
std::optional<std::variant<int64_t, double>> php_number(const PhpToken& token);

// A word for a message; never what stands in the file, which may be a part of a password.
std::string describe(const PhpToken& token);

Failure damaged_php(const std::string& name, unsigned line, const std::string& what);

}  // namespace base
