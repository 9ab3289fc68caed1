// SPDX-License-Identifier: GPL-3.0-or-later
// Which addresses a download may ask: https, the usual port, no user's name, a host of a list. Read by libcurl's own parser,
// so that what is checked is what is asked. Pure functions.
#pragma once

#include <string>
#include <vector>

namespace platform {

// The same url as libcurl writes it. Throws Failure naming what is wrong with it.
std::string listed_url(const std::string& url, const std::vector<std::string>& hosts);

// For people: without the query, which on asset hosts is a signature, and printable.
std::string shown_url(const std::string& url);

}  // namespace platform
