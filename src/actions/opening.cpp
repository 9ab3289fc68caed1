// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/opening.h"

#include <algorithm>
#include <set>

#include "actions/closing.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/site_closure.h"

namespace actions {

namespace {

constexpr size_t kMostNamed = 20;

bool has_state(const World& world) { return world.state_folder && world.disk.look(world.state_folder->folder); }

bool runs_here(World& world) {
  auto current = has_state(world) ? jobs::current_job(world.disk, world.need_state()) : std::nullopt;
  return current && (current->state == jobs::State::running || current->state == jobs::State::still_busy);
}

// What cannot be read is none: its account could not have closed it.
bool is_stub(World& world, const Path& file) {
  try {
    return storage::is_any_stub(world.disk, file);
  } catch (const base::Failure&) {
    return false;
  }
}

Path place_of(World& world, const Path& file) {
  return world.disk.real_path(file.parent_path()).value_or(file.parent_path()) / file.filename();
}

std::set<Path> listed_places(World& world) {
  std::set<Path> places;
  auto by = has_state(world) ? storage::closed_by(world.disk, world.need_state()) : std::nullopt;
  if (!by) return places;
  for (const auto& entrance : storage::waiting(world.disk, world.need_state(), *by)) places.insert(place_of(world, entrance.file));
  return places;
}

std::vector<Path> unknown_among(World& world, std::vector<Path> files) {
  std::erase_if(files, [&](const Path& file) { return file.empty() || !is_stub(world, file); });
  if (files.empty() || runs_here(world) || is_closed_unreadably(world)) return {};
  auto listed = listed_places(world);
  std::erase_if(files, [&](const Path& file) { return listed.count(place_of(world, file)) > 0; });
  return files;
}

// The job that has left the site closed, if giving up `job` (or nothing, if that is over) opens it: it is this one, or one
// that can never go on.
std::optional<std::string> closed_and_opened_with(World& world, const std::optional<jobs::Snapshot>& job) {
  auto by = left_closed_by(world);
  if (!by || (job && job->id == *by)) return by;
  auto closer = jobs::look_at(world.disk, world.need_state(), *by);
  return !closer || jobs::is_over(closer->state) ? by : std::nullopt;
}

std::string names_of(const std::vector<Path>& files) {
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.native());
  return base::some_of(names, kMostNamed);
}

// Why not all of the list could be opened: what was moved is opened by its names.
std::optional<base::Failure> open_listed(World& world, const std::string& job, base::Report& report) {
  try {
    for (const auto& taken : storage::open_site(world.disk, world.need_state(), job))
      report.line("a newer " + base::printable_line(taken.file.native()) + " was there and stays; the former one is kept as " +
                  base::printable_line(taken.former.filename().native()));
    return std::nullopt;
  } catch (const base::Failure& failure) {
    return failure;
  }
}

}  // namespace

const std::string kUnknownStubsWay =
    "another copy of this program, with another state folder, may be at work in the site or own the job that closed it: there job:resume or "
    "job:rollback is the better way. Where there is none any more (the state folder was lost, or the site was moved) job:unlock opens it";

std::vector<Path> unknown_stubs(World& world) {
  std::vector<Path> names;
  try {
    names = names_of_entrances(world);
  } catch (const base::Failure&) {  // a configuration that cannot be read, say
    return unknown_front_stubs(world);
  }
  return unknown_among(world, std::move(names));
}

std::vector<Path> unknown_front_stubs(World& world) {
  const apps::Site& site = world.need_site();
  std::vector<Path> files = {site.console};
  for (auto name : site.app->front_controllers) files.push_back(site.root / name);
  return unknown_among(world, std::move(files));
}

LeftClosed left_closed(World& world, const std::optional<jobs::Snapshot>& job) {
  LeftClosed closed;
  if (runs_here(world)) return closed;
  closed.unreadable = is_closed_unreadably(world);
  if (closed.unreadable) return closed;
  closed.by = closed_and_opened_with(world, job);
  if (closed.by || !left_closed_by(world)) closed.unknown = unknown_stubs(world);
  return closed;
}

void add_opening(Proposal& proposal, const LeftClosed& closed) {
  if (!closed.any()) return;
  proposal.plan.steps.push_back({"", "open the site", base::Interruption::restart, {}, {}});
  auto& notes = proposal.plan.notes;
  if (closed.unreadable) notes.push_back("the list of what is closed cannot be read any more: each stub becomes the file that waits beside it");
  if (closed.unknown.empty()) return;
  proposal.findings += "\nunknown stubs";
  notes.push_back("closed by stubs of this program that this state folder does not know: " + names_of(closed.unknown) +
                  ". Each becomes the file that waits beside it");
  notes.push_back("FIRST: " + kUnknownStubsWay + ". It is never opened while a job of this state folder runs; of a job of another one "
                                                 "nobody here can tell");
}

int open_left_closed(World& world, const LeftClosed& closed, base::Report& report) {
  auto problem = closed.by ? open_listed(world, *closed.by, report) : std::nullopt;
  auto names = closed.unreadable ? names_of_entrances(world) : closed.unknown;
  auto opened = storage::open_by_names(world.disk, world.need_state(), names);
  if (problem && storage::closed_by(world.disk, world.need_state())) throw *problem;
  if (!opened.files.empty())
    report.line("each of these is the file again that waited beside it: " + names_of(opened.files));
  for (const auto& stub : opened.left)
    report.line("still closed: nothing waits beside " + base::printable_line(stub.native()) + ": upload that file again");
  report.line(opened.left.empty() ? "the site is open again" : "the others are open again; then ask for job:unlock once more");
  return opened.left.empty() ? 0 : 1;
}

}  // namespace actions
