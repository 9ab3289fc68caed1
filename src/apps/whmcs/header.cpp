// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/header.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace apps::whmcs {

namespace {

using std::string_view;

constexpr string_view kTitle = "WHMCS - The Complete Client Management";
constexpr string_view kSeveral = "<?php //ICB0 ";

// What stands behind "// *" of a line and before its closing star; empty where it is no line of a header.
string_view words_of(string_view line) {
  line = base::trim(line);
  if (!line.starts_with("//")) return {};
  line = base::trim(line.substr(2));
  if (!line.starts_with('*')) return {};
  line = base::trim(line.substr(1));
  if (line.ends_with('*')) line.remove_suffix(1);
  return base::trim(line);
}

// What follows a name and the colon that not every release has behind it.
std::optional<string_view> value_of(string_view words, string_view name) {
  if (!words.starts_with(name)) return std::nullopt;
  words = base::trim(words.substr(name.size()));
  if (words.starts_with(':')) words = base::trim(words.substr(1));
  return words;
}

// "8.13.0 (8.13.0-release.1)"; the brackets count where they hold a version.
base::Version version_in(string_view words) {
  size_t open = words.find('('), close = words.find(')', open);
  if (close != words.npos)
    if (auto full = base::Version::parse(words.substr(open + 1, close - open - 1))) return *full;
  return base::Version::parse(words.substr(0, words.find_first_of(" ("))).value_or(base::Version());
}

std::optional<uint64_t> hexadecimal(string_view digits) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  bool is_whole = error == std::errc() && end == digits.data() + digits.size();
  return is_whole ? std::optional(value) : std::nullopt;
}

// Of the first line: "82:1a8e8" is the part for PHP 8.2, which begins there.
struct Parts {
  std::vector<base::Version> encoded_for;
  uint64_t last_begins = 0;
};

Parts parts_in(string_view line) {
  Parts parts;
  if (!line.starts_with(kSeveral)) return parts;
  line = line.substr(kSeveral.size());
  for (string_view word : base::split(line.substr(0, line.find('?')), ' ')) {
    size_t colon = word.find(':');
    auto begins = colon == word.npos ? std::nullopt : hexadecimal(word.substr(colon + 1));
    bool is_php = colon != word.npos && colon >= 2 && colon <= 3 && base::whole_number(word.substr(0, colon));
    if (!begins || !is_php) continue;
    std::string number = std::string(word.substr(0, 1)) + "." + std::string(word.substr(1, colon - 1));
    parts.encoded_for.push_back(base::Version::of(number));
    parts.last_begins = std::max(parts.last_begins, *begins);
  }
  std::sort(parts.encoded_for.begin(), parts.encoded_for.end());
  return parts;
}

// "<?php //00e57" and "<?php //ICB0 ...": the encoder's own.
bool is_encoded(string_view line) {
  if (line.starts_with(kSeveral)) return true;
  constexpr string_view kOne = "<?php //";
  constexpr size_t kDigits = 5;
  string_view mark = base::trim(line.substr(std::min(line.size(), kOne.size())));
  return line.starts_with(kOne) && mark.size() == kDigits && hexadecimal(mark).has_value();
}

// The encoder closes PHP behind the header and its own lines; the encoded text follows.
bool ends_in_head(string_view first_line, string_view text, uint64_t size_bytes) {
  if (!is_encoded(first_line) || size_bytes > text.size()) return false;
  size_t close = text.rfind("?>");
  return close == text.npos || close < first_line.size() || base::trim(text.substr(close + 2)).empty();
}

}  // namespace

std::optional<Header> header_in(string_view text, uint64_t size_bytes) {
  if (!base::contains(text, kTitle)) return std::nullopt;
  Header header;
  for (string_view line : base::lines(text)) {
    string_view words = words_of(line);
    if (auto version = value_of(words, "Version"); version && header.version.empty())
      header.version = version_in(*version);
    if (auto build = value_of(words, "BuildId"); build && header.build.empty())
      header.build = base::printable_line(*build);
  }
  string_view first_line = text.substr(0, text.find('\n'));
  Parts parts = parts_in(first_line);
  header.encoded_for = std::move(parts.encoded_for);
  if (size_bytes <= parts.last_begins)
    header.damage = "has " + std::to_string(size_bytes) + " bytes, and its last part begins only behind " +
                    std::to_string(parts.last_begins);
  else if (ends_in_head(first_line, text, size_bytes))
    header.damage = "ends after " + std::to_string(size_bytes) + " bytes, before what is encoded";
  return header;
}

platform::PhpRange range_of(const std::vector<base::Version>& encoded_for) {
  if (encoded_for.empty()) return {};
  return {encoded_for.front(), base::Version::of(std::to_string(encoded_for.back().major()) + ".99")};
}

std::strong_ordering compare(const base::Version& one, const base::Version& other) {
  auto is_bare = [](const base::Version& version) { return !base::contains(version.text(), "-"); };
  auto plain = [](const base::Version& version) {
    size_t at = version.text().find("-release");
    return at == std::string::npos ? version : base::Version::of(version.text().substr(0, at));
  };
  if (is_bare(one) == is_bare(other)) return one <=> other;
  return plain(one) <=> plain(other);
}

}  // namespace apps::whmcs
