// SPDX-License-Identifier: GPL-3.0-or-later
// Mending the application's configuration: the action `config:fix`, and the same for `recover`, which has steps of its own around it.
#pragma once

#include <string>
#include <vector>

#include "actions/action.h"

namespace actions {

struct ConfigurationFix {
  std::vector<base::Step> steps;    // keep-configuration first, then one for each file; none: nothing to do, or not yet
  std::vector<std::string> notes;   // what they do, or what is needed before anything can be done
  std::string findings;             // another text whenever the steps would be others
  std::vector<Choice> choices;      // not empty: which of these? The options are config:fix's, and recover's when it has them too
  bool needs_owner = false;         // something is wrong, and notes say what the owner has to write down first
};

// What is to be done to the configuration as it is now, tried against the database where it says how that is reached. Options: file
// (the mark of a copy to begin from), tables (the site's table of contacts, where several prefixes have one). Throws Failure when the
// configuration cannot be looked at. Asks the database, and changes nothing.
ConfigurationFix configuration_fix(World& world, const Options& options);

// For the process of a job: what would be wrong if `file` of the site's configuration had this text; see steps::Supervisor.
std::string configuration_problem(Program& program, const Path& root, const Path& file, const std::string& text);

}  // namespace actions
