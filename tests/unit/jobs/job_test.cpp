// SPDX-License-Identifier: GPL-3.0-or-later
// What a visitor is told of a job, from its journal and its locks alone: every state, by tables.
#include "jobs/job.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "support/cut_sweep.h"
#include "support/temp_folder.h"

namespace {

using namespace jobs;
using platform::Exit;
using support::TempFolder;

platform::Disk& disk() { return platform::posix_disk(); }

base::Plan plan_of_two() {
  base::Plan plan;
  plan.task = "cache:clear --no-warmup";
  plan.headline = "Executing console cache:clear --no-warmup";
  plan.effect = base::Effect::files;
  plan.holds_routine = true;
  plan.steps = {{"console", "run it", base::Interruption::restart, {"/site", "/usr/bin/php", "a b", "", "\xC3\xA4"},
                 std::chrono::seconds(90)},
                {"delete-kept", "delete the old cache", base::Interruption::once, {}, {}}};
  plan.notes = {"nothing is lost"};
  return plan;
}

struct Home {
  TempFolder folder;
  storage::StateNames state{folder.path()};
  std::string id = create_job(disk(), state, plan_of_two());
  storage::JobNames names{state.job(id)};

  void write(const std::vector<Event>& events) {
    for (const auto& event : events) append(names.journal(), event);
  }
  Snapshot look() { return look_at(disk(), state, id).value(); }
};

const Event kRun{.what = What::run, .pid = 10, .ticks = 1, .detached = true};
const Event kRunInline{.what = What::run, .pid = 10, .ticks = 1};
const Event kAlive{.what = What::alive};
const Event kBegin0{.what = What::begin, .step = 0}, kBegin1{.what = What::begin, .step = 1};
const Event kChild{.what = What::child, .pid = 77, .ticks = 5};
const Event kEnd0{.what = What::end, .step = 0}, kEnd1{.what = What::end, .step = 1};
const Event kBad0{.what = What::end, .step = 0, .exit = {2, 0}};
const Event kPause{.what = What::pause}, kStopped{.what = What::stopped}, kGivenUp{.what = What::given_up};
const Event kDone{.what = What::finish, .text = "done: exit 0 in 1.0 s"};
const Event kFailed{.what = What::finish, .exit = {2, 0}, .text = "failed: exit 2 in 1.0 s"};

}  // namespace

TEST_CASE("A job's plan comes back as it was written") {
  Home home;
  auto job = home.look();
  auto plan = plan_of_two();
  CHECK(job.id == home.id);
  CHECK(job.plan.task == plan.task);
  CHECK(job.plan.headline == plan.headline);
  CHECK(job.plan.effect == plan.effect);
  CHECK(job.plan.holds_routine);
  CHECK(job.plan.notes == plan.notes);
  REQUIRE(job.plan.steps.size() == 2);
  for (size_t i = 0; i < 2; ++i) {
    CHECK(job.plan.steps[i].verb == plan.steps[i].verb);
    CHECK(job.plan.steps[i].title == plan.steps[i].title);
    CHECK(job.plan.steps[i].interruption == plan.steps[i].interruption);
    CHECK(job.plan.steps[i].words == plan.steps[i].words);
    CHECK(job.plan.steps[i].timeout == plan.steps[i].timeout);
  }
}

TEST_CASE("A new job is only its owner's") {
  Home home;
  CHECK(disk().look(home.names.folder())->mode == 0700);
  CHECK(disk().look(home.names.plan())->mode == 0600);
  CHECK(disk().look(home.names.log())->mode == 0700);
  CHECK(disk().look(home.names.journal())->size_bytes == 0);
}

