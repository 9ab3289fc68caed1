// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of error logs become errors. Pure functions; the formats stand in logs.h.
// Only errors come out: warnings, notices and deprecations are left out, and what healthy sites write all the time. What PHP said is
// taken out of the web server's own words around it.
// Times: UTC, or with the offset that the line names. A line without one, or with the name of a zone, was written in the server's
// time: the offset is the one, in quarters of an hour, that makes the log's last line as old as the file; where none does, UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"

namespace apps {

struct LogEntry {
  std::optional<platform::WallTime> when;  // nullopt: the line had no time
  std::string level;                       // "CRITICAL", "Fatal error", "error"
  std::string text;                        // one line, as it was written: not masked
};

// The errors in the end of a log, oldest first. `written`: when the file was changed last. The first line is left out when it may
// be the rest of one (Begins::anywhere).
enum class Begins { at_line, anywhere };
std::vector<LogEntry> errors_in(std::string_view text, platform::WallTime written, Begins begins = Begins::at_line);

// Every line is an error without a time: logs of updaters.
std::vector<LogEntry> bare_errors_in(std::string_view text);

// What sites write that nothing is wrong with: bots' addresses, services that could not be reached, wrong commands.
bool is_noise(std::string_view text);

// The same for errors that differ in numbers, times and thrown names only.
std::string normalised(std::string_view text);

}  // namespace apps
