// SPDX-License-Identifier: GPL-3.0-or-later
// local.php in all its places and forms; the places are those of ParameterLoader and AppKernel of 2.16 to 5.1.
#include "apps/mautic/configuration.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <set>

#include "apps/database_host.h"
#include "apps/mautic/mautic.h"
#include "support/limits.h"
#include "support/temp_folder.h"
#include "support/test_data.h"

namespace {

using namespace apps;
using Catch::Contains;
using support::TempFolder;
using Words = std::vector<std::string>;

const std::string kBegin = "<?php\n$parameters = array(\n";

// Enough to be complete.
std::string local_php(const std::string& more = "") {
  return kBegin + "'db_host' => 'db.example.com', 'db_port' => 3307, 'db_name' => 'crm', 'db_user' => 'jane',\n"
                  "'db_password' => 'p%%w', 'db_table_prefix' => 'mt_',\n" + more + ");\n";
}

// The paths need not exist.
Site site_in(const Path& root, const Path& project, const std::string& version) {
  Site site;
  site.app = &mautic::kApp;
  site.root = root;
  site.project = project;
  if (!version.empty()) site.version = base::Version::of(version);
  return site;
}

Site zip_site(const TempFolder& folder, const std::string& version = "5.1.0") {
  if (version.empty() || version[0] >= '5') folder.write("composer.json", "{}");
  return site_in(folder.path(), folder.path(), version);
}

Site composer_site(const TempFolder& folder, const std::string& version = "5.1.0") {
  folder.write("composer.json", "{}");
  folder.make_folder("docroot/app");
  return site_in(folder / "docroot", folder.path(), version);
}

DatabaseAccess access_of(const Site& site) { return mautic::database(platform::posix_disk(), site); }

// Of a 5.1 whose local.php holds these elements of $parameters.
DatabaseAccess access_with(const std::string& elements) {
  TempFolder folder;
  folder.write("config/local.php", kBegin + elements + ");\n");
  return access_of(zip_site(folder));
}

Words problems_of(const DatabaseAccess& access) {
  Words sentences;
  for (const auto& problem : access.problems) sentences.push_back(problem.sentence);
  return sentences;
}

constexpr const char* kAll[] = {"db_host", "db_name", "db_user", "db_password", "db_prefix"};

// That nothing is known, and why.
void check_unknown(const DatabaseAccess& access, const std::string& why) {
  REQUIRE(access.problems.size() == 1);
  CHECK(access.problems[0].sentence ==
        why + ": write db_host, db_name, db_user, db_password and db_prefix into the settings file");
  CHECK(std::equal(access.problems[0].settings.begin(), access.problems[0].settings.end(), std::begin(kAll),
                   std::end(kAll)));
  CHECK(access.name.empty());
  CHECK(access.password.empty());
}

}  // namespace

TEST_CASE("local.php names the database") {
  TempFolder folder;
  folder.write("config/local.php", local_php());
  auto access = access_of(zip_site(folder));
  CHECK(access.host == "db.example.com");
  CHECK(access.port == 3307);
  CHECK(access.socket.empty());
  CHECK(access.name == "crm");
  CHECK(access.user == "jane");
  CHECK(access.password == "p%w");
  CHECK(access.prefix == "mt_");
  CHECK(access.from == folder / "config/local.php");
  CHECK(problems_of(access) == Words{});
}

TEST_CASE("local.php is found where each release and layout has it") {
  TempFolder folder;
  struct {
    const char* version;
    bool composer;
    const char* place;
  } rows[] = {
      {"2.16.5", false, "app/config/local.php"},        {"3.3.5", false, "app/config/local.php"},
      {"4.4.13", false, "app/config/local.php"},        {"4.4.13", true, "docroot/app/config/local.php"},
      {"5.1.0", false, "config/local.php"},             {"5.1.0", false, "app/config/local.php"},
      {"5.1.0", true, "config/local.php"},              {"5.1.0", true, "docroot/app/config/local.php"},
      {"7.0.2", false, "config/local.php"},             {"7.0.2", true, "config/local.php"},
      {"4.4.13", false, "config/local.php"},            {"4.4.13", true, "config/local.php"},
      {"", false, "app/config/local.php"},              {"", false, "config/local.php"},
      {"", true, "config/local.php"},                   {"", true, "docroot/app/config/local.php"},
  };
  for (const auto& row : rows) {
    TempFolder site;
    INFO(row.version << " " << row.composer << " " << row.place);
    site.write(row.place, local_php());
    auto access = access_of(row.composer ? composer_site(site, row.version) : zip_site(site, row.version));
    CHECK(access.from == site / row.place);
    CHECK(access.name == "crm");
    CHECK(problems_of(access) == Words{});
  }
}

