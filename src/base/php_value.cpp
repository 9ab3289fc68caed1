// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/php_value.h"

#include <charconv>

namespace base {

PhpKey php_key(std::string_view text) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && std::to_string(number) == text) return number;
  return std::string(text);
}

PhpArray::PhpArray() = default;
PhpArray::PhpArray(const PhpArray&) = default;
PhpArray::PhpArray(PhpArray&&) noexcept = default;
PhpArray& PhpArray::operator=(const PhpArray&) = default;
PhpArray& PhpArray::operator=(PhpArray&&) noexcept = default;
PhpArray::~PhpArray() = default;

const PhpValue* PhpArray::find(const PhpKey& key) const {
  auto place = places_.find(key);
  return place == places_.end() ? nullptr : &elements_[place->second].value;
}

PhpValue& PhpArray::at(const PhpKey& key) {
  auto [place, is_new] = places_.try_emplace(key, elements_.size());
  if (is_new) elements_.push_back({key, {}});
  return elements_[place->second].value;
}

std::optional<int64_t> PhpArray::next_index() const {
  auto first_text = places_.lower_bound(PhpKey(std::string()));  // behind all numbers
  if (first_text == places_.begin()) return 0;
  int64_t greatest = std::get<int64_t>(std::prev(first_text)->first);
  if (greatest < 0 || greatest == INT64_MAX) return std::nullopt;
  return greatest + 1;
}

const PhpValue* PhpValue::element(const PhpKey& key) const {
  if (auto* array = as<PhpArray>()) return array->find(key);
  auto* code = as<PhpCode>();
  if (!code) return nullptr;
  const PhpValue* known = code->known.find(key);
  return known ? known : this;
}

std::optional<std::string> PhpValue::words() const {
  if (auto* text = as<std::string>()) return *text;
  if (auto* number = as<int64_t>()) return std::to_string(*number);
  if (auto* boolean = as<bool>()) return *boolean ? "1" : "";
  if (is_null()) return "";
  return std::nullopt;
}

}  // namespace base
