// SPDX-License-Identifier: GPL-3.0-or-later
// Finds a PHP command line that fits the application. Shared hosts keep many PHPs beside each other, and the
// `php` in PATH is often another one than the website's, or php-cgi, which prints headers and would serve the
// web request it finds in its environment.
// Sources of the paths: cPanel EasyApache 4, Plesk, CloudLinux alt-php, DirectAdmin CustomBuild, IONOS/Strato,
// Debian; see candidate_paths() in the .cpp for each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/version.h"
#include "platform/disk.h"
#include "platform/process.h"

namespace platform {

enum class Sapi { cli, cgi, litespeed, unknown };

// One PHP binary that was tried.
struct PhpCandidate {
  Path path;
  base::Version version;      // empty when it did not answer
  Sapi sapi = Sapi::unknown;
  std::string problem;        // why it cannot be used, empty when it can: a sentence
};

struct PhpRange {
  base::Version least;        // inclusive; empty = no limit
  base::Version most;         // inclusive as the release states it ("8.2.99"); empty = no limit
};

struct PhpChoice {
  std::vector<PhpCandidate> tried;       // in the order of preference
  std::optional<size_t> chosen;          // index into tried
  std::string reason;                    // why this one, or why none: one sentence
  const PhpCandidate* php() const { return chosen ? &tried[*chosen] : nullptr; }
};

// Every path where a PHP may lie on this machine and really lies there as an executable file, without doubles
// (two names of one inode count once), best guess first. `set_by_user` (settings: php =) comes first if not empty.
// `path_variable` is the PATH of the process. `root` is "/" but in tests.
std::vector<Path> candidate_paths(Disk& disk, const Path& set_by_user, const std::string& path_variable,
                                  const Path& root = "/");

// Runs each candidate once (2 s limit each) with a clean environment and asks version and SAPI. Results are
// remembered in `memory` (a file in the state folder; may be empty = not remembered) keyed by path, size, mtime
// and inode, so that the next call starts no PHP at all when nothing changed. An unreadable or unwritable memory is
// no error. One that gave no answer is asked again after 10 minutes.
// The choice: a cli inside the range, the highest version; else php-cgi, else lsphp inside the range, both used with
// the shim; else none, and `reason` says what is there and what is needed. A php set by the user is chosen even
// outside the range, and the reason says so; one that cannot be used leads to the choice among the others, and the
// reason says that.
// AskPhp::no starts none: candidates that nobody asked before are left out, and the memory is not written.
enum class AskPhp { yes, no };
PhpChoice choose_php(Disk& disk, const std::vector<Path>& candidates, const Path& set_by_user,
                     const PhpRange& range, const Path& memory, AskPhp ask = AskPhp::yes);

// What only a PHP that runs with the host's php.ini can tell. The command line's may differ from the website's.
struct PhpSettings {
  std::string ini_file;       // empty: none
  std::string memory_limit;   // "128M", "-1"
  std::vector<std::string> extensions;   // in lower case
  std::vector<std::string> disabled;     // functions
};
// Runs it for a moment. nullopt: it did not answer as expected, or is no PHP of the command line.
std::optional<PhpSettings> ask_settings(const PhpCandidate& php);

// What `memory` holds of former answers; starts nothing. Those without a version are left out.
std::vector<PhpCandidate> remembered_php(Disk& disk, const Path& memory);

// The beginning of an argument vector that runs a script with this PHP as a command line:
// path, -d memory_limit=..., -d max_execution_time=0 ...; for php-cgi also -q, -C, register_argc_argv, html_errors
// and auto_prepend_file=`shim` (php-cgi defines no STDIN, STDOUT, STDERR; see shim_source()). lsphp knows no -d
// (sapi/litespeed/lsapi_main.c): there the shim is the script and starts the real one. The caller appends the script
// and its arguments. `memory_limit` empty: that of the host's php.ini.
std::vector<std::string> php_argv(const PhpCandidate& php, const std::string& memory_limit, const Path& shim);

// The PHP source of the shim file for php-cgi and lsphp; the caller writes it into the state folder.
std::string_view shim_source();

}  // namespace platform
