// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/version.h"

#include <algorithm>
#include <array>

#include "base/failure.h"
#include "base/text.h"

namespace base {

namespace {

// Takes the whole number at the beginning of `text` off it.
std::optional<unsigned> take_number(std::string_view& text) {
  size_t length = 0;
  while (length < text.size() && text[length] >= '0' && text[length] <= '9') ++length;
  auto value = whole_number(text.substr(0, length), 4'000'000'000U);
  if (!value) return std::nullopt;
  text.remove_prefix(length);
  return static_cast<unsigned>(*value);
}

constexpr std::array<std::pair<std::string_view, int>, 7> kStages = {
    {{"alpha", 0}, {"beta", 1}, {"release", 3}, {"rc", 2}, {"dev", 0}, {"RC", 2}, {"stable", 3}}};

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
  text = trim(text);
  Version version;
  version.text_ = text;
  for (;;) {
    auto number = take_number(text);
    if (!number) return std::nullopt;
    version.numbers_.push_back(*number);
    if (text.size() < 2 || text[0] != '.' || text[1] < '0' || text[1] > '9') break;
    text.remove_prefix(1);
  }
  if (text.empty()) return version;
  if (text[0] == '-') text.remove_prefix(1);
  for (auto [word, stage] : kStages) {
    if (text.substr(0, word.size()) != word) continue;
    version.stage_ = stage;
    text.remove_prefix(word.size());
    if (!text.empty() && (text[0] == '.' || text[0] == '-')) text.remove_prefix(1);
    if (!text.empty()) {
      auto number = take_number(text);
      if (!number || !text.empty()) return std::nullopt;
      version.stage_number_ = *number;
    }
    return version;
  }
  return std::nullopt;
}

Version Version::of(std::string_view text) {
  auto version = parse(text);
  if (!version) throw Failure("not a version: " + std::string(text));
  return *version;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  for (size_t i = 0; i < std::max(numbers_.size(), other.numbers_.size()); ++i)
    if (auto order = part(i) <=> other.part(i); order != 0) return order;
  if (auto order = stage_ <=> other.stage_; order != 0) return order;
  return stage_number_ <=> other.stage_number_;
}

}  // namespace base
