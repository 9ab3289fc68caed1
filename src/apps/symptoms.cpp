// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/symptoms.h"

#include "base/text.h"

namespace apps {

namespace {

// "a*b": b behind a.
bool occurs(std::string_view sign, std::string_view text) {
  for (std::string_view part : base::split(sign, '*')) {
    size_t at = text.find(part);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + part.size());
  }
  return true;
}

}  // namespace

const Symptom* find_symptom(std::span<const Symptom> table, std::string_view text) {
  for (const Symptom& symptom : table)
    for (std::string_view sign : symptom.signs)
      if (!sign.empty() && occurs(sign, text)) return &symptom;
  return nullptr;
}

}  // namespace apps
