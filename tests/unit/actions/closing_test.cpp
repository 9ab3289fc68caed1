// SPDX-License-Identifier: GPL-3.0-or-later
// What the owner of a site that a job left closed is told to do: only what that job can really do.
#include <catch2/catch.hpp>

#include "actions/closing.h"

namespace {

jobs::Snapshot interrupted_in(std::vector<std::string> verbs, jobs::State state = jobs::State::interrupted) {
  jobs::Snapshot job;
  job.state = state;
  for (auto& verb : verbs) {
    job.upgrade_started = job.upgrade_started || verb == "run-installer" || verb == "await-answer";
    job.begun.push_back(job.plan.steps.size());
    job.plan.steps.push_back({std::move(verb), "", base::Interruption::restart, {}, {}});
  }
  job.plan.steps.push_back({"swap-files", "", base::Interruption::restart, {}, {}});  // planned, and never begun
  return job;
}

bool offers(const jobs::Snapshot& job, const char* task) { return actions::ways_to_open(job).find(task) != std::string::npos; }

}  // namespace

TEST_CASE("job:rollback is offered where the journal says that something can be taken back, and nowhere else") {
  CHECK(offers(interrupted_in({"close-site", "swap-files"}), "job:rollback"));
  CHECK(offers(interrupted_in({"take-out", "close-site"}), "job:rollback"));
  CHECK_FALSE(offers(interrupted_in({"close-site"}), "job:rollback"));
  CHECK_FALSE(offers(interrupted_in({"close-site", "swap-files", "console"}), "job:rollback"));
  CHECK_FALSE(offers(interrupted_in({"close-site", "restore-database"}), "job:rollback"));
}

TEST_CASE("An installer's upgrade is taken back from the job's own backup, as long as nobody else came into the site since") {
  CHECK(offers(interrupted_in({"close-site", "dump-database", "run-installer"}), "job:rollback puts the database back"));
  CHECK(offers(interrupted_in({"close-site", "dump-database", "await-answer"}), "job:rollback puts the database back"));
  CHECK_FALSE(offers(interrupted_in({"dump-database", "run-installer"}), "job:rollback"));
  CHECK_FALSE(offers(interrupted_in({"close-site", "run-installer"}), "job:rollback"));
  CHECK_FALSE(offers(interrupted_in({"close-site", "find-backup", "run-installer"}), "job:rollback"));
  CHECK_FALSE(offers(interrupted_in({"close-site", "dump-database", "run-installer", "open-site"}), "job:rollback"));
}

TEST_CASE("a job that is over, or that nobody knows any more, cannot go on") {
  CHECK(offers(interrupted_in({"close-site"}), "job:resume"));
  CHECK_FALSE(offers(interrupted_in({"close-site"}, jobs::State::failed), "job:resume"));
  CHECK(actions::ways_to_open(std::nullopt) == "job:unlock opens the site");
}
