// SPDX-License-Identifier: GPL-3.0-or-later
// Who is asking: from the credentials of a request to what it may do.
#pragma once

#include <string>

#include "actions/world.h"
#include "web/request.h"

namespace web {

enum class Level {
  none,
  ambient,  // a cookie or Basic header, which a browser sends by itself: may look, never start a change by GET
  full,     // the key itself was presented for this request
};

struct Access {
  Level level = Level::none;
  bool too_fast = false;        // 429
  bool not_from_here = false;   // allow_ip
  bool asleep = false;          // the key is right, and was not used for so long that it opens nothing any more
  bool key_in_query = false;    // then it is in the address bar: links may carry it on, a navigation gets the cookie
  std::string key_word;         // the query word that was the key, as it came
  std::string client;           // address that counts
  bool has_session = false;     // came with a cookie that fits
  std::string session_key_mark; // for new sessions
};

// The form that gives the key for a session.
bool is_login(const Request& request);

// Looks at all credentials of the request, in the order in which they cost: session, then the key. Counts attempts,
// and hardens the settings file after the plain key was presented.
Access find_access(actions::World& world, const Request& request);

}  // namespace web
