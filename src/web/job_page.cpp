// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/job_page.h"

#include "actions/replacing.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "web/html.h"
#include "web/jobs_section.h"
#include "web/page.h"
#include "web/rendering.h"

namespace web {

namespace {

using namespace std::chrono_literals;
using jobs::State;

constexpr size_t kMostPageBytes = 256 << 10;  // the end of the log that a page shows

bool goes_on(const jobs::Snapshot& job) {
  return job.state == State::running || job.state == State::still_busy || job.state == State::waiting;
}

// For a helper: read-only, for a week. Not where the address alone opens everything.
std::string link_to_send(const Delivery& to, const std::string& secret) {
  std::string link = to.links.printed(Links::view(view_token(secret, new_view(View::reads, to.job)), 0, true));
  if (link.starts_with('?')) return {};
  return folded("Show it to a helper",
                paragraph("Whoever has this link sees the output of this one job, for a week, and can do nothing.") +
                    to_copy(link, to.links.origin()));
}

std::string more_for_the_owner(const Delivery& to, const jobs::Snapshot& job, const std::string& secret) {
  std::string ways = job_ways(job, to.links);
  if (jobs::is_over(job.state)) {
    ways +=
        link(Links::view(view_token(secret, new_view(View::reads, to.job)), 0), "The output as text", "button") + "\n";
    if (actions::asked_first(job) && jobs::began_change(job))
      ways += link(to.links.page("undo"), "Take it back (undo)", "button danger") + "\n";
  }
  return (ways.empty() ? "" : "<p class=\"buttons\">" + ways + "</p>\n") + link_to_send(to, secret);
}

}  // namespace

void send_job_page(const Delivery& to) {
  auto state = to.world.need_state();
  storage::JobNames names(state.job(to.job));
  jobs::Follower follower(to.world.disk, state, to.job, to.from);
  auto first = follower.next(1s);
  uint64_t size = jobs::log_size(to.world.disk, names);
  uint64_t from = size > kMostPageBytes ? size - kMostPageBytes : 0;
  auto part = jobs::read_log(to.world.disk, names, std::max(from, to.from), kMostPageBytes);
  auto job = jobs::look_at(to.world.disk, state, to.job).value();
  std::string secret = to.world.need_owner_secret();
  std::string token = view_token(secret, new_view(to.view, to.job));
  JobPage page;
  page.title = job.plan.task;
  page.output = as_html(part.text);
  page.state = jobs::state_words(job);
  page.mood = goes_on(job) ? "busy" : job.state == State::done ? "good" : "bad";
  page.next = Links::view(token, part.next);
  page.again = Links::view(token, 0, true);
  page.running = goes_on(job);
  page.back = to.back;
  page.steps = job.plan.steps.size() > 1 ? section("steps", "Steps", steps_html(job)) : "";
  if (!to.back.empty()) page.more = more_for_the_owner(to, job, secret);
  write_page(to.gateway, 200, job_page(page));
}

}  // namespace web
