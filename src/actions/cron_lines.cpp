// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/cron_lines.h"

namespace actions {

namespace {

// For one double-quoted word of a crontab's command. The URL is ours: its path holds no quote (web/request.cpp), but
// may hold these.
std::string quoted_for_crontab(const std::string& url) {
  std::string out = "\"";
  for (char c : url) {
    if (c == '%') out += '\\';
    if (c == '$' || c == '`' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::vector<CronLine> cron_lines(const std::string& url, Answers answers) {
  // One try: a second one would only be told that the first still runs.
  std::string quiet = url + "&quiet", quoted = quoted_for_crontab(quiet);
  std::string wget = "wget -q -O /dev/null --timeout=60 --tries=1 " + quoted;
  std::string curl = "curl -fsS -m 60 -o /dev/null " + quoted;
  return {
      {"Bookmark", "Shows the output in the browser.", url + "&pretty"},
      {"crontab with wget", "Every 5 minutes.", "*/5 * * * * " + wget},
      {"crontab with curl", "Every 5 minutes; cron sends a mail when it fails.", "*/5 * * * * " + curl},
      {"cPanel", "Cron Jobs, Common Settings: Once Per Five Minutes. Command:", curl},
      {"Plesk", "Scheduled Tasks, Add Task, task type: Fetch a URL. URL:", quiet},
      {"DirectAdmin", "Cron Jobs, minute */5, all others *. Command:", curl},
      {"ISPConfig",
       "Sites, Cron Jobs, minute */5, all others *. Command to run: the address alone, it is fetched:", quiet},
      {"cron-job.org, EasyCron and the like",
       std::string("Every 5 minutes, notify on failure. They wait 30 seconds; ") +
           (answers == Answers::in_time
                ? "this answers within 25. URL:"
                : "this host ends what outlives a request, so what takes longer may look like a failure there although "
                  "it goes on: HOSTING.txt says when, and the page of this program how it ended. URL:"),
       quiet},
  };
}

}  // namespace actions
