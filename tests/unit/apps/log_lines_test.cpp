// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/log_lines.h"

#include <catch2/catch.hpp>

#include "base/text.h"

using apps::errors_in;
using platform::from_unix_seconds;

namespace {

const auto kNoon = from_unix_seconds(1795262400);  // 2026-11-21 12:00:00 UTC

std::string when(const apps::LogEntry& entry) { return entry.when ? platform::utc_words(*entry.when) : "none"; }

}  // namespace

TEST_CASE("errors come out of all formats with their time, level and text", "[logs]") {
  struct Row {
    const char *line, *time, *level, *text;
  };
  const Row rows[] = {
      {"[2026-11-21T07:48:05.552276+00:00] console.CRITICAL: Error thrown [] []", "2026-11-21 07:48:05 UTC", "CRITICAL", "Error thrown [] []"},
      {"[2026-11-21T07:48:05+02:00] mautic.ERROR: x", "2026-11-21 05:48:05 UTC", "ERROR", "x"},
      {"[2026-11-21 07:48:05] request.EMERGENCY: x", "2026-11-21 07:48:05 UTC", "EMERGENCY", "x"},
      {"[2026-11-21T07:48:05.518025+00:00][WHMCS Installer] ERROR: PDOException: x", "2026-11-21 07:48:05 UTC", "ERROR", "PDOException: x"},
      {"[21-Nov-2026 07:48:05 UTC] PHP Fatal error:  Uncaught Error: y", "2026-11-21 07:48:05 UTC", "Fatal error", "Uncaught Error: y"},
      {"[21-Nov-2026 07:48:05 UTC] Too few arguments - in file /a - at line 3", "2026-11-21 07:48:05 UTC", "error", "Too few arguments - in file /a - at line 3"},
      {"[21-Nov-2026 07:48:05] PHP Parse error:  z", "2026-11-21 07:48:05 UTC", "Parse error", "z"},
      {"[Sat Nov 21 07:48:05.123456 2026] [core:alert] [pid 1:tid 2] [client 192.0.2.1:99] /h/.htaccess: Invalid command 'X'", "2026-11-21 07:48:05 UTC", "alert",
       "/h/.htaccess: Invalid command 'X'"},
      {"[Sat Nov  7 07:48:05 2026] [error] [client 192.0.2.1] PHP Fatal error:  q, referer: http://x/", "2026-11-07 07:48:05 UTC", "Fatal error", "q"},
      {"[Sat Nov 21 07:48:05 2026] [proxy_fcgi:error] [pid 1] [client 192.0.2.1:1] AH01071: Got error 'PHP message: PHP Warning:  w; PHP message: PHP Fatal error:  f'",
       "2026-11-21 07:48:05 UTC", "Fatal error", "f"},
      {"2026/11/21 07:48:05 [error] 12#12: *1 FastCGI sent in stderr: \"PHP message: PHP Fatal error:  n\" while reading response header from upstream, client: 192.0.2.1",
       "2026-11-21 07:48:05 UTC", "Fatal error", "n"},
      {"2026/11/21 07:48:05 [crit] 12#12: *1 connect() failed, client: 192.0.2.1, server: x", "2026-11-21 07:48:05 UTC", "crit", "connect() failed"},
      {"2026-11-21 07:48:05.345678 [NOTICE] [12345] [T0] [192.0.2.1:5678-0#APVH_www.example.com] [STDERR] PHP Fatal error:  l in /a.php:1\\n",
       "2026-11-21 07:48:05 UTC", "Fatal error", "l in /a.php:1"},
      {"2026-11-21 07:48:05.345678 [NOTICE] [12345] [192.0.2.1:5678>203.0.113.1#APVH_x] [STDERR] Uncaught Error: u\\nStack trace:\\n#0 {main}\\n",
       "2026-11-21 07:48:05 UTC", "error", "Uncaught Error: u"},
      {"2026-11-21 07:48:05.345678\tNOTICE\t[43] [192.0.2.1:35828#utils] [STDERR] PHP Parse error:  t", "2026-11-21 07:48:05 UTC", "Parse error", "t"},
      {"2026-11-21 07:48:05.345678 [ERROR] [12345] [T0] cannot bind to /run/lsphp.sock", "2026-11-21 07:48:05 UTC", "ERROR",
       "cannot bind to /run/lsphp.sock"},
      {"PHP Fatal error:  bare", "none", "Fatal error", "bare"},
  };
  for (const Row& row : rows) {
    auto found = errors_in(row.line, from_unix_seconds(0));
    INFO(row.line);
    REQUIRE(found.size() == 1);
    CHECK(when(found[0]) == row.time);
    CHECK(found[0].level == row.level);
    CHECK(found[0].text == row.text);
  }
}

