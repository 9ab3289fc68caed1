// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/packages.h"

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

// Mautic's releases have 50 to 110 MB.
constexpr uint64_t kMostPackageBytes = 1 << 30;

void add_once(std::vector<Path>& all, const Path& folder) {
  if (std::find(all.begin(), all.end(), folder) == all.end()) all.push_back(folder);
}

// And those where the application's own update leaves what it downloaded.
std::vector<Path> searched_folders(World& world) {
  std::vector<Path> all = package_folders(world);
  for (const Path& cache : world.need_site().caches) {
    add_once(all, cache.parent_path());
    add_once(all, cache);
  }
  return all;
}

std::optional<Package> package_at(World& world, const Path& file) {
  auto facts = world.disk.look(file);
  if (!facts || facts->kind != platform::Kind::file) return std::nullopt;
  return Package{file, *facts, file.parent_path() == package_folder(world)};
}

bool is_bare(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
}

}  // namespace

Path package_folder(World& world) { return world.need_state().packages(); }

std::vector<Path> package_folders(World& world) {
  std::vector<Path> all = {world.need_site().root};
  add_once(all, world.need_site().project);
  add_once(all, world.need_state().folder());
  add_once(all, package_folder(world));
  return all;
}

std::optional<Package> find_package(World& world, const std::string& name) {
  if (!is_bare(name)) return std::nullopt;
  std::optional<Package> found;
  for (const Path& folder : package_folders(world)) {
    auto package = package_at(world, folder / name);
    if (package && found)
      throw base::Failure("there are two: " + found->file.native() + " and " + package->file.native(), "rename one of them");
    if (package) found = std::move(package);
  }
  for (const Path& folder : searched_folders(world))
    if (!found) found = package_at(world, folder / name);
  return found;
}

std::vector<Package> packages_at_hand(World& world) {
  std::vector<Package> all;
  for (const Path& folder : searched_folders(world)) {
    for (const auto& entry : world.disk.list(folder).value_or(std::vector<platform::Entry>{})) {
      if (entry.kind != platform::Kind::file || !base::lower(entry.name).ends_with(".zip")) continue;
      if (auto package = package_at(world, folder / entry.name)) all.push_back(std::move(*package));
    }
  }
  return all;
}

base::Plan download_plan(World& world, const apps::ReleaseSource& source) {
  base::Step step{"download-package", "download " + source.file, base::Interruption::restart, {}, {}};
  step.words = {source.url, source.api_url, (package_folder(world) / source.file).native(), world.settings.proxy,
                std::to_string(kMostPackageBytes), world.need_site().root.native()};
  step.words.insert(step.words.end(), source.hosts.begin(), source.hosts.end());
  base::Plan plan;
  plan.task = "download " + source.file;
  plan.headline = "Downloading " + source.file;
  plan.effect = base::Effect::routine;  // one at a time for each file
  plan.steps = {std::move(step)};
  return plan;
}

}  // namespace actions
