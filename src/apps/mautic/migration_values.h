// SPDX-License-Identifier: GPL-3.0-or-later
// What an expression in a migration comes to, as far as it is made of literals and of the tables' prefix. Used by migration_text.cpp
// only.
#pragma once

#include <map>
#include <span>
#include <string>

#include "base/php_tokens.h"

namespace apps::mautic {

using PhpTokens = std::span<const base::PhpToken>;

// The place behind the bracket that closes the one at `open`; tokens.size() when none does.
size_t behind_bracket(PhpTokens tokens, size_t open);

// Variables, properties ("this.name"), constants ("::NAME") and methods without arguments ("name()") of one migration.
class MigrationValues {
 public:
  void set(const std::string& name, std::string value) { known_[name] = std::move(value); }

  // Reads the expression at `at` up to the comma, semicolon or bracket that ends it, and leaves `at` there. What is not known
  // becomes kUnknownMark, the prefix kPrefixMark.
  std::string read(PhpTokens tokens, size_t& at) const;

 private:
  std::string known(const std::string& name) const;
  std::string of_this(PhpTokens tokens, size_t& at) const;
  std::string of_word(PhpTokens tokens, size_t& at) const;
  std::string formatted(PhpTokens tokens, size_t& at) const;
  std::string of_template(std::string_view source) const;
  std::string of_code(std::string_view code) const;

  std::map<std::string, std::string> known_;
};

}  // namespace apps::mautic
