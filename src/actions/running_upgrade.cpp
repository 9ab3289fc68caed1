// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/running_upgrade.h"

#include "actions/given.h"
#include "apps/examination.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

std::string seen_of_upgrade(World& world) {
  const apps::Site& site = world.need_site();
  if (!site.app->running_upgrade) return {};
  apps::Examination examination(world.disk, site, given_of_database(world));
  return base::join(site.app->running_upgrade(examination), "; ");
}

}  // namespace

void need_no_upgrade(World& world) {
  if (std::string seen = seen_of_upgrade(world); !seen.empty())
    throw base::Failure("an upgrade is running now: " + seen, "wait until it is over, then ask doctor again; nothing was changed");
}

std::string half_upgraded(World& world) {
  const apps::Site& site = world.need_site();
  if (!site.app->half_upgraded) return {};
  apps::Examination examination(world.disk, site, given_of_database(world));
  return site.app->half_upgraded(examination);
}

void need_whole_database(World& world) {
  if (std::string words = half_upgraded(world); !words.empty())
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
