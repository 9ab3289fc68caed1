// SPDX-License-Identifier: GPL-3.0-or-later
// What a job began to change, by the steps that its journal says were begun: that decides what leads back from it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "jobs/job.h"

namespace jobs {

bool began(const Snapshot& job, std::string_view verb);
// Something of the site.
bool began_change(const Snapshot& job);
bool began_on_database(const Snapshot& job);
// An installer of the application's own was started, or waited for.
bool began_installer(const Snapshot& job);
// Behind that step nothing goes back by itself: it changed the database for other files than those of before. Where an installer did,
// and the site was closed before the job's own backup and is closed still, that backup leads back.
bool bars_way_back(const Snapshot& job);

// Whether job:rollback takes something back.
bool leads_back(const Snapshot& job);

// What can be done about one that was interrupted: job:resume, job:rollback where that leads back, job:unlock.
std::vector<std::string> tasks_for_interrupted(const Snapshot& job);
// "resume it (job:resume), take back what it did (job:rollback) or give it up (job:unlock)"
std::string ways_on(const Snapshot& job);

}  // namespace jobs
