// SPDX-License-Identifier: GPL-3.0-or-later
// The same script by the real PHPs of this machine, each made to behave as a command line.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "platform/php.h"
#include "support/temp_folder.h"

namespace {

using namespace platform;
using support::TempFolder;
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A command line is run without limits of time and with the memory asked for") {
  PhpCandidate cli{"/usr/bin/php8.2", base::Version::of("8.2.35"), Sapi::cli, ""};
  CHECK(php_argv(cli, "512M", "/state/shim.php") == Names{"/usr/bin/php8.2", "-d", "memory_limit=512M", "-d",
                                                          "max_execution_time=0", "-d",
                                                          "display_errors=stderr"});
  CHECK(php_argv(cli, "", "/s")[2] == "max_execution_time=0");
  PhpCandidate litespeed{"/opt/lsphp", base::Version::of("8.2.35"), Sapi::litespeed, ""};
  CHECK(php_argv(litespeed, "512M", "/state/shim.php") ==
        Names{"/opt/lsphp", "/state/shim.php", "memory_limit=512M"});
}

namespace {

// Runs a script that shows what a console meets, by a real PHP of this machine; empty when there is none.
std::string run_real(const TempFolder& folder, const char* php, Sapi sapi, std::string& errors, int& code) {
  if (::access(php, X_OK) != 0) return {};
  folder.write("work/here", "");
  Path shim = folder.write("shim.php", shim_source());
  Path script = folder.write("console", R"(#!/usr/bin/env php
<?php
echo implode('|', array_slice($_SERVER['argv'], 1)), "\n", $argc, ' ', basename($argv[0]), "\n";
echo ini_get('memory_limit'), ' ', ini_get('max_execution_time'), ' ', (int) ini_get('html_errors'), "\n";
echo file_exists('here') ? 'stayed' : getcwd(), "\n";
fwrite(STDOUT, "out\n");
fwrite(STDERR, "err\n");
echo defined('STDIN') ? 'in' : 'no', "\n";
exit(7);
)");
  Command command;
  command.argv = php_argv({php, base::Version::of("8.2"), sapi, ""}, "333M", shim);
  for (const char* word :
       {script.c_str(), "list", "--version", "-n", "Mautic\\Migrations\\Version20230621074925", "a=b"})
    command.argv.emplace_back(word);
  command.environment = {"PATH=/usr/bin:/bin"};
  command.folder = folder / "work";
  Capture said = capture(command, std::chrono::seconds(10));
  errors = said.errors;
  code = said.exit.code;
  return said.output;
}

}  // namespace

TEST_CASE("Each kind of PHP runs a console script in the same way") {
  TempFolder folder;
  struct {
    const char* php;
    Sapi sapi;
  } rows[] = {
      {"/usr/bin/php", Sapi::cli},
      {"/usr/bin/php-cgi", Sapi::cgi},
      // No lsphp is packaged: the way it is started is tried with the others.
      {"/usr/bin/php", Sapi::litespeed},
  };
  for (const auto& row : rows) {
    std::string errors;
    int code = 0;
    std::string output = run_real(folder, row.php, row.sapi, errors, code);
    INFO(row.php << " as " << static_cast<int>(row.sapi));
    if (output.empty() && ::access(row.php, X_OK) != 0) FAIL("not installed");
    CHECK(output ==
          "list|--version|-n|Mautic\\Migrations\\Version20230621074925|a=b\n6 console\n333M 0 "
          "0\nstayed\nout\nin\n");
    CHECK(errors == "err\n");
    CHECK(code == 7);
  }
}
