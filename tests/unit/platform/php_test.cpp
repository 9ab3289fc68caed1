// SPDX-License-Identifier: GPL-3.0-or-later
// Fake PHPs are small shell scripts in a folder of the test; each writes a line into its `runs` when it is
// started.
#include "platform/php.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <set>

#include "base/text.h"
#include "support/temp_folder.h"

namespace {

using namespace platform;
using support::content_of;
using support::TempFolder;

Path write_script(const TempFolder& folder, std::string_view name, const std::string& body) {
  return folder.write(name, "#!/bin/sh\necho run >> '" + (folder / name).native() + ".runs'\n" + body + "\n",
                      0755);
}

Path write_php(const TempFolder& folder, std::string_view name, const std::string& version,
               const char* sapi = "cli") {
  return write_script(
      folder, name,
      "echo 'PHP " + version + " (" + sapi + ") (built: Oct 21 2026 06:29:51) (NTS)'\necho Copyright");
}

size_t runs_of(const Path& php) { return base::lines(content_of(php.native() + ".runs")).size(); }

PhpRange range(const char* least, const char* most) {
  return {base::Version::parse(least).value_or(base::Version()),
          base::Version::parse(most).value_or(base::Version())};
}

PhpChoice choose(const std::vector<Path>& candidates, const PhpRange& range = {}, const Path& set = {},
                 const Path& memory = {}) {
  return choose_php(posix_disk(), candidates, set, range, memory);
}

}  // namespace

TEST_CASE("Version and kind are read from what PHP says of itself") {
  TempFolder folder;
  struct {
    const char* said;
    const char* version;
    Sapi sapi;
  } rows[] = {
      {"PHP 8.2.35 (cli) (built: Oct 21 2026 06:29:51) (NTS)", "8.2.35", Sapi::cli},
      {"PHP 8.2.35 (cgi-fcgi) (built: Oct 21 2026 06:29:51)", "8.2.35", Sapi::cgi},
      {"PHP 5.2.17 (cgi) (built: x)", "5.2.17", Sapi::cgi},
      {"PHP 8.1.2 (litespeed) (built: x)", "8.1.2", Sapi::litespeed},
      {"PHP 7.2.24-0ubuntu0.18.04.17 (cli) (built: x)", "7.2.24", Sapi::cli},
      {"PHP 8.4.0RC1 (cli) (built: x)", "8.4.0RC1", Sapi::cli},
      {"PHP Warning:  Module \"x\" is already loaded in Unknown on line 0\nPHP 8.0.30 (cli) (built: x)",
       "8.0.30", Sapi::cli},
  };
  for (const auto& row : rows) {
    INFO(row.said);
    Path php = write_script(folder, "php", std::string("cat <<'END'\n") + row.said + "\nEND");
    auto choice = choose({php});
    REQUIRE(choice.php());
    CHECK(choice.php()->version.text() == row.version);
    CHECK(choice.php()->sapi == row.sapi);
    CHECK(choice.php()->problem.empty());
  }
}

TEST_CASE("A program that is no PHP, or none for the command line, is not used and says why") {
  TempFolder folder;
  auto problem_of = [](const Path& php) {
    auto choice = choose({php});
    CHECK_FALSE(choice.chosen);
    return choice.tried[0].problem;
  };
  CHECK(problem_of(write_script(folder, "a", "echo hello")) ==
        "this is no PHP: it does not tell its version");
  CHECK(problem_of(write_script(folder, "b", "exit 3")) == "this is no PHP: it does not tell its version");
  CHECK(problem_of(write_script(folder, "c", "kill -9 $$")) == "it was killed by signal 9 (KILL)");
  CHECK(problem_of(write_php(folder, "d", "8.2.1", "fpm-fcgi")) ==
        "this is not a PHP for the command line: it says (fpm-fcgi)");
  CHECK(problem_of(folder.write("e", "#!/nowhere/sh\n", 0755)).find("No such file") != std::string::npos);
  CHECK(problem_of(folder / "f") == "it is not there");
}

TEST_CASE("A PHP that hangs costs its two seconds and no more") {
  TempFolder folder;
  Path php = write_script(folder, "php", "sleep 60");
  auto begun = std::chrono::steady_clock::now();
  auto choice = choose({php});
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
  CHECK(choice.tried[0].problem == "it did not answer within 2 s");
}

TEST_CASE("A PHP is asked with nothing of the web request in its environment") {
  TempFolder folder;
  Path php = write_script(folder, "php",
                          "env > '" + (folder / "env").native() + "'\npwd > '" + (folder / "pwd").native() +
                              "'\necho 'PHP 8.2.1 (cli) (built: x)'");
  for (const char* name : {"GATEWAY_INTERFACE", "REQUEST_METHOD", "QUERY_STRING"}) ::setenv(name, "x", 1);
  auto choice = choose({php});
  for (const char* name : {"GATEWAY_INTERFACE", "REQUEST_METHOD", "QUERY_STRING"}) ::unsetenv(name);
  REQUIRE(choice.php());
  std::string environment = content_of(folder / "env");
  CHECK(base::contains(environment, "LANG=C\n"));
  const std::set<std::string_view> known = {"PATH", "HOME", "LANG", "PWD", "SHLVL", "OLDPWD", "_"};
  for (auto line : base::lines(environment)) {
    INFO(line);
    CHECK(known.count(line.substr(0, line.find('='))) == 1);
  }
  CHECK(content_of(folder / "pwd") == "/\n");
}

