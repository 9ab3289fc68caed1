// SPDX-License-Identifier: GPL-3.0-or-later
// The rules behind the checks of the database that need no database: pure functions, for tests.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apps/examination.h"

namespace apps::mautic {

// Prefixes under which a whole set of Mautic's tables lies there: "mt_", "".
std::vector<std::string> prefixes_in(const std::set<std::string>& tables);

// What the server lacks for the release; empty: nothing. `least` names MySQL's and MariaDB's version.
struct LeastServer {
  std::string mysql, mariadb;  // empty: the release does not say
};
LeastServer least_server(const base::Version& release, const std::string& metadata);
// "10.11.6" of "10.11.6-MariaDB-0+deb12u1" and of "5.5.5-10.11.6-MariaDB"; empty when it is neither.
base::Version server_number(const std::string& version, bool is_mariadb);

// An error of the database in a log.
struct SchemaError {
  std::string table;   // without the prefix; empty: not named
  std::string column;  // without its alias; empty: the table
};
// "Unknown column 'e0_.body_text' in ...", "Table 'shop.mt_point_groups' doesn't exist": nullopt for everything else, and for tables
// without the prefix.
std::optional<SchemaError> schema_error(const std::string& text, const std::string& prefix);

// The code of an error that a migration died of, out of those whose way is known: 1050, 1060, 1061, 1091, 1005, 1071, 1709, 1118, 1832,
// 1452; 0: none of them.
unsigned migration_error(const std::string& text);
// "20230621074925" of a line that names the class; empty when it names none.
std::string migration_named(const std::string& text);

}  // namespace apps::mautic
