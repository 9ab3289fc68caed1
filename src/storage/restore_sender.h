// SPDX-License-Identifier: GPL-3.0-or-later
// Brings statements to the server: INSERTs larger than its packet in pieces, rows in transactions of bounded size
// whether the file begins some or not, errors with the statement's place in the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/failure.h"
#include "storage/mysql.h"
#include "storage/sql_splitter.h"
#include "storage/sql_statement.h"

namespace storage {

class RestoreSender {
 public:
  explicit RestoreSender(Connection& connection);

  // `text` is the piece's, or what was made of it.
  void send(const SqlPiece& piece, const SqlStatement& statement, std::string_view text, const SqlModes& modes);
  // What is not committed yet.
  void commit(const SqlPiece& piece);

  uint64_t split_statements() const { return split_statements_; }

 private:
  void send_rows(const SqlPiece& piece, const SqlStatement& statement, std::string_view text, const SqlModes& modes);
  void send_pieces(const SqlPiece& piece, const SqlStatement& statement, std::string_view text, const SqlModes& modes);
  void run(const SqlPiece& piece, std::string_view sql);

  Connection& connection_;
  size_t packet_bytes_;
  bool grouping_ = false;  // autocommit is off
  uint64_t group_bytes_ = 0, group_statements_ = 0;
  uint64_t split_statements_ = 0;
  std::string buffer_;
};

// "the restore stopped at statement 12 (line 40, byte 1234) `INSERT ...`: CAUSE".
base::Failure stopped_at(const SqlPiece& piece, const std::string& cause, const std::string& advice);

}  // namespace storage