TEST_CASE("Of two local.php the one counts that the release takes") {
  TempFolder folder;
  folder.write("app/config/local.php", local_php("'db_name' => 'old',"));
  folder.write("config/local.php", local_php("'db_name' => 'new',"));
  CHECK(access_of(zip_site(folder, "4.4.13")).name == "old");
  CHECK(access_of(zip_site(folder, "5.1.0")).name == "new");
  CHECK(access_of(zip_site(folder, "")).name == "new");
}

TEST_CASE("Without its composer.json a Mautic 5 takes the nearest folder above that has one for its project") {
  TempFolder folder;
  folder.write("composer.json", "{}");
  folder.write("htdocs/config/local.php", local_php("'db_name' => 'left',"));
  Site site = site_in(folder / "htdocs", folder / "htdocs", "5.1.0");
  CHECK(access_of(site).name == "left");
  folder.write("config/local.php", local_php("'db_name' => 'above',"));
  CHECK(access_of(site).name == "above");
  folder.write("htdocs/composer.json", "{}");
  CHECK(access_of(site).name == "left");
}

TEST_CASE("paths_local.php names another local.php") {
  TempFolder folder;
  auto paths = [](const std::string& value) { return "<?php\n$paths['local_config'] = " + value + ";\n"; };
  SECTION("of a 4.4") {
    folder.write("app/config/paths_local.php", paths("'%kernel.root_dir%/../../conf/crm.php'"));
    folder.write("site/app/config/paths_local.php", paths("'%kernel.root_dir%/../../conf/crm.php'"));
    folder.make_folder("site/app");
    folder.write("conf/crm.php", local_php());
    folder.write("site/app/config/parameters_local.php", "<?php $parameters['db_user'] = 'joe';");
    auto access = access_of(site_in(folder / "site", folder / "site", "4.4.13"));
    CHECK(access.name == "crm");
    CHECK(access.user == "joe");
  }
  SECTION("of a 5, beside its config") {
    folder.write("config/paths_local.php", paths("'%kernel.project_dir%/config/sites/crm.php'"));
    folder.write("app/config/paths_local.php", paths("'/not/this'"));
    folder.write("config/sites/crm.php", local_php());
    folder.write("config/parameters_local.php", "<?php $parameters = ['db_user' => 'joe'];");
    auto access = access_of(zip_site(folder));
    CHECK(access.from == folder / "config/sites/crm.php");
    CHECK(access.user == "joe");
  }
  SECTION("of a 5, in the old place") {
    folder.write("app/config/paths_local.php", paths("'%kernel.project_dir%/crm.php'"));
    folder.write("app/crm.php", local_php());
    CHECK(access_of(zip_site(folder)).name == "crm");
  }
  SECTION("or other things") {
    folder.write("config/paths_local.php", "<?php\n$paths['themes'] = 'themes2';\n");
    folder.write("config/local.php", local_php());
    CHECK(access_of(zip_site(folder)).name == "crm");
  }
  SECTION("by code") {
    folder.write("config/paths_local.php", paths("'/conf/' . $_SERVER['HTTP_HOST'] . '.php'"));
    folder.write("config/local.php", local_php());
    auto access = access_of(zip_site(folder));
    check_unknown(access, "config/paths_local.php chooses the configuration file by code ('...' . "
                          "$_SERVER['HTTP_HOST'] . '...')");
    CHECK(access.from.empty());
  }
  SECTION("that is not there") {
    folder.write("config/paths_local.php", paths("'%kernel.project_dir%/crm.php'"));
    folder.write("config/local.php", local_php());
    check_unknown(access_of(zip_site(folder)),
                  "there is no crm.php: Mautic was never installed here, or the file was lost");
  }
  SECTION("and is cut off") {
    folder.write("config/paths_local.php", "<?php\n$paths = [");
    folder.write("config/local.php", local_php());
    check_unknown(access_of(zip_site(folder)),
                  "config/paths_local.php is damaged: line 2: expected a value, but found the end of the file");
  }
}

