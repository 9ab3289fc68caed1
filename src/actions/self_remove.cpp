// SPDX-License-Identifier: GPL-3.0-or-later
// The action `self:remove`: this program goes, with what it made. Of files that lie beside it only those go that are
// known to be ours; the program itself is the last, so that one that was interrupted can be asked again.
#include <algorithm>

#include "actions/bundle.h"
#include "actions/closing.h"
#include "actions/opening.h"
#include "actions/replacing.h"
#include "actions/running_upgrade.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/new_tree.h"
#include "storage/htaccess.h"

namespace actions {

namespace {

constexpr size_t kMostJobs = 200;
constexpr size_t kMostRead = 64 << 10;

// Files of the bundle, each with words that only ours has.
constexpr std::pair<const char*, const char*> kBundle[] = {
    {kFirstContactPage, kFirstContactTitle},
    {".htaccess", "# Unstick. Only lines of the FileInfo class"},
    {"README.txt", "Unstick\n======="},
    {"HOSTING.txt", "Unstick: where it runs, panel by panel and server by server"},
    {"NOTICES.txt", "It contains the\nlibraries below, linked statically."},
};

bool keeps_backups(const Options& options) {
  auto backup = options.find("backup");
  return backup != options.end() && backup->second == "keep";
}

// Why not now; empty: now.
std::string obstacle(World& world) {
  if (!world.state_folder || !world.disk.look(world.state_folder->folder)) return {};
  auto state = world.need_state();
  for (const auto& id : jobs::newest_jobs(world.disk, state, kMostJobs)) {
    auto job = jobs::look_at(world.disk, state, id);
    bool is_current = job && job->state != jobs::State::interrupted;
    if (job && !jobs::is_over(job->state) && is_current)
      return "job " + id + " (" + job->plan.task + ") is not over: " + jobs::state_words(*job);
  }
  if (auto job = jobs::current_job(world.disk, state); job && !jobs::is_over(job->state))
    return "job " + job->id + " (" + job->plan.task + ") was interrupted: job:resume, job:rollback or job:unlock first";
  if (left_closed_by(world)) return "the site is closed by a job of this program: open it first with job:unlock";
  if (!unknown_stubs(world).empty()) return "the site is closed by stubs of this program: open it first with job:unlock";
  if (left_mixture(world)) return "a job left old and new files beside each other: job:resume or job:rollback first";
  std::string half = world.site ? half_upgraded(world) : "";
  return half.empty() ? "" : half + ". What is known of that goes with this program: doctor says how it is settled; a backup that shall go too is deleted first (backup:delete)";
}

std::vector<Path> copies_of_program(World& world) {
  std::vector<Path> all;
  Path folder = world.program.path.parent_path();
  auto own = world.disk.look(world.program.path);
  for (const char* name : {"unstick.cgi", "unstick.fcgi"}) {
    auto facts = world.disk.look(folder / name);
    bool is_copy = own && facts && facts->kind == platform::Kind::file && facts->size_bytes == own->size_bytes;
    if (is_copy && folder / name != world.program.path) all.push_back(folder / name);
  }
  return all;
}

// The site's .htaccess, where lines of ours stand in it.
std::optional<Path> htaccess_with_ours(World& world) {
  if (!world.site) return std::nullopt;
  Path file = world.site->root / ".htaccess";
  auto text = storage::read_htaccess(world.disk, file);
  return text && storage::with_our_block(*text, {}) != *text ? std::optional(file) : std::nullopt;
}

void take_our_lines_out(World& world, const Path& file) {
  auto text = storage::read_htaccess(world.disk, file);
  auto facts = world.disk.look_through(file);
  if (text && facts)
    world.disk.replace(world.disk.real_path(file).value_or(file), storage::with_our_block(*text, {}), facts->mode);
}

// What lies beside the program and is ours, the program last.
std::vector<Path> own_files(World& world) {
  std::vector<Path> all;
  Path folder = world.program.path.parent_path();
  for (auto [name, words] : kBundle) {
    auto text = world.disk.read(folder / name, kMostRead);
    if (text && base::contains(*text, words)) all.push_back(folder / name);
  }
  // A licence alone may be anybody's.
  if (std::find(all.begin(), all.end(), folder / "NOTICES.txt") != all.end() && world.disk.look(folder / "LICENSE.txt"))
    all.push_back(folder / "LICENSE.txt");
  if (!world.settings.file.empty()) all.push_back(world.settings.file);
  for (auto& copy : copies_of_program(world)) all.push_back(std::move(copy));
  all.push_back(world.program.path);
  return all;
}

// Of the backups those that bear the name of a job; another may lie there because somebody uploaded it.
void remove_backups(World& world, const Path& folder) {
  for (const auto& entry : world.disk.list(folder).value_or(std::vector<platform::Entry>{}))
    if (storage::is_job_id(entry.name.substr(0, storage::kJobIdLength))) world.disk.remove_file(folder / entry.name);
}

// An empty one goes, with the guard that keeps a web server from serving it.
void remove_if_empty(World& world, const Path& folder, base::Report& report) {
  auto entries = world.disk.list(folder);
  if (!entries) return;
  std::erase_if(*entries, [](const platform::Entry& entry) { return entry.name == ".htaccess"; });
  if (!entries->empty()) return report.line(base::printable_line(folder.native()) + " holds something else, and stays");
  world.disk.remove_file(folder / ".htaccess");
  world.disk.remove_folder(folder);
}

// The owner may have named a folder that holds more than ours. What tells that it is ours goes last, so that one that
// was interrupted finds it again; it stays where backups do, which another copy of this program is to find.
void remove_state(World& world, bool with_backups, base::Report& report) {
  storage::StateNames state = world.need_state();
  for (const Path& path : state.own_entries()) {
    auto facts = world.disk.look(path);
    if (!facts || path == state.version() || path == state.secret()) continue;
    facts->kind == platform::Kind::folder ? platform::remove_tree(path) : world.disk.remove_file(path);
  }
  if (with_backups) {
    remove_backups(world, state.backups());
    remove_if_empty(world, state.backups(), report);
  }
  world.disk.remove_file(state.secret());
  if (!with_backups) return;
  world.disk.remove_file(state.version());
  remove_if_empty(world, state.folder(), report);
}

}  // namespace

Proposal propose_self_remove(World& world, const Options& options) {
  Proposal proposal = begin_proposal("self:remove", options, Effect::both);
  auto backup = options.find("backup");
  if (std::string why = obstacle(world); !why.empty()) {
    proposal.nothing_to_do = proposal.needs_owner = true;
    proposal.plan.notes = {why};
    return proposal;
  }
  if (backup == options.end() || (backup->second != "keep" && backup->second != "delete")) {
    proposal.plan.notes = {"what becomes of the backups?"};
    proposal.choices = {{{{"backup", "keep"}}, "remove this program; its backups stay where they are"},
                        {{{"backup", "delete"}}, "remove this program and all its backups"}};
    return proposal;
  }
  bool keep = keeps_backups(options);
  auto step = [&](const std::string& title) {
    proposal.plan.steps.push_back({"", title, base::Interruption::restart, {}, {}});
  };
  bool has_state = world.state_folder && world.disk.look(world.state_folder->folder);
  if (has_state)
    step(std::string("delete what this program has in ") + base::printable_line(world.state_folder->folder.native()) +
         (keep ? ", but the backups" : ", and the backups"));
  if (auto file = htaccess_with_ours(world))
    step("take this program's lines out of " + base::printable_line(file->native()));
  for (const auto& file : own_files(world)) step("delete " + base::printable_line(file.native()));
  proposal.findings = std::to_string(proposal.plan.steps.size());
  proposal.plan.notes = {"the site itself stays as it is; links, bookmarks and cron lines of this program end",
                         "what jobs replaced and kept is deleted too: nothing can be undone afterwards"};
  if (keep && has_state)
    proposal.plan.notes.push_back("the backups stay in " +
                                  base::printable_line((world.need_state().backups()).native()));
  return proposal;
}

int remove_self(World& world, const Options& options, base::Report& report) {
  if (std::string why = obstacle(world); !why.empty()) throw base::Failure(why);
  auto files = own_files(world);
  if (auto file = htaccess_with_ours(world)) take_our_lines_out(world, *file);
  bool has_state = world.state_folder && world.disk.look(world.state_folder->folder);
  if (has_state) remove_state(world, !keeps_backups(options), report);
  for (const auto& file : files) {
    world.disk.remove_file(file);
    report.line("deleted " + base::printable_line(file.native()));
  }
  try {
    world.disk.remove_folder(world.program.path.parent_path());
  } catch (const base::Failure&) {
    report.line(base::printable_line(world.program.path.parent_path().native()) + " holds something else, and stays");
  }
  report.line("this program is gone. Take its lines out of the cron page, too");
  return 0;
}

}  // namespace actions
