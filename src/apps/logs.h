// SPDX-License-Identifier: GPL-3.0-or-later
// The error logs of a site: those that the application writes, and those of PHP and the web server where an account can read them
// (error_log in the document root, beside it and in folders of the site, ~/logs). Read from their ends, in bounded time and memory.
//   [2026-11-21T07:48:05.552276+00:00] console.CRITICAL: Message {"context"} []     Monolog 1 and 2 (1 without the T and the zone)
//   [2025-06-06T10:13:17.518025+00:00][WHMCS Installer] ERROR: Message
//   [21-Nov-2026 07:48:05 UTC] PHP Fatal error:  Message in FILE on line N          PHP's error_log
//   [Sat Nov 21 07:48:05.123456 2026] [proxy_fcgi:error] [pid 1] [client A] Message Apache
//   2026/11/21 07:48:05 [error] 12#12: *1 Message                                   nginx
//   2026-11-21 07:48:05.123456 [NOTICE] [12345] [T0] [A:5678-0#APVH_host] [STDERR] PHP Fatal error: Message\n    LiteSpeed
// Lines that begin with none of these belong to the entry before them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/disk.h"

namespace apps {

using platform::Path;
struct Site;

// Equal errors, counted.
struct LogError {
  platform::WallTime last{};   // when it came last; where the line has no time: the file's own time of change
  bool dated = true;           // the line had a time
  size_t count = 1;
  std::string level;           // "CRITICAL", "Fatal error", "error": as the log says it
  std::string text;            // one line, printable, at most 1000 characters; secrets are masked, e-mail and client addresses too
  Path file;
};

struct LogFiles {
  std::vector<Path> files;               // newest first, at most 40
  std::vector<std::string> not_looked;   // folders that may not be listed, and why
  size_t left_out = 0;                   // older ones
};

struct ErrorLog {
  std::vector<LogError> errors;          // newest first; what healthy sites write all the time is left out
  std::vector<Path> files;               // that were read
  std::vector<std::string> not_looked;   // what may not be read, and why
};

// The files that there are. `home`: of the account, empty when it is not known; outside of it only the site's own folders are
// looked into. Compressed and access logs are left out. Never throws.
LogFiles log_files(platform::Disk& disk, const Site& site, const Path& home);

// The errors at the end of these files (the last 512 KB of each). `secrets`: values that are masked wherever they stand. Never throws.
ErrorLog read_errors(platform::Disk& disk, const LogFiles& files, const std::vector<std::string>& secrets);

// Each line of what a command printed, as an error of that moment in that file, equal ones as one.
std::vector<LogError> errors_printed(std::string_view printed, platform::WallTime moment, const Path& file,
                                     const std::vector<std::string>& secrets);

}  // namespace apps
