// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `files:rollback` and `undo`.
#include <algorithm>

#include "actions/closing.h"
#include "actions/database_access.h"
#include "actions/database_back.h"
#include "actions/dump_files.h"
#include "actions/replacing.h"
#include "actions/running_upgrade.h"
#include "actions/upgrade_attempts.h"
#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "steps/taking_out.h"
#include "steps/verbs.h"
#include "storage/backups.h"
#include "storage/database_tables.h"
#include "storage/restore_session.h"

namespace actions {

namespace {

using base::Interruption;

constexpr size_t kMostJobs = 2000;

Proposal nothing(Proposal proposal, const std::string& why) {
  proposal.nothing_to_do = true;
  proposal.plan.notes.push_back("nothing to do: " + why);
  return proposal;
}

std::string job_words(const Exchanged& one) {
  return "the job " + one.job + (one.task.empty() ? "" : ", " + base::printable_line(one.task));
}

base::Step rollback_step(const std::string& job) {
  return {"roll-back-swap", "put the former files back", Interruption::cursor, {job}, {}};
}

// The configuration as the files of before know it, where they find it.
void add_configuration(World& world, Proposal& proposal, Around& around, const std::string& job) {
  if (!world.disk.look(storage::SwapNames(world.need_state().swap_of(job)).configuration_before())) return;
  proposal.plan.notes.push_back("gives the configuration back as it was before that job changed it; what it is now is kept");
  around.inner.push_back({"return-configuration", "put the former configuration back", Interruption::restart, {job}, {}});
}

// Half of an update that lay in the site lies there again, when all is done; also when a step after the way back failed, for then
// no other job would bring it back.
void add_return(World& world, Proposal& proposal, const std::string& job) {
  if (!world.disk.look(storage::SwapNames(world.need_state().swap_of(job)).origin())) return;
  proposal.plan.steps.push_back(
      {"return-files", "put the files of the update back where they lay", Interruption::restart, {job}, {}, true});
}

// The newest that is in the site; what lies below another one cannot be taken out.
std::optional<Exchanged> meant(World& world, const Options& options) {
  std::optional<Exchanged> newest;
  for (auto& one : exchanges(world)) {
    if (!one.in_place && !one.partly) continue;
    auto named = options.find("job");
    if (named == options.end() || named->second == "last" || named->second == one.job) {
      if (newest) throw base::Failure(job_words(*newest) + ", exchanged files after it", "take that back first");
      return one;
    }
    newest = std::move(one);
  }
  if (options.count("job")) throw base::Failure("the job " + options.at("job") + " has no files in the site that could be taken back");
  return std::nullopt;
}

// What the last job was that changed the site, and whether it asked first.
std::optional<jobs::Snapshot> last_change(World& world) {
  auto state = world.need_state();
  for (const auto& id : jobs::newest_jobs(world.disk, state, kMostJobs)) {
    auto job = jobs::look_at(world.disk, state, id);
    if (!job || job->plan.effect == Effect::reads || job->plan.effect == Effect::routine || !jobs::began_change(*job)) continue;
    storage::SwapNames swap(state.swap_of(id));
    if (is_database_back(world, id)) continue;  // job:rollback took all of it back
    bool taken_back = world.disk.look(swap.taken_back()) || world.disk.look(swap.configuration_after());
    bool by_itself = taken_back && job->state == jobs::State::failed && !jobs::began_on_database(*job);
    if (!by_itself) return job;
  }
  return std::nullopt;
}

// Takes over the steps of db:restore between its closing and opening: they are made in one place.
void add_restore(World& world, Proposal& proposal, Around& around, const std::string& backup) {
  Proposal restore = propose_db_restore(world, {{"backup", backup}});
  if (restore.preparation) {
    proposal.preparation = std::move(restore.preparation);
    return;
  }
  for (auto& step : restore.plan.steps) {
    if (step.verb == "close-site" || step.verb == "open-site") continue;
    bool is_whole = std::find(step.words.begin(), step.words.end(), steps::kLeaveOutWord) == step.words.end();
    if (step.verb == "restore-database" && is_whole) leave_others(world, restore, step, backup);
    around.inner.push_back(std::move(step));
  }
  for (auto& note : restore.plan.notes) proposal.plan.notes.push_back(std::move(note));
  bool drops = std::any_of(around.inner.begin(), around.inner.end(), [](const base::Step& step) { return step.verb == "drop-tables"; });
  if (!drops) add_drop(world, proposal, around.inner, backup);
  proposal.findings += restore.findings;
  proposal.plan.effect = Effect::both;
  proposal.plan.holds_routine = true;
}

bool has_step(const jobs::Snapshot& job, std::string_view verb) {
  return std::any_of(job.plan.steps.begin(), job.plan.steps.end(), [&](const base::Step& step) { return step.verb == verb; });
}

// What a job did that can be taken back, as far as what it takes is still kept.
struct Done {
  std::optional<Exchanged> files;
  bool database = false;
  std::optional<std::string> backup;  // of the database
  bool configuration = false;         // written by a step of ours; migrations write it too, and that goes with the database
  bool taken_out = false;
  bool modes = false;

