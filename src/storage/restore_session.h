// SPDX-License-Identifier: GPL-3.0-or-later
// The session of a restore with its server: limits lifted, the database held by a named lock, what is there already.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "storage/mysql.h"

namespace storage {

// Limits of time lifted as far as the account may, checks as dumps expect them; notes name the limits that stay.
void prepare_restore_session(Connection& connection, std::vector<std::string>& notes);

// GET_LOCK for as long as it lives, or the connection does. Failure when another connection holds it. Servers that know
// no such locks (some clusters) are no failure.
class DatabaseLock {
 public:
  DatabaseLock(Connection& connection, const std::string& database);
  ~DatabaseLock();
  DatabaseLock(const DatabaseLock&) = delete;
  DatabaseLock& operator=(const DatabaseLock&) = delete;

 private:
  Connection& connection_;
  std::string release_;
};

// The tables of the connected database that hold rows (no views), as the server tells names apart.
class PresentTables {
 public:
  explicit PresentTables(Connection& connection);
  bool has(const std::string& name) const { return names_.count(folded(name)) != 0; }
  std::string folded(const std::string& name) const;

 private:
  bool fold_ = false;  // lower_case_table_names
  std::set<std::string> names_;
};

}  // namespace storage
