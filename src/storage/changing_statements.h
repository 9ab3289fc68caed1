// SPDX-License-Identifier: GPL-3.0-or-later
// What others change in the connected database right now: in its structure, also prepared statements, or for `rows_since` or longer in rows.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "storage/mysql.h"

namespace storage {

// Sentences for people, secrets masked: "connection 17 to the database, for 3 s: ALTER TABLE tblclients ...". None where the account may
// not see them.
std::vector<std::string> changing_statements(Connection& connection, std::chrono::seconds rows_since);

}  // namespace storage
