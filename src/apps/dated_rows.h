// SPDX-License-Identifier: GPL-3.0-or-later
// What came into an application's database since a moment, as far as its rows are dated: what a restore of that moment would lose.
#pragma once

#include <string>
#include <vector>

#include "apps/app.h"
#include "storage/mysql.h"

namespace apps {

// "2026-11-21 09:30:15" of a text that begins so; empty otherwise. mysqldump writes hours below ten with a blank.
std::string moment_of(std::string taken);

// "12 contacts", "300 page hits" since that moment (UTC). Tables that cannot be asked are left out. Throws Failure when the connection
// is lost.
std::vector<std::string> newer_rows(storage::Connection& connection, const App& app, const std::string& prefix, const std::string& moment);

}  // namespace apps