TEST_CASE("The journal tells what became of a job whose locks nobody holds") {
  struct {
    const char* what;
    std::vector<Event> events;
    State state;
    const char* words;
    bool in_step = false;
    int early_deaths = 0, deaths_here = 0;
  } rows[] = {
      {"never begun", {}, State::interrupted, "interrupted in step 1 of 2: run it"},
      {"died before its first step", {kRun}, State::interrupted, "interrupted in step 1 of 2: run it", false, 1, 1},
      {"died thrice before it could begin a step", {kRun, kRun, kRun}, State::interrupted,
       "interrupted in step 1 of 2: run it", false, 3, 3},
      {"died early in a step", {kRun, kBegin0}, State::interrupted, "interrupted in step 1 of 2: run it", true, 1, 1},
      {"died late in a step", {kRun, kBegin0, kAlive}, State::interrupted, "interrupted in step 1 of 2: run it", true, 0, 1},
      {"died twice in one step", {kRun, kBegin0, kRun, kBegin0}, State::interrupted, "interrupted in step 1 of 2: run it",
       true, 2, 2},
      {"died thrice, once late", {kRun, kBegin0, kRun, kBegin0, kAlive, kRun, kBegin0}, State::interrupted,
       "interrupted in step 1 of 2: run it", true, 1, 3},
      {"died in another step than before", {kRun, kBegin0, kRun, kBegin0, kEnd0, kBegin1}, State::interrupted,
       "interrupted in step 2 of 2: delete the old cache", true, 2, 1},
      {"died between two steps", {kRun, kBegin0, kEnd0}, State::interrupted,
       "interrupted in step 2 of 2: delete the old cache", false, 1, 1},
      {"died after the last step", {kRun, kBegin0, kEnd0, kBegin1, kEnd1}, State::interrupted,
       "interrupted after the last step", false, 1, 1},
      {"died inline", {kRunInline, kBegin0}, State::interrupted, "interrupted in step 1 of 2: run it", true, 0, 1},
      {"waits for a request", {kRunInline, kBegin0, kEnd0, kPause}, State::waiting,
       "waiting in step 2 of 2: delete the old cache"},
      {"waits before it began", {kPause}, State::waiting, "waiting in step 1 of 2: run it"},
      {"died after it had waited", {kPause, kRunInline}, State::interrupted, "interrupted in step 1 of 2: run it", false, 0,
       1},
      {"failed, and died in the step that runs always", {kRun, kBegin0, kBad0, kBegin1}, State::interrupted,
       "interrupted in step 2 of 2: delete the old cache", true, 1, 1},
      {"stopped between steps", {kRun, kBegin0, kEnd0, kStopped}, State::interrupted,
       "stopped in step 2 of 2: delete the old cache"},
      {"stopped in a step", {kRun, kBegin0, kStopped}, State::interrupted, "stopped in step 1 of 2: run it", true},
      {"stopped, resumed, died", {kRun, kBegin0, kStopped, kRun, kAlive}, State::interrupted,
       "interrupted in step 1 of 2: run it", true, 0, 1},
      {"done", {kRun, kBegin0, kEnd0, kBegin1, kEnd1, kDone}, State::done, "done: exit 0 in 1.0 s"},
      {"failed", {kRun, kBegin0, kBad0, kFailed}, State::failed, "failed: exit 2 in 1.0 s"},
      {"given up", {kRun, kBegin0, kGivenUp}, State::given_up, "given up", true},
      {"given up before it began", {kGivenUp}, State::given_up, "given up"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Home home;
    home.write(row.events);
    auto job = home.look();
    CHECK(job.state == row.state);
    CHECK(state_words(job) == row.words);
    CHECK(job.stopped == (!row.events.empty() && row.events.back().what == What::stopped));
    if (is_over(row.state)) continue;
    CHECK(job.in_step == row.in_step);
    CHECK(job.early_deaths == row.early_deaths);
    CHECK(job.deaths_here == row.deaths_here);
    bool failed = std::any_of(row.events.begin(), row.events.end(), [](const Event& event) { return !event.exit.good(); });
    CHECK(job.failed.good() != failed);
  }
}

TEST_CASE("A job whose runner lock is held runs, whatever its journal says of the past") {
  for (const std::vector<Event>& events : {std::vector<Event>{}, {kRun}, {kRun, kBegin0, kRun, kBegin0}, {kPause, kRun}}) {
    Home home;
    home.write(events);
    auto lease = take_lease(disk(), home.names);
    REQUIRE(lease);
    auto job = home.look();
    CHECK(job.state == State::running);
    CHECK_FALSE(is_over(job.state));
  }
}

TEST_CASE("A job whose process died and whose command runs on is still busy, and its command can be found") {
  Home home;
  home.write({kRun, kBegin0, kChild});
  auto lease = take_lease(disk(), home.names);
  REQUIRE(lease);
  lease->runner.reset();
  auto job = home.look();
  CHECK(job.state == State::still_busy);
  CHECK(job.child == 77);
  CHECK(job.child_ticks == 5);
  CHECK(state_words(job) == "still busy in step 1 of 2: run it");
}

TEST_CASE("A job that is over is over even while a grandchild holds its lock") {
  Home home;
  home.write({kRun, kBegin0, kEnd0, kBegin1, kEnd1, kDone});
  auto lease = take_lease(disk(), home.names);
  CHECK(home.look().state == State::done);
}

TEST_CASE("What is no job, or whose plan cannot be read, is none") {
  Home home;
  CHECK_FALSE(look_at(disk(), home.state, "20261121-093015123-k3v9qa"));
  CHECK_FALSE(look_at(disk(), home.state, "../" + home.id));
  CHECK_FALSE(look_at(disk(), home.state, ""));
  std::string plan = *disk().read(home.names.plan(), SIZE_MAX);
  auto with_plan = [&](const std::string& text) {
    disk().replace(home.names.plan(), text, 0600, platform::Sync::no);
    return look_at(disk(), home.state, home.id).has_value();
  };
  CHECK(with_plan(plan));
  for (size_t cut = 0; cut < plan.size(); cut += 7) CHECK_FALSE(with_plan(plan.substr(0, cut)));
  for (const char* bad : {"", "[]", "null", "{}", "\"x\""}) CHECK_FALSE(with_plan(bad));
  std::string other = plan;
  other.replace(other.find("\"files\""), 7, "\"wipes\"");
  CHECK_FALSE(with_plan(other));
  disk().remove_file(home.names.plan());
  CHECK_FALSE(look_at(disk(), home.state, home.id));
}

TEST_CASE("The newest jobs come first, and what is no job among them is left out") {
  TempFolder folder;
  storage::StateNames state(folder.path());
  CHECK(newest_jobs(disk(), state, 5).empty());
  for (const char* name : {"20250101-000000000-aaaaaa", "20260101-000000000-aaaaaa", "20270101-000000000-aaaaaa", "zzz", ".x"})
    folder.make_folder("jobs/" + std::string(name));
  CHECK(newest_jobs(disk(), state, 2) == std::vector<std::string>{"20270101-000000000-aaaaaa", "20260101-000000000-aaaaaa"});
  CHECK(newest_jobs(disk(), state, 5).size() == 3);
}

TEST_CASE("Of the jobs that are over the newest are kept, of the others all") {
  TempFolder folder;
  storage::StateNames state(folder.path());
  std::vector<std::string> ids;
  auto renamed = [&](int year, const std::vector<Event>& events) {
    std::string id = std::to_string(year) + "0101-000000000-aaaaaa";
    disk().rename(state.job(create_job(disk(), state, plan_of_two())), state.job(id));
    for (const auto& event : events) append(storage::JobNames(state.job(id)).journal(), event);
    folder.write("jobs/" + id + "/views/x", "1 2 0 3");
    folder.write("jobs/" + id + "/log/00000000", "text");
    ids.push_back(id);
  };
  renamed(2020, {kRun, kBegin0});  // interrupted
  renamed(2021, {kRun, kFailed});
  renamed(2022, {kGivenUp});
  renamed(2023, {kRun, kDone});
  renamed(2024, {kRun, kDone});
  prune_jobs(disk(), state, 2);
  CHECK(newest_jobs(disk(), state, 9) == std::vector<std::string>{ids[4], ids[3], ids[0]});
  CHECK(disk().list(state.jobs())->size() == 3);
  CHECK(look_at(disk(), state, ids[0])->state == State::interrupted);
}
