// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `db:backup`, `backups` and `backup:delete`.
#include "storage/backups.h"

#include <algorithm>

#include "actions/database_access.h"
#include "actions/dump_files.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

// A proposal about one backup, or with the list to choose from: then `backup` stays empty.
Proposal about_backup(World& world, const char* task, const Options& options, std::optional<storage::Backup>& backup) {
  Proposal proposal;
  proposal.plan.task = task;
  proposal.plan.headline = std::string("Executing ") + task;
  proposal.plan.effect = Effect::routine;
  if (auto id = options.find("backup"); id != options.end()) {
    backup = need_backup(world, id->second);
    proposal.findings = backup->id;
    return proposal;
  }
  for (const auto& one : storage::all_backups(world.disk, world.need_state()))
    proposal.choices.push_back({{{"backup", one.id}}, backup_words(one)});
  proposal.nothing_to_do = proposal.choices.empty();
  proposal.plan.notes.push_back(proposal.choices.empty() ? "nothing to do: there is no backup" : "which of these?");
  return proposal;
}

// The job that the site belongs to may go back to it, or reads it now.
void need_unused(World& world, const storage::Backup& backup) {
  auto job = jobs::current_job(world.disk, world.need_state());
  if (!job || jobs::is_over(job->state)) return;
  bool reads = std::any_of(job->plan.steps.begin(), job->plan.steps.end(), [&](const base::Step& step) {
    return std::any_of(step.words.begin(), step.words.end(),
                       [&](const std::string& word) { return word == backup.file.native() || word == backup.id; });
  });
  if (reads || job->id == backup.id)
    throw base::Failure("the backup " + backup.id + " is needed by the job " + job->id + ", which is not over");
}

// What a name on somebody's disk may hold.
std::string file_name_of(const storage::Backup& backup) {
  std::string name;
  for (char c : backup.manifest ? backup.manifest->database : std::string("database"))
    name += (std::isalnum(static_cast<unsigned char>(c)) && static_cast<unsigned char>(c) < 128) || c == '_' ? c : '-';
  return name.substr(0, 64) + "-" + backup.id.substr(0, 15) + (backup.manifest ? "" : "-incomplete") + ".sql.gz";
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
                          {site.root.native(), application_words(site), storage::kOwnersOccasion,
                           storage::target_words(target)}, {}}};
  return proposal;
}

int list_backups(World& world, const Options&, base::Report& report) {
  auto state = world.need_state();
  auto all = storage::all_backups(world.disk, state);
  for (const auto& backup : all) report.line(backup.id + "  " + backup_words(backup));
  if (all.empty()) report.line("there is no backup yet: db:backup makes one");
  else report.line("they lie in " + base::printable_line(state.backups().native()) +
                   "; backup:download, backup:delete and db:restore take backup=ID");
  return 0;
}

Proposal propose_backup_download(World& world, const Options& options) {
  std::optional<storage::Backup> backup;
  return about_backup(world, "backup:download", options, backup);
}

Download give_backup(World& world, const Options& options) {
  auto backup = need_backup(world, options.at("backup"));
  std::string mark = backup.manifest ? backup.manifest->sha256.substr(0, 32) : "incomplete" + std::to_string(backup.file_bytes);
  return {backup.file, file_name_of(backup), "application/gzip", mark};
}

Proposal propose_backup_delete(World& world, const Options& options) {
  std::optional<storage::Backup> backup;
  Proposal proposal = about_backup(world, "backup:delete", options, backup);
  if (!backup) return proposal;
  need_unused(world, *backup);
  proposal.plan.steps = {{"", "delete the backup " + backup->id, base::Interruption::restart, {}, {}}};
  proposal.plan.notes = {backup_words(*backup), "it cannot be brought back: download it first if it may be needed"};
  return proposal;
}

int act_backup_delete(World& world, const Options& options, base::Report& report) {
  auto backup = need_backup(world, options.at("backup"));
  need_unused(world, backup);
  storage::remove_backup(world.disk, world.need_state(), backup.id);
  report.line("the backup " + backup.id + " is deleted, " + base::size_words(backup.file_bytes) + " are free again");
  return 0;
}

}  // namespace actions
