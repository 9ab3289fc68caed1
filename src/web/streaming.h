// SPDX-License-Identifier: GPL-3.0-or-later
// Which web server passes text on while it is written, and which keeps it until the program has ended. Measured on
// stock Debian 12 (Apache 2.4, mod_fcgid 2.3.9, nginx 1.22, lighttpd 1.4.69); what is not in the table keeps it.
#pragma once

#include <string_view>

namespace web {

enum class Passing { stream, follow };

// `server_software` as the server names itself; `live` = the "live output" lines of our .htaccess are in force.
Passing passing_of(std::string_view server_software, bool fastcgi, bool events, bool live);

}  // namespace web
