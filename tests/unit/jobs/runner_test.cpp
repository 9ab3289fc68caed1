// SPDX-License-Identifier: GPL-3.0-or-later
// Running jobs to their end, in this very process: what they print, what their journal says, how they go on.
#include "jobs/runner.h"

#include <catch2/catch.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "jobs/log.h"
#include "support/passing_disk.h"
#include "support/temp_folder.h"

namespace {

using namespace jobs;
using namespace std::chrono_literals;
using base::contains;
using base::Interruption;
using support::TempFolder;

platform::Disk& disk() { return platform::posix_disk(); }

base::Step say(const std::string& text) {
  return {"console", "say " + text, Interruption::restart, {"/", "/bin/echo", text}, {}};
}
base::Step script(const std::string& text) {
  return {"console", "run a script", Interruption::restart, {"/", "/bin/sh", "-c", text}, {}};
}

struct Job {
  TempFolder folder;
  storage::StateNames state{folder.path()};
  std::string id;
  storage::JobNames names{""};

  explicit Job(std::vector<base::Step> steps) {
    base::Plan plan;
    plan.task = "task";
    plan.headline = "Executing console task";
    plan.steps = std::move(steps);
    id = create_job(disk(), state, plan);
    names = storage::JobNames(state.job(id));
  }
  int run(std::chrono::seconds slice = 0s, bool detached = true, platform::Disk& on = disk()) {
    auto lease = take_lease(disk(), names);
    REQUIRE(lease);
    RunnerStart start{folder.path(), id, std::move(lease->runner), std::move(lease->busy), detached, slice,
                      {"PATH=/usr/bin:/bin", "MARK=set"}};
    return run_job(on, std::move(start));
  }
  Snapshot look() { return look_at(disk(), state, id).value(); }
  std::string log() { return read_log(disk(), names, 0, SIZE_MAX).text; }
};

}  // namespace

TEST_CASE("A job of one command prints its headline, the output and how it ended") {
  Job job({say("hello")});
  CHECK(job.run() == 0);
  std::string text = job.log();
  CHECK(text.substr(0, 30) == "\x01" "Executing console task\nhello\n");
  CHECK(contains(text, "\n\x01-- done: exit 0 in 0."));
  CHECK(base::lines(text).size() == 3);
  CHECK(job.look().state == State::done);
  CHECK(contains(job.look().ending, "done: exit 0 in "));
}

TEST_CASE("Of several steps each says its number and title") {
  Job job({say("one"), say("two")});
  CHECK(job.run() == 0);
  CHECK(contains(job.log(), "\x01-- step 1 of 2: say one\none\n\x01-- step 2 of 2: say two\ntwo\n\x01-- done: exit 0 in "));
  CHECK(job.look().steps_done == 2);
}

TEST_CASE("A step that fails ends the job, and its reason is told") {
  Job job({script("echo partial; exit 255"), say("never")});
  CHECK(job.run() == 1);
  std::string text = job.log();
  CHECK(contains(text, "partial\n\x01-- PHP stopped with a fatal error: see the lines above\n\x01-- failed: exit 255 in "));
  CHECK_FALSE(contains(text, "never"));
  auto seen = job.look();
  CHECK(seen.state == State::failed);
  CHECK(seen.exit.code == 255);
  CHECK(seen.steps_done == 0);
}

TEST_CASE("A step that runs always runs also after a failure, which stays the job's result") {
  base::Step last = say("cleaned up");
  last.always = true;
  Job job({script("exit 3"), say("never"), last});
  CHECK(job.run() == 1);
  std::string text = job.log();
  CHECK(contains(text, "\x01-- step 3 of 3: say cleaned up\ncleaned up\n\x01-- failed: exit 3 in "));
  CHECK_FALSE(contains(text, "never"));
  CHECK(job.look().state == State::failed);
  CHECK(job.look().exit.code == 3);
}

TEST_CASE("A job that died in such a step still ends with the failure that came before") {
  base::Step last = say("cleaned up");
  last.always = true;
  Job job({script("exit 3"), last});
  append(job.names.journal(), {.what = What::run});
  append(job.names.journal(), {.what = What::begin, .step = 0});
  append(job.names.journal(), {.what = What::end, .step = 0, .exit = {3, 0}});
  append(job.names.journal(), {.what = What::begin, .step = 1});
  CHECK(job.run() == 1);
  CHECK(contains(job.log(), "cleaned up\n\x01-- failed: exit 3 in "));
}

TEST_CASE("A step that cannot be taken fails the job with a sentence") {
  Job unknown({{"teleport", "teleport it", Interruption::once, {}, {}}});
  CHECK(unknown.run() == 1);
  CHECK(contains(unknown.log(), "\x01-- this program does not know the step teleport - start the action again\n"));
  CHECK(unknown.look().state == State::failed);
  Job missing({{"console", "run php", Interruption::once, {"/", "/nowhere/php"}, {}}});
  CHECK(missing.run() == 1);
  CHECK(contains(missing.log(), "-- cannot start /nowhere/php: No such file or directory\n"));
}

TEST_CASE("A command gets the environment of jobs and holds the job's second lock alone") {
  Job job({script("echo MARK=$MARK; ls -l /proc/$$/fd | grep -c busy; ls -l /proc/$$/fd | grep -c runner")});
  job.run();
  CHECK(contains(job.log(), "MARK=set\n1\n0\n"));
}

TEST_CASE("An unfinished last line is ended before our own") {
  Job job({script("printf 'no newline'")});
  job.run();
  CHECK(contains(job.log(), "no newline\n\x01-- done"));
}

