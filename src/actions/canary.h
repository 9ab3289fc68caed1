// SPDX-License-Identifier: GPL-3.0-or-later
// Our own data where a web server could serve it (StateFolder::exposed): can strangers read it? A file with a word of
// chance is put there and asked for through the site's own address. What came of it is remembered for a minute.
#pragma once

#include <optional>
#include <string>

#include "actions/action.h"

namespace actions {

enum class Seen {
  refused,    // the server gives the file to nobody
  given_out,  // anybody who knows the address can read it
  unknown,    // it could not be asked
};

struct Canary {
  Seen seen = Seen::unknown;
  std::string words;  // for the owner: what was seen, and what to do
};

// nullopt: the folder lies outside of what a web server serves, or there is none. Never throws.
std::optional<Canary> look_at_canary(World& world);

// A backup that this proposal makes would lie there: where strangers could read it that has to be accepted first.
void add_exposure(World& world, Proposal& proposal);

}  // namespace actions
