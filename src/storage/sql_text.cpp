// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace storage {

namespace {

// What stands behind the backslash; 0 = the byte stands for itself. A double quote needs none between single ones.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes{};
  escapes[0] = '0';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes[0x1a] = 'Z';
  escapes['\''] = '\'';
  escapes['\\'] = '\\';
  return escapes;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

constexpr uint64_t kOnes = 0x0101010101010101U;
constexpr uint64_t kHighs = 0x8080808080808080U;

constexpr uint64_t zero_bytes(uint64_t word) { return (word - kOnes) & ~word & kHighs; }

// Whether one of eight bytes may need escaping: control characters all count.
constexpr bool may_need_escape(uint64_t word) {
  uint64_t controls = (word - kOnes * 0x20) & ~word & kHighs;
  return (controls | zero_bytes(word ^ (kOnes * '\'')) | zero_bytes(word ^ (kOnes * '\\'))) != 0;
}

char* put_escaped_byte(char* to, char byte) {
  char escape = kEscapes[static_cast<unsigned char>(byte)];
  if (escape == 0) {
    *to = byte;
    return to + 1;
  }
  to[0] = '\\';
  to[1] = escape;
  return to + 2;
}

}  // namespace

char* put_escaped(char* to, std::string_view bytes) {
  const char* from = bytes.data();
  const char* end = from + bytes.size();
  while (end - from >= 8) {
    uint64_t word;
    std::memcpy(&word, from, 8);
    if (!may_need_escape(word)) {
      std::memcpy(to, &word, 8);
      to += 8;
      from += 8;
      continue;
    }
    for (int i = 0; i < 8; ++i) to = put_escaped_byte(to, *from++);
  }
  while (from != end) to = put_escaped_byte(to, *from++);
  return to;
}

char* put_hex(char* to, std::string_view bytes) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (unsigned char byte : bytes) {
    *to++ = digits[byte >> 4];
    *to++ = digits[byte & 15];
  }
  return to;
}

size_t escaped_bytes(std::string_view bytes) {
  auto extra = std::count_if(bytes.begin(), bytes.end(),
                             [](char byte) { return kEscapes[static_cast<unsigned char>(byte)] != 0; });
  return bytes.size() + static_cast<size_t>(extra);
}

char* put_literal(char* to, Literal kind, std::string_view bytes) {
  if (kind == Literal::number) return std::copy(bytes.begin(), bytes.end(), to);
  if (kind == Literal::hex && !bytes.empty()) {
    *to++ = '0';
    *to++ = 'x';
    return put_hex(to, bytes);
  }
  *to++ = '\'';
  to = put_escaped(to, bytes);
  *to++ = '\'';
  return to;
}

size_t literal_bytes(Literal kind, std::string_view bytes) {
  if (kind == Literal::number) return bytes.size();
  return 2 + (kind == Literal::hex ? 2 * bytes.size() : escaped_bytes(bytes));
}

StatementLimits statement_limits(uint64_t max_allowed_packet) {
  size_t half = static_cast<size_t>(std::max<uint64_t>(max_allowed_packet, 16384) / 2 - 1);
  return {std::min(kStatementBytes, half), half, std::min(kStatementBytes, half) / 2 - 128};
}

Placement place_row(const StatementLimits& limits, size_t open_bytes, size_t head_bytes, size_t row_bytes) {
  if (open_bytes > 0 && open_bytes + row_bytes <= limits.usual_bytes) return Placement::same_statement;
  return head_bytes + row_bytes <= limits.packet_bytes ? Placement::new_statement : Placement::in_parts;
}

}  // namespace storage
