// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/safety_backup.h"

#include "actions/canary.h"
#include "actions/database_access.h"
#include "actions/dump_files.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace actions {

namespace {

constexpr std::chrono::minutes kServes{10};
constexpr size_t kMostJobs = 200;

bool changes(const jobs::Snapshot& job) {
  return job.plan.effect != Effect::reads && job.plan.effect != Effect::routine;
}

// The job that the site belongs to may have begun before the backup and gone on after it.
bool changed_since(World& world, const storage::StateNames& state, const storage::Backup& backup, platform::WallTime made) {
  auto current = jobs::current_job(world.disk, state);
  if (current && changes(*current) && current->last >= made) return true;
  for (const auto& id : jobs::newest_jobs(world.disk, state, kMostJobs)) {
    if (id < backup.id) return false;
    auto job = jobs::look_at(world.disk, state, id);
    if (job && changes(*job)) return true;
  }
  return false;
}

std::optional<storage::Backup> serving_backup(World& world, const storage::DatabaseTarget& target) {
  auto state = world.need_state();
  for (auto& backup : storage::all_backups(world.disk, state)) {
    auto job = jobs::look_at(world.disk, state, backup.id);
    if (!backup.manifest || !job) continue;
    if (backup.manifest->database != target.name || backup.manifest->place != storage::place_words(target)) continue;
    if (platform::system_clock().now() - job->created > kServes || changed_since(world, state, backup, job->created))
      return std::nullopt;
    return backup;
  }
  return std::nullopt;
}

storage::DatabaseTarget known_target(World& world) {
  try {
    return target_of_job(world);
  } catch (const base::Failure& failure) {
    throw base::Failure("no backup of the database can be made first: " + failure.full(),
                        "or add backup=no to the address, and consent to the plan that is shown then");
  }
}

}  // namespace

bool refuses_backup(const Options& options) {
  auto said = options.find("backup");
  return said != options.end() && said->second == "no";
}

void add_safety_backup(World& world, Proposal& proposal, const Options& options, Reuse reuse) {
  if (refuses_backup(options)) {
    proposal.plan.notes.push_back("NO backup of the database is made first: what is changed cannot be brought back");
    return;
  }
  auto target = known_target(world);
  if (auto backup = reuse == Reuse::allowed ? serving_backup(world, target) : std::nullopt) {
    proposal.plan.steps.push_back({"find-backup", "look for the backup " + backup->id + ", which serves: it is younger than ten "
                                   "minutes, and nothing changed the site since", base::Interruption::restart, {backup->id}, {}});
    return;
  }
  const apps::Site& site = world.need_site();
  proposal.plan.steps.push_back({"dump-database", "back up the database " + base::printable_line(target.name) + " first",
                                 base::Interruption::restart,
                                 {site.root.native(), application_words(site), proposal.plan.task, storage::target_words(target)},
                                 {}});
  add_exposure(world, proposal);
}

}  // namespace actions
