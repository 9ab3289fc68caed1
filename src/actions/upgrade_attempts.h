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

// The newest of all jobs that started an installer, or waited for the owner to; nothing in it where none did. Its `failed` is false
// where the database was put back since.
apps::UpgradeAttempt newest_attempt(World& world);

}  // namespace actions
