// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `db:backup`, `backups` and `backup:delete`.
#include "storage/backups.h"

#include "actions/database_access.h"
#include "actions/dump_files.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

// The one that is meant, or the list to choose from.
std::optional<storage::Backup> meant_backup(World& world, const Options& options) {
  auto id = options.find("backup");
  if (id == options.end()) return std::nullopt;
  return need_backup(world, id->second);
}

}  // namespace

std::string application_words(const apps::Site& site) {
  return std::string(site.app->title) + " " + site.version.text();
}

Proposal propose_db_backup(World& world, const Options&) {
  const apps::Site& site = world.need_site();
  auto target = target_of_job(world);
  Proposal proposal;
  proposal.plan.task = storage::kOwnersOccasion;
  proposal.plan.headline = "Executing db:backup";
  proposal.plan.effect = Effect::routine;
  proposal.findings = storage::place_words(target) + " " + target.name;
  proposal.plan.notes.push_back("the site stays open: the backup is as of one moment, and locks nothing");
  proposal.plan.steps = {{"dump-database", "back up the database " + base::printable_line(target.name),
                          base::Interruption::restart,
                          {site.root.native(), application_words(site), storage::kOwnersOccasion}, {}}};
  return proposal;
}

int list_backups(World& world, const Options&, base::Report& report) {
  auto state = world.need_state();
  auto all = storage::all_backups(world.disk, state);
  for (const auto& backup : all) report.line(backup.id + "  " + backup_words(backup));
  if (all.empty()) report.line("there is no backup yet: db:backup makes one");
  else report.line("they lie in " + base::printable_line(state.backups().native()));
  return 0;
}

Proposal propose_backup_delete(World& world, const Options& options) {
  Proposal proposal;
  proposal.plan.task = "backup:delete";
  proposal.plan.headline = "Executing backup:delete";
  proposal.plan.effect = Effect::routine;
  auto backup = meant_backup(world, options);
  if (!backup) {
    for (const auto& other : storage::all_backups(world.disk, world.need_state()))
      proposal.choices.push_back({{{"backup", other.id}}, backup_words(other)});
    proposal.nothing_to_do = proposal.choices.empty();
    proposal.plan.notes.push_back(proposal.choices.empty() ? "nothing to do: there is no backup" : "which of these?");
    return proposal;
  }
  proposal.findings = backup->id;
  proposal.plan.steps = {{"", "delete the backup " + backup->id, base::Interruption::restart, {}, {}}};
  proposal.plan.notes = {backup_words(*backup), "it cannot be brought back: download it first if it may be needed"};
  return proposal;
}

int act_backup_delete(World& world, const Options& options, base::Report& report) {
  auto backup = meant_backup(world, options);
  if (!backup) throw base::Failure("it was not said which backup");
  storage::remove_backup(world.disk, world.need_state(), backup->id);
  report.line("the backup " + backup->id + " is deleted, " + base::size_words(backup->file_bytes) + " are free again");
  return 0;
}

}  // namespace actions
