// SPDX-License-Identifier: GPL-3.0-or-later
// What SQL alone can mend in the site's database: the action `db:repair`, and a part of `recover`.
#pragma once

#include "actions/action.h"

namespace actions {

// Adds the step with all statements to the plan's end, and the notes that show them; neither backup nor closing. False, and at most
// notes added, when there is nothing to do. Of `options` tables= counts: where rows that are in the way are deleted. Throws Failure
// where the database cannot be asked.
bool add_database_repair(World& world, Proposal& proposal, const Options& options = {});

}  // namespace actions
