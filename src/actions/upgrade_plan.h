// SPDX-License-Identifier: GPL-3.0-or-later
// The plan of `upgrade:v3`: its stages as the steps of one job, each with what is said when it fails.
#pragma once

#include <optional>

#include "actions/action.h"
#include "apps/major_upgrade.h"

namespace actions {

// From the former release on.
Proposal plan_whole_upgrade(World& world, const Options& options);
// The files are the new release's: what is left. `left`: it was the script that brought them.
Proposal plan_rest_of_upgrade(World& world, const Options& options, const std::optional<apps::Abandoned>& left);

// The job of this action that brought the new release's files in which are in the site now; empty: none did.
std::string exchanged_by(World& world);

// The verb that counts migrations, and its last word where some may be left: told by an error of its own.
inline constexpr const char* kCounting = "count-migrations";
inline constexpr const char* kLeft = "left";

}  // namespace actions
