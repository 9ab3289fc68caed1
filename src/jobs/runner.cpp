// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/runner.h"

#include <unistd.h>

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"
#include "jobs/heartbeat.h"
#include "jobs/log.h"
#include "jobs/log_file.h"
#include "steps/closing.h"
#include "steps/database_back.h"
#include "steps/verbs.h"

namespace jobs {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr size_t kKeptJobs = 200;
constexpr size_t kMostCursorBytes = 16 << 20;
constexpr const char* kJobWord = "--job";

class Runner final : public steps::Supervisor {
 public:
  Runner(platform::Disk& disk, RunnerStart start)
      : disk_(disk),
        start_(std::move(start)),
        state_(start_.state),
        names_(state_.job(start_.id)),
        log_(disk, names_) {}

  int run(const Snapshot& job) {
    if (!job.plan.log_file.empty()) file_ = LogFile(job.plan.log_file, job.begun.empty(), start_.secrets ? start_.secrets(platform::Path(job.plan.log_file).parent_path()) : std::vector<std::string>{});
    if (!job.paused) disk_.remove_file(names_.stop());  // while it rests nobody else could heed one
    append(names_.journal(), {.what = What::run,
                              .pid = ::getpid(),
                              .ticks = platform::start_ticks(::getpid()).value_or(0),
                              .detached = start_.detached});
    Heartbeat heartbeat(disk_, names_, ::getpid());
    if (job.steps_done == 0 && !job.in_step && log_.size() == 0) line(job.plan.headline);
    else if (start_.slice == 0s) line("-- going on: " + position_words(job));
    begun_ = job.begun;
    plan_ = job.plan;
    return disk_.look(names_.back()) ? run_back(job) : run_steps(job);
  }

  // Supervisor
  void say(base::Stream stream, std::string_view bytes) override {
    log_.say(stream, bytes);
    file_.say(bytes);
  }
  platform::Disk& disk() override { return disk_; }
  bool stop_asked() override { return !heeded_ && (stopping_ || (stopping_ = disk_.look(names_.stop()).has_value())); }
  void child_started(pid_t pid) override {
    append(names_.journal(),
           {.what = What::child, .pid = pid, .ticks = platform::start_ticks(pid).value_or(0)});
  }
  platform::Session session() override {
    return start_.detached ? platform::Session::own_group : platform::Session::ours;
  }
  std::vector<int> inherited() override { return {start_.busy.number()}; }
  std::vector<std::string> child_environment() override { return start_.environment; }
  storage::StateNames state() override { return state_; }
  std::string job() override { return start_.id; }
  storage::DatabaseTarget database(const platform::Path& root) override { return start_.database(root); }
  std::vector<std::string> secrets(const platform::Path& root) override { return start_.secrets(root); }
  int examine(const platform::Path& root, const std::set<std::string>& known, platform::WallTime since) override {
    return start_.examine(root, known, since, *this);
  }
  std::string running_upgrade(const platform::Path& root) override { return start_.running_upgrade(root); }
  bool rest_due() override { return start_.slice > 0s && SteadyClock::now() - began_ >= start_.slice; }
  std::string configuration_problem(const platform::Path& root, const platform::Path& file, const std::string& text) override {
    return start_.configuration_problem(root, file, text);
  }
  std::string cursor() override { return disk_.read(names_.cursor(step_), kMostCursorBytes).value_or(""); }
  void keep_cursor(const std::string& cursor) override { disk_.replace(names_.cursor(step_), cursor, 0600); }
  std::string noted(const std::string& name) override { return disk_.read(names_.note(name), kMostCursorBytes).value_or(""); }
  void note(const std::string& name, const std::string& text) override { disk_.replace(names_.note(name), text, 0600); }
  platform::Http& http() override { return platform::curl_http(); }
  std::vector<base::Step> begun_steps() override {
    std::vector<base::Step> steps;
    for (size_t i : begun_)
      if (i < plan_.steps.size()) steps.push_back(plan_.steps[i]);
    return steps;
  }
  bool ended_well(const std::string& job) override {
    auto other = look_at(disk_, state_, job);
    if (!other || other->state != State::done) return false;
    const auto& all = other->plan.steps;
    bool goes_back = std::any_of(all.begin(), all.end(), [](const base::Step& step) { return step.verb == "restore-database"; });
    return !goes_back && std::any_of(all.begin(), all.end(), [](const base::Step& step) { return step.always; });
  }
  platform::Path kept() override {
    disk_.make_folder(state_.kept(), 0700);
    return state_.kept_by(start_.id);
  }

