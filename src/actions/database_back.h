// SPDX-License-Identifier: GPL-3.0-or-later
// What job:rollback does to a database that an installer began to change (steps/database_back.h), in its plan.
#pragma once

#include "actions/action.h"

namespace actions {

// The notes and the step; all that would be lost is in the findings, so that a change of it asks again. False: there is nothing to put
// back from, and the proposal says so. Throws Failure where the database cannot be asked.
bool add_database_back(World& world, Proposal& proposal, const jobs::Snapshot& job);

// For the job's process: which tables go.
void keep_tables_to_drop(World& world, const jobs::Snapshot& job);

}  // namespace actions
