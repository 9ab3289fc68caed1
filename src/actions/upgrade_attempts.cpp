// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/upgrade_attempts.h"

#include <algorithm>

#include "base/text.h"
#include "jobs/changes.h"
#include "jobs/log.h"
#include "platform/clock.h"
#include "steps/database_back.h"
#include "steps/verbs.h"
#include "storage/backups.h"

namespace actions {

namespace {

constexpr size_t kMostJobs = 200;
constexpr size_t kMostMarkBytes = 4096;
constexpr uint64_t kMostPrintedBytes = 256 << 10;

// A process touches its lease every five seconds.
constexpr std::chrono::seconds kLeaseMargin{6};

// Of one that was killed only its lease tells.
platform::WallTime end_of(World& world, const jobs::Snapshot& job) {
  auto lease = world.disk.look(storage::JobNames(world.need_state().job(job.id)).lease());
  return lease ? lease->changed + kLeaseMargin : job.last;
}

std::string noted(World& world, const std::string& job, std::string_view name) {
  return world.disk.read(storage::JobNames(world.need_state().job(job)).note(std::string(name)), kMostMarkBytes).value_or("");
}

// By the installer that ran here: a job that upgrades starts no other child, and lines of our own have their mark.
std::string printed_in(World& world, const storage::JobNames& names) {
  std::string printed;
  uint64_t size = jobs::log_size(world.disk, names), from = size - std::min(size, kMostPrintedBytes);
  auto part = jobs::read_log(world.disk, names, from, kMostPrintedBytes);
  for (std::string_view line : base::lines(part.text)) {
    if (line.starts_with(jobs::kOursMark)) continue;
    if (line.starts_with(jobs::kErrorsMark)) line.remove_prefix(1);
    printed += std::string(line) + "\n";
  }
  return from == 0 ? printed : printed.substr(printed.find('\n') + 1);
}

apps::UpgradeAttempt attempt_of(World& world, const jobs::Snapshot& job) {
  apps::UpgradeAttempt attempt;
  attempt.job = job.id;
  attempt.at_work = !jobs::is_over(job.state) && job.state != jobs::State::interrupted;
  attempt.began = job.created;
  attempt.ended = attempt.at_work ? platform::system_clock().now() : end_of(world, job);
  attempt.failed = !attempt.at_work && job.state != jobs::State::done && !is_database_back(world, job.id);
  for (const auto& step : job.plan.steps) {
    if (step.verb != "await-answer") continue;
    attempt.by_owner = step.words.at(2) == steps::kWaitWord;
    attempt.question = step.words.at(3);
    for (auto answer : base::split(step.words.at(4), '|')) attempt.wanted.emplace_back(answer);
  }
  attempt.mark_before = noted(world, job.id, steps::kMarkBeforeNote);
  attempt.mark_after = noted(world, job.id, steps::kMarkAfterNote);
  auto own = storage::find_backup(world.disk, world.need_state(), job.id);
  if (own && own->manifest) attempt.backup = job.id, attempt.taken = own->manifest->taken;
  attempt.log = storage::JobNames(world.need_state().job(job.id)).log();
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
    is_put_back = is_put_back || (job->state == jobs::State::done && jobs::began(*job, "restore-database"));
    if (!jobs::began_installer(*job)) continue;
    auto attempt = attempt_of(world, *job);
    attempt.failed = attempt.failed && !is_put_back;
    if (!attempt.by_owner && attempt.is_unfinished()) attempt.printed = printed_in(world, storage::JobNames(state.job(id)));
    return attempt;
  }
  return {};
}

}  // namespace actions
