// SPDX-License-Identifier: GPL-3.0-or-later
// Upgrades of the database by the application's own installer that did not come to their end, and the backups that lead
// back.
#pragma once

#include <optional>
#include <string>

#include "actions/world.h"
#include "jobs/job.h"

namespace actions {

// The backup that this job made, or that served it; nullopt: it had none.
std::optional<std::string> backup_of(World& world, const jobs::Snapshot& job);

// A sentence about the newest attempt, where it did not succeed and the database was not put back since; empty
// otherwise.
std::string failed_upgrade_words(World& world);

}  // namespace actions
