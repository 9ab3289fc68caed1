// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/job.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "steps/verbs.h"
#include "base/text.h"

namespace jobs {

namespace {

using nlohmann::json;

constexpr size_t kMostPlanBytes = 4 << 20;
constexpr std::array<std::string_view, 7> kStates = {"running", "still busy", "waiting",  "interrupted",
                                                     "done",    "failed",     "given up"};

json json_of(const base::Plan& plan) {
  json steps = json::array();
  for (const auto& step : plan.steps)
    steps.push_back({{"verb", step.verb},
                     {"title", step.title},
                     {"interruption", base::word(step.interruption)},
                     {"words", step.words},
                     {"timeout", step.timeout.count()},
                     {"always", step.always},
                     {"stage", step.stage},
                     {"failure", step.failure},
                     {"failure_back", step.failure_back}});
  return {{"task", plan.task},   {"headline", plan.headline}, {"effect", base::word(plan.effect)},
          {"steps", steps},      {"notes", plan.notes},       {"holds_routine", plan.holds_routine},
          {"log_file", plan.log_file}};
}

base::Plan plan_of(const json& text) {
  base::Plan plan;
  plan.task = text.at("task");
  plan.headline = text.at("headline");
  plan.effect = base::effect_of(text.at("effect").get<std::string>());
  plan.holds_routine = text.at("holds_routine");
  plan.notes = text.at("notes").get<std::vector<std::string>>();
  for (const auto& step : text.at("steps"))
    plan.steps.push_back({step.at("verb"), step.at("title"),
                          base::interruption_of(step.at("interruption").get<std::string>()),
                          step.at("words").get<std::vector<std::string>>(),
                          std::chrono::seconds(step.at("timeout").get<int64_t>()), step.value("always", false),
                          step.value("stage", ""), step.value("failure", ""), step.value("failure_back", "")});
  plan.log_file = text.value("log_file", "");
  return plan;
}

std::optional<base::Plan> read_plan(platform::Disk& disk, const storage::JobNames& names) {
  auto text = disk.read(names.plan(), kMostPlanBytes);
  if (!text) return std::nullopt;
  json parsed = json::parse(*text, nullptr, false);
  try {
    if (parsed.is_object()) return plan_of(parsed);
  } catch (const json::exception&) {
  } catch (const base::Failure&) {
  }
  return std::nullopt;
}

// Folds the journal into what a visitor wants to know.
class Reading {
 public:
  explicit Reading(Snapshot& into) : job_(into) {}

  void take(const Event& event) {
    job_.last = event.time;
    switch (event.what) {
      case What::run: run(event); break;
      case What::alive: job_.early_deaths = 0, young_ = false; break;
      case What::begin: begin(event.step); break;
      case What::child: job_.child = event.pid, job_.child_ticks = event.ticks; break;
      case What::end: end(event); break;
      case What::pause: rest(), job_.paused = true; break;
      case What::stopped: rest(), job_.stopped = true; break;
      case What::finish: over_ = true, job_.exit = event.exit, job_.ending = event.text; break;
      case What::given_up: given_up_ = !over_; break;  // it may have ended a moment before
    }
  }

  // To be called when no process holds the job: the last one died if nothing says otherwise.
  void nobody_lives() {
    if (running_ && young_) ++job_.early_deaths;
    if (running_) ++job_.deaths_here;  // also of those that die before they can say which step they are in
  }

  State state(Holder holder) const {
    if (over_) return job_.exit.good() ? State::done : State::failed;
    if (given_up_) return State::given_up;
    if (holder == Holder::runner) return State::running;
    if (holder == Holder::children) return State::still_busy;
    return job_.paused ? State::waiting : State::interrupted;
  }

 private:
  void run(const Event& event) {
    nobody_lives();  // a process that began while another had not ended: that one had died
    running_ = true;
    young_ = event.detached;
    job_.paused = job_.stopped = false;
  }
  void begin(int step) {
    if (!job_.in_step) job_.deaths_here = 0;
    job_.in_step = true;
    job_.steps_done = static_cast<size_t>(std::max(0, step));
    if (job_.begun.empty() || job_.begun.back() != job_.steps_done) job_.begun.push_back(job_.steps_done);
  }
  void end(const Event& event) {
    job_.in_step = false;
    job_.deaths_here = 0;
    job_.child = 0;
    if (event.exit.good()) job_.steps_done = static_cast<size_t>(event.step) + 1;
    else if (job_.failed.good()) fail(event);
  }
  void fail(const Event& event) {
    job_.failed = event.exit;
    job_.failed_step = static_cast<size_t>(event.step);
    job_.failed_why = event.text;
  }
  void rest() { running_ = young_ = false; }

