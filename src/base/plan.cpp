// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/plan.h"

#include <array>

#include "base/failure.h"

namespace base {

namespace {

constexpr std::array<std::string_view, 5> kEffects = {"reads", "files", "database", "both", "routine"};
constexpr std::array<std::string_view, 3> kInterruptions = {"cursor", "restart", "once"};

template <typename Enum, size_t count>
Enum enum_of(const std::array<std::string_view, count>& words, std::string_view word) {
  for (size_t i = 0; i < count; ++i)
    if (words[i] == word) return static_cast<Enum>(i);
  throw Failure("unknown word in a plan: " + std::string(word));
}

}  // namespace

std::string_view word(Effect effect) { return kEffects[static_cast<size_t>(effect)]; }
std::string_view word(Interruption interruption) { return kInterruptions[static_cast<size_t>(interruption)]; }
Effect effect_of(std::string_view word) { return enum_of<Effect>(kEffects, word); }
Interruption interruption_of(std::string_view word) { return enum_of<Interruption>(kInterruptions, word); }

}  // namespace base
