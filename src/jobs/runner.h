// SPDX-License-Identifier: GPL-3.0-or-later
// The process that runs a job's steps. It is an execve of the program itself with only the arguments below; it has
// its own session and shares nothing with the web server but the job's folder.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/report.h"
#include "jobs/job.h"
#include "storage/mysql.h"

namespace jobs {

struct RunnerStart {
  platform::Path state;        // the state folder
  std::string id;
  base::Fd runner;             // the lease, inherited from whoever started us
  base::Fd busy;
  bool detached = true;
  std::chrono::seconds slice{};           // 0 = to the end; else stop between two steps once it is over
  std::vector<std::string> environment;   // for children
  // How to reach the database of the site in a root folder; see steps::Supervisor. Empty: no step of the job needs it.
  std::function<storage::DatabaseTarget(const platform::Path& root)> database{};
  // What of that site must not be told, see steps::Supervisor. Empty: no step of the job needs it.
  std::function<std::vector<std::string>(const platform::Path& root)> secrets{};
  // What is wrong with that site now, see steps::Supervisor. Empty: no step of the job needs it.
  std::function<int(const platform::Path& root, const std::set<std::string>& known, platform::WallTime since, base::Report& report)> examine{};
  // What is seen of an upgrade in that site, see steps::Supervisor. Empty: no step of the job needs it.
  std::function<std::string(const platform::Path& root)> running_upgrade{};
  // What another text of a configuration file would come to, see steps::Supervisor. Empty: no step of the job needs it.
  std::function<std::string(const platform::Path& root, const platform::Path& file, const std::string& text)> configuration_problem{};
};

// The argument vector that makes the program run a job, and its counterpart; nullopt when argv is no such call.
std::vector<std::string> runner_arguments(const std::string& program, const RunnerStart& start);
std::optional<RunnerStart> parse_runner_arguments(const std::vector<std::string>& argv);

// Runs the job from where its journal stands. Everything that goes wrong ends in the job's log and journal.
// Returns the exit status for the process.
int run_job(platform::Disk& disk, RunnerStart start);

}  // namespace jobs
