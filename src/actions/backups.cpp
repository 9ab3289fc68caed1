// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `db:backup` and `backups`.
#include "storage/backups.h"

#include "actions/action.h"
#include "actions/database_access.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

std::string backup_words(const storage::Backup& backup) {
  std::string words = backup.id + "  " + base::size_words(backup.file_bytes);
  if (!backup.manifest) return words + "  NOT COMPLETE: do not restore it";
  const storage::Manifest& manifest = *backup.manifest;
  return words + "  " + manifest.taken + "  " + std::to_string(manifest.tables.size()) + " tables, " +
         std::to_string(manifest.rows()) + " rows  " + base::printable_line(manifest.application) + "  by " +
         base::printable_line(manifest.occasion);
}

// Said now, in the answer, and not by a job that fails a moment later.
storage::DatabaseTarget target_of_job(World& world, const apps::Site& site) {
  auto asked = find_database(world.disk, &site, world.settings).target();
  auto read_by_job = database_target(world.program, site.root);
  if (asked != read_by_job)
    throw base::Failure("a backup runs in a process of its own, which does not see the --db_ words of a command line",
                        "write them into the settings file");
  return asked;
}

}  // namespace

Proposal propose_db_backup(World& world, const Options&) {
  const apps::Site& site = world.need_site();
  auto target = target_of_job(world, site);
  std::string application = std::string(site.app->title) + " " + site.version.text();
  Proposal proposal;
  proposal.plan.task = "db:backup";
  proposal.plan.headline = "Executing db:backup";
  proposal.plan.effect = Effect::routine;
  proposal.findings = storage::place_words(target) + " " + target.name;
  proposal.plan.notes.push_back("the site stays open: the backup is as of one moment, and locks nothing");
  proposal.plan.steps = {{"dump-database", "back up the database " + base::printable_line(target.name),
                          base::Interruption::restart, {site.root.native(), application, "db:backup"}, {}}};
  return proposal;
}

int list_backups(World& world, const Options&, base::Report& report) {
  auto state = world.need_state();
  auto all = storage::all_backups(world.disk, state);
  for (const auto& backup : all) report.line(backup_words(backup));
  if (all.empty()) report.line("there is no backup yet: db:backup makes one");
  else report.line("they lie in " + base::printable_line(state.backups().native()));
  return 0;
}

}  // namespace actions