TEST_CASE("warnings, notices and what healthy sites write are no errors", "[logs]") {
  for (const char* line :
       {"[2026-11-21T07:48:05+00:00] mautic.WARNING: Command exited", "[2026-11-21T07:48:05+00:00] php.DEBUG: x",
        "[2026-11-21T07:48:05+00:00] mautic.ERROR: STAT UPDATE: cURL error 6: Could not resolve host: updates.mautic.org",
        "[2026-11-21T07:48:05+00:00] mautic.ERROR: UPDATE CHECK: cURL error 6: Could not resolve host",
        "[2026-11-21T07:48:05+00:00] console.CRITICAL: Error thrown while running command \"doctrine:migrations:version --add --all\". Message: \"The metadata storage is not "
        "initialized, please run the sync-metadata-storage command to fix this issue.\" {}",
        "[2026-11-21T07:48:05+00:00] request.ERROR: Uncaught PHP Exception Symfony\\Component\\HttpKernel\\Exception\\NotFoundHttpException: \"No route found for GET /wp-login.php\"",
        "[2026-11-21T07:48:05+00:00] console.CRITICAL: Error thrown while running command \"foo\". Message: \"Command \"foo\" is not defined.\"",
        "2026-11-21 07:48:05.345678 [NOTICE] [12] [T0] [192.0.2.1:5-0#APVH_x] [STDERR] PHP Warning:  include(): Failed\\n",
        "2026-11-21 07:48:05.345678 [NOTICE] [12] [T0] [192.0.2.1:5-0#APVH_x] [STDERR] WP-Optimize: No caching took place\\n",
        "2026-11-21 07:48:05.345678 [INFO] [12] [T0] Reuse current listener [Default].", "2026-11-21 07:48:05 something else",
        "[21-Nov-2026 07:48:05 UTC] PHP Warning:  include(): Failed", "[21-Nov-2026 07:48:05 UTC] PHP Deprecated:  x", "[21-Nov-2026 07:48:05 UTC] PHP Notice:  x",
        "[21-Nov-2026 07:48:05 UTC] PHP Warning - x - in file /a - at line 1", "[21-Nov-2026 07:48:05 UTC] something of somebody",
        "[Sat Nov 21 07:48:05 2026] [authz_core:error] [pid 1] [client 192.0.2.1:1] AH01630: client denied by server configuration: /h/commands.php",
        "[Sat Nov 21 07:48:05 2026] [notice] caught SIGTERM", "2026/11/21 07:48:05 [warn] 12#12: *1 x",
        "2026/11/21 07:48:05 [error] 12#12: *1 open() \"/h/x\" failed (2: No such file or directory), client: 192.0.2.1", "<?php die(\"access denied!\"); ?>", "", "no log at all"})
    CHECK(errors_in(line, kNoon).empty());
}

TEST_CASE("what follows an error belongs to it, traces do not", "[logs]") {
  auto found = errors_in("[21-Nov-2026 07:48:05 UTC] PHP Fatal error:  Uncaught Error: a in /x:1\nStack trace:\n#0 /y(1): f('secret')\n#1 {main}\n  thrown in /x on line 1\n"
                         "[21-Nov-2026 07:48:06 UTC] PHP Warning:  w\n more\n",
                         kNoon);
  REQUIRE(found.size() == 1);
  CHECK(found[0].text == "Uncaught Error: a in /x:1 thrown in /x on line 1");
}

TEST_CASE("times without a zone are the server's: the last line is as old as the file", "[logs]") {
  std::string text = "[2026-11-21 12:30:00] a.ERROR: old\n[2026-11-21 14:00:01] a.ERROR: new\n";
  auto found = errors_in(text, kNoon);
  REQUIRE(found.size() == 2);
  CHECK(when(found[0]) == "2026-11-21 10:30:00 UTC");
  CHECK(when(found[1]) == "2026-11-21 12:00:01 UTC");
  CHECK(when(errors_in("[21-Nov-2026 07:00:00 America/New_York] PHP Fatal error:  x", kNoon)[0]) == "2026-11-21 12:00:00 UTC");
  SECTION("a file whose time tells nothing is read as UTC") {
    CHECK(when(errors_in(text, kNoon + std::chrono::hours(50))[0]) == "2026-11-21 12:30:00 UTC");
    CHECK(when(errors_in(text, kNoon + std::chrono::minutes(7))[1]) == "2026-11-21 14:00:01 UTC");
  }
}

TEST_CASE("the first line of a cut log is left out", "[logs]") {
  std::string text = "PHP Fatal error:  half\nPHP Fatal error:  whole\n";
  CHECK(errors_in(text, kNoon, apps::Begins::anywhere).size() == 1);
  CHECK(errors_in("no newline", kNoon, apps::Begins::anywhere).empty());
}

TEST_CASE("lines that only look like logs, and hostile bytes, are no harm", "[logs]") {
  for (std::string line : {"[", "[]", "[2026", "[2026-13-40T99:99:99+00:00] a.ERROR: x", "[2026-11-21T07:48:05", "[99-Zzz-2026 07:48:05 UTC] PHP Fatal error: x",
                           "[Sat Nov 21", "[Sat Nov 21 07:48:05 2026] [", "2026/11/21", "2026/11/21 07:48:05 [error", "[2026-11-21T07:48:05+00:00] no channel here: x"})
    CHECK(errors_in(line, kNoon).empty());
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes += static_cast<char>((i * 7919) % 256);
  CHECK_NOTHROW(errors_in(bytes, kNoon));
  std::string endless = "[2026-11-21T07:48:05+00:00] a.ERROR: " + std::string(3 << 20, 'x');
  REQUIRE(errors_in(endless, kNoon).size() == 1);
  CHECK(errors_in(endless, kNoon)[0].text.size() <= 4000);
}

TEST_CASE("errors that differ in numbers and thrown names are one", "[logs]") {
  using apps::normalised;
  CHECK(normalised("id 12 in ContainerAb3dEf9/x at 10:20") == normalised("id 7 in ContainerZZZZZZ1/x at 1:2"));
  CHECK(normalised("hash 00ff12ab") == normalised("hash 9911aabbcc"));
  CHECK(normalised("Class \"A\" not found") != normalised("Class \"B\" not found"));
}
