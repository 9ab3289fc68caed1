// SPDX-License-Identifier: GPL-3.0-or-later
// One site as the checks see it: what was found of it, and what costs something to know (the database, the logs, the tree's signs) is
// looked at once, when the first check asks. Reads only. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apps/app.h"
#include "apps/logs.h"
#include "platform/http.h"
#include "platform/php.h"
#include "storage/database_tables.h"
#include "storage/mysql.h"
#include "storage/upgrades.h"

namespace apps {

// The newest upgrade by the application's own installer that a job of ours ran; without a `job` there was none. What the installer wrote
// down between `began` and `ended` is its own. Beside what was noted:
//   ended   now while it is at work; never the epoch
//   failed  also where nobody saw it end: it did not come to its end, and nobody put that right since
struct UpgradeAttempt : storage::Upgrade {
  bool at_work = false;
  Path log{};             // the job's own
  std::string printed{};  // the end of what the installer printed there; not masked

  // Nobody knows that it is put right: why it failed is what stands in the way now.
  bool is_unfinished() const { return !job.empty() && (failed || at_work); }
};

// Attempts in a row that did not come to their end, the newest of them that one, and the database was not put back since to before the
// first: what the later ones backed up was half changed already.
struct FailedAttempts {
  size_t number = 0;
  std::string first;               // its job
  platform::WallTime first_ended{};
  std::string backup, taken;       // of the first job itself, from right before it: its id, and the moment that it holds; empty: none
};

// What only the caller knows.
struct Given {
  DatabaseAccess access;           // with the settings of ours laid over the configuration
  std::string access_problem;      // why it is not complete: sentences; empty when it is
  std::optional<platform::PhpChoice> php{};  // of a probe that was made before, or just now; nullopt: nobody probed
  std::optional<platform::PhpSettings> php_settings{};  // of the chosen one; only where the owner asked for it
  bool may_run_php = false;        // the owner asked for it
  std::string page_address;        // of the page that was asked
  std::optional<platform::PageAnswer> page{};  // its answer, by the website's PHP; only where the owner asked for it, and its address is known
  Path state;                      // our state folder; empty when there is none
  Path program;                    // our own program
  Path home;                       // of the account; empty when it is not known
  std::string closed_by;           // the job that left the site closed; empty: none did
  std::string closed_words;        // how that job stands
  std::string closed_ways;         // what can be done about it: "job:unlock opens the site"
  std::vector<Remedy> closed_remedies{};
  size_t closed_stubs = 0;         // entrances at which its stubs lie still
  size_t closed_replaced = 0;      // and those at which something else does by now
  std::vector<Path> unknown_stubs{};  // of this program, but of no job of this state folder
  std::string unknown_stubs_way;      // what can be done about them
  UpgradeAttempt attempt{};
  FailedAttempts failed{};
  std::string attempts_unknown;    // why nothing is known of them; empty otherwise
  bool is_half_back = false;       // a way back of ours was killed: a statement of its own may be at work still
  std::vector<Path> packages{};    // zips at hand; what is in them nobody looked at
  platform::WallTime now{};
  platform::WallTime repaired{};   // when a job of ours last changed the site; errors in logs older than that prove nothing
};

// Columns by table, all names as the server has them, without the prefix of the site's tables; tables of others are left out.
using Columns = std::map<std::string, std::set<std::string>>;

class Examination {
 public:
  Examination(platform::Disk& its_disk, const Site& its_site, Given its_given)
      : disk(its_disk), site(its_site), given(std::move(its_given)), prefix_(given.access.prefix) {}

  platform::Disk& disk;
  const Site& site;
  const Given given;

  // nullptr: database_problem() says why. Connects once, within two seconds for each place that is tried.
  storage::Connection* database();
  const std::string& database_problem() const { return database_problem_; }
  // The following throw Failure where the database cannot be asked.
  const std::vector<storage::TableFacts>& tables();  // of the whole database
  const Columns& columns();
  bool has_table(const std::string& name_without_prefix);
  // Of the tables' names, as this server writes them: some know lower case only.
  const std::string& prefix() const { return prefix_; }
  std::string prefixed(const std::string& name) const { return prefix_ + name; }

  const TreeSigns& signs();
  // The newest errors of the application's and the server's logs, masked.
  const ErrorLog& errors();
  // Each line that the installer of the newest upgrade printed, masked, as of the moment when that ended.
  std::vector<LogError> printed_errors();

  // A path for people: from the site's folder on where it lies in it.
  std::string shown(const Path& path) const;

 private:
  std::vector<std::string> secrets() const;

  std::string prefix_;
  std::optional<storage::Connection> connection_;
  bool asked_database_ = false;
  std::string database_problem_;
  std::optional<std::vector<storage::TableFacts>> tables_;
  std::optional<Columns> columns_;
  std::optional<TreeSigns> signs_;
  std::optional<ErrorLog> errors_;
};

}  // namespace apps
