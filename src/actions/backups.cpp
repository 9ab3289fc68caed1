// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `db:backup`, and about the backups of either kind `backups`, `backup:download` and `backup:delete`.
#include <algorithm>

#include "actions/canary.h"
#include "actions/database_access.h"
#include "actions/dump_files.h"
#include "actions/file_backups.h"
#include "actions/upgrade_attempts.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

// What a name on somebody's disk may hold.
std::string file_name_of(const storage::Backup& backup) {
  std::string name;
  for (char c : backup.manifest ? backup.manifest->database : std::string("database"))
    name += (std::isalnum(static_cast<unsigned char>(c)) && static_cast<unsigned char>(c) < 128) || c == '_' ? c : '-';
  return name.substr(0, 64) + "-" + backup.id.substr(0, 15) + (backup.manifest ? "" : "-incomplete") + ".sql.gz";
}

// One of either kind.
struct Kept {
  std::string id;
  uint64_t bytes = 0;
  std::string words;   // one line
  Download download;   // its name is empty when it is nothing to be given out
  void (*remove)(platform::Disk&, const storage::StateNames&, const std::string& id) = nullptr;
};

Kept kept(const storage::Backup& backup) {
  std::string mark = backup.manifest ? backup.manifest->sha256.substr(0, 32) : "incomplete" + std::to_string(backup.file_bytes);
  return {backup.id, backup.file_bytes, "database  " + backup_words(backup), {backup.file, file_name_of(backup), "application/gzip", mark},
          storage::remove_backup};
}

Kept kept(const storage::FileBackup& backup) {
  Kept one{backup.id, backup.file_bytes, "files  " + file_backup_words(backup), {}, storage::remove_file_backup};
  // A part of a zip has no table of contents.
  if (backup.manifest) {
    const storage::FileManifest& manifest = *backup.manifest;
    std::string name = std::string("site") + (manifest.occasion == kOwnFilesTask ? "-own" : "") + (manifest.unread != 0 ? "-NOT-COMPLETE" : "");
    one.download = {backup.file, storage::file_backup_name(name, backup.id.substr(0, 15)), "application/zip", manifest.sha256.substr(0, 32)};
  }
  one.download.file = backup.file;
  return one;
}

// The newest first.
std::vector<Kept> all_kept(World& world) {
  std::vector<Kept> all;
  for (const auto& backup : storage::all_backups(world.disk, world.need_state())) all.push_back(kept(backup));
  for (const auto& backup : storage::all_file_backups(world.disk, world.need_state())) all.push_back(kept(backup));
  std::stable_sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.id > b.id; });
  return all;
}

Kept need_kept(World& world, const std::string& id) {
  auto files = storage::is_job_id(id) ? storage::find_file_backup(world.disk, world.need_state(), id) : std::nullopt;
  return files ? kept(*files) : kept(need_backup(world, id));
}

// A proposal about one backup, or with the list to choose from: then `backup` stays empty.
Proposal about_backup(World& world, const char* task, const Options& options, std::optional<Kept>& backup) {
  Proposal proposal;
  proposal.plan.task = task;
  proposal.plan.headline = std::string("Executing ") + task;
  proposal.plan.effect = Effect::routine;
  if (auto id = options.find("backup"); id != options.end()) {
    backup = need_kept(world, id->second);
    proposal.findings = backup->id;
    return proposal;
  }
  for (const auto& one : all_kept(world)) proposal.choices.push_back({{{"backup", one.id}}, one.words});
  proposal.nothing_to_do = proposal.choices.empty();
  proposal.plan.notes.push_back(proposal.choices.empty() ? "nothing to do: there is no backup" : "which of these?");
  return proposal;
}

// The job that the site belongs to may go back to it, or reads it now; or it is just being made.
void need_unused(World& world, const Kept& backup) {
  auto maker = jobs::look_at(world.disk, world.need_state(), backup.id);
  if (maker && (maker->state == jobs::State::running || maker->state == jobs::State::still_busy))
    throw base::Failure("the backup " + backup.id + " is being made by the job of that name, which is not over");
  auto job = jobs::current_job(world.disk, world.need_state());
  if (!job || jobs::is_over(job->state)) return;
  bool reads = std::any_of(job->plan.steps.begin(), job->plan.steps.end(), [&](const base::Step& step) {
    return std::any_of(step.words.begin(), step.words.end(), [&](const std::string& word) {
      return word == backup.download.file.native() || word == backup.id;
    });
  });
  if (reads || job->id == backup.id)
    throw base::Failure("the backup " + backup.id + " is needed by the job " + job->id + ", which is not over");
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
  add_exposure(world, proposal);
  return proposal;
}

int list_backups(World& world, const Options&, base::Report& report) {
  auto all = all_kept(world);
  for (const auto& backup : all) report.line(backup.id + "  " + backup.words);
  if (all.empty()) report.line("there is no backup yet: db:backup makes one of the database, files:backup one of the files");
  else report.line("they lie in " + base::printable_line(world.need_state().backups().native()) +
                   "; backup:download and backup:delete take backup=ID, db:restore that of a database");
  return 0;
}

Proposal propose_backup_download(World& world, const Options& options) {
  std::optional<Kept> backup;
  return about_backup(world, "backup:download", options, backup);
}

Download give_backup(World& world, const Options& options) {
  auto backup = need_kept(world, options.at("backup"));
  if (backup.download.name.empty())
    throw base::Failure("the backup " + backup.id + " is not complete: what made it was interrupted", "take another one");
  return backup.download;
}

Proposal propose_backup_delete(World& world, const Options& options) {
  std::optional<Kept> backup;
  Proposal proposal = about_backup(world, "backup:delete", options, backup);
  if (!backup) return proposal;
  need_unused(world, *backup);
  proposal.plan.steps = {{"", "delete the backup " + backup->id, base::Interruption::restart, {}, {}}};
  proposal.plan.notes = {backup->words, "it cannot be brought back: download it first if it may be needed"};
  if (leads_back_from_upgrade(world, backup->id))
    proposal.plan.notes.insert(proposal.plan.notes.begin(), "CAUTION: an upgrade left the database half changed, and this backup is from before that");
  return proposal;
}

int act_backup_delete(World& world, const Options& options, base::Report& report) {
  auto backup = need_kept(world, options.at("backup"));
  need_unused(world, backup);
  backup.remove(world.disk, world.need_state(), backup.id);
  report.line("the backup " + backup.id + " is deleted, " + base::size_words(backup.bytes) + " are free again");
  return 0;
}

}  // namespace actions
