// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/answer.h"

#include "base/text.h"

namespace storage {

Answer ask(Connection& connection, const std::string& question) {
  auto rows = connection.query(question);
  if (rows.empty() || rows[0].empty()) return {};
  Answer answer{std::string(base::trim(rows[0][0].value_or(""))), {}};
  for (const auto& column : rows[0]) answer.mark += column.value_or("NULL") + "|";
  return answer;
}

}  // namespace storage