 private:
  int run_steps(const Snapshot& job) {
    platform::Exit failed = job.failed;
    for (size_t i = job.steps_done; i < job.plan.steps.size(); ++i) {
      bool goes_on = job.paused && job.in_step && i == job.steps_done;  // it rested within this step, which heeds a stop itself
      if (!goes_on && stop_asked()) return stopped("");
      if (rest_due()) return pause();
      const base::Step& step = job.plan.steps[i];
      if (!failed.good() && !step.always) continue;
      if (job.plan.steps.size() > 1 && !goes_on)
        line("-- step " + std::to_string(i + 1) + " of " + std::to_string(job.plan.steps.size()) + ": " + step.title);
      step_ = i;
      if (!goes_on) append(names_.journal(), {.what = What::begin, .step = static_cast<int>(i)});
      if (begun_.empty() || begun_.back() != i) begun_.push_back(i);
      steps::Outcome outcome = run_step(step);
      if (outcome.rests) return pause();
      if (outcome.stopped) return stopped(outcome.explanation);
      if (outcome.ends_with_stop) heed_stop();
      finish_line();
      if (!outcome.explanation.empty()) line("-- " + outcome.explanation);
      bool fails_first = failed.good() && !outcome.exit.good();
      bool is_first = std::find(job.begun.begin(), job.begun.end(), i) == job.begun.end();
      bool goes_back = fails_first && !outcome.taken_back && !outcome.stays && leaves_half(outcome.untouched && is_first);
      if (fails_first && !step.failure.empty()) line("-- " + (goes_back || outcome.taken_back ? step.failure_back : step.failure));
      // Before the journal says that it failed: whoever goes on behind that would open what is half.
      if (goes_back)
        if (auto problem = decide_to_go_back()) return stopped(*problem);
      append(names_.journal(), {.what = What::end, .step = static_cast<int>(i), .exit = outcome.exit, .text = outcome.explanation});
      if (failed.good()) failed = outcome.exit;
      if (!goes_back) continue;
      line("-- not all of it could be done: what was done is taken back");
      if (auto problem = go_back()) return stopped(*problem);
    }
    return finish(job, failed);
  }

  // What follows in any case is done, also by another process.
  void heed_stop() {
    heeded_ = true;
    disk_.remove_file(names_.stop());
  }

  void finish_line() {
    log_.finish_line();
    file_.finish_line();
  }

  // Files were exchanged or the configuration written, and the steps that belong to it did not all follow; with the database nothing was begun.
  // `last_untouched`: the present step changed nothing, and no process before this one had begun it.
  bool leaves_half(bool last_untouched) {
    if (!noted(std::string(steps::kUpgradeStartedNote)).empty()) return false;
    auto steps = begun_steps();
    if (last_untouched && !steps.empty()) steps.pop_back();
    bool exchanged = false;
    for (const auto& step : steps) {
      auto touched = steps::touches(step.verb);
      if (touched == steps::Touches::database || touched == steps::Touches::upgraded_database) return false;
      exchanged = exchanged || step.verb == "swap-files" || step.verb == "roll-back-swap" || step.verb == "write-configuration";
    }
    return exchanged;
  }

  static std::string cannot_go_back(const base::Failure& failure) {
    return "it could not be taken back now: " + failure.full() + "; job:rollback tries again";
  }

  // Whoever goes on from here goes back. Why it could not be written down.
  std::optional<std::string> decide_to_go_back() {
    try {
      disk_.replace(names_.back(), "", 0600);
      return std::nullopt;
    } catch (const base::Failure& failure) {
      return cannot_go_back(failure);
    }
  }

  // Why it could not be done now.
  std::optional<std::string> go_back() {
    step_ = plan_.steps.size();  // going back has a cursor of its own
    try {
      steps::take_back(*this);
      return std::nullopt;
    } catch (const base::Failure& failure) {
      return cannot_go_back(failure);
    }
  }

