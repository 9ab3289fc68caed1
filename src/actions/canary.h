// SPDX-License-Identifier: GPL-3.0-or-later
// Our own data where a web server could serve it (StateFolder::exposed): can strangers read it? A file with a word of
// chance is put there and asked for through the site's own address. That it does not come back proves something only
// where another file does that everybody may read: firewalls refuse whatever a server asks itself. What came of it is
// remembered for a minute.
#pragma once

#include <optional>
#include <string>

#include "actions/action.h"

namespace actions {

enum class Seen {
  refused,    // the server does not give the file out, others it does
  given_out,  // anybody who knows the address can read it
  unknown,    // it could not be found out
};

struct Canary {
  Seen seen = Seen::unknown;
  std::string words;  // for the owner: what was seen, and what to do
};

// nullopt: the folder lies outside of what a web server serves, or there is none. Never throws.
std::optional<Canary> look_at_canary(World& world);

// A backup that this proposal makes would lie there: where strangers can read it that has to be accepted first; where
// it could not be found out whether they can, once.
void add_exposure(World& world, Proposal& proposal);
// The owner consented to this proposal with its warnings.
void note_exposure_accepted(World& world, const Proposal& proposal);

}  // namespace actions
