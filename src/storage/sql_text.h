// SPDX-License-Identifier: GPL-3.0-or-later
// How values and rows become SQL: pure functions on bytes, fast enough for every byte of a database to pass through.
// Literals are right for a session without NO_BACKSLASH_ESCAPES, which the head of our files sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace storage {

enum class Literal {
  number,  // as the server prints it, without quotes
  text,    // 'escaped'
  hex,     // 0x..., '' when empty
};

// Puts the escaped bytes to `to`, which has room for 2 * bytes.size(); returns the end.
char* put_escaped(char* to, std::string_view bytes);
// Puts two digits for each byte; the same room.
char* put_hex(char* to, std::string_view bytes);
// How long put_escaped's result would be.
size_t escaped_bytes(std::string_view bytes);

// The whole literal, quotes and all; it has room for worst_literal_bytes(bytes.size()).
char* put_literal(char* to, Literal kind, std::string_view bytes);
constexpr size_t worst_literal_bytes(size_t value_bytes) { return 2 * value_bytes + 2; }
size_t literal_bytes(Literal kind, std::string_view bytes);

// ---- how rows are gathered into INSERT statements

// Statements end at about this length, whatever the server would take: a restoring server may take less.
constexpr size_t kStatementBytes = 1 << 20;

struct StatementLimits {
  size_t usual_bytes;   // a statement of several rows is not longer than this
  size_t packet_bytes;  // nor is one of a single row longer than this
  size_t part_bytes;    // a value that goes in parts is cut into so many bytes, each a statement of twice the length
};
// For a server that takes packets of `max_allowed_packet` bytes: everything stays below its half.
StatementLimits statement_limits(uint64_t max_allowed_packet);

enum class Placement {
  same_statement,  // the row goes behind the others
  new_statement,   // the open statement is ended first; the row begins one
  in_parts,        // too large for any statement: its values go through user variables
};
// `open_bytes`: length of the open statement, 0 when there is none; `head_bytes`: of "INSERT ... VALUES"; `row_bytes`:
// of the row, an upper bound as long as it fits with it.
Placement place_row(const StatementLimits& limits, size_t open_bytes, size_t head_bytes, size_t row_bytes);

}  // namespace storage
