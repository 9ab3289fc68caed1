// SPDX-License-Identifier: GPL-3.0-or-later
// Doctor's checks read: on a disk that refuses every change each of them comes to its end, on a whole tree and on broken ones.
#include "apps/whmcs/checks.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "platform/clock.h"
#include "support/fake_disk.h"
#include "support/read_only_disk.h"
#include "support/temp_folder.h"
#include "support/test_data.h"

namespace {

using namespace apps;

const std::string kRoot = "/home/u/site/";

struct Patient {
  support::MemoryDisk memory;
  support::ReadOnlyDisk disk{memory};

  Patient() {
    for (const char* file : {"init.php", "index.php", "cart.php", "clientarea.php", "admin/index.php", "crons/cron.php"})
      put(file, support::content_of(support::test_data("whmcs/headers/8.13.0.php")));
    put("configuration.php", support::content_of(support::test_data("whmcs/configuration/written-by-installer.php")), 0400);
    for (const char* file : {"templates_c/index.php", "attachments/index.php", "downloads/index.php", "vendor/whmcs/whmcs-foundation/a.php",
                             "includes/ours.php", "modules/ours.php", "templates/ours.tpl"})
      put(file, "<?php");
  }
  void put(const std::string& name, const std::string& text, mode_t mode = 0644) { memory.put_file(kRoot + name, text, mode); }

  // Ids of the checks that found something; those that need a database cannot look.
  std::vector<std::string> found() {
    auto site = whmcs::recognise(disk, kRoot);
    REQUIRE(site);
    Given given;
    given.access_problem = "no database here";
    given.now = platform::from_unix_seconds(2'000'000'000);
    Examination examination(disk, *site, given);
    std::vector<std::string> all;
    for (const Check& check : whmcs::checks()) {
      INFO(check.id);
      try {
        if (check.needs == Needs::nothing && !check.look(examination).found.empty()) all.emplace_back(check.id);
      } catch (const base::Failure& failure) {
        CHECK(std::string(failure.what()).find("the database cannot be asked") == 0);
      }
    }
    CHECK(disk.changes == 0);
    return all;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("every check of a WHMCS comes to its end without changing a byte") {
  Patient patient;
  CHECK(patient.found().empty());

  SECTION("a file that was cut off") {
    std::string text = support::content_of(support::test_data("whmcs/headers/8.13.0.php"));
    patient.put("includes/functions.php", text.substr(0, text.rfind("?>")));
    CHECK(patient.found() == Names{"files.whole"});
  }
  SECTION("files of another series") {
    patient.put("cart.php", support::content_of(support::test_data("whmcs/headers/9.0.0-rc.1.php")));
    CHECK(patient.found() == Names{"files.release"});
  }
  SECTION("an empty configuration, and a copy of the former one") {
    patient.put("configuration.php~", support::content_of(support::test_data("whmcs/configuration/written-by-installer.php")));
    patient.put("configuration.php", "", 0400);
    CHECK(patient.found() == Names{"config.file", "config.copies"});
  }
  SECTION("a folder that is gone") {
    Patient other;
    other.put("configuration.php", "<?php $license = 'x'; $cc_encryption_hash = 'y'; $templates_compiledir = '/nowhere'; $db_name = $db_username = f();", 0400);
    CHECK(other.found() == Names{"files.folders"});
  }
}