TEST_CASE("parameters_local.php goes over local.php, from the folder beside it") {
  for (bool composer : {false, true}) {
    for (const char* place : {"config/", "app/config/"}) {
      TempFolder folder;
      Site site = composer ? composer_site(folder) : zip_site(folder);
      std::string below = composer && place[0] == 'a' ? "docroot/" : "";
      INFO(composer << place);
      folder.write(below + place + "local.php", local_php());
      folder.write(below + place + "parameters_local.php",
                   "<?php\n$parameters = ['db_host' => 'localhost', 'db_port' => null,];\n"
                   "$parameters['db_password'] = getenv('PW');\n");
      auto access = access_of(site);
      CHECK(access.host == "localhost");
      CHECK(access.port == 0);
      CHECK(access.name == "crm");
      CHECK(problems_of(access) == Words{"db_password in " + below + place +
                                         "parameters_local.php is code (getenv('PW')): write db_password = ... into "
                                         "the settings file"});
    }
  }
}

TEST_CASE("A damaged parameters_local.php leaves nothing known") {
  TempFolder folder;
  folder.write("config/local.php", local_php());
  folder.write("config/parameters_local.php", "<?php\n\n$parameters['db_host'] = 'a'");
  check_unknown(access_of(zip_site(folder)),
                "config/parameters_local.php is damaged: line 3: expected ;, but found the end of the file");
}

TEST_CASE("What is absent has Mautic's default") {
  auto access = access_with("'db_name' => 'crm', 'db_user' => 'jane',");
  CHECK(access.host == "127.0.0.1");
  CHECK(access.port == 0);
  CHECK(access.password.empty());
  CHECK(access.prefix.empty());
  CHECK(problems_of(access) == Words{});
}

TEST_CASE("Without a name or a user nothing can be connected to") {
  auto access = access_with("'db_user' => '',");
  CHECK(problems_of(access) ==
        Words{"db_name is not set in config/local.php: write db_name = ... into the settings file",
              "db_user is not set in config/local.php: write db_user = ... into the settings file"});
}

TEST_CASE("Ports and prefixes are read in every type that is found") {
  const std::pair<std::string, unsigned> ports[] = {{"3306", 3306}, {"'3307'", 3307}, {"''", 0}, {"null", 0},
                                                    {"0", 0},       {"'0'", 0},       {"false", 0}, {"65535", 65535}};
  for (const auto& [php, port] : ports) {
    INFO(php);
    auto access = access_with("'db_name' => 'a', 'db_user' => 'b', 'db_port' => " + php);
    CHECK(access.port == port);
    CHECK(problems_of(access) == Words{});
  }
  for (const char* php : {"'abc'", "65536", "-1", "3306.5", "[3306]", "true ? 1 : 2"}) {
    INFO(php);
    auto access = access_with("'db_name' => 'a', 'db_user' => 'b', 'db_port' => " + std::string(php));
    CHECK(access.port == 0);
    REQUIRE(access.problems.size() == 1);
    CHECK(access.problems[0].settings == std::vector<std::string_view>{"db_port"});
    CHECK_THAT(access.problems[0].sentence, Contains(": write db_port = ... into the settings file"));
  }
  const std::pair<std::string, std::string> prefixes[] = {
      {"'mt_'", "mt_"}, {"null", ""}, {"NULL", ""}, {"''", ""}, {"5", "5"}};
  for (const auto& [php, prefix] : prefixes)
    CHECK(access_with("'db_name' => 'a', 'db_user' => 'b', 'db_table_prefix' => " + php).prefix == prefix);
}

