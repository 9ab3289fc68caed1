// SPDX-License-Identifier: GPL-3.0-or-later
// The two lists of the list page: our actions, and the application's commands. They are the larger part of it
// and change with the site's version and the settings only, so a FastCGI process keeps the last ones as HTML.
// It keeps no key: the beginnings of the links are filled in for each request.
#pragma once

#include <string>

#include "web/links.h"

namespace web {

// The HTML, with headings.
std::string offer_lists(actions::World& world, const Links& links);

}  // namespace web