TEST_CASE("The highest PHP that fits is chosen, a command line before php-cgi before lsphp") {
  TempFolder folder;
  Path old_cli = write_php(folder, "old", "7.4.33");
  Path cli_81 = write_php(folder, "cli81", "8.1.27");
  Path cli_82 = write_php(folder, "cli82", "8.2.35");
  Path cli_84 = write_php(folder, "cli84", "8.4.1");
  Path cgi_83 = write_php(folder, "cgi83", "8.3.2", "cgi-fcgi");
  Path ls_83 = write_php(folder, "ls83", "8.3.9", "litespeed");
  auto fit = range("8.1.0", "8.3.99");
  SECTION("the highest in the range") {
    auto choice = choose({old_cli, cli_81, ls_83, cgi_83, cli_82, cli_84}, fit);
    REQUIRE(choice.php());
    CHECK(choice.php()->path == cli_82);
    CHECK(choice.reason == "PHP 8.2.35 (" + cli_82.native() + ") is the newest that fits 8.1.0 to 8.3.99");
    CHECK(choice.tried.size() == 6);
    CHECK(choice.tried[0].problem == "it does not fit: 8.1.0 to 8.3.99 is needed");
    CHECK(choice.tried[5].problem == "it does not fit: 8.1.0 to 8.3.99 is needed");
    CHECK(choice.tried[1].problem.empty());
  }
  SECTION("both ends belong to the range") {
    CHECK(choose({cli_82}, range("8.2.35", "8.2.35")).php());
    CHECK(choose({cli_82}, range("", "8.2.99")).php());
    CHECK_FALSE(choose({cli_82}, range("8.2.36", "")).php());
    CHECK_FALSE(choose({cli_82}, range("", "8.2.34")).php());
  }
  SECTION("php-cgi where no command line fits") {
    auto choice = choose({old_cli, ls_83, cgi_83, cli_84}, fit);
    REQUIRE(choice.php());
    CHECK(choice.php()->path == cgi_83);
    CHECK(choice.reason.find("it is a php-cgi") != std::string::npos);
  }
  SECTION("lsphp where nothing else fits") {
    auto choice = choose({old_cli, ls_83, cli_84}, fit);
    REQUIRE(choice.php());
    CHECK(choice.php()->path == ls_83);
    CHECK(choice.reason.find("it is an lsphp") != std::string::npos);
  }
  SECTION("of two equals the first") {
    Path same = write_php(folder, "same", "8.2.35");
    CHECK(choose({cli_82, same}).php()->path == cli_82);
  }
  SECTION("none fits") {
    auto choice = choose({old_cli, cli_84}, fit);
    CHECK_FALSE(choice.php());
    CHECK(choice.reason == "no PHP that fits 8.1.0 to 8.3.99 was found, only PHP 7.4.33 (" +
                               old_cli.native() + "), PHP 8.4.1 (" + cli_84.native() +
                               "); php = in the settings takes one of them all the same");
  }
  SECTION("none is there") {
    CHECK(choose({}, fit).reason == "no PHP for the command line was found on this machine");
  }
}

TEST_CASE("The PHP of the settings is used even where it does not fit") {
  TempFolder folder;
  Path old_cli = write_php(folder, "old", "7.4.33");
  Path cli_82 = write_php(folder, "cli82", "8.2.35");
  auto fit = range("8.1.0", "8.3.99");
  auto choice = choose({old_cli, cli_82}, fit, old_cli);
  REQUIRE(choice.php());
  CHECK(choice.php()->path == old_cli);
  CHECK(choice.php()->problem.empty());
  CHECK(choice.reason == "PHP 7.4.33 (" + old_cli.native() +
                             ") is set in the settings, although it does not fit: 8.1.0 to 8.3.99 is needed");
  SECTION("but not where it is none") {
    choice = choose({cli_82}, fit, "/nowhere/php");
    REQUIRE(choice.php());
    CHECK(choice.php()->path == cli_82);
    CHECK(
        choice.reason.find(
            "the PHP of the settings, /nowhere/php, cannot be used: there is no such program; PHP 8.2.35") ==
        0);
  }
}

