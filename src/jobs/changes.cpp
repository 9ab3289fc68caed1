// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/changes.h"

#include <algorithm>

#include "steps/verbs.h"

namespace jobs {

namespace {

using steps::Touches;

template <class Is>
bool began_one(const Snapshot& job, Is is) {
  return std::any_of(job.begun.begin(), job.begun.end(),
                     [&](size_t step) { return step < job.plan.steps.size() && is(job.plan.steps[step].verb); });
}

bool began_one_that_touches(const Snapshot& job, std::initializer_list<Touches> what) {
  return began_one(job, [&](const std::string& verb) { return std::find(what.begin(), what.end(), steps::touches(verb)) != what.end(); });
}

}  // namespace

bool began(const Snapshot& job, std::string_view verb) {
  return began_one(job, [&](const std::string& begun) { return begun == verb; });
}

bool began_change(const Snapshot& job) {
  return began_one_that_touches(job, {Touches::files, Touches::present_database, Touches::upgraded_database, Touches::database});
}

bool began_on_database(const Snapshot& job) {
  return began_one_that_touches(job, {Touches::present_database, Touches::upgraded_database, Touches::database});
}

bool began_installer(const Snapshot& job) {
  return job.upgrade_started && began_one_that_touches(job, {Touches::upgraded_database});
}

bool bars_way_back(const Snapshot& job) {
  bool has_backup = began(job, "close-site") && began(job, "dump-database") && !began(job, "open-site");
  return began_one_that_touches(job, {Touches::database}) || (began_installer(job) && !has_backup);
}

bool leads_back(const Snapshot& job) { return began_change(job) && !bars_way_back(job); }

std::vector<std::string> tasks_for_interrupted(const Snapshot& job) {
  if (!leads_back(job)) return {"job:resume", "job:unlock"};
  return {"job:resume", "job:rollback", "job:unlock"};
}

std::string ways_on(const Snapshot& job) {
  return std::string("resume it (job:resume)") + (leads_back(job) ? ", take back what it did (job:rollback)" : "") + " or give it up (job:unlock)";
}

}  // namespace jobs
