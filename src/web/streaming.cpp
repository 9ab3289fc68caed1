// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/streaming.h"

#include <array>

namespace web {

namespace {

struct Row {
  std::string_view server;  // how SERVER_SOFTWARE begins
  bool fastcgi;
  bool events;              // application/x-ndjson: outside every compression and inspection list
  bool needs_live;          // only with the .htaccess lines that switch the output filters off
};

constexpr std::array<Row, 4> kStreams = {{
    {"Apache", false, true, false},   // mod_cgi, mod_cgid; with mod_security too
    {"Apache", false, false, true},   // text/plain waits in DEFLATE unless FilterChain ! is set
    {"nginx", true, true, false},     // with X-Accel-Buffering: no
    {"nginx", true, false, false},
}};

}  // namespace

Passing passing_of(std::string_view server_software, bool fastcgi, bool events, bool live) {
  for (const Row& row : kStreams) {
    bool same_server = server_software.substr(0, row.server.size()) == row.server;
    if (same_server && row.fastcgi == fastcgi && row.events == events && (live || !row.needs_live))
      return Passing::stream;
  }
  return Passing::follow;
}

}  // namespace web
