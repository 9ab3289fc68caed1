// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/restore_session.h"

#include <array>
#include <cstdlib>

#include "base/failure.h"
#include "base/text.h"
#include "storage/restore.h"

namespace storage {

namespace {

// Each is tried alone: servers know different ones. sql_mode and checks are what mysqldump's own head sets; files that
// set them otherwise do so afterwards.
constexpr std::array kSettings = {
    "SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO'",
    "SET SESSION autocommit=1",
    "SET SESSION foreign_key_checks=0",
    "SET SESSION sql_safe_updates=0",
    "SET SESSION sql_big_selects=1",
    "SET SESSION max_statement_time=0",
    "SET SESSION max_execution_time=0",
    "SET SESSION wait_timeout=28800",
    "SET SESSION net_write_timeout=600",
    "SET SESSION net_read_timeout=3600",
    "SET SESSION lock_wait_timeout=120",
    "SET SESSION innodb_lock_wait_timeout=120",
    "SET SESSION idle_transaction_timeout=0",
    "SET SESSION idle_write_transaction_timeout=0",
    "SET SESSION sql_generate_invisible_primary_key=0",
};

}  // namespace

void prepare_restore_session(Connection& connection, std::vector<std::string>& notes) {
  try_each(connection, kSettings);
  for (const SqlRow& row : connection.query("SHOW SESSION VARIABLES WHERE Variable_name IN ('max_statement_time', "
                                            "'max_execution_time', 'wait_timeout')")) {
    const std::string name = row[0].value_or(""), value = row[1].value_or("");
    double number = std::strtod(value.c_str(), nullptr);
    if (name == "wait_timeout" ? number < 60 : number > 0)
      notes.push_back("the server keeps its " + name + " of " + value);
  }
}

std::string database_lock(const std::string& database) {
  constexpr size_t kMostCharacters = 64;
  return ("unstick:" + database).substr(0, kMostCharacters);
}

DatabaseLock::DatabaseLock(Connection& connection, const std::string& database) : connection_(connection) {
  std::string name = connection.quote(database_lock(database));
  std::optional<std::string> got = "1";
  try {
    got = connection.value("SELECT GET_LOCK(" + name + ", 0)");
  } catch (const base::Failure&) {
    if (connection.lost()) throw;
  }
  if (got == "0") {
    std::string holder = connection.value("SELECT IS_USED_LOCK(" + name + ")").value_or("?");
    throw base::Failure("another job is writing into the database " + base::printable_line(database) + " (connection " +
                        holder + ")", "wait for its end, or stop it");
  }
  release_ = "DO RELEASE_LOCK(" + name + ")";
}

DatabaseLock::~DatabaseLock() {
  try {
    if (!connection_.lost()) connection_.run(release_);
  } catch (const base::Failure&) {  // it ends with the connection
  }
}

PresentTables::PresentTables(Connection& connection) {
  fold_ = connection.value("SELECT @@lower_case_table_names") != "0";
  for (const SqlRow& row : connection.query("SHOW FULL TABLES"))
    if (!base::contains(row[1].value_or(""), "VIEW")) names_.insert(folded(row[0].value_or("")));
}

std::string PresentTables::folded(const std::string& name) const { return fold_ ? base::lower(name) : name; }

}  // namespace storage
