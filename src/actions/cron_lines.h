// SPDX-License-Identifier: GPL-3.0-or-later
// One address, ready to be pasted where people have a bookmark or a cron page.
#pragma once

#include <string>
#include <vector>

namespace actions {

struct CronLine {
  std::string place;  // "cPanel"
  std::string how;    // what to choose there: a sentence
  std::string text;   // what to paste
};

// Where the host ends what outlives a request, a job lives in that request, and not every web server lets cron go
// before.
enum class Answers { in_time, perhaps_late };

// `url`: the link without further parameters. In lines of a crontab `%` is escaped, as it ends a command there.
std::vector<CronLine> cron_lines(const std::string& url, Answers answers);

}  // namespace actions