  int run_back(const Snapshot& job) {
    line("-- taking back what this job did");
    if (auto problem = go_back()) return stopped(*problem);
    bool is_database_back = !noted(std::string(steps::kDatabaseBackNote)).empty();
    line(std::string("-- taken back: the files ") + (is_database_back ? "and the database " : "") + "are as they were before this job" + steps::former_files_words(*this));
    return finish(job, {1, 0});
  }

  steps::Outcome run_step(const base::Step& step) {
    try {
      steps::Verb verb = steps::find_verb(step.verb);
      if (!verb) throw base::Failure("this program does not know the step " + step.verb, "start the action again");
      return verb(*this, step);
    } catch (const base::Failure& failure) {
      finish_line();
      // What cannot begin throws; a restore or a command that has begun ends with an exit.
      return {{1, 0}, false, failure.full(), false, true};
    }
  }

  int finish(const Snapshot& job, platform::Exit exit) {
    double seconds =
        std::chrono::duration<double>(platform::system_clock().now() - job.created).count();
    std::string ending = (exit.good() ? "done: " : "failed: ") + exit.words() + " in " + base::seconds_words(seconds);
    line("-- " + ending);
    give_up_lease();
    append(names_.journal(), {.what = What::finish, .exit = exit, .text = ending});
    return exit.good() ? 0 : 1;
  }

  int stopped(const std::string& why) {
    finish_line();
    line(why.empty() ? "-- stopped on request" : "-- " + why);
    give_up_lease();
    append(names_.journal(), {.what = What::stopped});
    return 1;
  }

  // Another host must not take us for alive for a minute after a clean end.
  void give_up_lease() {
    try {
      disk_.remove_file(names_.lease());
    } catch (const base::Failure&) {
    }
  }

  int pause() {
    give_up_lease();
    append(names_.journal(), {.what = What::pause});
    return 0;
  }

  platform::Disk& disk_;
  RunnerStart start_;
  storage::StateNames state_;
  storage::JobNames names_;
  LogWriter log_;
  LogFile file_{{}, false, {}};
  SteadyClock::time_point began_ = SteadyClock::now();
  bool stopping_ = false;
  bool heeded_ = false;  // by a step whose end a stop is
  size_t step_ = 0;  // the present one
  base::Plan plan_;
  std::vector<size_t> begun_;  // see Snapshot
};

}  // namespace

std::vector<std::string> runner_arguments(const std::string& program, const RunnerStart& start) {
  return {program,
          kJobWord,
          start.state.native(),
          start.id,
          std::to_string(start.runner.number()),
          std::to_string(start.busy.number()),
          start.detached ? "detached" : "attached",
          std::to_string(start.slice.count())};
}

std::optional<RunnerStart> parse_runner_arguments(const std::vector<std::string>& argv) {
  if (argv.size() != 8 || argv[1] != kJobWord || !storage::is_job_id(argv[3])) return std::nullopt;
  auto runner = base::whole_number(argv[4], 1 << 20);
  auto busy = base::whole_number(argv[5], 1 << 20);
  auto slice = base::whole_number(argv[7], 1 << 20);
  if (!runner || !busy || !slice || *runner < 3 || *busy < 3) return std::nullopt;
  RunnerStart start;
  start.state = argv[2];
  start.id = argv[3];
  start.runner.reset(static_cast<int>(*runner));
  start.busy.reset(static_cast<int>(*busy));
  start.detached = argv[6] == "detached";
  start.slice = std::chrono::seconds(*slice);
  return start;
}

int run_job(platform::Disk& disk, RunnerStart start) {
  storage::StateNames state(start.state);
  auto job = look_at(disk, state, start.id);
  if (!job || is_over(job->state)) return 1;
  storage::JobNames names(state.job(start.id));
  try {
    int status = Runner(disk, std::move(start)).run(*job);
    prune_jobs(disk, state, kKeptJobs);
    return status;
  } catch (const base::Failure& failure) {
    // The journal could not be written. The log may still take it; the flock tells the rest.
    LogWriter(disk, names).line("-- " + failure.full());
    return 1;
  }
}

}  // namespace jobs
