// SPDX-License-Identifier: GPL-3.0-or-later
// The error logs of the site as people are shown them: what `logs` and `report` share.
#pragma once

#include <string>
#include <vector>

#include "actions/world.h"
#include "apps/logs.h"

namespace actions {

// The values that must stand nowhere: the key, the database's password, and what else the application's configuration keeps secret.
std::vector<std::string> known_secrets(World& world);
// The same for the process of a job; see steps::Supervisor.
std::vector<std::string> known_secrets(Program& program, const Path& root);

// From the site's folder on, or from the account's home: "var/logs/prod-2026-11-21.php", "~/logs/error.log".
std::string shown_log(World& world, const Path& file);

// Two lines for each error, the newest `most`: when, how often, where; and what.
std::vector<std::string> error_lines(World& world, const apps::ErrorLog& log, size_t most);

}  // namespace actions
