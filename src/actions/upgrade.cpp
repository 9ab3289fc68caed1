// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/upgrade.h"

#include <algorithm>

#include "actions/replacing.h"
#include "actions/upgrade_plan.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace actions {

namespace {

using apps::Abandoned;
using apps::MajorUpgrade;
using apps::Standing;
using base::Step;

std::string where_it_stands(const MajorUpgrade& upgrade, Standing standing, const std::string& way_back) {
  std::string from(upgrade.from), to(upgrade.to);
  if (standing == Standing::former) return "The site: " + from + " is as it was; it is opened again.";
  if (standing == Standing::own_data)
    return "The site: " + from + "'s files are in their place, or are put back now, and it is opened again; its own migrations may have run. The "
           "backup of before is kept: db:restore brings it back.";
  return "The site: the files are " + to + "'s, what they replaced is kept, and the database may be part of the way. upgrade:v3, asked again, goes on "
         "from there; " + (way_back.empty() ? "`undo` brings back all of " + from + ", files and database." : way_back + ".");
}

// nullopt too where it cannot be looked at: what bars a folder is told by those who need it.
std::optional<Abandoned> left_by_script(World& world) {
  try {
    return need_upgrade(world).abandoned(world.disk, world.need_site(), platform::system_clock().now());
  } catch (const base::Failure&) {
    return std::nullopt;
  }
}

// Not where a job of ours brought the newer release in since.
std::optional<Abandoned> to_go_on_with(World& world) {
  auto left = left_by_script(world);
  return left && left->at == Abandoned::At::moved && exchanged_by(world).empty() ? left : std::nullopt;
}

}  // namespace

apps::UpgradeStage stage_of(const MajorUpgrade& upgrade, const Step& step) {
  auto found = std::find_if(upgrade.stages.begin(), upgrade.stages.end(), [&](const auto& one) { return one.code == step.stage; });
  apps::UpgradeStage stage = found == upgrade.stages.end() ? upgrade.stages.front() : *found;
  if (step.verb == kCounting && step.words.back() == kLeft) {
    stage.error = stage.counting_error;
    stage.failed = "it cannot be told which migrations are left";
  }
  return stage;
}

std::string upgrade_failure(const MajorUpgrade& upgrade, const apps::UpgradeStage& stage, Standing standing, const std::string& way_back) {
  std::string name(stage.error);
  std::string help = name.empty() ? "" : " About this error: " + std::string(upgrade.help) + "#" + base::lower(name) + " .";
  return (name.empty() ? "" : name + ": ") + std::string(stage.failed) + ". " + where_it_stands(upgrade, standing, way_back) + " " +
         std::string(stage.advice) + "." + help + " The forum: " + std::string(upgrade.forum);
}

const MajorUpgrade& need_upgrade(World& world) {
  const apps::Site& site = world.need_site();
  if (!site.app->upgrade) throw base::Failure(std::string(site.app->title) + " has no such upgrade");
  return *site.app->upgrade;
}

bool is_upgrade(const jobs::Snapshot& job) { return job.plan.task.substr(0, job.plan.task.find(' ')) == kUpgradeTask; }

std::optional<jobs::Snapshot> upgrade_job(World& world) {
  auto state = world.need_state();
  for (const auto& id : jobs::newest_jobs(world.disk, state, SIZE_MAX)) {
    auto job = jobs::look_at(world.disk, state, id);
    if (job && is_upgrade(*job)) return job;
  }
  return std::nullopt;
}

bool upgrade_is_unfinished(World& world) {
  const MajorUpgrade& upgrade = need_upgrade(world);
  if (!upgrade.leads_to(world.need_site().version)) return false;
  if (to_go_on_with(world)) return true;
  auto job = upgrade_job(world);
  if (!job || job->state == jobs::State::done) return false;
  auto all = exchanges(world);
  bool came_in = std::any_of(all.begin(), all.end(), [&](const Exchanged& one) { return one.in_place && one.job <= job->id; });
  return came_in;
}

Proposal propose_upgrade(World& world, const Options& options) {
  need_replaceable(world);
  const MajorUpgrade& upgrade = need_upgrade(world);
  const base::Version& version = world.need_site().version;
  Proposal proposal = begin_proposal(kUpgradeTask, options, Effect::files);
  proposal.nothing_to_do = true;
  if (auto left = left_by_script(world); left && (left->breaks || left->at == Abandoned::At::moving)) {
    proposal.needs_owner = true;
    proposal.errors.push_back(left->what + ": FIRST " + (left->at == Abandoned::At::moving
                                                             ? "ask " + std::string(kUpgradeBackTask) + ", which brings " + std::string(upgrade.from) + " back as it was"
                                                             : left->advice));
    proposal.plan.notes = proposal.errors;
    return proposal;
  }
  if (upgrade_is_unfinished(world)) return plan_rest_of_upgrade(world, options, to_go_on_with(world));
  if (version.empty() || upgrade.begins_at(version)) return plan_whole_upgrade(world, options);
  proposal.plan.notes.push_back("nothing to do: this is " + std::string(world.need_site().app->title) + " " + version.text() + " already, and no such upgrade was begun here");
  return proposal;
}

}  // namespace actions