TEST_CASE("A job that is asked to stop rests where it is, and goes on from there") {
  // The first step asks its own job to stop, once.
  Job job({script("d=$(ls -l /proc/$$/fd | sed -n 's/.* -> \\(.*\\)\\/busy$/\\1/p'); test -e \"$d/asked\" || touch \"$d/asked\" \"$d/stop\""),
           say("two")});
  CHECK(job.run() == 1);
  auto seen = job.look();
  CHECK(seen.state == State::interrupted);
  CHECK(seen.stopped);
  CHECK(contains(job.log(), "\x01-- stopped on request\n"));
  CHECK_FALSE(contains(job.log(), "two\n\x01"));
  CHECK(job.run() == 0);
  CHECK(contains(job.log(), "\x01-- going on: step "));
  CHECK(contains(job.log(), "\ntwo\n"));
  CHECK(job.look().state == State::done);
}

TEST_CASE("A slice ends between two steps, the next one goes on there, and nothing is done twice") {
  Job job({script("sleep 1.1; echo one"), say("two")});
  CHECK(job.run(1s, false) == 0);
  CHECK(job.look().state == State::waiting);
  CHECK(job.look().steps_done == 1);
  CHECK(job.run(1s, false) == 0);
  CHECK(job.look().state == State::done);
  std::string text = job.log();
  CHECK(text.find("one\n") == text.rfind("one\n"));
  CHECK_FALSE(contains(text, "going on"));
}

TEST_CASE("A job that died in a step begins with that step again, and says so") {
  Job job({say("one"), say("two")});
  append(job.names.journal(), {.what = What::run, .detached = true});
  append(job.names.journal(), {.what = What::begin, .step = 0});
  append(job.names.journal(), {.what = What::end, .step = 0});
  append(job.names.journal(), {.what = What::begin, .step = 1});
  LogWriter(disk(), job.names).say(base::Stream::output, "half a line");
  CHECK(job.run() == 0);
  CHECK(contains(job.log(), "half a line\n\x01-- going on: step 2 of 2: say two\n"));
  CHECK_FALSE(contains(job.log(), "\none\n"));
  CHECK(job.look().state == State::done);
}

TEST_CASE("A job that is over, or is none, does not run") {
  Job job({say("one")});
  CHECK(job.run() == 0);
  std::string before = job.log();
  CHECK(job.run() == 1);
  CHECK(job.log() == before);
  Job given_up({say("one")});
  append(given_up.names.journal(), {.what = What::given_up});
  CHECK(given_up.run() == 1);
  CHECK(given_up.log().empty());
}

TEST_CASE("A clean end leaves no lease that another host would take for life") {
  Job job({say("one")});
  job.run();
  CHECK_FALSE(disk().look(job.names.lease()));
}

TEST_CASE("A job's arguments come back as they were, and nothing else is taken for them") {
  // Numbers that are no open descriptors: both sides think that they own them.
  RunnerStart start{"/home/u/.unstick x", "20261121-093015123-k3v9qa", base::Fd(1000), base::Fd(1001), false, 18s, {}};
  auto words = runner_arguments("/x/unstick.cgi", start);
  auto read = parse_runner_arguments(words);
  REQUIRE(read);
  CHECK(read->state == start.state);
  CHECK(read->id == start.id);
  CHECK(read->runner.number() == 1000);
  CHECK(read->busy.number() == 1001);
  CHECK_FALSE(read->detached);
  CHECK(read->slice == 18s);
  for (size_t i = 1; i < words.size(); ++i) {
    if (i == 2 || i == 6) continue;  // any path; "detached" or not
    auto bad = words;
    bad[i] = "x";
    CHECK_FALSE(parse_runner_arguments(bad));
  }
  auto more = words;
  more.push_back("x");
  CHECK_FALSE(parse_runner_arguments(more));
  auto standard = words;
  standard[4] = "1";
  CHECK_FALSE(parse_runner_arguments(standard));
  CHECK_FALSE(parse_runner_arguments({}));
}

namespace {

// Full when the job is to write down that it goes back.
class NoDecision final : public support::PassingDisk {
 public:
  explicit NoDecision(platform::Path back) : PassingDisk(disk()), back_(std::move(back)) {}
  void replace(const platform::Path& file, std::string_view bytes, mode_t mode, platform::Sync sync) override {
    if (file == back_) throw base::Failure("no space left on device");
    PassingDisk::replace(file, bytes, mode, sync);
  }

 private:
  platform::Path back_;
};

}  // namespace

TEST_CASE("A job that cannot write down that it goes back does not fail either: nobody opens what is half") {
  base::Step swap{"swap-files", "exchange the files", Interruption::cursor, {"/nowhere", "", ""}, {}};
  base::Step broken{"check-present", "look", Interruption::restart, {"/nowhere", "not-there"}, {}};
  broken.failure = "the site is new";
  broken.failure_back = "the site is as it was";
  Job job({swap, broken, {"say", "open the site", Interruption::restart, {"opened"}, {}, true}});
  append(job.names.journal(), {.what = What::begin, .step = 0});
  append(job.names.journal(), {.what = What::end, .step = 0});
  NoDecision full(job.names.back());
  CHECK(job.run(0s, true, full) == 1);
  CHECK(job.look().state == State::interrupted);
  CHECK_FALSE(contains(job.log(), "opened"));
  CHECK(job.run() == 1);
  Snapshot over = job.look();
  CHECK(over.state == State::failed);
  CHECK(over.failed_step == 1);
  CHECK(contains(over.failed_why, "not-there"));
  CHECK(contains(job.log(), "the site is as it was"));
  CHECK(contains(job.log(), "taken back"));
  CHECK_FALSE(contains(job.log(), "the site is new"));
}
