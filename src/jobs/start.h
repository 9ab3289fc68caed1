// SPDX-License-Identifier: GPL-3.0-or-later
// Starting, resuming, stopping and giving up jobs, and who may when. The site belongs to the job named in `current`
// until that is over. `current` is written under `start.lock` and never deleted: a job that is over owns nothing.
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "base/last_answer.h"
#include "jobs/job.h"
#include "jobs/runner.h"

namespace jobs {

// How the program starts itself for a job.
struct Launcher {
  const base::Fd& image;                 // this very program, open since it was started
  platform::Path program;                // its path, for the process list only
  std::vector<std::string> environment;  // of the job and its children
};

struct Engine {
  platform::Disk& disk;
  storage::StateNames state;
  Launcher launcher;
};

enum class Begun {
  started,
  joined,        // the same task runs, or ran within the last minute: id is that job
  held,          // the site belongs to another job: id names it
  same_running,  // a routine task: the same line runs already, id names it
};

struct Start {
  Begun how = Begun::started;
  std::string id;
};

enum class Repeat { join, again };  // the same changing task asked again within 60 s: join its job, or run it anew

// Starts `plan` as a job, or says why not. Throws Failure when the job cannot be written or started; then nothing
// of it is left running, and the site is as it was.
Start start_job(const Engine& engine, const base::Plan& plan, Repeat repeat);

enum class Slice { whole, answer, request };  // run to the end, to the next step border, or about 20 s

// Takes an interrupted or waiting job up again. False when somebody else holds it. `attached`: as a child in our
// own group, for hosts that kill detached processes; returns its pid to wait for.
struct Resumed {
  bool begun = false;
  pid_t attached = 0;
};
Resumed resume_job(const Engine& engine, const std::string& id, Slice slice);

// Takes an interrupted job up in the other direction: what its steps did is taken back (steps::take_back), and the job ends as
// failed. Throws Failure when somebody else has taken it up, or it cannot be; then whoever resumes it later does not go back.
void roll_back_job(const Engine& engine, const std::string& id);

// On hosts that kill detached processes: takes the job up if it died early or waits for a request, and its next
// step allows that. Nothing otherwise. For requests that are entitled to advance it.
bool may_advance(const Snapshot& job);
Resumed advance_job(const Engine& engine, const Snapshot& job, Slice slice);

// Asks a running job to stop; it does within a second or, if a command ignores TERM, 10 s. One that rests until the next request is
// taken further by this one, to the end of what is done in any case. For a job whose process
// died but whose command still runs: ends that command's group.
void stop_job(const Engine& engine, const Snapshot& job);
// While it lives no job is started here. Throws Failure when another request holds it and does not finish.
base::Fd hold_starts(const Engine& engine);
// While it lives nobody takes this job up. Needs no room on the disk. Throws Failure while something of the job runs.
Lease hold_job(const Engine& engine, const std::string& id);
// Gives the job up: the site is free again. REQUIRES: hold_starts() and hold_job(). Throws Failure when that cannot be written down.
void write_given_up(const Engine& engine, const std::string& id);
// All three.
void give_up_job(const Engine& engine, const std::string& id);

// The job that the site belongs to now.
std::optional<Snapshot> current_job(platform::Disk& disk, const storage::StateNames& state);
// The same unless it is over. `memory` lives as long as the process: a job that is over stays so, and is not read again
// while its journal is the same file and unchanged.
using OverMemory = base::LastAnswer<std::monostate>;
std::optional<Snapshot> unfinished_job(platform::Disk& disk, const storage::StateNames& state, OverMemory& memory);
// Does this host kill detached processes (seen twice)?
bool host_is_inline(platform::Disk& disk, const storage::StateNames& state);

}  // namespace jobs
