// SPDX-License-Identifier: GPL-3.0-or-later
// Values that are known to be secret: each is one pass over the text.
#include <algorithm>
#include <array>
#include <cctype>

#include "base/masking.h"
#include "base/percent.h"
#include "base/text.h"

namespace base {

namespace {

constexpr size_t kLeastSecret = 4;  // shorter ones stand in every line
constexpr size_t kLeastSure = 8;    // so long ones stand nowhere by chance, also not inside of a word
// Longer ones that logs are full of.
constexpr std::array<std::string_view, 6> kLongWords = {"password", "database", "localhost", "exception", "doctrine", "administrator"};

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "root", "Mautic", "MAUTIC", "2026".
bool is_plain(std::string_view secret) {
  std::string_view rest = secret.substr(1);
  bool letters = std::all_of(secret.begin(), secret.end(), is_letter);
  bool one_case = std::none_of(rest.begin(), rest.end(), is_upper) || std::all_of(secret.begin(), secret.end(), is_upper);
  return (letters && one_case) || std::all_of(secret.begin(), secret.end(), is_digit);
}

enum class Where { anywhere, as_word, as_value };

Where where_to_mask(std::string_view secret) {
  bool is_long_word = std::find(kLongWords.begin(), kLongWords.end(), lower(secret)) != kLongWords.end();
  if (is_long_word || (secret.size() < kLeastSure && is_plain(secret))) return Where::as_value;
  return secret.size() < kLeastSure ? Where::as_word : Where::anywhere;
}

// Whether what stands from `at` on for `size` bytes is to be masked.
bool is_meant(std::string_view text, size_t at, size_t size, Where where) {
  if (where == Where::anywhere) return true;
  char before = at == 0 ? ' ' : text[at - 1], behind = at + size == text.size() ? ' ' : text[at + size];
  bool alone = !(in_word(before) && in_word(text[at])) && !(in_word(behind) && in_word(text[at + size - 1]));
  if (where == Where::as_word || !alone) return alone;
  bool quoted = (before == '\'' || before == '"') && behind == before;
  bool is_account = quoted && text.substr(at + size + 1, 1) == "@";
  return (quoted && !is_account) || before == '=';
}

std::string without(std::string_view text, std::string_view secret, Where where) {
  std::string out;
  size_t kept = 0;
  for (size_t at = text.find(secret); at != std::string_view::npos; at = text.find(secret, at)) {
    if (!is_meant(text, at, secret.size(), where)) {
      ++at;
      continue;
    }
    out.append(text.substr(kept, at - kept)).append(kMask);
    kept = at += secret.size();
  }
  return out.append(text.substr(kept));
}

// As JSON has it in logs.
std::string with_slashes_escaped(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '/' || c == '\\' || c == '"' ? std::string("\\") + c : std::string(1, c);
  return out;
}

}  // namespace

std::string masked(std::string_view text, const std::vector<std::string>& secrets) {
  std::vector<std::string> longest_first = secrets;
  std::sort(longest_first.begin(), longest_first.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::string out(text);
  for (const auto& secret : longest_first) {
    if (secret.size() < kLeastSecret || secret == kMask) continue;
    for (const std::string& form : {secret, with_percent_doubled(secret), with_slashes_escaped(secret)})
      out = without(out, form, where_to_mask(secret));
  }
  return masked(out);
}

}  // namespace base
