// SPDX-License-Identifier: GPL-3.0-or-later
// Mautic 2.16 to 7: the row of apps.cpp, and how a folder is told to be one.
#pragma once

#include <optional>

#include "apps/app.h"

namespace apps::mautic {

extern const App kApp;

// The installation whose document root or project folder is `folder`, also one that is broken: two typical
// things must be there, and one of them must be Mautic's alone. Throws Failure when something there may not
// be looked at and what can be seen does not suffice.
std::optional<Site> recognise(platform::Disk& disk, const Path& folder);

// The database as local.php and what Mautic lays over it name it: see configuration.h.
DatabaseAccess database(platform::Disk& disk, const Site& site);

// What release `version` runs on, by its major and minor number; for releases whose own statement is lost.
// Without limits when the version is unknown.
platform::PhpRange php_range_of(const base::Version& version);

}  // namespace apps::mautic
