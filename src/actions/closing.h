// SPDX-License-Identifier: GPL-3.0-or-later
// The steps around what must not run beside visitors and cron jobs.
#pragma once

#include "actions/action.h"

namespace actions {

// Puts a step before the plan's last one that closes the site, and one behind it, run in any case, that opens it.
void close_around_last_step(World& world, Proposal& proposal);

// The job that has left the site closed: it does not run now. nullopt when the site is open, or a job has it closed.
std::optional<std::string> left_closed_by(World& world);

// Throws Failure when a job that does not run has left the site closed: what the application's console would do now.
void need_open(World& world);

}  // namespace actions
