// SPDX-License-Identifier: GPL-3.0-or-later
// job:resume, job:rollback, job:stop and job:unlock: they act on the job that the site belongs to, or on the one named, without
// the site's lock.
#include <algorithm>

#include "actions/action.h"
#include "actions/closing.h"
#include "actions/database_back.h"
#include "actions/opening.h"
#include "actions/replacing.h"
#include "actions/running_upgrade.h"
#include "actions/upgrade_attempts.h"
#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "steps/database_back.h"
#include "storage/swap.h"

namespace actions {

namespace {

std::optional<jobs::Snapshot> meant_job(World& world, const Options& options) {
  auto state = world.need_state();
  auto named = options.find("job");
  if (named != options.end() && named->second != "last") {
    auto job = jobs::look_at(world.disk, state, named->second);
    if (!job) throw base::Failure("there is no job " + named->second);
    return job;
  }
  auto current = jobs::current_job(world.disk, state);
  if (current && !jobs::is_over(current->state)) return current;
  // No changing job: the newest one that is not over, a routine one say.
  for (const auto& id : jobs::newest_jobs(world.disk, state, 20))
    if (auto job = jobs::look_at(world.disk, state, id); job && !jobs::is_over(job->state)) return job;
  return std::nullopt;
}

// The common part of their plans.
Proposal about(std::string_view task, const std::optional<jobs::Snapshot>& job) {
  Proposal proposal;
  proposal.plan.task = task;
  proposal.plan.headline = "Executing " + std::string(task);
  proposal.plan.effect = Effect::both;
  if (!job || jobs::is_over(job->state)) {
    proposal.nothing_to_do = true;
    proposal.plan.notes.push_back(job ? "nothing to do: job " + job->id + " is over: " + jobs::state_words(*job)
                                      : "nothing to do: no job is running or interrupted");
    return proposal;
  }
  proposal.findings = job->id + " " + std::string(jobs::word(job->state));
  proposal.plan.notes.push_back("job " + job->id + ", " + job->plan.task + ": " + jobs::state_words(*job));
  return proposal;
}

void add_step(Proposal& proposal, const std::string& title) {
  proposal.plan.steps.push_back({"", title, base::Interruption::restart, {}, {}});
}

bool is_running(const jobs::Snapshot& job) {
  return job.state == jobs::State::running || job.state == jobs::State::still_busy;
}

void nothing(Proposal& proposal, const std::string& why) {
  proposal.nothing_to_do = true;
  proposal.plan.notes.push_back("nothing to do: " + why);
}

jobs::Snapshot need_job(World& world, const Options& options) {
  auto job = meant_job(world, options);
  if (!job || jobs::is_over(job->state)) throw base::Failure("no job is running or interrupted");
  return *job;
}

}  // namespace

Proposal propose_job_stop(World& world, const Options& options) {
  auto job = meant_job(world, options);
  Proposal proposal = about("job:stop", job);
  if (proposal.nothing_to_do) return proposal;
  if (!is_running(*job) && job->state != jobs::State::waiting) return nothing(proposal, "the job does not run"), proposal;
  add_step(proposal, "ask the job's command to end; after 10 s end it by force");
  const base::Step* now = job->in_step && job->steps_done < job->plan.steps.size() ? &job->plan.steps[job->steps_done] : nullptr;
  proposal.plan.notes.push_back(now && now->verb == "await-answer" ? "the waiting ends with it: the job fails, and opens the site"
                                                                   : "the job is then interrupted: it can be resumed, or given up with job:unlock");
  return proposal;
}

int act_job_stop(World& world, const Options& options, base::Report& report) {
  auto job = need_job(world, options);
  jobs::stop_job(world.need_engine(), job);
  report.line("job " + job.id + " was asked to stop");
  return 0;
}

// Old and new files beside each other: nobody may open that.
constexpr const char* kMixture = "the job was interrupted while it exchanged files, and left some of each: job:resume goes on, "
                                 "job:rollback puts the former ones back";

// A job exchanges files of its own, or takes back those of another one. Also when all lie where they belong, the step may not have
// written that down for the opening, or may have left what it tried renames with; and half of an update that lay in the site may
// lie in our folder still.
bool left_unsettled(World& world, const jobs::Snapshot& job) {
  auto state = world.need_state();
  auto all = exchanges(world);
  const base::Step* now = job.in_step && job.steps_done < job.plan.steps.size() ? &job.plan.steps[job.steps_done] : nullptr;
  auto is_left = [&](const std::string& whose, bool goes_back) {
    auto one = std::find_if(all.begin(), all.end(), [&](const Exchanged& each) { return each.job == whose; });
    bool in_place = one != all.end() && one->in_place, partly = one != all.end() && one->partly;
    bool taken_in = !in_place && world.disk.look(storage::SwapNames(state.swap_of(whose)).origin());
    bool unsettled = now && (goes_back ? now->verb == "roll-back-swap" && !in_place : now->verb == "swap-files" && one != all.end());
    return partly || taken_in || unsettled;
  };
  const auto& steps = job.plan.steps;
  return is_left(job.id, false) || std::any_of(steps.begin(), steps.end(), [&](const base::Step& step) {
           return step.verb == "roll-back-swap" && is_left(step.words.at(0), true);
         });
}

Proposal propose_job_unlock(World& world, const Options& options) {
  auto job = meant_job(world, options);
  auto closed = left_closed(world, job);
  Proposal proposal = about("job:unlock", job);
  if (proposal.nothing_to_do) {
    if (!closed.any() || left_mixture(world)) return proposal;
    proposal.nothing_to_do = false;
    proposal.findings = closed.by ? "closed by " + *closed.by : "closed";
    proposal.plan.notes.clear();
    if (closed.by) proposal.plan.notes.push_back("the job " + *closed.by + " closed the site and did not open it");
    add_opening(proposal, closed);
    return proposal;
  }
  if (is_running(*job)) return nothing(proposal, "the job still runs: stop it first with job:stop"), proposal;
  if (left_mixture(world) || left_unsettled(world, *job)) return nothing(proposal, kMixture), proposal;
  add_step(proposal, "give the job up: the site is free for other actions");
  add_opening(proposal, closed);
  if (is_database_half_back(world, *job))
    proposal.plan.notes.push_back("CAUTION: the job was putting the database back, and did not come to the end of it: tables may be missing, and "
                                  "the site would be open over that; job:resume goes on with it");
  else if (jobs::began_installer(*job))
    proposal.plan.notes.push_back("CAUTION: its upgrade may have left the database half changed, and the site opens over that" +
                                  std::string(jobs::bars_way_back(*job) ? "" : "; job:rollback puts the database back first"));
  proposal.plan.notes.push_back("what the job did stays as it is; its log stays readable");
  return proposal;
}

// Why it could not be written down: opening the site needs no room on the disk, and comes all the same.
std::optional<base::Failure> give_up(World& world, const std::string& job, base::Report& report) {
  try {
    jobs::write_given_up(world.need_engine(), job);
    report.line("job " + job + " was given up: other actions can run now");
    return std::nullopt;
  } catch (const base::Failure& failure) {
    return failure;
  }
}

int act_job_unlock(World& world, const Options& options, base::Report& report) {
  base::Fd starts = jobs::hold_starts(world.need_engine());  // what is closed from here on nobody else closed
  auto job = meant_job(world, options);
  auto closed = left_closed(world, job);
  bool is_there = job && !jobs::is_over(job->state);
  if (!is_there && !closed.any()) throw base::Failure("no job is running or interrupted");
  if (left_mixture(world) || (is_there && left_unsettled(world, *job))) throw base::Failure(kMixture);
  std::optional<jobs::Lease> held;
  if (is_there) held = jobs::hold_job(world.need_engine(), job->id);
  auto unwritten = is_there ? give_up(world, job->id, report) : std::nullopt;
  int status = closed.any() ? open_left_closed(world, closed, report) : 0;
  if (unwritten)
    throw base::Failure("that job " + job->id + " was given up could not be written down, so that it can still be resumed: " + unwritten->full(),
                        "make room on the disk, and ask for job:unlock once more");
  return status;
}

namespace {

void add_way_back(World& world, Proposal& proposal, const jobs::Snapshot& job) {
  if (jobs::began_installer(job) && !is_database_back(world, job.id) && !add_database_back(world, proposal, job)) return;
  add_step(proposal, "put files and caches back to where they were before the job");
  add_step(proposal, "open the site, and give the job up");
  if (std::string problem = problem_with_former_files(world, job.id); !problem.empty() && !jobs::began_installer(job)) {
    proposal.plan.notes.push_back("CAUTION: " + problem + "; job:resume finishes what was begun");
    proposal.findings += "\n" + problem;
  }
}

}  // namespace

Proposal propose_job_rollback(World& world, const Options& options) {
  auto job = meant_job(world, options);
  Proposal proposal = about("job:rollback", job);
  if (proposal.nothing_to_do) return proposal;
  if (is_running(*job)) return nothing(proposal, "the job still runs: stop it first with job:stop"), proposal;
  need_no_upgrade(world);
  if (jobs::bars_way_back(*job))
    return nothing(proposal, std::string("the job has begun to change the database: job:resume goes on with it; or job:unlock opens the site, ") +
                                 (backup_of(world, *job) ? "and then db:restore with its backup leads back" : "for there is no backup of this job")),
           proposal;
  add_way_back(world, proposal, *job);
  return proposal;
}

int act_job_rollback(World& world, const Options& options, base::Report& report) {
  auto job = need_job(world, options);
  if (is_running(job)) throw base::Failure("the job still runs", "stop it first with job:stop");
  need_no_upgrade(world);
  if (jobs::bars_way_back(job)) throw base::Failure("the job has begun to change the database meanwhile");
  if (jobs::began_installer(job)) note_way_back(world, job);
  jobs::roll_back_job(world.need_engine(), job.id);
  report.line("job " + job.id + " goes back");
  return 0;
}

Proposal propose_job_resume(World& world, const Options& options) {
  auto job = meant_job(world, options);
  Proposal proposal = about("job:resume", job);
  if (proposal.nothing_to_do) return proposal;
  if (is_running(*job)) return nothing(proposal, "the job runs"), proposal;
  if (job->goes_back) {
    proposal.plan.notes.push_back("this job is being taken back: that is gone on with");
    return add_way_back(world, proposal, *job), proposal;
  }
  for (size_t i = job->steps_done; i < job->plan.steps.size(); ++i)
    if (job->failed.good() || job->plan.steps[i].always) add_step(proposal, job->plan.steps[i].title);
  const base::Step* next = job->steps_done < job->plan.steps.size() ? &job->plan.steps[job->steps_done] : nullptr;
  if (next && job->in_step && next->verb == "run-installer" && job->upgrade_started)
    proposal.plan.notes.push_back("the installer is not started a second time: the job looks whether what it started still works, and what "
                                  "version the database says; if the upgrade did not come to its end, job:rollback is next");
  if (next && job->in_step && next->interruption == base::Interruption::once)
    proposal.plan.notes.push_back("the first of these steps was interrupted in the middle and runs again from its "
                                  "beginning: consent only if it may");
  return proposal;
}

int act_job_resume(World& world, const Options& options, base::Report& report) {
  auto job = need_job(world, options);
  if (job.goes_back && jobs::began_installer(job)) note_way_back(world, job);
  auto resumed = jobs::resume_job(world.need_engine(), job.id, jobs::Slice::answer);
  if (!resumed.begun) throw base::Failure("somebody else has taken the job up already");
  report.line("job " + job.id + " goes on");
  return 0;
}

}  // namespace actions
