// SPDX-License-Identifier: GPL-3.0-or-later
// Of the console page: what may be asked, by group: our actions, and the application's commands. They are the larger
// part of the page and change with the site's version and the settings only, so a FastCGI process keeps the last ones
// as HTML. It keeps no key: the beginnings of the links are filled in for each request.
#pragma once

#include <string>

#include "web/links.h"

namespace web {

// The HTML, with headings.
std::string offer_lists(actions::World& world, const Links& links);

}  // namespace web
