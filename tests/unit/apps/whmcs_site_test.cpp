// SPDX-License-Identifier: GPL-3.0-or-later
// Trees as WHMCS lays them out, whole and broken, and trees of others.
#include <catch2/catch.hpp>

#include "apps/mautic/mautic.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"
#include "support/limits.h"
#include "support/temp_folder.h"
#include "support/test_data.h"

namespace {

using namespace apps;
using support::TempFolder;

std::string header(const std::string& release) { return support::content_of(support::test_data("whmcs/headers/" + release + ".php")); }

std::string configuration(const std::string& name) {
  return support::content_of(support::test_data("whmcs/configuration/" + name + ".php"));
}

void write_site(const TempFolder& folder, const std::string& release, const std::string& below = "") {
  for (const char* name : {"init.php", "cart.php", "index.php", "clientarea.php", "admin/index.php"}) folder.write(below + name, header(release));
  folder.write(below + "configuration.php", configuration("written-by-installer"));
  folder.write(below + "crons/cron.php", header(release));
  folder.make_folder(below + "vendor/whmcs/whmcs-foundation");
  folder.make_folder(below + "templates_c");
}

std::optional<Site> look_at(const Path& folder) { return whmcs::recognise(platform::posix_disk(), folder); }

}  // namespace

TEST_CASE("A WHMCS is found with its version, its PHP and its cron") {
  TempFolder folder;
  write_site(folder, "8.13.0", "billing/");
  auto site = look_at(folder / "billing/");
  REQUIRE(site);
  CHECK(site->app == &whmcs::kApp);
  CHECK(site->root == folder / "billing");
  CHECK(site->project == site->root);
  CHECK(site->version.text() == "8.13.0-release.1");
  CHECK(site->version_problem.empty());
  CHECK(site->php.least.text() == "7.2");
  CHECK(site->php.most.text() == "8.99");
  CHECK(site->console == folder / "billing/crons/cron.php");
  CHECK(site->caches.empty());
  CHECK_FALSE(look_at(folder.path()));
  CHECK_FALSE(look_at(folder / "billing/admin"));
  CHECK_FALSE(mautic::recognise(platform::posix_disk(), folder / "billing"));
}

TEST_CASE("Releases without a vendor folder are found by their headers") {
  for (const char* release : {"4.5.2", "5.3.11", "5.3.14"}) {
    TempFolder folder;
    write_site(folder, release);
    std::filesystem::remove_all(folder / "vendor");
    std::filesystem::remove_all(folder / "crons");
    folder.write("admin/cron.php", header(release));
    if (std::string(release) == "4.5.2") std::filesystem::remove(folder / "init.php");
    auto site = look_at(folder.path());
    INFO(release);
    REQUIRE(site);
    CHECK(site->version.text().starts_with(release));
    CHECK(site->php.least.empty());
    CHECK(site->console == folder / "admin/cron.php");
  }
}

TEST_CASE("The admin area may have another name, and crons may lie elsewhere") {
  TempFolder folder, home;
  write_site(folder, "9.0.0-rc.1");
  auto cron = home.write("crons/cron.php", header("9.0.0-rc.1"));
  std::filesystem::rename(folder / "admin", folder / "office");
  std::filesystem::remove_all(folder / "crons");
  std::string text = "<?php $customadminpath = 'office'; $crons_dir = '" + cron.parent_path().native() + "/';";
  folder.write("configuration.php", text);
  auto site = look_at(folder.path());
  REQUIRE(site);
  CHECK(site->console == cron);
  CHECK(site->version.text() == "9.0.0-rc.1");
  folder.write("configuration.php", configuration("with-code"));
  CHECK(look_at(folder.path())->console.empty());
}

TEST_CASE("What a broken update or upload left of a WHMCS is still one") {
  TempFolder folder;
  write_site(folder, "8.13.0");
  SECTION("without init.php") {
    std::filesystem::remove(folder / "init.php");
    CHECK(look_at(folder.path())->version.text() == "8.13.0-release.1");
  }
  SECTION("with an empty init.php and without vendor") {
    folder.write("init.php", "");
    std::filesystem::remove_all(folder / "vendor");
    CHECK(look_at(folder.path())->version.text() == "8.13.0-release.1");
  }
  SECTION("without a configuration") {
    std::filesystem::remove(folder / "configuration.php");
    CHECK(look_at(folder.path()));
  }
  SECTION("with nothing but vendor, configuration and folders") {
    for (const char* name : {"init.php", "cart.php", "index.php", "clientarea.php"}) folder.write(name, "");
    auto site = look_at(folder.path());
    REQUIRE(site);
    CHECK(site->version.empty());
    CHECK(site->version_problem == "neither init.php nor cart.php names a version: they are missing or damaged");
  }
}

TEST_CASE("Other applications are not taken for a WHMCS") {
  TempFolder folder;
  folder.write("init.php", "<?php // ours");
  folder.write("cart.php", "<?php");
  folder.write("configuration.php", "<?php $db_host = 'localhost';");  // Joomla has one too
  folder.make_folder("templates_c");
  CHECK_FALSE(look_at(folder.path()));
  SECTION("a module with WHMCS's header and nothing else") {
    TempFolder module;
    module.write("index.php", header("8.13.0"));
    CHECK_FALSE(look_at(module.path()));
  }
  SECTION("no such folder") { CHECK_FALSE(look_at(folder / "nothing")); }
}

TEST_CASE("The folders that a WHMCS writes into are those of its configuration") {
  TempFolder folder;
  write_site(folder, "8.13.0");
  auto site = look_at(folder.path());
  auto& disk = platform::posix_disk();
  using Paths = std::vector<Path>;
  CHECK(whmcs::written(disk, *site) == Paths{folder / "attachments", folder / "downloads", folder / "templates_c"});
  folder.write("configuration.php", configuration("moved-folders"));
  CHECK(whmcs::written(disk, *site) == Paths{"/home/shop/attachments", "/home/shop/downloads", "/home/shop/compiled"});
  CHECK(whmcs::configuration_files(disk, *site) == Paths{folder / "configuration.php"});
}
