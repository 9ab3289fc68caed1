// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/php_edit.h"

#include <algorithm>

#include "base/failure.h"

namespace base {

namespace {

bool same(const PhpValue& a, const PhpValue& b);

// In any order: a new element comes first.
bool same(const PhpArray& a, const PhpArray& b) {
  return a.elements().size() == b.elements().size() && std::all_of(a.elements().begin(), a.elements().end(), [&](const auto& element) {
           const PhpValue* other = b.find(element.key);
           return other && same(element.value, *other);
         });
}

bool same(const PhpValue& a, const PhpValue& b) {
  if (a.is.index() != b.is.index()) return false;
  if (auto* array = a.as<PhpArray>()) return same(*array, *b.as<PhpArray>());
  if (auto* code = a.as<PhpCode>()) return code->source == b.as<PhpCode>()->source && same(code->known, b.as<PhpCode>()->known);
  if (a.as<bool>()) return *a.as<bool>() == *b.as<bool>();
  if (a.as<int64_t>()) return *a.as<int64_t>() == *b.as<int64_t>();
  if (a.as<double>()) return *a.as<double>() == *b.as<double>();
  return !a.as<std::string>() || *a.as<std::string>() == *b.as<std::string>();
}

PhpValue changed(const PhpValue& value, const PhpEdit::Change& change) {
  PhpValue out = value;
  if (auto* text = std::get_if<std::string>(&out.is)) *text = change(*text);
  if (auto* array = value.as<PhpArray>())
    for (const auto& element : array->elements()) std::get<PhpArray>(out.is).at(element.key) = changed(element.value, change);
  return out;
}

// `value` with this element set.
PhpValue with_element(const PhpValue& value, std::string_view key, PhpValue element) {
  PhpValue out = value;
  std::get<PhpArray>(out.is).at(php_key(key)) = std::move(element);
  return out;
}

PhpValue without_element(const PhpValue& value, std::string_view key) {
  PhpValue out = value;
  PhpArray rest;
  for (const auto& element : value.as<PhpArray>()->elements())
    if (element.key != php_key(key)) rest.at(element.key) = element.value;
  out.is = std::move(rest);
  return out;
}

}  // namespace

std::string php_quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

PhpEdit::PhpEdit(std::string text, std::string variable, std::string name)
    : text_(std::move(text)), variable_(std::move(variable)), name_(std::move(name)), file_(parse_php(text_, name_)) {
  const PhpValue* found = file_.variable(variable_);
  if (!found || !found->as<PhpArray>())
    throw Failure("$" + variable_ + " in " + name_ + " is no array that stands there literally", "edit it by hand");
}

void PhpEdit::collect(const PhpValue& value, const Change& change, std::vector<Patch>& patches) {
  if (auto* text = value.as<std::string>()) {
    std::string now = change(*text);
    if (now != *text) patches.push_back({value.begin, value.end, php_quoted(now)});
  }
  if (auto* array = value.as<PhpArray>())
    for (const auto& element : array->elements()) collect(element.value, change, patches);
}

void PhpEdit::change_texts(std::string_view key, const Change& change) {
  const PhpValue* value = find(key);
  if (!value) return;
  std::vector<Patch> patches;
  collect(*value, change, patches);
  if (!patches.empty()) apply(std::move(patches), with_element(array(), key, changed(*value, change)));
}

void PhpEdit::set(std::string_view key, std::string_view text) {
  PhpValue value;
  value.is = std::string(text);
  put(key, std::move(value), php_quoted(text));
}

void PhpEdit::set_number(std::string_view key, int64_t number) {
  PhpValue value;
  value.is = number;
  put(key, std::move(value), std::to_string(number));
}

void PhpEdit::set_literal(std::string_view key, std::string_view source) {
  PhpFile literal = parse_php("<?php $value = " + std::string(source) + ";", "a literal");
  const PhpValue* value = literal.variable("value");
  if (!value || value->as<PhpCode>()) throw Failure(std::string(source) + " is no literal");
  put(key, *value, std::string(source));
}

// From the key to behind the comma; what stands between elements, comments too, stays.
void PhpEdit::drop(std::string_view key) {
  const PhpValue* value = find(key);
  if (!value) return;
  size_t begin = key_before(*value, key), end = value->end;
  while (end < text_.size() && std::string_view(" \t\r\n").find(text_[end]) != std::string_view::npos) ++end;
  bool has_comma = end < text_.size() && text_[end] == ',';
  apply({{begin, has_comma ? end + 1 : value->end, ""}}, without_element(array(), key));
}

// Where the key of an element stands in front of its value; apply() proves that it is it.
size_t PhpEdit::key_before(const PhpValue& value, std::string_view key) const {
  for (char quote : {'\'', '"'}) {
    size_t at = text_.rfind(quote + std::string(key) + quote, value.begin);
    if (at != std::string::npos && at > array().begin) return at;
  }
  throw Failure("the key " + std::string(key) + " in " + name_ + " does not stand there literally", "edit it by hand");
}

void PhpEdit::put(std::string_view key, PhpValue value, std::string source) {
  const PhpValue* present = find(key);
  if (present && present->as<PhpCode>())
    throw Failure(std::string(key) + " in " + name_ + " is set by code", "edit it by hand");
  Patch patch{behind_opening(), behind_opening(), "\n\t" + php_quoted(key) + " => " + source + ","};
  if (present) patch = {present->begin, present->end, std::move(source)};
  apply({std::move(patch)}, with_element(array(), key, std::move(value)));
}

size_t PhpEdit::behind_opening() const {
  size_t begin = array().begin;
  return text_[begin] == '[' ? begin + 1 : text_.find('(', begin) + 1;
}

void PhpEdit::apply(std::vector<Patch> patches, const PhpValue& meant) {
  std::sort(patches.begin(), patches.end(), [](const Patch& a, const Patch& b) { return a.begin > b.begin; });
  std::string text = text_;
  for (const Patch& patch : patches) {
    if (patch.end > text.size() || patch.end < patch.begin || patch.begin == 0)
      throw Failure("a value in " + name_ + " stands in no one place", "edit it by hand");
    text.replace(patch.begin, patch.end - patch.begin, patch.with);
  }
  PhpFile file = parse_php(text, name_);
  const PhpValue* now = file.variable(variable_);
  if (!now || !same(*now, meant))
    throw Failure(name_ + " cannot be edited: PHP would read it otherwise than is meant", "edit it by hand");
  text_ = std::move(text);
  file_ = std::move(file);
}

}  // namespace base
