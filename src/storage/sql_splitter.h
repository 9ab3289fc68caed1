// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a stream of SQL into statements as the mariadb client does: at the delimiter, outside of quotes, names and
// comments, also across lines; DELIMITER lines (in any case) change it. Comments before a statement are left away, but
// code in comments (/*!40101 ... */, /*M!100201 ... */) is a statement; comments inside one stay in it.
// A line that is a command of the client itself (\. FILE, source FILE, \! ...) comes as a statement of its own.
// Memory: one statement and one block. Time: every byte is looked at once, however the stream is cut into blocks.
// A statement above the limit is a Failure that says where it begins; the reader's Failures pass through.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/sql_session.h"

namespace storage {

enum class SqlEnd {
  delimiter,      // it is whole
  end_of_text,    // the text ends without a delimiter
  inside,         // the text ends inside quotes, a name or a comment: it is cut off
};

struct SqlPiece {
  std::string_view text;  // without the delimiter and the space around; valid until the next call of next()
  uint64_t number = 0;    // from 1
  uint64_t line = 0;      // where the statement begins, from 1
  uint64_t offset = 0;    // the same in bytes, from 0
  uint64_t end = 0;       // behind its delimiter
  SqlEnd ended = SqlEnd::delimiter;
  bool client_command = false;
};

class SqlSplitter {
 public:
  static constexpr size_t kMostStatementBytes = size_t{1} << 30;

  // `read` gives the next bytes, valid until it is called again; empty at the end.
  explicit SqlSplitter(std::function<std::string_view()> read, size_t most_bytes = kMostStatementBytes);
  ~SqlSplitter();
  SqlSplitter(const SqlSplitter&) = delete;
  SqlSplitter& operator=(const SqlSplitter&) = delete;

  // False after the last statement.
  bool next(SqlPiece& piece);
  // How the text is to be read from behind the last statement on.
  void set_modes(const SqlModes& modes);
  // The `-- ` comments among the first twenty statements, a line each, up to 64 KB; and the last comment line of
  // all that was read so far ("-- Dump completed on ..."). For telling who wrote the file.
  const std::string& head_comments() const;
  const std::string& last_comment() const;

 private:
  class Scanner;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace storage
