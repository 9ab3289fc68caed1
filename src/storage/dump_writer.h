// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of one table, from the receive buffer into the blocks of the compressor: no copy in between, no string for
// a value. Memory does not grow with the table; a value larger than a block is written piece by piece.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "storage/dump_schema.h"
#include "storage/gzip_members.h"
#include "storage/mysql.h"
#include "storage/sql_text.h"

namespace storage {

class RowWriter {
 public:
  RowWriter(GzipMembers& out, const StatementLimits& limits, const std::string& table,
            const std::vector<DumpColumn>& columns);

  // The statement that reads what write() takes.
  const std::string& select() const { return select_; }

  // One row; `values` and `lengths` as RowStream gives them.
  void write(const char* const* values, const unsigned long* lengths);
  // Ends the open statement. After the last row.
  void end();

  // max_allowed_packet that the largest statement or value so far needs.
  uint64_t packet_bytes() const { return packet_bytes_; }

 private:
  size_t worst_bytes(const char* const* values, const unsigned long* lengths) const;
  size_t exact_bytes(const char* const* values, const unsigned long* lengths) const;
  void begin_row(Placement placement);
  void write_at_once(const char* const* values, const unsigned long* lengths, size_t worst);
  void write_piecewise(const char* const* values, const unsigned long* lengths);
  void write_in_parts(const char* const* values, const unsigned long* lengths);
  void write_value(const DumpColumn& column, std::string_view value);
  void write_variable(size_t number, std::string_view value);

  GzipMembers& out_;
  StatementLimits limits_;
  const std::vector<DumpColumn>& columns_;
  std::string head_;    // "INSERT INTO `t` (`a`,`b`) VALUES\n"
  std::string select_;
  size_t fixed_bytes_;  // of a row beside its values: brackets, commas, introducers
  uint64_t statement_begin_ = 0;
  bool open_ = false;
  uint64_t packet_bytes_ = 0;
};

}  // namespace storage
