// SPDX-License-Identifier: GPL-3.0-or-later
// The native actions, one row each. Router, help, page, command line and tests read this one table.
//
// *at once*: asked is done. *plan first*: asked without consent an action answers with its plan and changes nothing
// (consent.h). An action either makes a plan that runs as a job, or acts within the request.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "actions/world.h"
#include "base/plan.h"
#include "base/report.h"

namespace actions {

using base::Effect;

enum class Consent { at_once, plan_first };

// The parameters of a request beside the task: names are from the fixed list of DESIGN 3, values are checked by
// check_options(). None ever carries a path.
using Options = std::map<std::string, std::string>;

struct Proposal {
  base::Plan plan;
  // What the plan rests on: if this text is another one when consent is given, the new plan is shown instead.
  std::string findings;
  bool nothing_to_do = false;   // plan.notes say why
};

struct Action {
  std::string_view name;
  std::string_view help;      // one line, an imperative in lower case
  std::string_view options;   // names of the options it takes, separated by blanks
  Effect effect = Effect::reads;
  Consent consent = Consent::at_once;
  // The steps it would take. May throw Failure. nullptr: none, the action reads and answers in the request.
  Proposal (*propose)(World&, const Options&) = nullptr;
  // Does it within the request and tells the report; returns the exit status. nullptr: the plan runs as a job.
  int (*act)(World&, const Options&, base::Report&) = nullptr;
};

std::span<const Action> native_actions();
const Action* find_action(std::string_view name);

// Throws Failure naming the first option that the action does not take, or whose value is not of its form.
void check_options(const Action& action, const Options& options);

// The rows' functions; each group in a file of its own.
int list_php(World& world, const Options& options, base::Report& report);
int list_backups(World& world, const Options& options, base::Report& report);
Proposal propose_cache_purge(World& world, const Options& options);
Proposal propose_db_backup(World& world, const Options& options);
Proposal propose_job_stop(World& world, const Options& options);
Proposal propose_job_unlock(World& world, const Options& options);
Proposal propose_job_resume(World& world, const Options& options);
int act_job_stop(World& world, const Options& options, base::Report& report);
int act_job_unlock(World& world, const Options& options, base::Report& report);
int act_job_resume(World& world, const Options& options, base::Report& report);

}  // namespace actions
