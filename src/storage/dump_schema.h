// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to dump in the connection's database: tables with their columns and definitions, and the names of
// everything else. Reads only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/mysql.h"
#include "storage/sql_text.h"

namespace storage {

struct DumpColumn {
  std::string name;
  std::string expression;  // what to select, so that the value arrives exactly
  Literal literal = Literal::text;
  std::string introducer;  // "_sjis " before the literal of a character set that does not convert there and back
  bool is_text = false;    // characters, not bytes
};

enum class TableKind { table, view, sequence };

struct DumpTable {
  std::string name;
  TableKind kind = TableKind::table;
  std::string engine;
  std::string definition;         // SHOW CREATE; of a view empty
  uint64_t expected_rows = 0;     // the server's estimates
  uint64_t expected_bytes = 0;
  bool transactional = true;      // the snapshot holds for it
  bool has_rows = true;           // false: its rows lie elsewhere (MERGE, FEDERATED)
  bool has_history = false;       // WITH SYSTEM VERSIONING: only the present rows are read
};

// All tables, views and sequences with their definitions, sorted by name. A table that cannot be read is a Failure
// that names it; one that disappears while we look is left to the comparison at the end.
std::vector<DumpTable> read_tables(Connection& connection);

// The first name that is not in both, or whose definition differs (AUTO_INCREMENT aside); nullopt when none does.
std::optional<std::string> first_difference(const std::vector<DumpTable>& before, const std::vector<DumpTable>& after);

// The columns that an INSERT names, in order: generated ones are left out.
std::vector<DumpColumn> read_columns(Connection& connection, const std::string& table);
// Pure: how a column of this type is read and written.
DumpColumn column_of(const std::string& name, std::string_view type, std::string_view character_set);

// Pure: the definition without the table's AUTO_INCREMENT counter, which changes with every row.
std::string without_counter(std::string_view definition);

// False for engines whose tables show the rows of others (MERGE, FEDERATED): of these only the definition is kept.
bool keeps_rows(std::string_view engine);

}  // namespace storage
