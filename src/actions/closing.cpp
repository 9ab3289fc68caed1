// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/closing.h"

#include "actions/replacing.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/running.h"
#include "storage/site_closure.h"

namespace actions {

namespace {

constexpr std::chrono::seconds kPatience{60};  // with what still works in the site

// Where a stub sends the owner: our place in the site, if that is no secret.
std::string own_place(const World& world, const apps::Site& site) {
  if (world.key.place == KeyPlace::program_name) return {};
  Path place = world.program.path.lexically_relative(site.root);
  bool is_inside = !place.empty() && *place.begin() != "..";
  return is_inside ? place.native() : "";
}

}  // namespace

void close_site_before(World& world, Proposal& proposal, size_t step) {
  close_site_before(world, proposal, step, std::vector<Path>{world.need_site().console});
}

bool close_site_before(World& world, Proposal& proposal, size_t step, const std::vector<Path>& consoles) {
  const apps::Site& site = world.need_site();
  const Path& console = consoles.at(0);
  std::vector<Path> entrances = {console};
  for (auto name : site.app->front_controllers) entrances.push_back(site.root / name);
  entrances.insert(entrances.end(), consoles.begin() + 1, consoles.end());
  for (const auto& file : entrances) {
    if (file.empty() || !world.disk.look(file) || world.disk.may_write(file.parent_path())) continue;
    proposal.plan.notes.push_back("the site CANNOT BE CLOSED meanwhile, because this account may not write to " +
                                  base::printable_line(file.parent_path().native()) + ": pause the cron lines first");
    return false;
  }
  base::Step close{"close-site", "close the site, for visitors and for cron lines", base::Interruption::restart,
                   {own_place(world, site)}, kPatience};
  for (const auto& file : entrances) close.words.push_back(file.native());
  auto& steps = proposal.plan.steps;
  steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(step), std::move(close));
  steps.push_back({"open-site", "open the site", base::Interruption::restart, {}, {}, true});
  if (console.empty()) return true;
  for (const auto& running : platform::running_scripts({console}))
    proposal.plan.notes.push_back("at work in the site now, and waited for up to a minute: process " + std::to_string(running.pid) +
                                  ", " + base::printable_line(running.words.substr(0, 200)));
  return true;
}

std::optional<std::string> left_closed_by(World& world) {
  if (!world.state_folder || !world.disk.look(world.state_folder->folder)) return std::nullopt;
  auto state = world.need_state();
  auto by = storage::closed_by(world.disk, state);
  auto job = by ? jobs::look_at(world.disk, state, *by) : std::nullopt;
  bool runs = job && (job->state == jobs::State::running || job->state == jobs::State::still_busy);
  return runs ? std::nullopt : by;
}

std::string ways_to_open(const std::optional<jobs::Snapshot>& job) {
  if (!job || jobs::is_over(job->state)) return "job:unlock opens the site";
  bool goes_back = began_change(*job) && !bars_way_back(*job);
  return std::string("job:resume goes on with it") + (goes_back ? ", job:rollback takes back what it did to the files" : "") +
         ", job:unlock gives it up and opens the site";
}

void need_open(World& world) {
  auto by = left_closed_by(world);
  if (!by) return;
  auto job = jobs::look_at(world.disk, world.need_state(), *by);
  throw base::Failure("the site is closed by the job " + *by + (job ? ", which is " + jobs::state_words(*job) : ""), ways_to_open(job));
}

}  // namespace actions
