// SPDX-License-Identifier: GPL-3.0-or-later
// Of the console page: the job that the site belongs to with what can be done about it, and the newest jobs.
#pragma once

#include <optional>
#include <string>

#include "jobs/job.h"
#include "web/links.h"

namespace web {

// Empty when there is no such job.
std::string current_job_section(const std::optional<jobs::Snapshot>& job, const Links& links);

std::string newest_jobs_section(actions::World& world, const Links& links);

// What can be done about a job that is not over: links to the plans of it. Empty when it is over.
std::string job_ways(const jobs::Snapshot& job, const Links& links);

// A plan's steps with how far each is.
std::string steps_html(const jobs::Snapshot& job);

}  // namespace web
