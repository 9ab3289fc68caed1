// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/upgrade_attempts.h"

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"
#include "jobs/log.h"
#include "platform/clock.h"
#include "steps/database_back.h"
#include "storage/answer.h"
#include "storage/backups.h"
#include "storage/upgrades.h"

namespace actions {

namespace {

constexpr uint64_t kMostPrintedBytes = 256 << 10;

// A process touches its lease every five seconds.
constexpr std::chrono::seconds kLeaseMargin{6};

// Of one that was killed only its lease tells, as long as the job is still known.
platform::WallTime end_of(World& world, const storage::Upgrade& upgrade, const std::optional<jobs::Snapshot>& job) {
  if (upgrade.ended != platform::WallTime{}) return upgrade.ended;
  auto lease = world.disk.look(storage::JobNames(world.need_state().job(upgrade.job)).lease());
  if (lease) return lease->changed + kLeaseMargin;
  return job ? job->last : upgrade.began;
}

bool is_at_work(const std::optional<jobs::Snapshot>& job) {
  return job && !jobs::is_over(job->state) && job->state != jobs::State::interrupted;
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

apps::UpgradeAttempt attempt_of(World& world, const storage::Upgrade& upgrade) {
  auto job = jobs::look_at(world.disk, world.need_state(), upgrade.job);
  apps::UpgradeAttempt attempt{upgrade};
  attempt.at_work = is_at_work(job) && !upgrade.failed;
  attempt.ended = attempt.at_work ? platform::system_clock().now() : end_of(world, upgrade, job);
  attempt.failed = upgrade.failed || (!attempt.at_work && !upgrade.settled);
  attempt.log = storage::JobNames(world.need_state().job(upgrade.job)).log();
  return attempt;
}

// Whether somebody else wrote the version between these two, or brought the older one to its end by hand.
bool is_apart(const storage::Upgrade& older, const storage::Upgrade& newer) {
  if (storage::is_reached(older, storage::value_of(newer.mark_before))) return true;
  return !older.by_owner && !older.mark_after.empty() && !newer.mark_before.empty() && older.mark_after != newer.mark_before;
}

void add_failed(World& world, apps::FailedAttempts& failed, const storage::Upgrade& upgrade) {
  ++failed.number;
  failed.first = upgrade.job;
  failed.first_ended = attempt_of(world, upgrade).ended;
  auto own = storage::find_backup(world.disk, world.need_state(), upgrade.job);
  bool is_whole = own && own->manifest;
  failed.backup = is_whole ? upgrade.job : "";
  failed.taken = is_whole ? own->manifest->taken : "";
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

bool leads_back_from_upgrade(World& world, const std::string& backup) {
  auto all = storage::upgrades(world.disk, world.need_state());
  return std::any_of(all.begin(), all.end(), [&](const storage::Upgrade& one) { return !one.settled && one.job >= backup; });
}

UpgradeAttempts upgrade_attempts(World& world) {
  UpgradeAttempts attempts;
  if (!world.state_folder || !world.disk.look(world.state_folder->folder)) return attempts;
  std::vector<storage::Upgrade> all;
  try {
    all = storage::upgrades(world.disk, world.need_state());
  } catch (const base::Failure& failure) {
    attempts.unknown = failure.full();
  }
  if (all.empty()) return attempts;
  attempts.newest = attempt_of(world, all.back());
  if (!attempts.newest.by_owner && attempts.newest.is_unfinished())
    attempts.newest.printed = printed_in(world, storage::JobNames(world.need_state().job(all.back().job)));
  if (attempts.newest.at_work) all.pop_back();
  for (size_t i = all.size(); i > 0; --i) {
    if (i < all.size() && is_apart(all[i - 1], all[i])) break;
    if (!all[i - 1].settled) add_failed(world, attempts.failed, all[i - 1]);
  }
  return attempts;
}

}  // namespace actions
