// SPDX-License-Identifier: GPL-3.0-or-later
// The program on a command line: every action and option that the URL has. Exit status: the task's result (0 done,
// 1 failed), 2 wrong usage, 3 a plan was shown and not consented to, 4 not started because something else runs.
#pragma once

#include <string>
#include <vector>

#include "actions/world.h"

namespace cli {

int run(actions::Program& program, const std::vector<std::string>& argv);

}  // namespace cli
