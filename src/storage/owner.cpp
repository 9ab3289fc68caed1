// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/owner.h"

#include <algorithm>
#include <array>

#include "base/failure.h"
#include "base/text.h"

namespace storage {

namespace {

constexpr std::array<std::string_view, 6> kWords = {"package", "shared", "either", "nobody", "user", "filled"};

bool fits(std::string_view pattern, std::string_view text) {
  size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  for (std::string_view rest = pattern.substr(star + 1);; text.remove_prefix(1)) {
    if (fits(rest, text)) return true;
    if (text.empty() || text[0] == '/') return false;
  }
}

}  // namespace

OwnerOf owner_by(std::vector<OwnerRule> rules) {
  return [rules = std::move(rules)](const std::string& path) {
    auto rule = std::find_if(rules.begin(), rules.end(), [&](const OwnerRule& one) { return fits(one.pattern, path); });
    return rule == rules.end() ? Owner::either : rule->owner;
  };
}

std::string to_word(const OwnerRule& rule) { return std::string(kWords[static_cast<size_t>(rule.owner)]) + " " + rule.pattern; }

OwnerRule rule_of(std::string_view word) {
  size_t blank = word.find(' ');
  auto owner = std::find(kWords.begin(), kWords.end(), word.substr(0, blank));
  if (owner == kWords.end() || blank == std::string_view::npos)
    throw base::Failure("this program does not know the rule " + base::printable_line(word), "start the action again");
  return {static_cast<Owner>(owner - kWords.begin()), std::string(word.substr(blank + 1))};
}

}  // namespace storage
