// SPDX-License-Identifier: GPL-3.0-or-later
// The steps around what must not run beside visitors and cron jobs.
#pragma once

#include "actions/action.h"

namespace actions {

// Puts a step before the plan's step of this number (or its last one) that closes the site, and one behind all, run in any
// case, that opens it. Where the site's folder cannot be written it cannot be closed: then a note says so instead. What a package brings
// anew, and was no entrance before, is open as soon as it is there: the application itself refuses as long as its database is older.
void close_site_before(World& world, Proposal& proposal, size_t step);
// The same for a plan that exchanges files; other releases may have their console elsewhere: `consoles`, the one that runs now first.
// False where it cannot be closed.
bool close_site_before(World& world, Proposal& proposal, size_t step, const std::vector<Path>& consoles);
inline void close_around_last_step(World& world, Proposal& proposal) {
  close_site_before(world, proposal, proposal.plan.steps.size() - 1);
}

// The job that has left the site closed: it does not run now. nullopt when the site is open, or a job has it closed.
std::optional<std::string> left_closed_by(World& world);

// All entrances of the site by their names, of those of other releases too.
std::vector<Path> names_of_entrances(World& world);
// What is closed stands in a list that cannot be read any more: which job closed the site nobody knows.
bool is_closed_unreadably(World& world);

// What the owner can do about the job that left it so: job:resume, job:rollback where that leads back, job:unlock. `job`: nullopt where
// nothing is known of it any more.
std::string ways_to_open(const std::optional<jobs::Snapshot>& job);
std::vector<apps::Remedy> remedies_to_open(const std::optional<jobs::Snapshot>& job);

// Throws Failure when a job that does not run has left the site closed, or stubs lie at its front of which this state folder knows
// nothing: what the application's console would do now.
void need_open(World& world);

}  // namespace actions
