// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "actions/world.h"

namespace actions {

// Where the site answers, without a final slash: `url =` of the settings, else what its configuration says, else the address
// that this request came to, as far as that tells it. Empty when nobody knows.
std::string site_address(World& world);

// The last of these alone: it led to us. Empty when the request does not tell.
std::string requested_site_address(World& world);

// The words of steps that ask the site: its address, and the pages that the application names.
std::vector<std::string> site_questions(World& world);

}  // namespace actions
