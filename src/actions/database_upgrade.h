// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a plan in which an application's own installer brings its database up (apps/database_upgrade.h): on the command line
// where its help offers that, else by the owner in a browser while the job waits.
#pragma once

#include "actions/replacing.h"

namespace actions {

// Adds a backup, the upgrade, its proof and what is tidied up afterwards, all while the site is closed but for the installer, and asks
// for the agreement that it needs. Asks PHP for the installer's help. What `around` moves out of the site before is moved out in the
// same step as what the installer leaves. Throws Failure where it cannot be planned.
void add_database_upgrade(World& world, Proposal& proposal, Around& around, const Options& options);
// What is left to the owner, at the end.
base::Step say_afterwards(World& world);

}  // namespace actions
