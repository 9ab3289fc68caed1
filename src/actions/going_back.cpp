// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `files:rollback` and `undo`.
#include <algorithm>

#include "actions/closing.h"
#include "actions/database_access.h"
#include "actions/dump_files.h"
#include "actions/replacing.h"
#include "base/failure.h"
#include "base/text.h"
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

std::string job_words(const Exchanged& one) { return "the job " + one.job + (one.task.empty() ? "" : ", " + base::printable_line(one.task)); }

base::Step rollback_step(const std::string& job) {
  return {"roll-back-swap", "put the former files back", Interruption::cursor, {job}, {}};
}

// The configuration as the files of before know it, where they find it.
void add_configuration(World& world, Proposal& proposal, Around& around, const std::string& job) {
  if (!world.disk.look(storage::SwapNames(world.need_state().swap_of(job)).configuration_before())) return;
  proposal.plan.notes.push_back("gives the configuration back as it was before that job's step on the database; what it is now is kept");
  around.inner.push_back({"return-configuration", "put the former configuration back", Interruption::restart, {job}, {}});
}

// Half of an update that lay in the site lies there again, when all is done; also when a step after the way back failed, for then
// no other job would bring it back.
void add_return(World& world, Proposal& proposal, const std::string& job) {
  if (!world.disk.look(storage::SwapNames(world.need_state().swap_of(job)).origin())) return;
  proposal.plan.steps.push_back({"return-files", "put the files of the update back where they lay", Interruption::restart, {job}, {}, true});
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
    if (!job || job->plan.effect == Effect::reads || job->plan.effect == Effect::routine || !began_change(*job)) continue;
    bool taken_back = world.disk.look(storage::SwapNames(state.swap_of(id)).taken_back()).has_value();
    bool by_itself = taken_back && job->state == jobs::State::failed && !began_on_database(*job);
    if (!by_itself) return job;
  }
  return std::nullopt;
}

bool asked_first(const jobs::Snapshot& job) {
  const Action* action = find_action(job.plan.task.substr(0, job.plan.task.find(' ')));
  return action && action->consent == Consent::plan_first;
}

// The backup that this job made, or that served it; nullopt: it had none.
std::optional<std::string> backup_of(World& world, const jobs::Snapshot& job) {
  for (const auto& step : job.plan.steps) {
    std::string id = step.verb == "dump-database" ? job.id : step.verb == "find-backup" ? step.words.at(0) : "";
    auto backup = id.empty() ? std::nullopt : storage::find_backup(world.disk, world.need_state(), id);
    if (backup && backup->manifest) return id;
  }
  return std::nullopt;
}

// Tables that a job's migrations made are not in its backup; left there, the next migration would take them for its own.
void add_drop(World& world, Proposal& proposal, Around& around, const std::string& backup) {
  auto target = target_of_job(world);
  auto saved = storage::find_backup(world.disk, world.need_state(), backup);
  auto connection = storage::Connection::open(target);
  std::string prefix = find_database(world.disk, &world.need_site(), world.settings).access.prefix;
  base::Step drop{"drop-tables", "drop the tables that came after the backup", Interruption::restart,
                  {world.need_site().root.native(), storage::target_words(target)}, {}};
  std::vector<std::string> names;
  for (const auto& table : storage::tables_of(connection)) {
    const auto& all = saved->manifest->tables;
    bool known = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == table.name; });
    if (known || table.is_view || !table.name.starts_with(prefix)) continue;
    drop.words.push_back(table.name);
    names.push_back(base::printable_line(table.name));
  }
  if (names.empty()) return;
  proposal.plan.notes.push_back("of these drops, as a step of its own, the tables that came after that backup: " + base::some_of(names, 20) +
                                "; they are in the backup that is made first");
  proposal.findings += base::join(names, " ") + "\n";
  around.inner.push_back(std::move(drop));
}

// Takes over the steps of db:restore between its closing and opening: they are made in one place.
void add_restore(World& world, Proposal& proposal, Around& around, const std::string& backup) {
  Proposal restore = propose_db_restore(world, {{"backup", backup}});
  if (restore.preparation) {
    proposal.preparation = std::move(restore.preparation);
    return;
  }
  for (auto& step : restore.plan.steps)
    if (step.verb != "close-site" && step.verb != "open-site") around.inner.push_back(std::move(step));
  for (auto& note : restore.plan.notes) proposal.plan.notes.push_back(std::move(note));
  add_drop(world, proposal, around, backup);
  proposal.findings += restore.findings;
  proposal.plan.effect = Effect::both;
  proposal.plan.holds_routine = true;
}

Proposal undone_modes(Proposal proposal, const jobs::Snapshot& job) {
  proposal.plan.notes.push_back("takes back the job " + job.id + ", " + base::printable_line(job.plan.task) +
                                ": what still has the permissions that it gave gets those of before; folders made anew stay");
  proposal.findings = job.id;
  proposal.plan.steps = {{"restore-modes", "give files and folders the permissions of before", Interruption::restart, {job.id}, {}}};
  return proposal;
}

}  // namespace

Proposal propose_files_rollback(World& world, const Options& options) {
  need_open(world);
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
  return proposal;
}

Proposal propose_undo(World& world, const Options& options) {
  need_open(world);
  Proposal proposal = begin_proposal("undo", options, Effect::files);
  auto job = last_change(world);
  if (!job) return nothing(std::move(proposal), "no job of this program has changed the site");
  std::string words = "the job " + job->id + ", " + base::printable_line(job->plan.task);
  if (!asked_first(*job))
    return nothing(std::move(proposal), words + ", ran last and changed the site: only what asks first can be undone as a whole. "
                                                "files:rollback takes files back, db:restore the database");
  bool goes_back = std::any_of(job->plan.steps.begin(), job->plan.steps.end(), [](const base::Step& step) { return step.verb == "roll-back-swap"; });
  if (goes_back) return nothing(std::move(proposal), words + ", has itself taken something back; files:replace brings the new files in again");
  auto all = exchanges(world);
  auto exchanged = std::find_if(all.begin(), all.end(), [&](const Exchanged& one) { return one.job == job->id; });
  bool files = exchanged != all.end() && exchanged->in_place, database = began_on_database(*job);
  if (world.disk.look(world.need_state().modes_of(job->id)) && !files && !database) return undone_modes(std::move(proposal), *job);
  if (!files && !database) return nothing(std::move(proposal), words + ", is taken back already, or left nothing to take back");
  auto backup = database ? backup_of(world, *job) : std::nullopt;
  if (database && !backup)
    return nothing(std::move(proposal), words + ", changed the database without a backup: only the files could go back "
                                                "(files:rollback), and a dump of yours into the database (db:restore)");
  proposal.plan.notes.push_back("takes back " + words);
  proposal.findings = job->id + "\n";
  Around around;
  if (backup) add_restore(world, proposal, around, *backup);
  if (proposal.preparation) return proposal;
  if (files) {  // behind the backup and before the database is touched: a refusal leaves all as it was
    if (exchanged->lost) throw base::Failure("what " + words + ", replaced is not kept any more as a whole", "restore it from a backup of the files");
    auto& inner = around.inner;
    inner.insert(std::find_if(inner.begin(), inner.end(), [](const base::Step& step) { return step.verb != "dump-database"; }),
                 rollback_step(job->id));
  }
  if (database) add_configuration(world, proposal, around, job->id);
  around.judging = database ? "stay" : "back";
  add_around(world, proposal, std::move(around));
  if (files) add_return(world, proposal, job->id);
  return proposal;
}

}  // namespace actions