TEST_CASE("A percent sign that is doubled is one, and folders that Mautic names are replaced") {
  TempFolder folder;
  Path root = folder.path();
  const std::pair<std::string, std::string> rows[] = {
      {"%%", "%"},          {"a%%b%%%%c", "a%b%%c"}, {"100%", "100%"},       {"a% b%", "a% b%"},
      {"5 % of 6", "5 % of 6"}, {"%", "%"},          {"%%abc%%", "%abc%"},   {"%kernel.environment%", "prod"},
      {"%kernel.project_dir%/x", root.native() + "/x"}, {"%kernel.root_dir%/x", root.native() + "/app/x"},
      {"50%%%kernel.environment%", "50%prod"},
  };
  for (const auto& [text, resolved] : rows) {
    INFO(text);
    folder.write("config/local.php", kBegin + "'db_name' => 'a', 'db_user' => 'b', 'db_password' => '" + text + "');");
    auto access = access_of(zip_site(folder));
    CHECK(access.password == resolved);
    CHECK(problems_of(access) == Words{});
  }
}

TEST_CASE("A parameter that only PHP knows is a problem, which does not name what may be a password") {
  auto access = access_with("'db_name' => 'a', 'db_user' => 'b', 'db_password' => 'x%s3cret%y'");
  CHECK(access.password.empty());
  CHECK(problems_of(access) ==
        Words{"db_password in config/local.php holds a %, which must be doubled, or the name of another parameter "
              "between two: write db_password = ... into the settings file"});
}

TEST_CASE("A value that is code, in a variable of the environment, or no text at all is a problem") {
  auto access = access_with(
      "'db_host' => getenv('H') ?: 'db.example.com', 'db_port' => $port, 'db_name' => 'getenv(MAUTIC_DB_NAME)',\n"
      "'db_user' => array('jane'), 'db_password' => rtrim('s3cret'), 'db_table_prefix' => PREFIX");
  CHECK(problems_of(access) ==
        Words{"db_host in config/local.php is code (getenv('H') ?: '...'): write db_host = ... into the "
              "settings file",
              "db_port in config/local.php is code ($port): write db_port = ... into the settings file",
              "db_name in config/local.php comes from the environment variable MAUTIC_DB_NAME: write db_name "
              "= ... into "
              "the settings file",
              "db_user in config/local.php is neither a text nor a whole number: write db_user = ... into "
              "the settings "
              "file",
              "db_password in config/local.php is code (rtrim('...')): write db_password = ... into the "
              "settings file",
              "db_table_prefix in config/local.php is code (PREFIX): write db_prefix = ... into the settings "
              "file"});
  CHECK(access.host.empty());
  CHECK(access.name.empty());
}

TEST_CASE("Parameters that code has made are all code") {
  TempFolder folder;
  folder.write("config/local.php", local_php() + "$parameters = array_merge($parameters, include 'secret.php');\n"
                                                 "$parameters['db_name'] = 'crm';\n");
  auto access = access_of(zip_site(folder));
  CHECK(access.name == "crm");
  CHECK(access.problems.size() == 5);
  for (const auto& sentence : problems_of(access)) CHECK_THAT(sentence, Contains("is code (array_merge($parameters, "));
}

TEST_CASE("A local.php that is missing, empty, cut off or something else is a sentence") {
  TempFolder folder;
  const std::pair<std::string, std::string> rows[] = {
      {"", "config/local.php is empty, as a full disk leaves it"},
      {"\n", "config/local.php is empty, as a full disk leaves it"},
      {local_php().substr(0, 60),
       "config/local.php is damaged: line 3: expected the end of the string that begins "
       "here, but the file ends"},
      {kBegin + "'db_name' => 'crm'\n",
       "config/local.php is damaged: line 4: expected , or ), but found the end of the "
       "file"},
      {"<?php\n", "config/local.php holds no $parameters = array(...): it is damaged, or another program's"},
      {"<?php $parameters = 'x';",
       "config/local.php holds no $parameters = array(...): it is damaged, or another program's"},
      {"<h1>Hello</h1>", "config/local.php is damaged: line 1: expected <?php, but found something else"},
      {std::string(1 << 20, ' ') + "x", "config/local.php is unusually large, over 1 MB, and was not read: such a file has some 10 KB"},
  };
  for (const auto& [text, why] : rows) {
    INFO(text.substr(0, 100));
    folder.write("config/local.php", text);
    auto access = access_of(zip_site(folder));
    check_unknown(access, why);
    CHECK(access.from == folder / "config/local.php");
  }
  std::filesystem::remove(folder / "config/local.php");
  check_unknown(access_of(zip_site(folder)),
                "there is no config/local.php: Mautic was never installed here, or the file was lost");
  folder.make_folder("config/local.php");
  check_unknown(access_of(zip_site(folder)),
                "there is no config/local.php: Mautic was never installed here, or the file was lost");
}

