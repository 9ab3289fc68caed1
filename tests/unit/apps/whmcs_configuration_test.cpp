// SPDX-License-Identifier: GPL-3.0-or-later
// configuration.php in the forms that it has: tests/data/whmcs/configuration.
#include "apps/whmcs/configuration.h"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "apps/whmcs/whmcs.h"
#include "support/temp_folder.h"
#include "support/test_data.h"

namespace {

using namespace apps;
using support::TempFolder;
using whmcs::Configuration;
using whmcs::FileState;

std::string sample(const std::string& name) { return support::content_of(support::test_data("whmcs/configuration/" + name)); }

DatabaseAccess access_of(const std::string& text) {
  TempFolder folder;
  folder.write("configuration.php", text);
  Site site;
  site.app = &whmcs::kApp;
  site.root = site.project = folder.path();
  return whmcs::database(platform::posix_disk(), site);
}

// "db_port": of the one problem.
std::string setting_of(const DatabaseProblem& problem) {
  REQUIRE(problem.settings.size() == 1);
  return std::string(problem.settings[0]);
}

const std::string kComplete = "<?php $db_host = 'h'; $db_username = 'u'; $db_password = 'p'; $db_name = 'n';";

}  // namespace

TEST_CASE("What WHMCS's installer wrote names the database") {
  auto access = access_of(sample("written-by-installer.php"));
  CHECK(access.problems.empty());
  CHECK(access.host == "localhost");
  CHECK(access.port == 0);
  CHECK(access.socket.empty());
  CHECK(access.name == "shop_whmcs");
  CHECK(access.user == "shop_user");
  CHECK(access.password == "p$w'd\"1");
  CHECK(access.prefix.empty());
  CHECK(access.from.filename() == "configuration.php");
}

TEST_CASE("Hosts with ports, sockets and $db_port are understood") {
  CHECK(access_of(sample("moved-folders.php")).host == "db.example.com");
  CHECK(access_of(sample("moved-folders.php")).port == 3307);
  CHECK(access_of(kComplete + "$db_host = 'localhost:/tmp/mysql.sock';").socket == "/tmp/mysql.sock");
  CHECK(access_of(kComplete + "$db_port = 3308;").port == 3308);
  CHECK(access_of(kComplete + "$db_port = \"3308\";").port == 3308);
  CHECK(access_of(kComplete + "$db_host = 'h:3309'; $db_port = '3308';").port == 3309);
  CHECK(access_of(kComplete + "$db_host = '';").host.empty());
  auto access = access_of(kComplete + "$db_port = 'many';");
  REQUIRE(access.problems.size() == 1);
  CHECK(access.problems[0].sentence == "$db_port in configuration.php is no port number: write db_port = ... into the settings file");
}

TEST_CASE("What code makes is refused value by value, with the setting that replaces it") {
  auto access = access_of(sample("with-code.php"));
  std::vector<std::string> settings;
  for (const auto& problem : access.problems) {
    settings.push_back(setting_of(problem));
    INFO(problem.sentence);
    CHECK(problem.sentence.find("is code (") != std::string::npos);
    CHECK(problem.sentence.find("write " + settings.back() + " = ... into the settings file") != std::string::npos);
    for (const char* value : {"localhost", "shop_user", "shop_test", "V2hhd"}) CHECK(problem.sentence.find(value) == std::string::npos);
  }
  CHECK(settings == std::vector<std::string>{"db_host", "db_name", "db_user", "db_password"});
  CHECK(access.name.empty());
  CHECK(access.password.empty());
  CHECK(access.port == 0);
}

TEST_CASE("A file that is included later may change everything before it") {
  auto access = access_of(kComplete + "require_once 'more.php'; $db_name = 'known';");
  CHECK(access.name == "known");
  CHECK(access.host.empty());
  CHECK(access.problems.size() == 4);  // host, port, user, password
}

TEST_CASE("Behind a return PHP reads nothing, and so nothing is set") {
  auto access = access_of(sample("sample-with-return.php"));
  CHECK(access.name.empty());
  CHECK(access.password.empty());
  REQUIRE(access.problems.size() == 2);
  CHECK(access.problems[0].sentence == "$db_name is not set in configuration.php: write db_name = ... into the settings file");
  CHECK(setting_of(access.problems[1]) == "db_user");
}

TEST_CASE("A configuration that is missing, empty or damaged says so, and no part of it") {
  TempFolder folder;
  auto& disk = platform::posix_disk();
  CHECK(Configuration(disk, folder.path()).state() == FileState::missing);
  CHECK(Configuration(disk, folder.path()).problem() == "there is no configuration.php");
  folder.write("configuration.php", " \n");
  CHECK(Configuration(disk, folder.path()).state() == FileState::empty);
  folder.write("configuration.php", "<?php\n$db_password = 'hidden");
  Configuration damaged(disk, folder.path());
  CHECK(damaged.state() == FileState::damaged);
  CHECK(damaged.problem().find("configuration.php is damaged") == 0);
  CHECK(damaged.problem().find("hidden") == std::string::npos);
  CHECK_FALSE(damaged.value("db_password").text);
  CHECK(damaged.admin() == folder / "admin");

  Site site;
  site.root = folder.path();
  auto access = whmcs::database(disk, site);
  REQUIRE(access.problems.size() == 1);
  CHECK(access.problems[0].settings.size() == 4);
}

TEST_CASE("Folders are where the configuration moved them") {
  TempFolder folder;
  folder.write("configuration.php", sample("moved-folders.php"));
  Configuration configuration(platform::posix_disk(), folder.path());
  CHECK(configuration.admin() == folder / "office");
  CHECK(configuration.folder("crons_dir", "crons") == Path("/home/shop/crons"));
  CHECK(configuration.folder("templates_compiledir", "templates_c") == Path("/home/shop/compiled"));
  CHECK(configuration.folder("nothing_dir", "usual") == folder / "usual");

  folder.write("configuration.php", sample("with-code.php"));
  Configuration code(platform::posix_disk(), folder.path());
  CHECK_FALSE(code.admin());
  CHECK(code.folder("templates_compiledir", "templates_c") == folder / "templates_c");
  CHECK(code.value("display_errors").text == "");
  CHECK(code.value("trusted").problem == "$trusted in configuration.php is neither a text nor a whole number");
}

TEST_CASE("Secrets of the configuration are known, so that no output holds one") {
  TempFolder folder;
  folder.write("configuration.php", sample("moved-folders.php"));
  auto secrets = Configuration(platform::posix_disk(), folder.path()).secrets();
  for (const char* secret : {"se\"cret", "V2hhdCBpcyBlbmNyeXB0ZWQgd2l0aCB0aGlz", "Leased-0123456789abcdef0123", "key-of-the-shop"}) {
    INFO(secret);
    CHECK(std::count(secrets.begin(), secrets.end(), secret) == 1);
  }
}
