// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/percent.h"

namespace base {

namespace {

// Passwords hold no such names; all parameters of Mautic and of Symfony's kernel have a dot in theirs.
bool is_parameter_name(std::string_view name) {
  if (name.starts_with("env(") && name.ends_with(")")) return true;
  bool plain = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == name.npos;
  size_t dot = name.find('.');
  return plain && dot != name.npos && dot > 0 && name.back() != '.';
}

// The % that ends what begins at text[at]; npos: none does.
size_t closing(std::string_view text, size_t at) {
  size_t end = text.find_first_of("% \t\n\v\f\r", at + 1);
  return end != text.npos && text[end] == '%' ? end : text.npos;
}

bool is_sound(std::string_view text, size_t at, size_t end) {
  return end == at + 1 || is_parameter_name(text.substr(at + 1, end - at - 1));
}

}  // namespace

bool has_raw_percent(std::string_view text) {
  for (size_t at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    size_t end = closing(text, at);
    if (end == text.npos) continue;
    if (!is_sound(text, at, end)) return true;
    at = end;
  }
  return false;
}

std::string with_raw_percent_doubled(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    size_t end = text[at] == '%' ? closing(text, at) : text.npos;
    if (end != text.npos && is_sound(text, at, end)) {
      out += text.substr(at, end - at + 1);
      at = end;
      continue;
    }
    out += text[at];
    if (text[at] == '%') out += '%';
  }
  return out;
}

std::string with_percent_doubled(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '%' ? "%%" : std::string(1, c);
  return out;
}

}  // namespace base
