// SPDX-License-Identifier: GPL-3.0-or-later
// From the words of a request ("mautic:segments:update --batch-limit=500") to an argument vector that may be run.
// Nothing passes that is not in the application's table; there is no quoting, no expansion and no shell.
//
// Grammar of ConsoleCommand::options, words separated by blanks:
//   --name          a flag
//   --name=N        a whole number, up to 12 digits
//   --name=LIST     whole numbers with commas between them
//   --name=WORD     letters, digits and . _ @ : + - (at most 100), not beginning with -
//   --name=DATE     letters, digits and : + . - (blanks are impossible): 2026-11-21, 2026-11-21T10:00, -1day
//   --name=PACKAGE  the bare name of a zip (letters, digits . _ -), no slash; replaced by a path before running
//   -x / -x=N ...   short options in the same way; "-i 5", "-i5" and "--name 5" are taken as well
//   [N] [WORD] [MIGRATION]   optional positional argument; MIGRATION: 8 to 20 digits, VersionDIGITS or
//                   Mautic\Migrations\VersionDIGITS, or next, latest (first, prev and 0 would take migrations back)
//   an option that ends in ! must be given, or another one that does: if none is, those of default_options are added
// Options may be given in any order and more than once; the order of positional arguments is that of the grammar.
// Every command also takes: -n --no-interaction -v -vv -vvv --verbose -q --quiet --no-ansi --ansi --env=prod
// --no-debug -h --help.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "apps/app.h"

namespace apps {

// A line that may be run.
struct Allowed {
  std::string name;                 // the command's present name
  std::string line;                 // the whole line in its present form, blanks normalised: the name of the task
  std::vector<std::string> words;   // name and options for argv, the app's console_defaults appended where missing
  Effect effect = Effect::reads;
  std::chrono::seconds timeout{};
  base::Interruption interruption = base::Interruption::once;
  Backup backup = Backup::no;
  std::string package;              // value of a PACKAGE option, else empty; among the words it stands as --name=VALUE
};

// A line that may not.
struct Denied {
  bool known = false;    // the command is known, but refused with a reason
  std::string reason;    // "Task NAME is not allowed." or the reason and what to use instead; printable, one line
};

// `line` comes from outside: any bytes, any length. `extra` are exact lines that the settings allow, blanks aside;
// they cannot allow what is refused with a reason. A command of theirs that the table does not know has Effect::both
// and no timeout. A line that asks for --help reads, whatever the command does. Where the version is unknown every
// command of the table exists. At most 2,000 bytes and 50 words pass.
std::variant<Allowed, Denied> match(const App& app, const base::Version& version, std::string_view line,
                                    const std::vector<std::string>& extra);

// The commands that exist for this version, in the table's order.
std::vector<const ConsoleCommand*> commands_for(const App& app, const base::Version& version);

}  // namespace apps