  Snapshot& job_;
  bool running_ = false, young_ = false, over_ = false, given_up_ = false;
};

// A job's folder holds files and folders of files. The plan goes first: what is left is then no job.
void remove_files(platform::Disk& disk, const storage::JobNames& names) {
  disk.remove_file(names.plan());
  for (const auto& folder : {names.log(), names.views()}) {
    auto entries = disk.list(folder);
    for (size_t i = 0; entries && i < entries->size(); ++i) disk.remove_file(folder / (*entries)[i].name);
    disk.remove_folder(folder);
  }
  auto entries = disk.list(names.folder());
  for (size_t i = 0; entries && i < entries->size(); ++i) disk.remove_file(names.folder() / (*entries)[i].name);
  disk.remove_folder(names.folder());
}

}  // namespace

std::string_view word(State state) { return kStates[static_cast<size_t>(state)]; }

std::string create_job(platform::Disk& disk, const storage::StateNames& state, const base::Plan& plan) {
  disk.make_folder(state.jobs(), 0700);
  std::string id = storage::new_job_id(platform::system_clock().now());
  storage::JobNames names(state.job(id));
  disk.make_folder(names.folder(), 0700);
  try {
    disk.make_folder(names.log(), 0700);
    create_journal(names.journal());
    // It makes the folder a job, so it comes last: one without a journal could neither go on nor be given up.
    disk.create(names.plan(), json_of(plan).dump(-1, ' ', false, json::error_handler_t::replace), 0600);
  } catch (const base::Failure&) {
    disk.remove_file(names.journal());
    disk.remove_file(names.plan());
    disk.remove_folder(names.log());
    disk.remove_folder(names.folder());
    throw;
  }
  return id;
}

namespace {

// Former releases noted nothing; an installer of theirs could not be gone on with, and who waited had a cursor.
bool has_started_upgrade(platform::Disk& disk, const storage::JobNames& names, const Snapshot& job) {
  return std::any_of(job.begun.begin(), job.begun.end(), [&](size_t step) {
    bool is_one = step < job.plan.steps.size() && steps::touches(job.plan.steps[step].verb) == steps::Touches::upgraded_database;
    if (!is_one) return false;
    return job.plan.steps[step].interruption == base::Interruption::once || disk.look(names.cursor(step)) ||
           disk.look(names.note(std::string(steps::kUpgradeStartedNote)));
  });
}

}  // namespace

std::optional<Snapshot> look_at(platform::Disk& disk, const storage::StateNames& state, const std::string& id) {
  if (!storage::is_job_id(id)) return std::nullopt;
  storage::JobNames names(state.job(id));
  auto plan = read_plan(disk, names);
  if (!plan) return std::nullopt;
  Snapshot job;
  job.id = id;
  job.plan = std::move(*plan);
  if (auto facts = disk.look(names.plan())) job.created = job.last = facts->changed;
  // The holder is asked before the journal is read: a job that ends in between is then seen as running, never as
  // interrupted.
  Holder holder = holder_of(disk, names, platform::system_clock().now());
  Reading reading(job);
  for (const auto& event : read_journal(disk, names.journal())) reading.take(event);
  if (holder == Holder::nobody) reading.nobody_lives();
  job.state = reading.state(holder);
  job.upgrade_started = has_started_upgrade(disk, names, job);
  job.goes_back = disk.look(names.back()).has_value();
  return job;
}

std::vector<std::string> newest_jobs(platform::Disk& disk, const storage::StateNames& state, size_t most) {
  std::vector<std::string> ids;
  auto entries = disk.list(state.jobs());
  if (!entries) return ids;
  for (auto entry = entries->rbegin(); entry != entries->rend() && ids.size() < most; ++entry)
    if (storage::is_job_id(entry->name)) ids.push_back(entry->name);
  return ids;
}

void remove_job(platform::Disk& disk, const storage::StateNames& state, const std::string& id) {
  remove_files(disk, storage::JobNames(state.job(id)));
}

void prune_jobs(platform::Disk& disk, const storage::StateNames& state, size_t keep) {
  auto ids = newest_jobs(disk, state, SIZE_MAX);
  for (size_t i = keep; i < ids.size(); ++i) {
    try {
      auto job = look_at(disk, state, ids[i]);
      if (job && !is_over(job->state)) continue;
      if (disk.look(state.kept_by(ids[i])) || disk.look(state.staged_by(ids[i]))) continue;  // it can still be taken back
      remove_job(disk, state, ids[i]);
    } catch (const base::Failure&) {
    }
  }
}

std::string position_words(const Snapshot& job) {
  size_t all = job.plan.steps.size();
  if (job.steps_done >= all) return "after the last step";
  return "step " + std::to_string(job.steps_done + 1) + " of " + std::to_string(all) + ": " +
         job.plan.steps[job.steps_done].title;
}

std::string state_words(const Snapshot& job) {
  std::string words(word(job.state));
  if (is_over(job.state)) return job.ending.empty() ? words : job.ending;
  if (job.stopped) words = "stopped";
  if (job.goes_back) return words + " while it was taken back, after " + position_words(job);
  bool in_a_step = job.steps_done < job.plan.steps.size();
  return words + (in_a_step ? " in " : " ") + position_words(job);
}

}  // namespace jobs
