// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/database_back.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "actions/database_access.h"
#include "actions/upgrade_attempts.h"
#include "apps/dated_rows.h"
#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "platform/clock.h"
#include "steps/database_back.h"
#include "storage/answer.h"
#include "storage/backups.h"
#include "storage/database_tables.h"
#include "storage/upgrades.h"

namespace actions {

namespace {

using Names = std::vector<std::string>;

constexpr size_t kMostNames = 20;

std::string list_of(const Names& names) {
  Names shown;
  for (const auto& name : names) shown.push_back(base::printable_line(name));
  return base::some_of(shown, kMostNames);
}

std::string leaves_words(const Names& others) {
  return "leaves the tables of other programs in the same database as they are: " + list_of(others);
}

// The tables that came since the backup, and those of other programs that it holds too.
struct Tables {
  Names go, stay, of_others;
};

Tables tables_since(World& world, storage::Connection& connection, const storage::Manifest& saved) {
  std::string prefix = find_database(world.disk, &world.need_site(), world.settings).access.prefix;
  Tables tables;
  for (const auto& table : storage::tables_of(connection)) {
    if (table.is_view) continue;
    bool is_own = apps::owns_table(*world.need_site().app, prefix, table.name);
    if (storage::holds(saved, table.name)) {
      if (!is_own) tables.of_others.push_back(table.name);
    } else {
      (is_own && !table.is_sequence ? tables.go : tables.stay).push_back(table.name);
    }
  }
  return tables;
}

// Empty also where the table is not there: half put back.
std::string answer_to(storage::Connection& connection, const std::string& question) {
  try {
    return storage::ask(connection, question).value;
  } catch (const base::Failure&) {
    if (connection.lost()) throw;
    return {};
  }
}

// What the database answers to the upgrade of this job, where that is its end, or beyond, or what the files say by now; empty otherwise.
std::string answer_at_end(World& world, storage::Connection& connection, const std::string& job) {
  for (const auto& upgrade : storage::upgrades(world.disk, world.need_state())) {
    if (upgrade.job != job) continue;
    std::string answer = answer_to(connection, upgrade.question);
    return storage::is_reached(upgrade, answer) || answer == world.need_site().version.text() ? answer : "";
  }
  return {};
}

void add_safety(World& world, Proposal& proposal, const jobs::Snapshot& job) {
  if (!is_database_half_back(world, job)) {
    proposal.plan.notes.push_back("a backup of the database as it is now is made first: db:restore leads back to it");
    proposal.plan.steps.push_back({"", "make a backup of the database as it is now", base::Interruption::restart, {}, {}});
    return;
  }
  storage::JobNames names(world.need_state().job(job.id));
  std::string safety = world.disk.read(names.note(std::string(steps::kSafetyBackupNote)), 100).value_or("");
  proposal.findings += "\nhalf back";
  proposal.plan.notes.push_back("the database is put back half already: this goes on with it. As it was before, it is in the backup " + safety +
                                "; what somebody wrote since into tables that are still to come IS IN NO BACKUP");
}

void add_consequences(World& world, Proposal& proposal, storage::Connection& connection, const storage::Backup& backup) {
  auto& notes = proposal.plan.notes;
  Tables tables = tables_since(world, connection, *backup.manifest);
  if (!tables.of_others.empty()) notes.push_back(leaves_words(tables.of_others));
  if (!tables.go.empty()) notes.push_back("drops the tables that came since: " + list_of(tables.go));
  if (!tables.stay.empty()) notes.push_back("leaves as they are, for they may be of other programs, tables that came since: " + list_of(tables.stay));
  std::string moment = apps::moment_of(backup.manifest->taken);
  auto access = find_database(world.disk, &world.need_site(), world.settings).access;
  Names newer = moment.empty() ? Names{} : apps::newer_rows(connection, *world.need_site().app, access.prefix, moment);
  if (!newer.empty()) notes.push_back("newer than that backup, and gone from the site afterwards: " + list_of(newer));
  for (const auto* names : {&tables.go, &tables.of_others, &newer}) proposal.findings += "\n" + base::join(*names, " ");
}

}  // namespace

// Going back has a cursor of its own, behind those of the steps.
bool is_database_half_back(World& world, const jobs::Snapshot& job) {
  storage::JobNames names(world.need_state().job(job.id));
  return job.goes_back && jobs::began_installer(job) && world.disk.look(names.cursor(job.plan.steps.size())) && !is_database_back(world, job.id);
}

void add_drop(World& world, Proposal& proposal, std::vector<base::Step>& steps, const std::string& backup) {
  auto target = target_of_job(world);
  auto saved = storage::find_backup(world.disk, world.need_state(), backup);
  auto connection = storage::Connection::open(target);
  Names names = tables_since(world, connection, *saved->manifest).go;
  if (names.empty()) return;
  base::Step drop{"drop-tables", "drop the tables that came after the backup", base::Interruption::restart,
                  {world.need_site().root.native(), storage::target_words(target)}, {}};
  drop.words.insert(drop.words.end(), names.begin(), names.end());
  proposal.plan.notes.push_back("of these drops, as a step of its own, the tables that came after that backup: " + list_of(names) +
                                "; they are in the backup that is made first");
  proposal.findings += base::join(names, " ") + "\n";
  steps.push_back(std::move(drop));
}

void leave_others(World& world, Proposal& proposal, base::Step& restore, const std::string& backup) {
  if (world.need_site().app->table_names.empty()) return;
  auto saved = storage::find_backup(world.disk, world.need_state(), backup);
  auto connection = storage::Connection::open(target_of_job(world));
  const Names others = tables_since(world, connection, *saved->manifest).of_others;
  if (others.empty()) return;
  auto& words = restore.words;
  std::erase_if(words, [&](const std::string& word) { return std::find(others.begin(), others.end(), word) != others.end(); });
  words.emplace_back(steps::kLeaveOutWord);
  words.insert(words.end(), others.begin(), others.end());
  proposal.plan.notes.push_back(leaves_words(others));
}

bool add_database_back(World& world, Proposal& proposal, const jobs::Snapshot& job) {
  auto& notes = proposal.plan.notes;
  auto backup = storage::find_backup(world.disk, world.need_state(), job.id);
  if (!backup || !backup->manifest) {
    proposal.nothing_to_do = true;
    notes.push_back("nothing to do: the upgrade may have changed the database, and the backup of this job is gone or not complete: "
                    "`backups` lists what there is; job:unlock gives the job up and opens the site");
    return false;
  }
  auto connection = storage::Connection::open(target_of_job(world));
  if (std::string answer = answer_at_end(world, connection, job.id); !answer.empty()) {
    notes.insert(notes.begin(), "FIRST: the upgrade has come to its end, for the database says " + base::printable_line(answer) +
                                    (job.goes_back ? ": job:unlock opens the site with it. " : ": job:resume goes on from there. ") +
                                    "What follows here THROWS IT AWAY");
    proposal.findings += "\nat its end";
  }
  auto age = std::chrono::duration_cast<std::chrono::seconds>(platform::system_clock().now() - job.created);
  notes.push_back("puts the database back to " + base::printable_line(backup->manifest->taken) + "; the job began " + base::ago_words(age));
  add_consequences(world, proposal, connection, *backup);
  add_safety(world, proposal, job);
  proposal.plan.steps.push_back({"", "put the database back from the backup that this job made right before", base::Interruption::restart, {}, {}});
  return true;
}

namespace {

// Open so far, for they were a step: beside the way back nobody may run them.
std::vector<std::string> entrances_of_installer(World& world) {
  const apps::Site& site = world.need_site();
  if (!site.app->entrances) return {};
  auto open = site.app->entrances(world.disk, site, apps::InstallerIs::open).files;
  std::vector<std::string> names;
  for (const auto& file : site.app->entrances(world.disk, site, apps::InstallerIs::closed).files)
    if (std::find(open.begin(), open.end(), file) == open.end() && world.disk.may_write(file.parent_path())) names.push_back(file.native());
  return names;
}

}  // namespace

void note_way_back(World& world, const jobs::Snapshot& job) {
  auto backup = storage::find_backup(world.disk, world.need_state(), job.id);
  storage::JobNames names(world.need_state().job(job.id));
  const Path note = names.note(std::string(steps::kTablesNote));
  bool is_half_back = world.disk.look(names.cursor(job.plan.steps.size())).has_value();  // what came since cannot be told any more
  if (!backup || !backup->manifest || is_half_back) return;
  auto connection = storage::Connection::open(target_of_job(world));
  auto tables = tables_since(world, connection, *backup->manifest);
  world.disk.replace(names.note(std::string(steps::kUpgradeStartedNote)), "started", 0600);  // a former release's job did not note it
  nlohmann::json noted = {{"drop", tables.go}, {"leave", tables.of_others}, {"close", entrances_of_installer(world)}};
  world.disk.replace(note, noted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), 0600);
}

}  // namespace actions
