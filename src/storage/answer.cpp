// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/answer.h"

#include "base/digest.h"
#include "base/text.h"

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
  base::Sha256 all;
  for (const auto& row : connection.query("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                                          "DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION"))
    for (const auto& column : row) all.add(column.value_or("") + "\n");
  return base::hex(all.end());
}

}  // namespace storage
