// SPDX-License-Identifier: GPL-3.0-or-later
// One job as it stands on the disk, read by whoever asks; only its own process writes the journal while it lives.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/plan.h"
#include "jobs/journal.h"
#include "jobs/lease.h"
#include "storage/names.h"

namespace jobs {

enum class State {
  running,        // its process lives
  still_busy,     // its process died, a command of it still runs
  waiting,        // inline host: goes on with the next request
  interrupted,    // its process died, or it was stopped, before the end
  done,
  failed,
  given_up,
};

std::string_view word(State state);  // "running", "still busy", ...
inline bool is_over(State state) { return state == State::done || state == State::failed || state == State::given_up; }

struct Snapshot {
  std::string id;
  base::Plan plan;
  State state = State::interrupted;
  size_t steps_done = 0;       // steps that ended well; the present one is plan.steps[steps_done]
  std::vector<size_t> begun{};  // the steps that were ever begun, in order
  bool in_step = false;        // a step had begun and not ended
  bool upgrade_started = false;  // by its step of an installer, or by the owner whom it asked to
  bool paused = false;         // rests until the next request takes it further
  bool stopped = false;        // interrupted because somebody asked
  bool goes_back = false;      // whoever takes it up takes back what it did
  int early_deaths = 0;        // detached processes in a row that died before they could say that this host lets them live
  int deaths_here = 0;         // processes in a row that died in this very step, or before it
  platform::Exit failed{};     // how the step ended that failed; steps that run always follow it
  size_t failed_step = 0;      // which one that was
  std::string failed_why;      // in words; may be empty
  platform::Exit exit{};       // when over
  std::string ending;          // when over: how, in words
  platform::WallTime created{};
  platform::WallTime last{};   // the newest event
  pid_t child = 0;             // process group of the present or last child, 0 = none
  uint64_t child_ticks = 0;
};

// Writes a new job (plan, journal, folder), not started yet. Returns its id. On a failure nothing is left.
std::string create_job(platform::Disk& disk, const storage::StateNames& state, const base::Plan& plan);

// nullopt when there is no such job, or its plan cannot be read.
std::optional<Snapshot> look_at(platform::Disk& disk, const storage::StateNames& state, const std::string& id);

// Newest first, at most `most`.
std::vector<std::string> newest_jobs(platform::Disk& disk, const storage::StateNames& state, size_t most);

// Deletes one job with all it holds; nobody may be running it.
void remove_job(platform::Disk& disk, const storage::StateNames& state, const std::string& id);

// Deletes the oldest jobs that are over, so that the newest `keep` stay (a cron link makes 288 a day). Best effort:
// what cannot be deleted stays.
void prune_jobs(platform::Disk& disk, const storage::StateNames& state, size_t keep);

// Which step stands where: "step 3 of 5: swap the files". For a job that is not over.
std::string position_words(const Snapshot& snapshot);
// "interrupted in step 3 of 5: swap the files"
std::string state_words(const Snapshot& snapshot);

}  // namespace jobs
