// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/jobs_section.h"

#include <algorithm>

#include "base/text.h"
#include "jobs/changes.h"
#include "web/html.h"

namespace web {

namespace {

using base::html_escape;
using jobs::State;

constexpr size_t kMostShown = 8;

std::string about(const jobs::Snapshot& job, const Links& links, const char* task, const char* words,
                  const char* css_class = "button") {
  return link(links.page(task, {{"job", job.id}}), words, css_class) + "\n";
}

std::string step_item(const jobs::Snapshot& job, size_t i) {
  bool done = i < job.steps_done, now = i == job.steps_done && !jobs::is_over(job.state);
  const char* words = done ? "done" : !now ? "to do" : job.state == State::interrupted ? "interrupted here" : "now";
  const char* css_class = done ? "done" : now ? "now" : "";
  return "<li class=\"" + std::string(css_class) + "\"" + (now ? " aria-current=\"step\"" : "") + ">" +
         html_escape(base::printable_line(job.plan.steps[i].title)) + " <span class=\"tag\">" + words +
         "</span></li>\n";
}

std::string job_row(const jobs::Snapshot& job, const Links& links) {
  bool bad = job.state == State::failed || job.state == State::interrupted;
  return "<tr><td>" + html_escape(platform::utc_words(job.created)) + "</td><td>" +
         link(links.job(job.id), base::printable_line(job.plan.task)) + "</td><td" + (bad ? " class=\"err\"" : "") +
         ">" + html_escape(base::printable_line(jobs::state_words(job))) + "</td></tr>\n";
}

}  // namespace

std::string job_ways(const jobs::Snapshot& job, const Links& links) {
  if (job.state == State::running || job.state == State::still_busy || job.state == State::waiting)
    return about(job, links, "job:stop", "Stop it", "button danger");
  if (job.state != State::interrupted) return {};
  std::string out = about(job, links, "job:resume", "Go on where it stopped", "button main");
  if (jobs::leads_back(job)) out += about(job, links, "job:rollback", "Take back what it did", "button danger");
  return out + about(job, links, "job:unlock", "Give it up", "button danger");
}

std::string steps_html(const jobs::Snapshot& job) {
  if (job.plan.steps.empty()) return {};
  std::string out = "<ol class=\"steps\">\n";
  for (size_t i = 0; i < job.plan.steps.size(); ++i) out += step_item(job, i);
  return out + "</ol>\n";
}

std::string current_job_section(const std::optional<jobs::Snapshot>& job, const Links& links) {
  if (!job) return {};
  bool rests = job->state == State::interrupted;
  std::string inner =
      paragraph(base::printable_line(job->plan.task) + ": " + base::printable_line(jobs::state_words(*job)) + ".");
  inner += paragraph(rests ? "What it did so far is written down. The best is nearly always to go on. Each of these "
                             "shows first what it would do."
                           : "It goes on when this page is closed. Until it is over, what stands below may change.");
  inner += "<p class=\"buttons\">" +
           link(links.job(job->id), rests ? "See what it printed" : "Watch it", rests ? "button" : "button main") +
           "\n" + job_ways(*job, links) + "</p>\n" + folded("Its steps", steps_html(*job));
  inner += paragraph("job " + job->id, "soft");
  return section("current", rests ? "A job was interrupted" : "A job is at work", inner,
                 rests ? "verdict bad" : "verdict busy");
}

std::string newest_jobs_section(actions::World& world, const Links& links) {
  if (!world.state_folder || !world.disk.look(world.state_folder->folder)) return {};
  auto state = world.need_state();
  std::string rows;
  for (const auto& id : jobs::newest_jobs(world.disk, state, kMostShown))
    if (auto job = jobs::look_at(world.disk, state, id)) rows += job_row(*job, links);
  std::string inner =
      rows.empty() ? paragraph("No job was started yet.")
                   : "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of "
                     "jobs\"><table>\n<thead><tr><th scope=\"col\">"
                     "Begun</th><th scope=\"col\">Task</th><th scope=\"col\">Result</th></tr></thead>\n<tbody>\n" +
                         rows + "</tbody>\n</table></div>\n";
  return section("jobs", "Newest jobs", inner);
}

}  // namespace web
