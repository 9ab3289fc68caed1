// SPDX-License-Identifier: GPL-3.0-or-later
// Versions in the names of files that a release brings for upgrades to it: resources/sql/upgrade8130beta1.sql,
// vendor/whmcs/whmcs-foundation/lib/Updater/Version/Version8130beta1.php. They tell that files of that release came
// here, and no more: an upload deletes nothing, so that names of a newer release may be left over from one that was
// taken back.
#pragma once

#include <optional>
#include <string_view>

#include "base/version.h"
#include "platform/disk.h"

namespace apps::whmcs {

// "upgrade8130beta1.sql" is of 8.13.0-beta.1, "upgrade5312release1.sql" of 5.3.12-release.1: up to 5 the minor number
// has one digit, afterwards the last number has. nullopt: it is no such name.
std::optional<base::Version> release_in_name(std::string_view name);

// The newest of them all; empty: there are none. Never throws.
base::Version newest_named(platform::Disk& disk, const platform::Path& root);

}  // namespace apps::whmcs
