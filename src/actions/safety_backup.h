// SPDX-License-Identifier: GPL-3.0-or-later
// The backup of the database before something changes it.
#pragma once

#include <string>

#include "actions/action.h"

namespace actions {

enum class Reuse { allowed, never };

// True when `options` say backup=no: then the action is plan first.
bool refuses_backup(const Options& options);

// Adds the step that makes it to the plan's end; or one that finds the backup that serves, because it is younger than ten
// minutes and nothing but routine work ran since; or, where `options` say so, only a note that there is none. Throws
// Failure when the database is not known, with what to do about it.
void add_safety_backup(World& world, Proposal& proposal, const Options& options, Reuse reuse);

}  // namespace actions
