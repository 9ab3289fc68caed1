// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/database_tables.h"

#include "base/text.h"

namespace storage {

std::vector<TableFacts> tables_of(Connection& connection) {
  std::vector<TableFacts> all;
  for (const SqlRow& row : connection.query(
           "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, ROW_FORMAT, TABLE_COLLATION, TABLE_COMMENT, TABLE_ROWS, DATA_LENGTH, "
           "INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() ORDER BY TABLE_NAME")) {
    auto number = [&](size_t at) { return base::whole_number(row[at].value_or("")).value_or(0); };
    auto text = [&](size_t at) { return row[at].value_or(""); };
    all.push_back({text(0), text(1) == "VIEW", text(2), text(3), text(4), text(5), number(6), number(7), number(8), text(1) == "SEQUENCE"});
  }
  return all;
}

Grants grants_of(Connection& connection) {
  std::vector<std::string> lines;
  for (const SqlRow& row : connection.query("SHOW GRANTS")) lines.push_back(row[0].value_or(""));
  return Grants(lines, connection.value("SELECT DATABASE()").value_or(""));
}

}  // namespace storage
