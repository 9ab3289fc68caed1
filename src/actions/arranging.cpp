// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/arranging.h"

#include "actions/given.h"
#include "apps/examination.h"

namespace actions {

apps::Arrangement arrangement_of(World& world, const Path& package, const apps::Release& release, apps::Laying laying) {
  const apps::Site& site = world.need_site();
  apps::Arrangement made;
  made.database = apps::DatabaseFit::fits;
  if (!site.app->arrange || package.empty()) {
    if (site.app->owners) made.rules = site.app->owners(release.kind);
    return made;
  }
  apps::Examination examination(world.disk, site, given_by(world, apps::Needs::nothing));
  return site.app->arrange(examination, storage::ZipPackage(package), release, laying);
}

std::vector<base::Step> compiled_steps(World& world) {
  const apps::Site& site = world.need_site();
  if (!site.app->compiled) return {};
  base::Step step{"set-compiled-aside", "set the compiled templates aside", base::Interruption::restart, {}, {}};
  for (const auto& folder : site.app->compiled(world.disk, site).folders) step.words.push_back(folder.native());
  return step.words.empty() ? std::vector<base::Step>{} : std::vector{std::move(step)};
}

}  // namespace actions
