// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a configuration leads to the site's database: tried with the texts that its files would have.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "actions/world.h"
#include "apps/app.h"

namespace actions {

struct Trial {
  std::string problem;                // why it does not: a sentence; empty: it does, and the tables are there
  bool connected = false;
  bool has_tables = false;            // of the site, with the prefix
  std::vector<std::string> prefixes;  // that the site's tables in that database have, where it is connected and the prefix is another
};

// `files`: the text that each would have. What only code or the environment says there is taken from our settings. Never throws.
Trial try_configuration(World& world, const std::map<Path, std::string>& files);

// The same with what our settings file says of the database, over what the configuration says; not connected when they say nothing.
Trial try_settings(World& world);

}  // namespace actions
