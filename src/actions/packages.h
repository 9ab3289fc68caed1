// SPDX-License-Identifier: GPL-3.0-or-later
// Releases of the application as zip files: downloaded by us, uploaded by the owner, or left by the application's own update.
// A request names them by a bare name, never by a path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actions/world.h"
#include "base/plan.h"

namespace actions {

struct Package {
  Path file;
  platform::Facts facts;
  bool downloaded = false;  // lies where download_plan() puts it
};

// Where downloaded ones lie; it need not exist.
Path package_folder(World& world);

// Where the owner may put one: the site's root, its project folder, our state folder, package_folder().
std::vector<Path> package_folders(World& world);

// The plain file of that name in the first of those folders that has one, or else one that the application's update left in
// or beside its caches. nullopt when there is none, or it is no bare name.
std::optional<Package> find_package(World& world, const std::string& name);

// Every *.zip file of all these folders, in that order, each folder's sorted by name. What is inside is not looked at.
std::vector<Package> packages_at_hand(World& world);

// The job that downloads one into package_folder().
base::Plan download_plan(World& world, const apps::ReleaseSource& source);

}  // namespace actions
