// SPDX-License-Identifier: GPL-3.0-or-later
// What the settings file adds to what the configuration says, with an application made up for it.
#include "actions/database_access.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "support/fake_disk.h"

namespace {

using namespace actions;
using apps::DatabaseAccess;
using Names = std::vector<std::string_view>;

DatabaseAccess configured;  // what the made-up application's configuration says

const apps::App& app() {
  static const apps::App made_up = [] {
    apps::App made;
    made.database = [](platform::Disk&, const apps::Site&) { return configured; };
    return made;
  }();
  return made_up;
}

DatabaseAccess whole() {
  DatabaseAccess access;
  access.host = "db.example.com";
  access.port = 3307;
  access.name = "crm";
  access.user = "jane";
  access.password = "s3cret";
  access.prefix = "mt_";
  return access;
}

DatabaseAccess lost() {
  DatabaseAccess access;
  access.problems.push_back({{"db_host", "db_name", "db_user", "db_password", "db_prefix"}, "local.php is empty"});
  return access;
}

DatabaseWay way(DatabaseAccess says, const std::string& settings) {
  configured = std::move(says);
  support::MemoryDisk disk;
  apps::Site site;
  site.app = &app();
  return find_database(disk, &site, parse_settings("/x/unstick.ini.php", settings));
}

std::string all_of(const DatabaseAccess& access) {
  return access.host + "|" + std::to_string(access.port) + "|" + access.socket + "|" + access.name + "|" + access.user +
         "|" + access.password + "|" + access.prefix;
}

}  // namespace

TEST_CASE("A configuration that says all needs no settings") {
  auto found = way(whole(), "");
  CHECK(found.is_complete());
  CHECK(found.explanation() == "");
  CHECK(all_of(found.access) == "db.example.com|3307||crm|jane|s3cret|mt_");
  auto target = found.target();
  CHECK(target.host == "db.example.com");
  CHECK(target.port == 3307);
  CHECK(target.name == "crm");
  CHECK(target.user == "jane");
  CHECK(target.password == "s3cret");
}

TEST_CASE("Each setting replaces what the configuration says") {
  const std::pair<const char*, const char*> rows[] = {
      {"db_host = other", "other|3307||crm|jane|s3cret|mt_"},
      {"db_host = other:3310", "other|3310||crm|jane|s3cret|mt_"},
      {"db_host = /tmp/my.sock", "|3307|/tmp/my.sock|crm|jane|s3cret|mt_"},
      {"db_port = 3309", "db.example.com|3309||crm|jane|s3cret|mt_"},
      {"db_host = other:3310\ndb_port = 3309", "other|3309||crm|jane|s3cret|mt_"},
      {"db_socket = /tmp/my.sock", "|3307|/tmp/my.sock|crm|jane|s3cret|mt_"},
      {"db_socket = /tmp/my.sock\ndb_host = other", "|3307|/tmp/my.sock|crm|jane|s3cret|mt_"},
      {"db_name = shop", "db.example.com|3307||shop|jane|s3cret|mt_"},
      {"db_user = joe", "db.example.com|3307||crm|joe|s3cret|mt_"},
      {"db_password = 'a ;b'", "db.example.com|3307||crm|jane|a ;b|mt_"},
      {"db_prefix = x_", "db.example.com|3307||crm|jane|s3cret|x_"},
      {"db_prefix =", "db.example.com|3307||crm|jane|s3cret|"},
      {"db_name =", "db.example.com|3307||crm|jane|s3cret|mt_"},
  };
  for (auto [settings, result] : rows) {
    INFO(settings);
    auto found = way(whole(), settings);
    CHECK(found.is_complete());
    CHECK(all_of(found.access) == result);
  }
}

TEST_CASE("A host from the settings takes the place of a configured socket") {
  auto says = whole();
  says.socket = "/run/configured.sock";
  CHECK(way(says, "db_host = other").access.socket == "");
  CHECK(way(says, "db_port = 3309").access.socket == "/run/configured.sock");
}

