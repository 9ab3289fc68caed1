// SPDX-License-Identifier: GPL-3.0-or-later
// The two ways in which a web server starts us.
#pragma once

#include "actions/world.h"

namespace web {

// One request from environment, stdin and stdout. Returns the exit status.
int serve_cgi(actions::Program& program);

// Is fd 0 a listening socket, as FastCGI servers hand it over?
bool started_as_fastcgi();

// Serves until the server ends us, or until our file was replaced while we were idle.
int serve_fastcgi(actions::Program& program);

}  // namespace web
