// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/start.h"

#include <sys/types.h>

#include <csignal>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"

namespace jobs {

namespace {

using namespace std::chrono_literals;

constexpr auto kJoinWindow = 60s;
constexpr auto kStartPatience = 5s;
constexpr int kEarlyDeathsThatProve = 2;
constexpr int kDeathsInOneStep = 2;
constexpr std::string_view kInlineMark = "{\"inline\":true}\n";

std::string hash_of(const std::string& task) { return base::hex(base::sha256(task).substr(0, 16)); }

std::optional<std::string> id_in(platform::Disk& disk, const platform::Path& file) {
  auto id = disk.read(file, 64);
  return id ? std::optional(std::string(base::trim(*id))) : std::nullopt;
}

std::optional<Snapshot> job_named_in(platform::Disk& disk, const storage::StateNames& state, const platform::Path& file) {
  auto id = id_in(disk, file);
  return id ? look_at(disk, state, *id) : std::nullopt;
}

bool lives(State state) { return state == State::running || state == State::still_busy || state == State::waiting; }
bool changes_site(base::Effect effect) { return effect != base::Effect::reads && effect != base::Effect::routine; }

// Who stands in the way of a routine task.
std::optional<Start> routine_obstacle(const Engine& engine, const base::Plan& plan) {
  auto same = job_named_in(engine.disk, engine.state, engine.state.start_of(hash_of(plan.task)));
  if (same && lives(same->state)) return Start{Begun::same_running, same->id};
  auto current = current_job(engine.disk, engine.state);
  if (current && current->plan.holds_routine && lives(current->state)) return Start{Begun::held, current->id};
  return std::nullopt;
}

// Who stands in the way of a changing task, or is it already.
std::optional<Start> changing_obstacle(const Engine& engine, const base::Plan& plan, Repeat repeat) {
  auto same = job_named_in(engine.disk, engine.state, engine.state.start_of(hash_of(plan.task)));
  bool recent = same && platform::system_clock().now() - same->created < kJoinWindow;
  if (repeat == Repeat::join && same && (recent || lives(same->state)) && same->state != State::given_up)
    return Start{Begun::joined, same->id};
  auto current = current_job(engine.disk, engine.state);
  if (current && !is_over(current->state)) return Start{Begun::held, current->id};
  return std::nullopt;
}

std::optional<Start> obstacle(const Engine& engine, const base::Plan& plan, Repeat repeat) {
  if (plan.effect == base::Effect::routine) return routine_obstacle(engine, plan);
  return changes_site(plan.effect) ? changing_obstacle(engine, plan, repeat) : std::nullopt;
}

std::chrono::seconds seconds_of(Slice slice) {
  if (slice == Slice::whole) return 0s;
  return slice == Slice::answer ? 1s : 18s;
}

// Hands the lease to a process of its own. Returns the pid if it is a child of ours.
pid_t launch(const Engine& engine, const std::string& id, Lease lease, bool detached, Slice slice) {
  RunnerStart start;
  start.state = engine.state.folder();
  start.id = id;
  start.runner = std::move(lease.runner);
  start.busy = std::move(lease.busy);
  start.detached = detached;
  start.slice = seconds_of(slice);
  platform::Command command;
  command.argv = runner_arguments(engine.launcher.program.native(), start);
  command.environment = engine.launcher.environment;
  command.folder = "/";
  std::vector<int> handed = {start.runner.number(), start.busy.number()};
  if (detached) return platform::start_detached(command, engine.launcher.image, handed), 0;
  return platform::start_attached(command, engine.launcher.image, handed);
}

// What it begins looks again under the lease: another request may have finished the job meanwhile.
Resumed go_on(const Engine& engine, const std::string& id, Lease lease, Slice slice) {
  bool detached = !host_is_inline(engine.disk, engine.state);
  return {true, launch(engine, id, std::move(lease), detached, detached ? Slice::whole : slice)};
}

void mark_host_inline(const Engine& engine) { engine.disk.replace(engine.state.host(), kInlineMark, 0600); }

// Under the start mutex: writes the job and takes its lease, so that from here on it lives for all to see.
Lease claim_job(const Engine& engine, const base::Plan& plan, const std::string& id) {
  auto lease = take_lease(engine.disk, storage::JobNames(engine.state.job(id)));
  if (!lease) throw base::Failure("cannot lock the new job", "locks do not work in the state folder: ask the host");
  if (changes_site(plan.effect)) engine.disk.replace(engine.state.current(), id + "\n", 0600, platform::Sync::no);
  if (plan.effect == base::Effect::reads) return std::move(*lease);  // nobody joins it or is kept out by it
  engine.disk.make_folder(engine.state.starts(), 0700);
  engine.disk.replace(engine.state.start_of(hash_of(plan.task)), id + "\n", 0600, platform::Sync::no);
  return std::move(*lease);
}

// On a failure nothing of the job is left, and it holds nothing.
Lease write_job(const Engine& engine, const base::Plan& plan, std::string& id) {
  id = create_job(engine.disk, engine.state, plan);
  try {
    return claim_job(engine, plan, id);
  } catch (const base::Failure&) {
    remove_job(engine.disk, engine.state, id);
    throw;
  }
}

}  // namespace

base::Fd hold_starts(const Engine& engine) {
  auto mutex = platform::lock(engine.state.start_lock(), kStartPatience);
  if (!mutex) throw base::Failure("another request is starting a job and does not finish", "try again in a minute");
  return std::move(*mutex);
}

bool host_is_inline(platform::Disk& disk, const storage::StateNames& state) {
  return disk.read(state.host(), 256) == kInlineMark;
}

std::optional<Snapshot> current_job(platform::Disk& disk, const storage::StateNames& state) {
  return job_named_in(disk, state, state.current());
}

std::optional<Snapshot> unfinished_job(platform::Disk& disk, const storage::StateNames& state, OverMemory& memory) {
  auto id = id_in(disk, state.current());
  if (!id || !storage::is_job_id(*id)) return std::nullopt;
  platform::Path journal = storage::JobNames(state.job(*id)).journal();
  auto facts = disk.look(journal);
  std::string question = facts ? journal.native() + " " + platform::fingerprint(*facts) : "";
  if (facts && memory.recall(question)) return std::nullopt;
  auto job = look_at(disk, state, *id);
  if (!job || !is_over(job->state)) return job;
  if (facts) memory.keep(question, {});
  return std::nullopt;
}

Start start_job(const Engine& engine, const base::Plan& plan, Repeat repeat) {
  base::Fd mutex = hold_starts(engine);
  if (auto found = obstacle(engine, plan, repeat)) return *found;
  std::string id;
  Lease lease = write_job(engine, plan, id);
  mutex.reset();
  if (host_is_inline(engine.disk, engine.state)) {
    // Nothing runs yet: the first request that may advance the job does.
    append(storage::JobNames(engine.state.job(id)).journal(), {.what = What::pause});
    return {Begun::started, id};
  }
  try {
    launch(engine, id, std::move(lease), true, Slice::whole);
  } catch (const base::Failure& failure) {
    append(storage::JobNames(engine.state.job(id)).journal(),
           {.what = What::finish, .exit = {1, 0}, .text = "failed: " + failure.full()});
    throw;
  }
  return {Begun::started, id};
}

void roll_back_job(const Engine& engine, const std::string& id) {
  storage::JobNames names(engine.state.job(id));
  auto lease = take_lease(engine.disk, names);
  if (!lease) throw base::Failure("somebody else has taken the job " + id + " up already", "look at it again in a moment");
  bool went_back = engine.disk.look(names.back()).has_value();
  engine.disk.replace(names.back(), "", 0600);
  try {
    go_on(engine, id, std::move(*lease), Slice::whole);
  } catch (const base::Failure&) {
    if (!went_back) engine.disk.remove_file(names.back());
    throw;
  }
}

Resumed resume_job(const Engine& engine, const std::string& id, Slice slice) {
  auto lease = take_lease(engine.disk, storage::JobNames(engine.state.job(id)));
  return lease ? go_on(engine, id, std::move(*lease), slice) : Resumed{};
}

bool may_advance(const Snapshot& job) {
  if (job.state == State::waiting) return true;
  if (job.state != State::interrupted || job.stopped || job.early_deaths == 0) return false;
  bool may_repeat = !job.in_step || job.plan.steps[job.steps_done].interruption != base::Interruption::once;
  return may_repeat && job.deaths_here <= kDeathsInOneStep;
}

Resumed advance_job(const Engine& engine, const Snapshot& job, Slice slice) {
  if (!may_advance(job)) return {};
  if (job.early_deaths >= kEarlyDeathsThatProve) mark_host_inline(engine);
  return resume_job(engine, job.id, slice);
}

void stop_job(const Engine& engine, const Snapshot& job) {
  storage::JobNames names(engine.state.job(job.id));
  bool rests = job.state == State::waiting;
  if (job.state == State::running || rests) {
    if (!engine.disk.look(names.stop())) engine.disk.create(names.stop(), "", 0600);
    if (!rests) return;
    auto resumed = resume_job(engine, job.id, Slice::request);  // nobody else may ever ask for it again
    if (resumed.attached > 0) platform::wait_for(resumed.attached);
    return;
  }
  if (job.state == State::still_busy && job.child > 0 && platform::is_alive(job.child, job.child_ticks)) {
    ::kill(-job.child, SIGTERM);  // its group; it has none of its own on hosts that kill what leaves the server's
    ::kill(job.child, SIGTERM);
  }
}

Lease hold_job(const Engine& engine, const std::string& id) {
  auto lease = take_lease(engine.disk, storage::JobNames(engine.state.job(id)), Touch::if_possible);
  if (!lease) throw base::Failure("the job still runs", "stop it first");
  return std::move(*lease);
}

void write_given_up(const Engine& engine, const std::string& id) {
  append(storage::JobNames(engine.state.job(id)).journal(), {.what = What::given_up});
}

void give_up_job(const Engine& engine, const std::string& id) {
  base::Fd starts = hold_starts(engine);
  Lease lease = hold_job(engine, id);
  write_given_up(engine, id);
}

}  // namespace jobs