TEST_CASE("A problem is gone when the settings answer it, and no earlier") {
  auto says = whole();
  says.password.clear();
  says.problems.push_back({{"db_password"}, "db_password in local.php is code (f()): write db_password = ... into "
                                            "the settings file"});
  auto open = way(says, "db_name = shop");
  CHECK_FALSE(open.is_complete());
  CHECK(open.missing == Names{"db_password"});
  CHECK(open.explanation() == "db_password in local.php is code (f()): write db_password = ... into the settings file\n"
                              "lines that unstick.ini.php needs: db_password = ...");
  CHECK_THROWS_WITH(open.target(), "db_password in local.php is code (f()): write db_password = ... into the settings "
                                   "file; lines that unstick.ini.php needs: db_password = ...");
  auto answered = way(says, "db_password = x");
  CHECK(answered.is_complete());
  CHECK(answered.access.problems.empty());
  CHECK(answered.access.password == "x");
}

TEST_CASE("Where the configuration is lost, the settings must say everything, the prefix too") {
  CHECK(way(lost(), "").missing == Names{"db_host", "db_name", "db_user", "db_password", "db_prefix"});
  auto most = way(lost(), "db_socket = /tmp/s\ndb_user = joe\ndb_password = x\n");
  CHECK(most.missing == Names{"db_name", "db_prefix"});
  CHECK(most.explanation() == "local.php is empty\nlines that unstick.ini.php needs: db_name = ... db_prefix = ... "
                              "(db_prefix with nothing behind the = where the tables' names have no prefix)");
  auto all = way(lost(), "db_host = localhost\ndb_user = joe\ndb_password = x\ndb_name = crm\ndb_prefix =");
  CHECK(all.is_complete());
  CHECK(all_of(all.access) == "localhost|0||crm|joe|x|");
}

TEST_CASE("A port that is not known is answered by a port, by a host that names one, and by a socket") {
  auto says = whole();
  says.port = 0;
  says.problems.push_back({{"db_port"}, "db_port is code"});
  CHECK(way(says, "db_host = other").missing == Names{"db_port"});
  for (const char* settings : {"db_port = 3306", "db_host = other:3306", "db_socket = /tmp/s", "db_host = /tmp/s"}) {
    INFO(settings);
    CHECK(way(says, settings).is_complete());
  }
}

TEST_CASE("A setting that is none is said, and nothing else is taken for it") {
  auto port = way(whole(), "db_port = 33O6");
  REQUIRE(port.missing == Names{"db_port"});
  CHECK(port.access.problems[0].sentence == "db_port in the settings file is no port number");
  auto host = way(whole(), "db_host = http://db");
  REQUIRE(host.missing == Names{"db_host"});
  CHECK(host.access.problems[0].sentence == "db_host in the settings file is no host name");
  auto lost_too = way(lost(), "db_host = http://db\ndb_name = a\ndb_user = b\ndb_password = c\ndb_prefix =");
  CHECK(lost_too.missing == Names{"db_host"});
}

TEST_CASE("Without an application the settings alone may name the database") {
  support::MemoryDisk disk;
  auto found = find_database(disk, nullptr, parse_settings("", "db_name = a\ndb_user = b"));
  CHECK(found.missing == Names{"db_host", "db_password"});
  CHECK_THAT(found.explanation(), Catch::Contains("no application was found"));
  CHECK_THAT(found.explanation(), Catch::Contains("lines that unstick.ini.php needs: db_host = ... db_password = ..."));
  CHECK(find_database(disk, nullptr, parse_settings("", "db_host = h\ndb_name = a\ndb_user = b\ndb_password = c"))
            .is_complete());
  apps::App none;
  apps::Site site;
  site.app = &none;
  CHECK_FALSE(find_database(disk, &site, Settings()).is_complete());
}
