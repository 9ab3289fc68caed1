// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/upgrade_attempts.h"

#include <algorithm>

#include "base/text.h"
#include "steps/verbs.h"
#include "storage/backups.h"

namespace actions {

namespace {

constexpr size_t kMostJobs = 200;

bool began(const jobs::Snapshot& job, std::initializer_list<std::string_view> verbs) {
  return std::any_of(job.begun.begin(), job.begun.end(), [&](size_t step) {
    return step < job.plan.steps.size() &&
           std::find(verbs.begin(), verbs.end(), job.plan.steps[step].verb) != verbs.end();
  });
}

}  // namespace

std::optional<std::string> backup_of(World& world, const jobs::Snapshot& job) {
  for (const auto& step : job.plan.steps) {
    std::string id = step.verb == "dump-database" ? job.id : step.verb == "find-backup" ? step.words.at(0) : "";
    auto backup = id.empty() ? std::nullopt : storage::find_backup(world.disk, world.need_state(), id);
    if (backup && backup->manifest) return id;
  }
  return std::nullopt;
}

std::string failed_upgrade_words(World& world) {
  if (!world.state_folder || !world.disk.look(world.state_folder->folder)) return {};
  auto state = world.need_state();
  for (const auto& id : jobs::newest_jobs(world.disk, state, kMostJobs)) {
    auto job = jobs::look_at(world.disk, state, id);
    if (!job) continue;
    bool is_put_back = job->state == jobs::State::done && began(*job, {"restore-database"});
    if (is_put_back) return {};
    if (!began(*job, {"run-installer", "await-answer"})) continue;
    bool is_at_work = job->state != jobs::State::interrupted && !jobs::is_over(job->state);
    if (job->state == jobs::State::done || is_at_work) return {};
    auto backup = backup_of(world, *job);
    std::string way = backup ? "the backup " + *backup +
                                   " holds the database of before it (db:restore with backup=" + *backup + ", or undo)"
                             : "it had no backup";
    return "the upgrade of job " + id + " did not come to its end, and may have left the database half changed; " + way;
  }
  return {};
}

}  // namespace actions
