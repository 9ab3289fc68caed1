// SPDX-License-Identifier: GPL-3.0-or-later
// Packages: zips that were uploaded, downloaded, or left by the application's own updater.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actions/action.h"

namespace actions {

struct Package {
  Path file;
  platform::Facts facts;
  bool downloaded = false;
};
std::optional<Package> find_package(World& world, const std::string& name);
std::vector<Package> packages_at_hand(World& world);
base::Plan download_plan(World& world, const apps::ReleaseSource& source);

}  // namespace actions
