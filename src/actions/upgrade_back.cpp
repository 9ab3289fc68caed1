// SPDX-License-Identifier: GPL-3.0-or-later
// The action `upgrade:back`: where the script of a major upgrade stopped while it exchanged the files, the former release's come back,
// all of them, out of the folder into which the script moved them. The newer release has not begun on the database then.
#include <algorithm>

#include "actions/database_access.h"
#include "actions/doctor.h"
#include "actions/given.h"
#include "actions/replacing.h"
#include "actions/upgrade.h"
#include "apps/examination.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace actions {

namespace {

using apps::Abandoned;
using base::Interruption;

// The script itself and its copy of the database stay where they are.
base::Step tidying(World& world, const apps::MajorUpgrade& upgrade, const Abandoned& left) {
  base::Step tidy{"take-out", "move out what the script left in the site; it is kept", Interruption::restart, {left.former.native()}, {}};
  tidy.words.push_back((world.need_site().root / upgrade.log_file).native());
  for (auto name : upgrade.made_by_script)
    if (world.disk.look(world.need_site().root / name)) tidy.words.push_back((world.need_site().root / name).native());
  return tidy;
}

// The log alone is no proof: the owner may have ended the upgrade by hand since. A sentence; empty: nothing speaks against it.
std::string against_going_back(World& world, const apps::MajorUpgrade& upgrade, const Abandoned& left) {
  apps::Site former = world.need_site();
  former.root = former.project = left.configured;
  try {
    auto given = given_of_database(world);
    auto way = find_database(world.disk, &former, world.settings);
    given.access_problem = way.explanation();
    given.access = std::move(way.access);
    apps::Examination examination(world.disk, former, std::move(given));
    auto rows = upgrade.rows_of_newer_release(examination);
    if (rows.empty()) return {};
    return "NOT POSSIBLE: " + std::string(upgrade.to) + " has begun on the database, whatever the script's log says (migrations that are recorded: " +
           base::some_of(rows, 5) + "): its files belong to it. Make them whole with its package (files:replace)";
  } catch (const base::Failure& failure) {
    return "FIRST the database must answer, which tells for certain that " + std::string(upgrade.to) + " has not begun on it: " +
           base::printable_line(failure.full());
  }
}

}  // namespace

Proposal propose_upgrade_back(World& world, const Options& options) {
  need_replaceable(world);
  const apps::MajorUpgrade& upgrade = need_upgrade(world);
  const apps::Site& site = world.need_site();
  Proposal proposal = begin_proposal(kUpgradeBackTask, options, Effect::files);
  auto& notes = proposal.plan.notes;
  auto left = upgrade.abandoned(world.disk, site, platform::system_clock().now());
  if (!left || left->at != Abandoned::At::moving) {
    proposal.nothing_to_do = true;
    notes.push_back("nothing to do: " + std::string(upgrade.script) + " did not stop here while it exchanged the files" +
                    (left ? " (doctor tells what it left)" : "") + "; what a job of this program did, `undo` takes back");
    return proposal;
  }
  if (auto problem = against_going_back(world, upgrade, *left); !problem.empty()) {
    proposal.nothing_to_do = proposal.needs_owner = true;
    notes.push_back(problem);
    return proposal;
  }
  notes.push_back("found: " + left->what + "; " + base::join(left->evidence, "; "));
  notes.push_back("brings all of " + std::string(upgrade.from) + " back, as it lies in " + base::printable_line(left->former.native()) +
                  "; what of " + std::string(upgrade.to) + " is in the site now is kept: `undo` brings it in again");
  notes.push_back("the database is not touched: no migration of " + std::string(upgrade.to) + " is recorded in it");
  Around around;
  around.inner.push_back(swap_step(world, "put the former files back", left->former, "", rules_around_us(world, left->owners)));
  if (auto former = site.app->recognise(world.disk, left->former); former && !former->console.empty())
    around.console = site.root / former->console.lexically_relative(left->former);
  around.after.push_back(tidying(world, upgrade, *left));
  proposal.findings += base::join(left->evidence, "\n") + "\n" + base::join(around.after.back().words, "\n");
  add_around(world, proposal, std::move(around));
  auto& steps = proposal.plan.steps;
  auto is_mended = [](apps::Mend mend) { return mend != apps::Mend::set_aside && mend != apps::Mend::nothing; };
  steps.push_back(proof_step(world, diagnose(world), is_mended, false));
  notes.push_back("afterwards upgrade:v3 goes the way to " + std::string(upgrade.to) + " anew, from its checks on");
  return proposal;
}

}  // namespace actions
