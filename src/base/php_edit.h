// SPDX-License-Identifier: GPL-3.0-or-later
// Changes single values of an array in a PHP configuration file and leaves every other byte as it is: the owner's code and comments
// survive. Each change is proved: the new text is read again, and must hold what was meant there and nothing else anew. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/php_literal.h"

namespace base {

// 'text' as PHP source that stands for exactly these bytes.
std::string php_quoted(std::string_view text);

class PhpEdit {
 public:
  // `variable`: the array's name without its $; `name`: what to call the file. Throws Failure when the text cannot be read, or the
  // variable is no array that stands there literally.
  PhpEdit(std::string text, std::string variable, std::string name);

  const std::string& text() const { return text_; }
  const PhpValue* find(std::string_view key) const { return array().find(key); }

  using Change = std::function<std::string(const std::string&)>;
  // Changes the texts of this element, those in arrays in it too. Nothing happens where there is none. Throws Failure, and changes
  // nothing, when the proof fails.
  void change_texts(std::string_view key, const Change& change);
  // Sets an element; one that is not there yet comes at the array's beginning. Throws Failure as well when it is set by code.
  void set(std::string_view key, std::string_view text);
  void set_number(std::string_view key, int64_t number);
  // `source`: a literal, "array('adapter' => 'x')".
  void set_literal(std::string_view key, std::string_view source);
  // Takes an element out, with its comma; nothing happens where there is none.
  void drop(std::string_view key);

 private:
  struct Patch {
    size_t begin, end;
    std::string with;
  };

  const PhpValue& array() const { return *file_.variable(variable_); }
  static void collect(const PhpValue& value, const Change& change, std::vector<Patch>& patches);
  void put(std::string_view key, PhpValue value, std::string source);
  size_t behind_opening() const;
  size_t key_before(const PhpValue& value, std::string_view key) const;
  void apply(std::vector<Patch> patches, const PhpValue& meant);

  std::string text_, variable_, name_;
  PhpFile file_;
};

}  // namespace base
