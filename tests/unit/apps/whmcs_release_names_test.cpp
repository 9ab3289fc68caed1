// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/release_names.h"

#include <catch2/catch.hpp>

#include "support/temp_folder.h"

using apps::whmcs::newest_named;
using apps::whmcs::release_in_name;

TEST_CASE("The digits of an upgrade's name are those of its release") {
  auto [name, version] = GENERATE(table<const char*, const char*>({{"upgrade8130beta1.sql", "8.13.0-beta.1"},
                                                                   {"Version8110beta1.php", "8.11.0-beta.1"},
                                                                   {"upgrade5312release1.sql", "5.3.12-release.1"},
                                                                   {"Version7103release1.php", "7.10.3-release.1"},
                                                                   {"Version800alpha1.php", "8.0.0-alpha.1"},
                                                                   {"upgrade900rc1.sql", "9.0.0-rc.1"},
                                                                   {"upgrade1000release1.sql", "10.0.0-release.1"},
                                                                   {"upgrade451.sql", "4.5.1"}}));
  INFO(name);
  auto found = release_in_name(name);
  REQUIRE(found);
  CHECK(found->text() == version);
}

TEST_CASE("Other names are of no release") {
  for (const char* name : {"upgrade.sql", "Version.php", "VersionTest.php", "upgrade80.sql", "upgrade1.sql", "upgrade12345678.sql", "install.sql",
                           "upgrade8130omega1.sql", "Version8130beta1.sql", ""}) {
    INFO(name);
    CHECK_FALSE(release_in_name(name));
  }
}

TEST_CASE("The newest of all names counts") {
  support::TempFolder folder;
  auto& disk = platform::posix_disk();
  CHECK(newest_named(disk, folder.path()).empty());
  folder.write("resources/sql/upgrade8100release1.sql", "");
  folder.write("resources/sql/upgrade861release1.sql", "");
  folder.write("vendor/whmcs/whmcs-foundation/lib/Updater/Version/Version8130rc1.php", "");
  CHECK(newest_named(disk, folder.path()).text() == "8.13.0-rc.1");
}
