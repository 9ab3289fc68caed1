// SPDX-License-Identifier: GPL-3.0-or-later
// The page at ?KEY in a browser: how the site is, what is to be done about it, and everything else there is. One
// request, made anew each time; nothing is remembered of what is wrong.
#pragma once

#include "web/page.h"

namespace web {

struct Visitor {
  bool has_session = false;      // or gets one with this answer
  bool key_in_address = false;   // the page may take it out of the address bar
  bool is_encrypted = true;      // or on the same machine
  std::string page_token{};      // see tokens.h; empty: nothing on the page needs one
};

Html console_page(actions::World& world, const Links& links, const Visitor& visitor);

}  // namespace web
