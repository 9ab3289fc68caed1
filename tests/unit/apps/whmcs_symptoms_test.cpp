// SPDX-License-Identifier: GPL-3.0-or-later
// Screens and messages as WHMCS's documentation, the ionCube Loader and PHP word them, and the row of each.
#include "apps/whmcs/symptoms.h"

#include <catch2/catch.hpp>
#include <set>

TEST_CASE("every known screen and message of a WHMCS leads to its cause") {
  struct Row {
    const char *text, *id;
  };
  const Row rows[] = {
      {"Script error: the ionCube Loader for PHP needs to be installed.", "loader.missing"},
      {"Site error: the ionCube PHP Loader needs to be installed.", "loader.missing"},
      {"The file /h/init.php encoded as type [1/71] cannot be decoded by this version of the ionCube Loader", "loader.old"},
      {"The file /h/init.php cannot be run by the ionCube Loader. Please use an encoded file that can run on your version of PHP, 7.4",
       "php.encoding"},
      {"The file /h/includes/x.php is corrupted.", "files.corrupted"},
      {"Database version '8.6.2-release.1' does not match file version '8.7.1-release.1'", "database.mismatch"},
      {"PDOException: SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '1' for key 'PRIMARY'", "installer.not_empty"},
      {"PDOException: SQLSTATE[42S21]: Column already exists: 1060 Duplicate column name 'x'", "installer.repeated"},
      {"PDOException: SQLSTATE[42S01]: Base table or view already exists: 1050", "installer.repeated"},
      {"Down for Maintenance (Err 3) An upgrade is currently in progress... Please come back soon...", "page.maintenance"},
      {"ZipArchive::extractTo(/h/x): failed to open stream: Disk quota exceeded", "host.disk_full"},
      {"chmod() has been disabled for security reasons", "updater.disabled"},
      {"mkdir(): Permission denied", "updater.permissions"},
      {"Could not delete /h/x", "updater.permissions"},
      {"Unable to copy /h/x to /h/y", "updater.permissions"},
      {"chmod(): Operation not permitted", "updater.permissions"},
      {"Allowed memory size of 134217728 bytes exhausted (tried to allocate 1 bytes)", "php.memory"},
      {"Maximum execution time of 30 seconds exceeded in /h/install/install.php", "php.time"},
      {"Uncaught Error: Call to undefined function mysql_query() in /h/modules/addons/x.php:1", "module.old"},
      {"Oops! Something went wrong and we couldn't process your request.", "page.oops"},
      {"You are attempting to access the admin area via a directory that is not configured. Please", "page.admin_folder"},
      {"Welcome to WHMCS! Before you can begin using WHMCS you need to perform the installation procedure.", "page.welcome"},
  };
  std::set<std::string> seen;
  for (const auto& row : rows) {
    INFO(row.text);
    auto* symptom = apps::whmcs::symptom_of(row.text);
    REQUIRE(symptom);
    CHECK(symptom->id == row.id);
    seen.emplace(symptom->id);
  }
  for (const auto& symptom : apps::whmcs::symptoms()) CHECK(seen.count(std::string(symptom.id)) == 1);
  for (const char* other : {"", "Call to undefined function mysql_query() in /h/other/x.php", "The file /h/x is there", "Permission denied"}) {
    INFO(other);
    CHECK_FALSE(apps::whmcs::symptom_of(other));
  }
}