  bool anything() const { return files || database || configuration || taken_out || modes; }
  bool needs_closing() const { return files || database || configuration; }
};

Done done_by(World& world, const jobs::Snapshot& job) {
  auto state = world.need_state();
  storage::SwapNames swap(state.swap_of(job.id));
  Done done;
  for (auto& one : exchanges(world))
    if (one.job == job.id && one.in_place) done.files = one;
  done.database = jobs::began_on_database(job);
  if (done.database) done.backup = backup_of(world, job);
  done.configuration = has_step(job, "write-configuration") && world.disk.look(swap.configuration_before()) &&
                       !world.disk.look(swap.configuration_after());
  done.taken_out = steps::keeps_taken_out(world.disk, state.taken_out_by(job.id));
  done.modes = world.disk.look(state.modes_of(job.id)).has_value();
  return done;
}

// Nothing of the owner's is in a cache, and the application builds it again: no way back is kept for it.
bool only_emptied_caches(const jobs::Snapshot& job) {
  return std::all_of(job.begun.begin(), job.begun.end(), [&](size_t step) {
    const std::string& verb = job.plan.steps.at(step).verb;
    return verb == "set-folders-aside" || verb == "set-compiled-aside" || steps::touches(verb) == steps::Touches::nothing;
  });
}

// A site that was broken when such a job began answers worse again when it is taken back: that is what was asked for.
bool is_repair(const jobs::Snapshot& job) {
  std::string task = job.plan.task.substr(0, job.plan.task.find(' '));
  for (std::string_view name : {"recover", "update:finish", "config:fix", "db:repair", "permissions:fix", "upgrade:back"})
    if (task == name) return true;
  return false;
}

// The job itself took something back.
bool is_way_back(const jobs::Snapshot& job) {
  constexpr std::string_view kVerbs[] = {"roll-back-swap", "return-configuration", "return-taken", "restore-modes"};
  return std::any_of(std::begin(kVerbs), std::end(kVerbs), [&](std::string_view verb) { return has_step(job, verb); });
}

// Last, for nothing else needs them; also when a step before them failed, for no other job would bring them back.
void add_outside(Proposal& proposal, const Done& done, const std::string& job) {
  if (done.taken_out) {
    proposal.plan.notes.push_back("puts what was in the site's way into its place again");
    proposal.plan.steps.push_back({"return-taken", "put back what was moved out of the site", Interruption::restart, {job}, {}, true});
  }
  if (done.modes) {
    proposal.plan.notes.push_back("what still has the permissions that it gave gets those of before; folders made anew stay");
    proposal.plan.steps.push_back(
        {"restore-modes", "give files and folders the permissions of before", Interruption::restart, {job}, {}, true});
  }
}

// An upgrade that somebody ran since is no job of ours, and nothing here takes it back.
void warn_of_former_files(World& world, Proposal& proposal, const std::string& job) {
  std::string problem = problem_with_former_files(world, job);
  if (problem.empty()) return;
  proposal.plan.notes.push_back("CAUTION: " + problem + ". Where somebody upgraded it since, restore the database of before that too (db:restore)");
  proposal.findings += problem + "\n";
}

}  // namespace

bool asked_first(const jobs::Snapshot& job) {
  const Action* action = find_action(job.plan.task.substr(0, job.plan.task.find(' ')));
  return action && action->consent == Consent::plan_first;
}

Proposal propose_files_rollback(World& world, const Options& options) {
  need_open(world);
  need_no_upgrade(world);
  Proposal proposal = begin_proposal("files:rollback", options, Effect::files);
  auto exchanged = meant(world, options);
  if (!exchanged) return nothing(std::move(proposal), "no files that were replaced are kept (`kept` lists what is)");
  if (exchanged->on_database)
    proposal.plan.notes.push_back("FIRST: the database was changed since then, and this takes only the files back: old files on a newer "
                                  "database are worse than either. `undo` takes both back, or db:restore a backup of before");
  proposal.plan.notes.push_back("puts back what " + job_words(*exchanged) + ", replaced; what it brought in is kept in turn");
  Around around;
  around.inner.push_back(rollback_step(exchanged->job));
  add_configuration(world, proposal, around, exchanged->job);
  around.judging = "back";
  add_around(world, proposal, std::move(around));
  add_return(world, proposal, exchanged->job);
  proposal.findings = exchanged->job + (exchanged->on_database ? " database" : "");
  warn_of_former_files(world, proposal, exchanged->job);
  return proposal;
}

Proposal propose_undo(World& world, const Options& options) {
  need_open(world);
  need_no_upgrade(world);
  Proposal proposal = begin_proposal("undo", options, Effect::files);
  auto job = last_change(world);
  if (!job) return nothing(std::move(proposal), "no job of this program has changed the site");
  std::string words = "the job " + job->id + ", " + base::printable_line(job->plan.task);
  if (only_emptied_caches(*job))
    return nothing(std::move(proposal), words + ", ran last, and only emptied caches, which the application builds again by itself: "
                                                "there is nothing to take back. What ran before it: files:rollback takes files back, db:restore the database");
  if (!asked_first(*job))
    return nothing(std::move(proposal), words + ", ran last and changed the site: only what asks first can be undone as a whole. "
                                                "files:rollback takes files back, db:restore the database");
  if (is_way_back(*job))
    return nothing(std::move(proposal), words + ", has itself taken something back; files:replace brings the new files in again");
  Done done = done_by(world, *job);
  if (!done.anything()) return nothing(std::move(proposal), words + ", is taken back already, or left nothing to take back");
  if (done.database && !done.backup)
    return nothing(std::move(proposal), words + ", changed the database without a backup: only the files could go back "
                                                "(files:rollback), and a dump of yours into the database (db:restore)");
  proposal.plan.notes.push_back("takes back " + words);
  proposal.findings = job->id + "\n";
  if (done.files && !done.database) warn_of_former_files(world, proposal, job->id);
  if (!done.needs_closing()) {
    add_outside(proposal, done, job->id);
    return proposal;
  }
  Around around;
  if (done.backup) add_restore(world, proposal, around, *done.backup);
  if (proposal.preparation) return proposal;
  if (done.files) {  // behind the backup and before the database is touched: a refusal leaves all as it was
    if (done.files->lost)
      throw base::Failure("what " + words + ", replaced is not kept any more as a whole", "restore it from a backup of the files");
    auto& inner = around.inner;
    inner.insert(std::find_if(inner.begin(), inner.end(), [](const base::Step& step) { return step.verb != "dump-database"; }),
                 rollback_step(job->id));
  }
  if (done.database || done.configuration) add_configuration(world, proposal, around, job->id);
  if (!is_repair(*job)) around.judging = done.database ? "stay" : "back";
  add_around(world, proposal, std::move(around));
  if (done.files) add_return(world, proposal, job->id);
  add_outside(proposal, done, job->id);
  return proposal;
}

}  // namespace actions
