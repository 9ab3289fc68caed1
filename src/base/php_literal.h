// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a PHP configuration file without running it. Carries out the assignments at its top level,
//   $name = LITERAL;   $name['key'] = LITERAL;   return LITERAL;
// where LITERAL is null, a boolean, a number, a string, an array of such, or strings joined with `.`. Everything else
// (function calls, constants, variables, casts, ifs) is kept as code and never guessed: a value that such code makes,
// or that a statement in the file may have changed, is a PhpCode. The rest of the file counts even where code before
// it might end the run (`if (!defined('X')) die;`). Inputs are hostile: time and memory are linear in the size of the
// file (up to 1 MB), nesting is limited.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/php_value.h"
#include "base/php_variables.h"

namespace base {

constexpr size_t kMostPhpBytes = 1 << 20;

class PhpFile {
 public:
  // What `$name` holds when the file has been run; nullptr: it is never assigned.
  const PhpValue* variable(std::string_view name) const { return variables_.find(name); }
  // What it returns; nullptr: nothing.
  const PhpValue* returned() const { return returned_ ? &*returned_ : nullptr; }

 private:
  friend class PhpParser;
  PhpVariables variables_;
  std::optional<PhpValue> returned_;
};

// Throws Failure when the file is empty, cut off or damaged, so that PHP could not read it either:
// "config/local.php is damaged: line 3: expected , or ] but found the end of the file". `name` is what to call it.
// No message holds a part of the file: it may be a part of a password.
PhpFile parse_php(std::string_view text, const std::string& name);

}  // namespace base
