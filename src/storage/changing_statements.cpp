// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/changing_statements.h"

#include "base/failure.h"
#include "base/masking.h"
#include "base/text.h"

namespace storage {

namespace {

constexpr size_t kMostWords = 200;

// Comments may stand before it.
std::string begins_with(const std::string& words) {
  return "INFO REGEXP '^([[:space:]]|/[*][^*]*[*]/)*(" + words + ")[[:space:]]'";
}

}  // namespace

std::vector<std::string> changing_statements(Connection& connection, std::chrono::seconds rows_since) {
  std::vector<std::string> found;
  try {
    for (const auto& row :
         connection.query("SELECT ID, TIME, INFO FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND "
                          "ID <> CONNECTION_ID() AND COMMAND IN ('Query', 'Execute') AND (" +
                          begins_with("ALTER|CREATE|DROP|RENAME|TRUNCATE") + " OR (TIME >= " + std::to_string(rows_since.count()) + " AND " +
                          begins_with("INSERT|UPDATE|DELETE|REPLACE|LOAD") + ")) AND NOT " + begins_with("(CREATE|DROP)[[:space:]]+TEMPORARY")))
      found.push_back("connection " + row.at(0).value_or("") + " to the database, for " + row.at(1).value_or("0") +
                      " s: " + base::printable_line(base::masked(row.at(2).value_or("").substr(0, kMostWords))));
  } catch (const base::Failure&) {
    // Then other things have to tell.
  }
  return found;
}

}  // namespace storage