TEST_CASE("An answer is remembered until the program changes") {
  TempFolder folder;
  Path memory = folder / "state/php.json";
  folder.make_folder("state");
  Path php = write_php(folder, "php", "8.2.35");
  Path none = write_script(folder, "none", "echo hello");
  auto ask = [&] { return choose({php, none}, range("8.1.0", "8.3.99"), {}, memory); };
  REQUIRE(ask().php());
  CHECK(runs_of(php) == 1);
  SECTION("the second time nothing is started") {
    auto written = std::filesystem::last_write_time(memory);
    auto choice = ask();
    REQUIRE(choice.php());
    CHECK(choice.php()->version.text() == "8.2.35");
    CHECK(choice.php()->sapi == Sapi::cli);
    CHECK(choice.tried[1].problem == "this is no PHP: it does not tell its version");
    CHECK(runs_of(php) == 1);
    CHECK(runs_of(none) == 1);
    CHECK(std::filesystem::last_write_time(memory) == written);
  }
  SECTION("the range is no part of the memory") {
    auto choice = choose({php}, range("8.3.0", "8.4.99"), {}, memory);
    CHECK_FALSE(choice.php());
    CHECK(ask().php());
    CHECK(runs_of(php) == 1);
  }
  SECTION("another file under the name is asked") {
    write_php(folder, "php", "8.3.1");
    CHECK(ask().php()->version.text() == "8.3.1");
    CHECK(runs_of(php) == 2);
  }
  SECTION("a touched file is asked") {
    std::filesystem::last_write_time(php,
                                     std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    CHECK(ask().php());
    CHECK(runs_of(php) == 2);
  }
  SECTION("a broken memory is no memory, and mended") {
    for (const char* broken : {"", "x", "[]", "{\"format\": 1}", "{\"format\": 1, \"php\": 5}",
                               "{\"format\": 1, \"php\": [1, {}]}", "{\"format\": \"1\", \"php\": []}",
                               "{\"format\": 0}", "\xff\xfe"}) {
      INFO(broken);
      size_t before = runs_of(php);
      folder.write("state/php.json", broken);
      CHECK(ask().php());
      CHECK(runs_of(php) == before + 1);
      CHECK(ask().php());
      CHECK(runs_of(php) == before + 1);
    }
  }
  SECTION("single values of another type are no memory") {
    std::string good = content_of(memory);
    for (auto [from, to] : {std::pair("\"cli\"", "5"), std::pair("\"8.2.35\"", "null"),
                            std::pair("\"ask_again\": 0", "\"ask_again\": \"x\""),
                            std::pair("\"inode\": ", "\"inode\": 1"), std::pair("\"8.2.35\"", "\"eight\"")}) {
      std::string bad = good;
      INFO(from << " -> " << to);
      for (size_t at = bad.find(from); at != std::string::npos;
           at = bad.find(from, at + std::string(to).size()))
        bad.replace(at, std::string(from).size(), to);
      size_t before = runs_of(php);
      folder.write("state/php.json", bad);
      CHECK(ask().php());
      CHECK(runs_of(php) == before + 1);
    }
  }
  SECTION("a memory of a later version is neither used nor written over") {
    const char* later = "{\"format\": 2, \"php\": []}";
    folder.write("state/php.json", later);
    CHECK(ask().php());
    CHECK(content_of(memory) == later);
  }
}

TEST_CASE("A memory that cannot be written or read is no error") {
  TempFolder folder;
  Path php = write_php(folder, "php", "8.2.35");
  CHECK(choose({php}, {}, {}, folder / "missing/php.json").php());
  CHECK(choose({php}, {}, {}, folder.make_folder("a-folder")).php());
  CHECK(choose({php}).php());
  CHECK(runs_of(php) == 3);
}

TEST_CASE("The memory is readable by its owner alone") {
  TempFolder folder;
  Path php = write_php(folder, "php", "8.2.35");
  choose({php}, {}, {}, folder / "php.json");
  CHECK((std::filesystem::status(folder / "php.json").permissions() & std::filesystem::perms::mask) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("A PHP that gave no answer is asked again after ten minutes, not at once") {
  TempFolder folder;
  Path memory = folder / "php.json";
  Path php = write_script(folder, "php", "kill -9 $$");
  choose({php}, {}, {}, memory);
  choose({php}, {}, {}, memory);
  CHECK(runs_of(php) == 1);
  std::string text = content_of(memory);
  auto at = text.find("\"ask_again\": ") + 13;
  auto end = text.find_first_not_of("0123456789", at);
  folder.write("php.json", text.substr(0, at) + "1000" + text.substr(end));
  choose({php}, {}, {}, memory);
  CHECK(runs_of(php) == 2);
}

TEST_CASE("The real PHPs of this machine are found, told apart and remembered") {
  TempFolder folder;
  auto candidates = candidate_paths(posix_disk(), {}, "/usr/local/bin:/usr/bin:/bin");
  if (candidates.empty()) FAIL("no PHP is installed");
  auto choice = choose(candidates, range("5.6.0", "99.0"), {}, folder / "php.json");
  REQUIRE(choice.php());
  CHECK(choice.php()->sapi == Sapi::cli);
  for (const auto& php : choice.tried) {
    INFO(php.path);
    CHECK(php.problem.empty());
    bool is_cgi = php.path.filename().native().find("cgi") != std::string::npos;
    CHECK((php.sapi == Sapi::cgi) == is_cgi);
  }
}
