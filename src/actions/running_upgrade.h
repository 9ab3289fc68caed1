// SPDX-License-Identifier: GPL-3.0-or-later
// An upgrade of the application's own that works in the site now, started by whomever: nothing may be changed under it, and no second
// one be started.
#pragma once

#include <string>

#include "actions/world.h"

namespace actions {

// Throws Failure, with what is seen of it, while one works.
void need_no_upgrade(World& world);
// A sentence, where one left the database half changed, and its backup leads back; empty otherwise. Throws Failure when there is no site.
std::string half_upgraded(World& world);
// Throws Failure where that is so: until the database is put back no files fit it.
void need_whole_database(World& world);

// For the process of a job: what is seen of one in the site in `root`; empty: nothing.
std::string running_upgrade(Program& program, const Path& root, const Path& state);

}  // namespace actions