TEST_CASE("A local.php that may not be read says so") {
  TempFolder folder;
  ::chmod(folder.path().c_str(), 0755);
  folder.write("config/local.php", local_php(), 0);
  Site site = zip_site(folder);
  support::AsNobody nobody;
  auto access = access_of(site);
  REQUIRE(access.problems.size() == 1);
  CHECK_THAT(access.problems[0].sentence, Contains("local.php: Permission denied"));
}

TEST_CASE("MAUTIC_TABLE_PREFIX of .env wins over local.php from 5 on") {
  TempFolder folder;
  folder.write("config/local.php", local_php());
  folder.write("app/config/local.php", local_php());
  auto prefix = [&](const std::string& environment, const char* version = "5.1.0") {
    folder.write(".env", environment);
    return access_of(zip_site(folder, version)).prefix;
  };
  CHECK(prefix("APP_ENV=prod\nMAUTIC_TABLE_PREFIX=env_\n") == "env_");
  CHECK(prefix("export MAUTIC_TABLE_PREFIX='env_'\r\n") == "env_");
  CHECK(prefix("#MAUTIC_TABLE_PREFIX=env_\n") == "mt_");
  CHECK(prefix("MAUTIC_TABLE_PREFIX=\n") == "mt_");
  CHECK(prefix("MAUTIC_TABLE_PREFIX=env_\n", "4.4.13") == "mt_");
  CHECK(prefix("MAUTIC_TABLE_PREFIX=${X}_\n") == "mt_");
  CHECK(problems_of(access_of(zip_site(folder))) ==
        Words{"MAUTIC_TABLE_PREFIX in .env cannot be read without PHP: write db_prefix = ... into the settings file"});
  folder.write(".env.local", "MAUTIC_TABLE_PREFIX=local_\n");
  CHECK(access_of(zip_site(folder)).prefix == "local_");
}

