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

// `url`: the link without further parameters. In lines of a crontab `%` is escaped, as it ends a command there.
std::vector<CronLine> cron_lines(const std::string& url);

}  // namespace actions
