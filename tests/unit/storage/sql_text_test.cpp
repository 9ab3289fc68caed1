// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_text.h"

#include <catch2/catch.hpp>
#include <random>

namespace {

using namespace storage;

std::string literal(Literal kind, std::string_view bytes) {
  std::string text(worst_literal_bytes(bytes.size()), '?');
  text.resize(static_cast<size_t>(put_literal(text.data(), kind, bytes) - text.data()));
  return text;
}

// What the server makes of it.
std::string unescaped(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    char c = text[++i];
    bytes += c == '0' ? '\0' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'Z' ? '\x1a' : c;
  }
  return bytes;
}

}  // namespace

TEST_CASE("Values become literals") {
  struct Row {
    Literal kind;
    std::string value, expected;
  };
  const Row rows[] = {
      {Literal::number, "-12.5e300", "-12.5e300"},
      {Literal::text, "", "''"},
      {Literal::text, "plain", "'plain'"},
      {Literal::text, "O'Neil\\", R"('O\'Neil\\')"},
      {Literal::text, std::string("\0\n\r\x1a", 4), R"('\0\n\r\Z')"},
      {Literal::text, "tab\tand \"quotes\"", "'tab\tand \"quotes\"'"},
      {Literal::text, "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", "'gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80'"},
      {Literal::hex, "", "''"},
      {Literal::hex, std::string("\0\xff'A", 4), "0x00FF2741"},
  };
  for (const Row& row : rows) {
    CHECK(literal(row.kind, row.value) == row.expected);
    CHECK(literal_bytes(row.kind, row.value) == row.expected.size());
  }
}

TEST_CASE("Every byte at every place comes back, and the length is known before") {
  std::mt19937 chance(1);
  for (int byte = 0; byte < 256; ++byte)
    for (size_t length = 1; length <= 24; ++length)
      for (size_t at = 0; at < length; ++at) {
        std::string value(length, 'x');
        value[at] = static_cast<char>(byte);
        std::string text = literal(Literal::text, value);
        if (text.size() != escaped_bytes(value) + 2 || unescaped(text.substr(1, text.size() - 2)) != value)
          FAIL("byte " << byte << " at " << at << " of " << length);
      }
  for (int i = 0; i < 1000; ++i) {
    std::string value(chance() % 200, '\0');
    for (char& c : value) c = static_cast<char>(chance() % 4 ? chance() : "'\\\n\0"[chance() % 4]);
    std::string text = literal(Literal::text, value);
    REQUIRE(unescaped(text.substr(1, text.size() - 2)) == value);
    REQUIRE(text.size() == escaped_bytes(value) + 2);
  }
}

TEST_CASE("Statements stay below half of the packet and about a megabyte") {
  StatementLimits large = statement_limits(64 << 20);
  CHECK(large.usual_bytes == kStatementBytes);
  CHECK(large.packet_bytes < (32 << 20));
  StatementLimits small = statement_limits(1 << 20);
  CHECK(small.usual_bytes < (512 << 10));
  CHECK(small.packet_bytes == small.usual_bytes);
  for (uint64_t packet : {1024, 16384, 1 << 20, 64 << 20}) {
    StatementLimits limits = statement_limits(packet);
    CHECK(2 * limits.part_bytes + 100 < limits.packet_bytes);
  }
}

TEST_CASE("A row goes behind the others, begins a statement, or goes in parts") {
  const StatementLimits limits{1000, 5000, 200};
  struct Row {
    size_t open, head, row;
    Placement expected;
  };
  const Row rows[] = {
      {0, 50, 10, Placement::new_statement},    {500, 50, 500, Placement::same_statement},
      {500, 50, 501, Placement::new_statement}, {500, 50, 4950, Placement::new_statement},
      {500, 50, 4951, Placement::in_parts},     {0, 50, 4951, Placement::in_parts},
      {0, 50, 4950, Placement::new_statement},
  };
  for (const Row& row : rows) CHECK(place_row(limits, row.open, row.head, row.row) == row.expected);
}
