// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/closing.h"

#include <algorithm>
#include <map>

#include "actions/opening.h"
#include "actions/replacing.h"
#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "platform/running.h"
#include "steps/closing.h"
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

// It stays reachable where it is a step. Where files are exchanged its folder comes or goes as a whole, and would take a
// stub along.
apps::InstallerIs installer_in(const base::Plan& plan) {
  constexpr std::string_view kVerbs[] = {"run-installer", "await-answer", "swap-files", "roll-back-swap", "take-out"};
  bool is_open = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const base::Step& step) {
    return std::find(std::begin(kVerbs), std::end(kVerbs), step.verb) != std::end(kVerbs);
  });
  return is_open ? apps::InstallerIs::open : apps::InstallerIs::closed;
}

// Links give one place several names. Of these the one in the site's folder stays: files are exchanged under that.
std::vector<Path> each_place_once(World& world, const std::vector<Path>& names) {
  const Path& root = world.need_site().root;
  std::vector<Path> once;
  std::map<Path, size_t> found;
  for (const auto& name : names) {
    Path place = name.empty() ? name : world.disk.real_path(name.parent_path()).value_or(name.parent_path()) / name.filename();
    auto [known, is_new] = found.emplace(std::move(place), once.size());
    if (is_new)
      once.push_back(name);
    else if (Path& former = once[known->second]; platform::lies_in(name, root) && !platform::lies_in(former, root))
      former = name;
  }
  return once;
}

// The console that runs now, or nothing in its place; then all others.
std::vector<Path> entrances_of(World& world, Proposal& proposal, const std::vector<Path>& consoles) {
  const apps::Site& site = world.need_site();
  std::vector<Path> names = {consoles.at(0)};
  for (auto name : site.app->front_controllers) names.push_back(site.root / name);
  names.insert(names.end(), consoles.begin() + 1, consoles.end());
  if (!site.app->entrances) return each_place_once(world, names);
  auto more = site.app->entrances(world.disk, site, installer_in(proposal.plan));
  names.insert(names.end(), more.files.begin(), more.files.end());
  for (const auto& why : more.unknown)
    proposal.plan.notes.push_back("NOT ALL of the site can be closed meanwhile: " + base::printable_line(why) +
                                  ": let nobody work there, and pause the cron lines");
  return each_place_once(world, names);
}

// The front pages and the console decide whether the site can be closed; of the others it is closed what can be.
void leave_out_unwritable(World& world, Proposal& proposal, std::vector<Path>& entrances) {
  std::map<Path, std::vector<std::string>> left_open;
  const Path console = entrances.at(0);
  std::erase_if(entrances, [&](const Path& file) {
    bool decides = file == console || file.parent_path() == world.need_site().root;
    if (decides || !world.disk.look(file) || world.disk.may_write(file.parent_path())) return false;
    left_open[file.parent_path()].push_back(base::printable_line(file.filename().native()));
    return true;
  });
  for (const auto& [folder, names] : left_open)
    proposal.plan.notes.push_back("NOT ALL of the site can be closed: this account may not write to " + base::printable_line(folder.native()) +
                                  ", so that these stay open: " + base::join(names, ", ") + "; let nobody work there, and pause the cron lines");
}

}  // namespace

void close_site_before(World& world, Proposal& proposal, size_t step) {
  close_site_before(world, proposal, step, std::vector<Path>{world.need_site().console});
}

bool close_site_before(World& world, Proposal& proposal, size_t step, const std::vector<Path>& consoles) {
  const apps::Site& site = world.need_site();
  auto entrances = entrances_of(world, proposal, consoles);
  leave_out_unwritable(world, proposal, entrances);
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
  for (const auto& running : platform::running_scripts(steps::cron_scripts(entrances)))
    proposal.plan.notes.push_back("at work in the site now, and waited for up to a minute: process " + std::to_string(running.pid) +
                                  ", " + base::printable_line(running.words.substr(0, 200)));
  return true;
}

std::vector<Path> names_of_entrances(World& world) {
  Proposal unread;  // notes belong to plans that close
  return entrances_of(world, unread, consoles_of(world.need_site(), {}));
}

bool is_closed_unreadably(World& world) {
  return world.state_folder && world.disk.look(world.state_folder->folder) && !storage::is_list_readable(world.disk, world.need_state());
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
  bool leads_back = jobs::leads_back(*job);
  if (job->goes_back) return "job:resume goes on taking back what the job did; job:unlock gives it up and opens the site as it is now";
  if (leads_back && jobs::began_installer(*job))
    return "job:resume looks whether the upgrade came to its end, and goes on if it did; job:rollback puts the database back to before it, "
           "from the backup of this very job; job:unlock gives it up and opens the site over a database that may be half changed";
  return std::string("job:resume goes on with it") + (leads_back ? ", job:rollback takes back what it did to the files" : "") +
         ", job:unlock gives it up and opens the site";
}

std::vector<apps::Remedy> remedies_to_open(const std::optional<jobs::Snapshot>& job) {
  if (!job || jobs::is_over(job->state)) return {{"job:unlock"}};
  std::vector<apps::Remedy> remedies;
  for (const auto& task : jobs::tasks_for_interrupted(*job)) remedies.push_back({task});
  return remedies;
}

void need_open(World& world) {
  auto by = left_closed_by(world);
  if (!by && !unknown_front_stubs(world).empty())
    throw base::Failure("the site is closed by stubs of this program that this state folder does not know", kUnknownStubsWay);
  if (!by) return;
  auto job = jobs::look_at(world.disk, world.need_state(), *by);
  throw base::Failure("the site is closed by the job " + *by + (job ? ", which is " + jobs::state_words(*job) : ""), ways_to_open(job));
}

}  // namespace actions
