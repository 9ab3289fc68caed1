// SPDX-License-Identifier: GPL-3.0-or-later
// What a string or number of PHP source stands for, by PHP's exact rules.
#include <array>
#include <charconv>
#include <cstdlib>

#include "base/php_tokens.h"

namespace base {

namespace {

// The value of a digit of any base up to 16; 16 for what is none.
unsigned digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? static_cast<unsigned>(small - 'a' + 10) : 16;
}

// ---- strings

std::string single_quoted(std::string_view inside) {
  std::string out;
  for (size_t i = 0; i < inside.size(); ++i) {
    bool escape = inside[i] == '\\' && i + 1 < inside.size() && (inside[i + 1] == '\\' || inside[i + 1] == '\'');
    out += inside[escape ? ++i : i];
  }
  return out;
}

// Without a check for surrogates, which PHP has not either.
void append_utf8(std::string& out, unsigned point) {
  auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    tail(12), tail(6), tail(0);
  }
}

class DoubleQuoted {
 public:
  explicit DoubleQuoted(std::string_view inside) : text_(inside) {}

  std::optional<std::string> decode() {
    while (at_ < text_.size()) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        if (!escape()) return std::nullopt;
      } else {
        out_ += text_[at_++];
      }
    }
    return std::move(out_);
  }

 private:
  // Up to `most` digits of this base, from at_ on.
  unsigned digits(unsigned base, size_t most) {
    unsigned value = 0;
    for (; most > 0 && at_ < text_.size() && digit_of(text_[at_]) < base; --most)
      value = value * base + digit_of(text_[at_++]);
    return value;
  }

  bool escape() {
    static constexpr std::string_view kFrom = "nrtvfe\\$\"", kTo = "\n\r\t\v\f\x1b\\$\"";
    char c = text_[at_ + 1];
    char following = at_ + 2 < text_.size() ? text_[at_ + 2] : '\0';
    if (auto plain = kFrom.find(c); plain != kFrom.npos) {
      out_ += kTo[plain];
      at_ += 2;
    } else if (digit_of(c) < 8) {
      at_ += 1;
      out_ += static_cast<char>(digits(8, 3));  // \777 overflows silently
    } else if ((c == 'x' || c == 'X') && digit_of(following) < 16) {
      at_ += 2;
      out_ += static_cast<char>(digits(16, 2));
    } else if (c == 'u' && following == '{') {
      return code_point();
    } else {
      out_ += '\\';
      at_ += 1;
    }
    return true;
  }

  bool code_point() {
    at_ += 3;
    size_t from = at_;
    unsigned point = 0;
    while (at_ < text_.size() && digit_of(text_[at_]) < 16 && point <= 0x10FFFF) point = point * 16 + digits(16, 1);
    if (at_ == from || at_ == text_.size() || text_[at_] != '}' || point > 0x10FFFF) return false;
    ++at_;
    append_utf8(out_, point);
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string out_;
};

// ---- numbers

std::optional<std::variant<int64_t, double>> whole(const std::string& digits, unsigned base) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, static_cast<int>(base));
  if (error != std::errc::result_out_of_range) {
    if (end != digits.data() + digits.size()) return std::nullopt;
    return value;
  }
  if (base == 10) return std::strtod(digits.c_str(), nullptr);
  double large = 0;
  for (char c : digits) {
    if (digit_of(c) >= base) return std::nullopt;
    large = large * base + digit_of(c);
  }
  return large;
}

}  // namespace

std::optional<std::string> php_text(const PhpToken& token) {
  std::string_view inside = token.source;
  if (inside[0] != '\'' && inside[0] != '"') inside.remove_prefix(1);
  char quote = inside[0];
  inside = inside.substr(1, inside.size() - 2);
  return quote == '\'' ? single_quoted(inside) : DoubleQuoted(inside).decode();
}

std::optional<std::variant<int64_t, double>> php_number(const PhpToken& token) {
  std::string digits;
  for (char c : token.source)
    if (c != '_') digits += c;
  char mark = digits.size() > 1 && digits[0] == '0' ? static_cast<char>(digits[1] | 0x20) : '\0';
  if (mark == 'x') return whole(digits.substr(2), 16);
  if (mark == 'b') return whole(digits.substr(2), 2);
  if (mark == 'o') return whole(digits.substr(2), 8);
  // The program never sets a locale: the decimal point is a point.
  if (digits.find_first_of(".eE") != digits.npos) return std::strtod(digits.c_str(), nullptr);
  return whole(digits, mark ? 8 : 10);
}

}  // namespace base
