// SPDX-License-Identifier: GPL-3.0-or-later
// From a task line to a plan that runs the application's console with a PHP that fits.
#pragma once

#include <string>
#include <variant>

#include "actions/action.h"
#include "apps/command_line.h"

namespace actions {

platform::PhpChoice choose_php(World& world, const platform::PhpRange& range, platform::AskPhp ask = platform::AskPhp::yes);

// The step that runs a line in the console of `site`, which need not be the one that is there now: its version decides which PHP
// fits. Throws Failure when none does, with the cron line to use instead.
struct ConsoleStep {
  base::Step step;
  platform::PhpCandidate php;
};
ConsoleStep console_step(World& world, const apps::Site& site, const apps::Allowed& line);

// Throws Failure when there is no console or no PHP, with the cron line to use instead. Of the options only backup=no is
// known, for lines that back up first.
Proposal propose_console(World& world, const apps::Allowed& line, const Options& options);

}  // namespace actions
