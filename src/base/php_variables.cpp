// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/php_variables.h"

namespace base {

PhpValue* php_element(PhpValue& value, const std::optional<PhpKey>& key) {
  if (value.is_null()) value.is = PhpArray();
  auto* array = std::get_if<PhpArray>(&value.is);
  if (auto* code = std::get_if<PhpCode>(&value.is); code && key) array = &code->known;
  if (!array) return nullptr;
  std::optional<PhpKey> place = key;
  if (!place) {
    auto index = array->next_index();
    if (!index) return nullptr;
    place = *index;
  }
  return &array->at(*place);
}

void PhpVariables::assign(const PhpPlace& place, PhpValue value) {
  Variable& variable = variables_[place.name];
  if (variable.alias) return;
  settle(variable);
  variable.assigned = ++calls_;
  PhpValue* target = &variable.value;
  for (const auto& key : place.keys) {
    if (target->line == 0) target->line = value.line;
    if (PhpValue* element = php_element(*target, key)) {
      target = element;
      continue;
    }
    // `[]` of code, or an element of a text: the value that holds it is not known any more.
    auto* code = value.as<PhpCode>();
    value.is = PhpCode{code ? code->source : "[...] =", {}};
    break;
  }
  *target = std::move(value);
}

void PhpVariables::alias(const std::string& name, PhpValue code) {
  variables_[name] = {std::move(code), ++calls_, true};
}

void PhpVariables::doubt_all(PhpValue code) {
  doubt_ = std::move(code);
  doubted_ = ++calls_;
}

const PhpValue* PhpVariables::find(std::string_view name) const {
  auto found = variables_.find(name);
  if (found != variables_.end()) return &found->second.value;
  return doubt_ ? &*doubt_ : nullptr;
}

void PhpVariables::settle() {
  for (auto& [name, variable] : variables_) settle(variable);
}

void PhpVariables::settle(Variable& variable) const {
  if (doubt_ && variable.assigned < doubted_) variable.value = *doubt_;
}

}  // namespace base
