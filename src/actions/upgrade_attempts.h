// SPDX-License-Identifier: GPL-3.0-or-later
// Upgrades of the database by the application's own installer, how they ended, and the backups that lead back.
#pragma once

#include <optional>
#include <string>

#include "actions/world.h"
#include "apps/examination.h"
#include "jobs/job.h"

namespace actions {

// The backup that this job made, or that served it; nullopt: it had none.
std::optional<std::string> backup_of(World& world, const jobs::Snapshot& job);

// Whether job:rollback put the database back that this job had changed.
bool is_database_back(World& world, const std::string& job);

// Whether this backup holds the database of before an upgrade that may have left it half changed.
bool leads_back_from_upgrade(World& world, const std::string& backup);

// Of storage/upgrades.h, with what is known of their jobs. Never throws.
struct UpgradeAttempts {
  apps::UpgradeAttempt newest;
  apps::FailedAttempts failed;
  std::string unknown;  // why nothing is known of them; empty otherwise
};
UpgradeAttempts upgrade_attempts(World& world);

}  // namespace actions
