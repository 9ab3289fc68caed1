// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `kept` and `kept:delete`: what jobs replaced and set aside, and letting it go.
#include <algorithm>
#include <set>

#include "actions/replacing.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/new_tree.h"
#include "steps/keeping.h"
#include "storage/backups.h"

namespace actions {

namespace {

struct Kept {
  std::string job;
  std::string words;
  uint64_t bytes = 0, files = 0;
  bool needed = false;  // the job is not over
};

void measure(platform::Disk& disk, const Path& path, Kept& kept) {
  auto facts = disk.look(path);
  if (!facts) return;
  kept.bytes += platform::disk_bytes(facts->size_bytes);
  if (facts->kind != platform::Kind::folder) {
    ++kept.files;
    return;
  }
  for (const auto& entry : disk.list(path).value_or(std::vector<platform::Entry>{})) measure(disk, path / entry.name, kept);
}

std::set<std::string> jobs_with_something(World& world) {
  auto state = world.need_state();
  std::set<std::string> ids;
  for (const Path& folder : {state.kept(), state.staged()})
    for (const auto& entry : world.disk.list(folder).value_or(std::vector<platform::Entry>{})) {
      std::string id = entry.name.substr(0, entry.name.find('.'));
      if (storage::is_job_id(id)) ids.insert(id);
    }
  return ids;
}

// A job that takes this one's files back is another one.
bool is_named_by_unfinished(World& world, const std::string& id) {
  auto job = jobs::current_job(world.disk, world.need_state());
  if (!job || jobs::is_over(job->state)) return false;
  return std::any_of(job->plan.steps.begin(), job->plan.steps.end(), [&](const base::Step& step) {
    return std::find(step.words.begin(), step.words.end(), id) != step.words.end();
  });
}

// Caches on another disk than ours wait in their own place.
std::vector<Path> beside(World& world, const std::string& id) {
  std::vector<Path> all;
  auto job = jobs::look_at(world.disk, world.need_state(), id);
  for (const auto& step : job ? job->plan.steps : std::vector<base::Step>{}) {
    if (step.verb != "set-folders-aside") continue;
    for (const auto& folder : step.words)
      for (auto& path : steps::waiting_beside(world.disk, folder, id)) all.push_back(std::move(path));
  }
  return all;
}

Kept look_at(World& world, const std::string& id, const std::vector<Exchanged>& all) {
  auto state = world.need_state();
  Kept kept{id, "", 0, 0, false};
  for (const Path& path : {state.kept_by(id), state.staged_by(id)}) measure(world.disk, path, kept);
  for (const char* ending : {".partial", ".reserve"}) measure(world.disk, state.staged_by(id).native() + ending, kept);
  for (const Path& path : beside(world, id)) measure(world.disk, path, kept);
  auto job = jobs::look_at(world.disk, state, id);
  auto exchanged = std::find_if(all.begin(), all.end(), [&](const Exchanged& one) { return one.job == id; });
  kept.words = job ? base::printable_line(job->plan.task) : "of a job that is forgotten";
  if (exchanged != all.end())
    kept.words += exchanged->in_place ? ": the files that it replaced (files:rollback puts them back)"
                  : exchanged->partly ? ": files of a job that was interrupted"
                                      : ": files that were taken back out of the site";
  kept.needed = (job && !jobs::is_over(job->state)) || (exchanged != all.end() && exchanged->partly) || is_named_by_unfinished(world, id);
  return kept;
}

std::vector<Kept> all_kept(World& world) {
  auto exchanged = exchanges(world);
  std::vector<Kept> all;
  for (const auto& id : jobs_with_something(world)) all.push_back(look_at(world, id, exchanged));
  std::reverse(all.begin(), all.end());
  return all;
}

std::string words_of(const Kept& kept) {
  return base::size_words(kept.bytes) + " in " + std::to_string(kept.files) + " files  " + kept.words;
}

Kept need_kept(World& world, const std::string& id) {
  auto all = all_kept(world);
  auto kept = std::find_if(all.begin(), all.end(), [&](const Kept& one) { return one.job == id; });
  if (kept == all.end()) throw base::Failure("nothing is kept of a job " + base::printable_line(id), "`kept` lists what is");
  if (kept->needed) throw base::Failure("what the job " + id + " keeps is needed by a job that is not over", "job:resume, job:rollback or job:unlock first");
  return *kept;
}

}  // namespace

int list_kept(World& world, const Options&, base::Report& report) {
  auto all = all_kept(world);
  for (const auto& kept : all) report.line(kept.job + "  " + words_of(kept));
  uint64_t backups = 0;
  for (const auto& backup : storage::all_backups(world.disk, world.need_state())) backups += backup.file_bytes;
  if (all.empty()) report.line("nothing is kept");
  else report.line("kept:delete with job=ID lets one go");
  if (backups > 0) report.line("backups take " + base::size_words(backups) + " more: `backups` lists them");
  return 0;
}

Proposal propose_kept_delete(World& world, const Options& options) {
  Proposal proposal;
  proposal.plan.task = "kept:delete";
  proposal.plan.headline = "Executing kept:delete";
  proposal.plan.effect = Effect::files;  // nothing may need it meanwhile: the site's lock
  auto named = options.find("job");
  if (named == options.end()) {
    for (const auto& kept : all_kept(world))
      if (!kept.needed) proposal.choices.push_back({{{"job", kept.job}}, words_of(kept)});
    proposal.nothing_to_do = proposal.choices.empty();
    proposal.plan.notes.push_back(proposal.choices.empty() ? "nothing to do: nothing is kept" : "which of these?");
    return proposal;
  }
  auto kept = need_kept(world, named->second);
  auto state = world.need_state();
  proposal.plan.task += " --job=" + kept.job;
  proposal.findings = kept.job + " " + kept.words;
  proposal.plan.notes = {words_of(kept), "it cannot be brought back, and what the job did can then not be taken back either"};
  base::Step step{"delete-folders", "delete what is kept of the job " + kept.job, base::Interruption::restart, {}, {}};
  step.words.push_back(state.kept_by(kept.job).native());
  for (const char* ending : {"", ".partial", ".reserve"}) step.words.push_back(state.staged_by(kept.job).native() + ending);
  for (const Path& path : beside(world, kept.job)) step.words.push_back(path.native());
  proposal.plan.steps = {step};
  return proposal;
}

}  // namespace actions
