// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dump_session.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/failure.h"
#include "base/program_version.h"
#include "base/text.h"

namespace storage {

namespace {

// Each is tried alone: servers know different ones. Hosts cap rows and joins (sql_select_limit, max_join_size) for
// careless scripts; a backup must not be cut by them.
constexpr std::array kSettings = {
    "SET SESSION sql_mode=''",
    "SET SESSION autocommit=1",
    "SET SESSION time_zone='+00:00'",
    "SET SESSION sql_quote_show_create=1",
    "SET SESSION sql_select_limit=18446744073709551615",
    "SET SESSION sql_big_selects=1",
    "SET SESSION max_statement_time=0",
    "SET SESSION max_execution_time=0",
    "SET SESSION wait_timeout=28800",
    "SET SESSION net_write_timeout=3600",
    "SET SESSION net_read_timeout=600",
    "SET SESSION lock_wait_timeout=60",
    "SET SESSION idle_transaction_timeout=0",
    "SET SESSION idle_readonly_transaction_timeout=0",
    "SET SESSION information_schema_stats_expiry=0",
    "SET SESSION sql_generate_invisible_primary_key=0",
};

std::string comment(std::string_view label, const std::string& text) {
  return "-- " + std::string(label) + base::printable_line(text) + "\n";
}

}  // namespace

void prepare_session(Connection& connection, Manifest& manifest) {
  try_each(connection, kSettings);
  for (const SqlRow& row : connection.query("SHOW SESSION VARIABLES WHERE Variable_name IN ('max_statement_time', "
                                            "'max_execution_time', 'net_write_timeout', 'sql_select_limit')")) {
    const std::string name = row[0].value_or(""), value = row[1].value_or("");
    double number = std::strtod(value.c_str(), nullptr);
    if (name == "sql_select_limit") {
      if (value != "18446744073709551615")
        throw base::Failure("the server gives out no more than " + value + " rows of a table",
                            "ask the host to raise sql_select_limit");
    } else if (name == "net_write_timeout" ? number < 60 : number > 0) {
      manifest.notes.push_back("the server keeps its " + name + " of " + value);
    }
  }
}

void begin_snapshot(Connection& connection) {
  connection.run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  connection.run("START TRANSACTION /*!40100 WITH CONSISTENT SNAPSHOT */");
  connection.run("SAVEPOINT unstick");
}

void end_snapshot(Connection& connection) { connection.run("ROLLBACK"); }

std::string dump_head(const Manifest& manifest) {
  std::array<char, 32> packet{};
  std::snprintf(packet.data(), packet.size(), "%012llu", static_cast<unsigned long long>(manifest.packet_bytes));
  std::string head = "-- Unstick " + std::string(base::kProgramVersion) + " database backup\n";
  if (!manifest.application.empty()) head += comment("Application: ", manifest.application);
  head += comment("Database: ", manifest.database) + comment("Server: ", manifest.server) +
          comment("Taken: ", manifest.taken) + comment("Needs max_allowed_packet (bytes): ", packet.data());
  return head + R"(
SET @UNSTICK_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT, @UNSTICK_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS, @UNSTICK_COLLATION_CONNECTION=@@COLLATION_CONNECTION;
SET NAMES utf8mb4;
SET @UNSTICK_TIME_ZONE=@@TIME_ZONE, TIME_ZONE='+00:00';
SET @UNSTICK_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO';
SET @UNSTICK_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0;
SET @UNSTICK_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0;
/*M!100201 SET @UNSTICK_CHECK_CONSTRAINT_CHECKS=@@CHECK_CONSTRAINT_CHECKS, CHECK_CONSTRAINT_CHECKS=0 */;
SET @UNSTICK_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0;

)";
}

std::string dump_tail(const Manifest& manifest) {
  return R"(
SET SQL_NOTES=@UNSTICK_SQL_NOTES;
/*M!100201 SET CHECK_CONSTRAINT_CHECKS=@UNSTICK_CHECK_CONSTRAINT_CHECKS */;
SET FOREIGN_KEY_CHECKS=@UNSTICK_FOREIGN_KEY_CHECKS;
SET UNIQUE_CHECKS=@UNSTICK_UNIQUE_CHECKS;
SET SQL_MODE=@UNSTICK_SQL_MODE;
SET TIME_ZONE=@UNSTICK_TIME_ZONE;
SET CHARACTER_SET_CLIENT=@UNSTICK_CHARACTER_SET_CLIENT, CHARACTER_SET_RESULTS=@UNSTICK_CHARACTER_SET_RESULTS, COLLATION_CONNECTION=@UNSTICK_COLLATION_CONNECTION;

)" + comment("Dump completed on ", manifest.taken);
}

}  // namespace storage
