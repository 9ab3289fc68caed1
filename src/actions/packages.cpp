// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/packages.h"

#include "base/failure.h"
#include "base/text.h"

namespace actions {

std::optional<Package> find_package(World& world, const std::string& name) {
  for (auto& package : packages_at_hand(world))
    if (package.file.filename() == name) return package;
  return std::nullopt;
}

std::vector<Package> packages_at_hand(World& world) {
  std::vector<Package> all;
  for (const Path& folder : {world.need_site().root, world.need_state().folder()})
    for (const auto& entry : world.disk.list(folder).value_or(std::vector<platform::Entry>{}))
      if (entry.kind == platform::Kind::file && entry.name.ends_with(".zip"))
        if (auto facts = world.disk.look(folder / entry.name)) all.push_back({folder / entry.name, *facts, false});
  return all;
}

base::Plan download_plan(World&, const apps::ReleaseSource& source) {
  throw base::Failure(source.file + " is not here", "upload it");
}

}  // namespace actions
