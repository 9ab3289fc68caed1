// SPDX-License-Identifier: GPL-3.0-or-later
// What an application is to us: a data sheet. A new one is a folder beside this file and a row in apps.cpp;
// nothing below apps/ in the list of rooms asks which application it serves.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/plan.h"
#include "base/version.h"
#include "platform/disk.h"
#include "platform/php.h"

namespace apps {

using platform::Path;

struct App;

// One installation that was found on the disk. All paths are absolute, the links above them resolved; nothing in
// here needed PHP.
struct Site {
  const App* app = nullptr;
  Path root;                     // the application's document root: the folder with its index.php
  Path project;                  // the folder with its console and vendor/; the same as root in the zip layout
  std::string layout;            // "zip" or "composer": a word for people
  base::Version version;         // of the files; empty when unreadable
  std::string version_problem;   // why it is empty: a sentence
  platform::PhpRange php;        // what the installed release runs on
  Path console;                  // the console's script; empty when there is none
  std::vector<Path> caches;      // folders that cache:purge empties; they need not exist
};

// A part of the database's data that is not known, and why. The sentence holds no value of the configuration.
struct DatabaseProblem {
  std::vector<std::string_view> settings;  // those of the settings file that replace it: "db_password"
  std::string sentence;
};

// How a site reaches its database, as far as its configuration says it literally; nothing is guessed.
struct DatabaseAccess {
  std::string host;      // empty = localhost
  unsigned port = 0;     // 0 = the usual one
  std::string socket;    // when there is one, host and port do not count
  std::string name;
  std::string user;
  std::string password;
  std::string prefix;    // of the tables' names
  Path from;             // the configuration file, there or where it should be
  std::vector<DatabaseProblem> problems;
};

using base::Effect;

enum class Backup { no, first };

// One console command that may be run, and how.
struct ConsoleCommand {
  std::string_view name;       // "mautic:segments:update"
  std::string_view help;       // one line, lower case, an imperative
  std::string_view options;    // the options it takes, see command_line.h for the little grammar; may be empty
  Effect effect = Effect::reads;
  std::string_view from = {};   // first version that has it; empty = always had it
  std::string_view until = {};  // first version that has it no more
  std::chrono::seconds timeout{};  // 0 = none: never killed by us
  std::string_view default_options = {};  // shown as the ready-made link, e.g. "--days-old=365 --dry-run"
  std::string_view needs = {};  // words that only the user knows: shown behind the name, and no link is offered
  base::Interruption interruption = base::Interruption::once;  // what it means when it was killed in the middle
  Backup backup = Backup::no;   // of the database, before it runs
};

// A name that people have in bookmarks and what it became.
struct OldName {
  std::string_view name;     // old command name, may be with options; or a prefix when it ends in ':'
  std::string_view now;      // the name (may be with options) or prefix to use instead
  std::string_view from = {};  // first version for which `now` holds; below it the old name itself is the right one
};

// A command that we know and will not run.
struct Refused {
  std::string_view name;     // command name
  std::string_view option;   // only when this option is given; empty = always
  std::string_view reason;   // why, and what to use instead: a sentence
};

// Rows whose loss people notice, and the column that tells how new they are (UTC).
struct DatedRows {
  std::string_view table;   // without the prefix
  std::string_view column;
  std::string_view words;   // plural: "contacts"
};

struct App {
  std::string_view name;   // "mautic"
  std::string_view title;  // "Mautic"
  // The site whose document root or project folder is exactly `folder`; nullopt when it is not one. Throws
  // Failure only when the folder is one but cannot be read.
  std::optional<Site> (*recognise)(platform::Disk& disk, const Path& folder) = nullptr;
  // Reads the configuration without PHP. Never throws: what cannot be read or known is a problem.
  DatabaseAccess (*database)(platform::Disk& disk, const Site& site) = nullptr;
  std::span<const ConsoleCommand> commands;
  std::span<const OldName> old_names;
  std::span<const Refused> refused;
  std::string_view console_defaults;  // options that every command gets unless given: "--no-interaction --env=prod ..."
  std::string_view memory_limit;      // for the command line's PHP
  std::span<const DatedRows> dated_rows = {};  // what a restore of an older backup would lose
};

std::span<const App* const> all();

}  // namespace apps
