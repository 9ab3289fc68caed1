// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/answer.h"

#include "base/digest.h"
#include "base/text.h"
#include "storage/database_tables.h"

namespace storage {

Answer ask(Connection& connection, const std::string& question) {
  auto rows = connection.query(question);
  if (rows.empty() || rows[0].empty()) return {};
  Answer answer{std::string(base::trim(rows[0][0].value_or(""))), {}};
  for (const auto& column : rows[0]) answer.mark += column.value_or("NULL") + "|";
  return answer;
}

std::string value_of(const std::string& mark) { return std::string(base::trim(mark.substr(0, mark.find('|')))); }

std::string structure_of(Connection& connection) {
  constexpr const char* kQuestions[] = {
      "SELECT TABLE_NAME, ENGINE, TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME",
      "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLLATION_NAME FROM information_schema.COLUMNS "
      "WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION",
      "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() "
      "ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
      "SELECT TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() "
      "ORDER BY TABLE_NAME, CONSTRAINT_NAME",
      "SELECT TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() ORDER BY TRIGGER_NAME"};
  base::Sha256 all;
  for (const char* question : kQuestions)
    for (const auto& row : connection.query(question))
      for (const auto& column : row) all.add(column.value_or("NULL") + "\n");
  return base::hex(all.end());
}

std::string contents_of(Connection& connection, const std::function<bool()>& stop_asked) {
  base::Sha256 all;
  for (const auto& table : tables_of(connection)) {
    if (table.is_view || table.is_sequence) continue;
    if (stop_asked()) return {};
    auto rows = connection.query("CHECKSUM TABLE " + quote_name(table.name));
    if (rows.empty() || !rows[0].at(1)) return {};
    all.add(table.name + "\n" + *rows[0].at(1) + "\n");
  }
  return base::hex(all.end());
}

}  // namespace storage
