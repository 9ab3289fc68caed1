// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/php_words.h"

namespace platform {

std::string limits_of(const PhpRange& range) {
  constexpr unsigned kAny = 99;
  const std::string &least = range.least.text(), &most = range.most.text();
  if (most.empty()) return least.empty() ? "" : least + " or newer";
  if (least.empty()) return most + " or older";
  std::string major = std::to_string(range.most.major());
  bool is_whole_major = most == major + "." + std::to_string(kAny);
  return is_whole_major ? least + " or later (to " + major + ".x)" : least + " to " + most;
}

std::string words_of(const PhpRange& range) {
  std::string limits = limits_of(range);
  return limits.empty() ? "any version" : limits;
}

}  // namespace platform
