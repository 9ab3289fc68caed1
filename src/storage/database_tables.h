// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of the connected database as the server's own lists describe them: nothing is read of the tables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/grants.h"
#include "storage/mysql.h"

namespace storage {

struct TableFacts {
  std::string name;
  bool is_view = false;
  std::string engine;        // empty = the server cannot open it: `comment` says why
  std::string row_format;    // "Dynamic", "Compact", ...
  std::string collation;
  std::string comment;
  uint64_t rows = 0;         // the server's estimate, often wrong by a third
  uint64_t data_bytes = 0;
  uint64_t index_bytes = 0;
  bool is_sequence = false;  // of MariaDB: DROP TABLE takes it too

  uint64_t bytes() const { return data_bytes + index_bytes; }
};

// In the order of their names. Tables of which the account sees nothing are missing.
std::vector<TableFacts> tables_of(Connection& connection);

// What the account may do with the connected database. Throws Failure when it may not even ask that.
Grants grants_of(Connection& connection);

}  // namespace storage
