// SPDX-License-Identifier: GPL-3.0-or-later
// Which of this account's processes run a script now, as /proc tells. Where /proc shows nothing, the list is empty.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "platform/disk.h"

namespace platform {

struct RunningScript {
  pid_t pid = 0;
  std::string words;  // its command line, blanks between
};

// Processes that have one of `scripts` (absolute; those that are empty count for nothing) among their arguments, by whatever links
// on either side, also from their working folder. Not this process itself.
std::vector<RunningScript> running_scripts(const std::vector<Path>& scripts);

}  // namespace platform
