// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/placing.h"

#include "base/text.h"

namespace storage {

namespace {

constexpr std::string_view kPlace = "place", kLeave = "leave";

}  // namespace

std::optional<std::string> placed(const std::vector<Placing>& placings, const std::string& path) {
  for (const auto& [from, to] : placings) {
    bool is_it = path == from, lies_below = from.empty() || path.starts_with(from + "/");
    if (!is_it && !lies_below) continue;
    if (!to || is_it) return to;
    std::string rest = path.substr(from.empty() ? 0 : from.size() + 1);
    return to->empty() ? rest : *to + "/" + rest;
  }
  return std::nullopt;
}

std::string to_word(const Placing& placing) {
  std::string words = std::string(placing.to ? kPlace : kLeave) + " " + base::url_encode(placing.from);
  return placing.to ? words + " " + base::url_encode(*placing.to) : words;
}

std::optional<Placing> placing_of(std::string_view word) {
  auto words = base::split(word, ' ');
  if (words.size() == 3 && words[0] == kPlace) return Placing{base::url_decode(words[1]), base::url_decode(words[2])};
  if (words.size() == 2 && words[0] == kLeave) return Placing{base::url_decode(words[1]), std::nullopt};
  return std::nullopt;
}

std::vector<Placing> placings_in(const std::vector<std::string>& words, size_t from) {
  std::vector<Placing> all;
  for (size_t i = from; i < words.size(); ++i)
    if (auto placing = placing_of(words[i])) all.push_back(std::move(*placing));
  return all;
}

}  // namespace storage