TEST_CASE("The samples are read as Mautic reads them") {
  TempFolder folder;
  std::set<Path> unread;
  for (const auto& entry : std::filesystem::directory_iterator(support::test_data("mautic/local_php")))
    if (entry.path().extension() == ".php") unread.insert(entry.path().filename());
  auto access_from = [&](const std::string& name) {
    unread.erase(name);
    folder.write("config/local.php", support::content_of(support::test_data("mautic/local_php/" + name)));
    return access_of(zip_site(folder));
  };
  auto five = access_from("written-by-mautic-5.php");
  CHECK(problems_of(five) == Words{});
  CHECK(five.host == "localhost");
  CHECK(five.port == 3306);
  CHECK(five.name == "site_mautic");
  CHECK(five.user == "site_user");
  CHECK(five.password == R"(p'a\ss%word"#$)");
  CHECK(five.prefix == "mt_");
  auto upgraded = access_from("written-by-upgrade-v3.php");
  CHECK(problems_of(upgraded) == Words{});
  CHECK(upgraded.host == "127.0.0.1");
  CHECK(upgraded.port == 3306);
  CHECK(upgraded.password == "x");
  CHECK(upgraded.prefix.empty());
  auto container = access_from("container-image.php");
  CHECK(container.user == "mautic");
  CHECK(container.problems.size() == 4);
  for (const auto& problem : container.problems) CHECK_THAT(problem.sentence, !Contains("3306"));
  CHECK(unread.empty());
}

TEST_CASE("Hosts are read in every form in which people write them") {
  struct {
    const char *text, *host, *socket;
    unsigned port;
  } rows[] = {
      {"", "", "", 0},
      {"localhost", "localhost", "", 0},
      {" db.example.com ", "db.example.com", "", 0},
      {"db-1_x.example.com", "db-1_x.example.com", "", 0},
      {"db.example.com:3307", "db.example.com", "", 3307},
      {"localhost:", "localhost", "", 0},
      {"127.0.0.1:3307", "127.0.0.1", "", 3307},
      {"::1", "::1", "", 0},
      {"[::1]", "::1", "", 0},
      {"[fe80::1]:3307", "fe80::1", "", 3307},
      {"fe80::1%eth0", "fe80::1%eth0", "", 0},
      {"/run/mysqld/mysqld.sock", "", "/run/mysqld/mysqld.sock", 0},
      {"localhost:/tmp/mysql.sock", "localhost", "/tmp/mysql.sock", 0},
      {":/tmp/mysql.sock", "", "/tmp/mysql.sock", 0},
      {"unix:/tmp/mysql.sock", "", "/tmp/mysql.sock", 0},
      {"p:localhost", "localhost", "", 0},
      {"p:localhost:3307", "localhost", "", 3307},
      {"localhost;unix_socket=/tmp/mysql.sock", "localhost", "/tmp/mysql.sock", 0},
      {"db.example.com; port = 3307; charset=utf8mb4;", "db.example.com", "", 3307},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    DatabaseAccess access;
    CHECK(read_database_host(row.text, access));
    CHECK(access.host == row.host);
    CHECK(access.socket == row.socket);
    CHECK(access.port == row.port);
  }
  for (const char* text :
       {"db example", "localhost:abc", "localhost:70000", "a/b", "http://db.example.com", "[::1", "[x]:5",
        "localhost;x=y", "localhost;unix_socket=rel", "/", "a:b:c", "p:p:p:", "::1::2", "host;port=x"}) {
    INFO(text);
    DatabaseAccess access;
    access.host = "before";
    access.port = 5;
    CHECK_FALSE(read_database_host(text, access));
    CHECK(access.host == "before");
    CHECK(access.port == 5);
  }
  DatabaseAccess access;
  for (const char* text : {"a\0b", "/tmp\0b", "::1\0b"}) {
    std::string with_zero(text, std::string_view(text).size() + 2);
    CHECK_FALSE(read_database_host(with_zero, access));
  }
}

TEST_CASE("A host that names a port wins over db_port, and one that is none is a problem") {
  CHECK(access_with("'db_name' => 'a', 'db_user' => 'b', 'db_host' => 'x:3308', 'db_port' => 3306").port == 3308);
  auto access = access_with("'db_name' => 'a', 'db_user' => 'b', 'db_host' => 'http://x', 'db_port' => 3306");
  CHECK(problems_of(access) ==
        Words{"db_host in config/local.php is no host name: write db_host = ... into the settings file"});
}

// ---- folders

TEST_CASE("Caches that the configuration names are emptied too, when they look like caches") {
  TempFolder folder;
  folder.write("app/release_metadata.json", R"({"version": "5.1.0"})");
  folder.write("app/bundles/CoreBundle/x", "");
  folder.write("bin/console", "");
  folder.write("composer.json", "{}");
  folder.write("elsewhere/cache/prod/ContainerAbc/x.php", "");
  folder.write("elsewhere/tmp/twig/0f/x.php", "");
  auto caches = [&](const std::string& elements) {
    folder.write("config/local.php", kBegin + elements + ");");
    auto site = mautic::recognise(platform::posix_disk(), folder.path());
    REQUIRE(site);
    return std::vector<Path>(site->caches.begin() + 2, site->caches.end());
  };
  using Paths = std::vector<Path>;
  const std::string named = "'cache_path' => '%kernel.project_dir%/elsewhere/cache', "
                            "'tmp_path' => '%kernel.project_dir%/elsewhere/tmp/'";
  SECTION("found") {
    CHECK(caches(named) == Paths{folder / "elsewhere/cache/prod", folder / "elsewhere/tmp/twig"});
  }
  SECTION("found by their own path") {
    CHECK(caches("'cache_path' => '" + (folder / "elsewhere/x/../cache").native() + "'") ==
          Paths{folder / "elsewhere/cache/prod"});
  }
  SECTION("the usual ones are not named twice") {
    folder.write("var/cache/prod/ContainerAbc/x.php", "");
    std::filesystem::create_directory_symlink(folder.path(), folder / "link");
    CHECK(caches("'cache_path' => '%kernel.project_dir%/link/var/cache'") == Paths{});
  }
  SECTION("not there") { CHECK(caches("'cache_path' => '/not/there'") == Paths{}); }
  SECTION("no cache") {
    folder.write("elsewhere/cache2/prod/index.php", "");
    folder.write("elsewhere/tmp2/twig/0f/x.php", "");
    folder.write("elsewhere/tmp2/twig/letter.txt", "");
    folder.make_folder("elsewhere/tmp3/twig");
    CHECK(caches("'cache_path' => '%kernel.project_dir%/elsewhere/cache2', "
                 "'tmp_path' => '%kernel.project_dir%/elsewhere/tmp2'") == Paths{});
    CHECK(caches("'tmp_path' => '%kernel.project_dir%/elsewhere/tmp3'") == Paths{});
  }
  SECTION("the site itself, by a link") {
    folder.make_folder("ContainerAbc");
    std::filesystem::create_directory_symlink(folder.path(), folder / "elsewhere/prod");
    CHECK(caches("'cache_path' => '%kernel.project_dir%/elsewhere'") == Paths{});
  }
  SECTION("code, relative, of an older release or damaged") {
    CHECK(caches("'cache_path' => getenv('X')") == Paths{});
    CHECK(caches("'cache_path' => 'elsewhere/cache'") == Paths{});
    CHECK(caches("'cache_path' => '%kernel.root_dir%/../elsewhere/cache'") == Paths{});
    CHECK(caches("'cache_path' => 5") == Paths{});
    CHECK(caches(named + ", 'x' => ") == Paths{});
  }
}

TEST_CASE("Mautic 4 and 2 name their caches from app on") {
  TempFolder folder;
  folder.write("app/bundles/CoreBundle/x", "");
  folder.write("index.php", "");
  folder.write("elsewhere/cache/prod/appProdProjectContainer.php", "");
  folder.write("elsewhere/tmp/prod/twig/0f/x.php", "");
  folder.write("elsewhere/tmp/twig/0f/x.php", "");
  folder.write("app/config/local.php", kBegin + "'cache_path' => '%kernel.root_dir%/../elsewhere/cache', "
                                                "'tmp_path' => '%kernel.root_dir%/../elsewhere/tmp',);");
  folder.write("app/version.txt", "2.16.5\n");
  auto site = mautic::recognise(platform::posix_disk(), folder.path());
  REQUIRE(site);
  CHECK(site->caches == std::vector<Path>{folder / "app/cache/prod", folder / "elsewhere/cache/prod",
                                          folder / "elsewhere/tmp/prod/twig"});
  folder.write("app/release_metadata.json", R"({"version": "4.4.13"})");
  site = mautic::recognise(platform::posix_disk(), folder.path());
  REQUIRE(site);
  CHECK(site->caches == std::vector<Path>{folder / "var/cache/prod", folder / "var/tmp/twig",
                                          folder / "elsewhere/cache/prod", folder / "elsewhere/tmp/twig"});
}

TEST_CASE("A broken local.php never keeps a site from being recognised") {
  TempFolder folder;
  folder.write("app/release_metadata.json", R"({"version": "5.1.0"})");
  folder.write("app/bundles/CoreBundle/x", "");
  folder.write("composer.json", "{}");
  for (const std::string& text : {std::string(), std::string("<?php $parameters = ["), std::string(4096, '\0'),
                                  "<?php " + std::string(900'000, '[')}) {
    folder.write("config/local.php", text);
    CHECK(mautic::recognise(platform::posix_disk(), folder.path()));
  }
  folder.write("config/local.php", "<?php", 0);
  ::chmod(folder.path().c_str(), 0755);
  support::AsNobody nobody;
  CHECK(mautic::recognise(platform::posix_disk(), folder.path()));
}
