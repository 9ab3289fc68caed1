// SPDX-License-Identifier: GPL-3.0-or-later
// How a release is laid over one site, for applications whose folders the owner moves and renames.
#pragma once

#include <string>
#include <vector>

#include "storage/owner.h"
#include "storage/placing.h"

namespace apps {

// What the database is to the files that come.
enum class DatabaseFit { fits, behind, unknown };

// What for: to compare, nothing is in the way.
enum class Laying { replace, compare };

struct Arrangement {
  std::vector<storage::Placing> placings;       // of all that the package holds
  std::vector<storage::OwnerRule> rules;        // of paths in the site
  DatabaseFit database = DatabaseFit::unknown;  // behind: the site answers only when its upgrade was run
  std::vector<std::string> notes;               // for the plan: sentences
  std::vector<std::string> afterwards;          // what is left to the owner: sentences
};

}  // namespace apps
