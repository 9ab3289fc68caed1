// SPDX-License-Identifier: GPL-3.0-or-later
// How a package of the site's application is laid over the site, and which folders hold what it compiled: the
// application's own answers, or the usual ones where it has none.
#pragma once

#include "actions/world.h"
#include "apps/arrangement.h"
#include "base/plan.h"

namespace actions {

// `package`: empty where the new files lie in the site already. Throws Failure when it must not be laid over this site.
apps::Arrangement arrangement_of(World& world, const Path& package, const apps::Release& release, apps::Laying laying);

// The step that takes compiled templates away; none where the application compiles into its caches.
std::vector<base::Step> compiled_steps(World& world);

}  // namespace actions
