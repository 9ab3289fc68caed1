// SPDX-License-Identifier: GPL-3.0-or-later
// What an Examination of the World's site needs to know beside the site.
#pragma once

#include "actions/world.h"
#include "apps/examination.h"

namespace actions {

// Throw Failure when there is no site.

// All of it. `since`: errors in logs count from then on; the default: since the last job of ours that changed the site.
apps::Given given_by(World& world, apps::Needs most, platform::WallTime since = {});
// Only how the database is reached, and what is known of upgrades of it: enough for questions about its versions.
apps::Given given_of_database(World& world);

}  // namespace actions
