// SPDX-License-Identifier: GPL-3.0-or-later
// What job:rollback does to a database that an installer began to change (steps/database_back.h), in its plan.
#pragma once

#include "actions/action.h"

namespace actions {

// The notes and the step; all that would be lost is in the findings, so that a change of it asks again. False: there is nothing to put
// back from, and the proposal says so. Throws Failure where the database cannot be asked.
bool add_database_back(World& world, Proposal& proposal, const jobs::Snapshot& job);

// Whether job:rollback has begun to put the database back, and did not come to the end of it.
bool is_database_half_back(World& world, const jobs::Snapshot& job);

// The step that drops the application's own tables that came since this backup, which is complete: left there, the next upgrade or
// migration would take them for its own. None where none came. They must be in the backup of the job itself.
void add_drop(World& world, Proposal& proposal, std::vector<base::Step>& steps, const std::string& backup);

// Of a restore-database step that puts this backup, which is complete, back: the tables of other programs in the same database stay as
// they are. Only where an application's tables can be told by their names.
void leave_others(World& world, Proposal& proposal, base::Step& restore, const std::string& backup);

// For the job's process: which tables go and which stay, and what else is to be closed.
void note_way_back(World& world, const jobs::Snapshot& job);

}  // namespace actions
