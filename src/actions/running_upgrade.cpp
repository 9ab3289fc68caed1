// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/running_upgrade.h"

#include "actions/doctor.h"
#include "apps/examination.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

std::string seen_of_upgrade(World& world) {
  const apps::Site& site = world.need_site();
  if (!site.app->running_upgrade) return {};
  apps::Examination examination(world.disk, site, given_by(world, apps::Needs::nothing));
  return base::join(site.app->running_upgrade(examination), "; ");
}

}  // namespace

void need_no_upgrade(World& world) {
  if (std::string seen = seen_of_upgrade(world); !seen.empty())
    throw base::Failure("an upgrade is running now: " + seen, "wait until it is over, then ask doctor again; nothing was changed");
}

void need_whole_database(World& world) {
  const apps::Site& site = world.need_site();
  if (!site.app->half_upgraded) return;
  apps::Examination examination(world.disk, site, given_by(world, apps::Needs::nothing));
  if (std::string words = site.app->half_upgraded(examination); !words.empty())
    throw base::Failure(words, "put the database back first (doctor has the link); nothing was changed");
}

std::string running_upgrade(Program& program, const Path& root, const Path& state) {
  Whereabouts where;
  where.root = root;
  where.state = state;
  World world = find_world(program, where);
  return seen_of_upgrade(world);
}

}  // namespace actions
