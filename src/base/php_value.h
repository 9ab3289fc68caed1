// SPDX-License-Identifier: GPL-3.0-or-later
// A value out of a PHP configuration file, as php_literal.h reads it without running PHP: what stands there
// literally, or `code` where only PHP could tell. Plain data, cheap to look into.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace base {

struct PhpValue;

using PhpKey = std::variant<int64_t, std::string>;

// The key that PHP makes of a text: "8" and "-5" are whole numbers, "08" and "8 " are texts.
PhpKey php_key(std::string_view text);

// Keys in the order in which they were first set. Every operation is O(log n), whatever the keys are.
class PhpArray {
 public:
  struct Element;

  // In the .cpp: they need the whole Element, which holds arrays itself.
  PhpArray();
  PhpArray(const PhpArray&);
  PhpArray(PhpArray&&) noexcept;
  PhpArray& operator=(const PhpArray&);
  PhpArray& operator=(PhpArray&&) noexcept;
  ~PhpArray();

  const std::vector<Element>& elements() const { return elements_; }
  const PhpValue* find(const PhpKey& key) const;  // nullptr: no such element
  // The element of this key, made when there is none (then null). Valid until the next call.
  PhpValue& at(const PhpKey& key);
  // The key that `[] =` would use; nullopt where that depends on PHP's version (below a negative one) or there
  // is none left.
  std::optional<int64_t> next_index() const;

 private:
  std::vector<Element> elements_;
  std::map<PhpKey, size_t> places_;
};

// What only PHP could tell.
struct PhpCode {
  // The source, shortened, in one line, with what stands in quotes and all numbers replaced by "...", because
  // one of them may be a password; names of environment variables stay.
  std::string source;
  // Elements that were set literally after it (`$p = f(); $p['x'] = 'y';`).
  PhpArray known;
};

struct PhpValue {
  std::variant<std::nullptr_t, bool, int64_t, double, std::string, PhpArray, PhpCode> is = nullptr;
  unsigned line = 0;  // in which it begins, from 1
  // Where it stands in the file that was read, in bytes; equal: in no one place.
  size_t begin = 0, end = 0;

  template <typename Type>
  const Type* as() const {
    return std::get_if<Type>(&is);
  }
  bool is_null() const { return as<std::nullptr_t>(); }

  // An element; nullptr when there is none. An element of code is that code, unless it was set after it.
  const PhpValue* element(const PhpKey& key) const;
  const PhpValue* find(std::string_view key) const { return element(php_key(key)); }

  // What PHP makes of it in a text: null and false are empty, true is 1. nullopt for fractions (that depends on
  // php.ini), arrays and code.
  std::optional<std::string> words() const;
};

struct PhpArray::Element {
  PhpKey key;
  PhpValue value;
};

}  // namespace base
