// SPDX-License-Identifier: GPL-3.0-or-later
// What `doctor` looks at. Each application has a table of checks; those that hold for all of them are in general_checks.cpp.
// A check reads and never changes anything; it rests on what lies there (a version, a missing column, a line of a log), never on a
// status code, an exit code or the count of rows: sites that are broken give good ones, and healthy sites odd ones.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/disk.h"

namespace apps {

class Examination;

// How much it matters.
enum class Weight {
  breaks,   // pages, commands or updates fail with it, or do something wrong
  hinders,  // it will be in the way of an update or a repair, or wastes time
  exposes,  // strangers can read what they should not
};

// What of ours mends it. In this order `recover` does them, each at most once.
enum class Mend {
  nothing,        // Finding::otherwise says what to do
  open_site,      // Finding::remedies
  configuration,  // config:fix
  permissions,    // permissions:fix
  files,          // update:finish, or files:replace with the package of the release that lies there
  caches,         // cache:purge
  set_aside,      // what Finding::in_the_way names is moved out of the site, and kept
  tables,         // db:repair
  migrations,     // the application's own step on the database
  // Not by `recover`:
  upgrade,        // upgrade:v3 goes on with a major upgrade that stopped
  upgrade_back,   // upgrade:back takes it back
  database_back,  // the database is put back: Finding::remedies
};

// A task of ours, with the options that it needs here.
struct Remedy {
  std::string task;
  std::map<std::string, std::string> options{};
};

struct Finding {
  std::string what;                   // a sentence without its full stop: "the cache was built by another release"
  std::vector<std::string> evidence;  // paths from the site's folder on, versions, lines of logs; the first few, secrets masked
  std::string means;                  // for whoever never heard of it: what happens because of it
  Mend mend = Mend::nothing;
  std::string otherwise;              // what else to do, or the text to send to the host; may be empty
  Weight weight = Weight::breaks;
  std::vector<platform::Path> in_the_way{};  // for Mend::set_aside
  bool needs_php = false;             // mending it does
  bool comes_first = false;           // until it is settled what else is broken is its consequence, and mending that does harm
  std::vector<Remedy> remedies{};     // where the kind of mending alone does not tell the task; the best first
};

// What came of one check. Nothing found and nothing not looked at: it is in order.
struct Looked {
  std::vector<Finding> found;
  std::vector<std::string> not_looked;  // what could not be looked at, and why: "composer.lock is not there"
  std::string seen;                     // what is in order, with its values: "PHP 8.2.30; 5.1.0 runs on 8.0.2 to 8.2.99"; may be empty
};

enum class Needs { nothing, php };

struct Check {
  std::string_view id;     // "cache.container": for machines, and for tests
  std::string_view title;  // what is true when nothing is wrong: "all files are of one release"
  // What it throws (Failure) counts as: could not look.
  Looked (*look)(Examination&) = nullptr;
  Needs needs = Needs::nothing;  // php: only done when the owner asked for it (php=yes)
};

// Those that hold for every application.
std::span<const Check> general_checks();

}  // namespace apps
