// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/upgrade_attempts.h"

#include <algorithm>

#include "actions/replacing.h"
#include "base/text.h"
#include "platform/clock.h"
#include "steps/database_back.h"
#include "steps/verbs.h"
#include "storage/backups.h"

namespace actions {

namespace {

constexpr size_t kMostJobs = 200;

// A process touches its lease every five seconds.
constexpr std::chrono::seconds kLeaseMargin{6};

// Of one that was killed only its lease tells.
platform::WallTime end_of(World& world, const jobs::Snapshot& job) {
  bool is_at_work = !jobs::is_over(job.state) && job.state != jobs::State::interrupted;
  if (is_at_work) return platform::system_clock().now();
  auto lease = world.disk.look(storage::JobNames(world.need_state().job(job.id)).lease());
  return lease ? lease->changed + kLeaseMargin : job.last;
}

std::vector<std::string> answers_wanted(const jobs::Snapshot& job) {
  std::vector<std::string> answers;
  for (const auto& step : job.plan.steps)
    if (step.verb == "await-answer" && answers.empty())
      for (auto answer : base::split(step.words.at(4), '|')) answers.emplace_back(answer);
  return answers;
}

apps::UpgradeAttempt attempt_of(World& world, const jobs::Snapshot& job) {
  apps::UpgradeAttempt attempt;
  attempt.job = job.id;
  attempt.ended = end_of(world, job);
  bool is_over_or_dead = jobs::is_over(job.state) || job.state == jobs::State::interrupted;
  attempt.failed = is_over_or_dead && job.state != jobs::State::done && !is_database_back(world, job.id);
  attempt.wanted = answers_wanted(job);
  auto own = storage::find_backup(world.disk, world.need_state(), job.id);
  if (own && own->manifest) attempt.backup = job.id, attempt.taken = own->manifest->taken;
  return attempt;
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

bool is_database_back(World& world, const std::string& job) {
  return world.disk.look(storage::JobNames(world.need_state().job(job)).note(std::string(steps::kDatabaseBackNote))).has_value();
}

apps::UpgradeAttempt newest_attempt(World& world) {
  if (!world.state_folder || !world.disk.look(world.state_folder->folder)) return {};
  auto state = world.need_state();
  bool is_put_back = false;
  for (const auto& id : jobs::newest_jobs(world.disk, state, kMostJobs)) {
    auto job = jobs::look_at(world.disk, state, id);
    if (!job) continue;
    is_put_back = is_put_back || (job->state == jobs::State::done && began(*job, "restore-database"));
    if (!began_installer(*job)) continue;
    auto attempt = attempt_of(world, *job);
    attempt.failed = attempt.failed && !is_put_back;
    return attempt;
  }
  return {};
}

}  // namespace actions
