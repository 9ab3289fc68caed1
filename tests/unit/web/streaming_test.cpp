// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/streaming.h"

#include <catch2/catch.hpp>

using web::Passing;
using web::passing_of;

TEST_CASE("Output is streamed where it was measured to pass, and followed everywhere else") {
  struct {
    const char* server;
    bool fastcgi, events, live;
    Passing passing;
  } rows[] = {
      // Apache, CGI: text waits in DEFLATE unless our .htaccess switched the filters off
      {"Apache/2.4.71 (Debian)", false, false, false, Passing::follow},
      {"Apache/2.4.71 (Debian)", false, false, true, Passing::stream},
      {"Apache/2.4.71 (Debian)", false, true, false, Passing::stream},
      {"Apache/2.4.71 (Debian)", false, true, true, Passing::stream},
      {"Apache", false, true, false, Passing::stream},
      // mod_fcgid and mod_proxy_fcgi buffer whatever we do
      {"Apache/2.4.71 (Debian)", true, false, false, Passing::follow},
      {"Apache/2.4.71 (Debian)", true, false, true, Passing::follow},
      {"Apache/2.4.71 (Debian)", true, true, true, Passing::follow},
      // nginx with X-Accel-Buffering: no
      {"nginx/1.22.1", true, false, false, Passing::stream},
      {"nginx/1.22.1", true, true, false, Passing::stream},
      // fcgiwrap behind nginx, lighttpd, what was not measured
      {"nginx/1.22.1", false, false, true, Passing::follow},
      {"lighttpd/1.4.69", false, false, true, Passing::follow},
      {"lighttpd/1.4.69", true, true, true, Passing::follow},
      {"LiteSpeed", false, true, true, Passing::follow},
      {"LiteSpeed", true, true, true, Passing::follow},
      {"", false, true, true, Passing::follow},
      {"", true, true, true, Passing::follow},
      {"My Apache", false, true, true, Passing::follow},
      {"apache", false, true, true, Passing::follow},
  };
  for (const auto& row : rows) {
    INFO(row.server << (row.fastcgi ? " fastcgi" : " cgi") << (row.events ? " events" : " text") << (row.live ? " live" : ""));
    CHECK(passing_of(row.server, row.fastcgi, row.events, row.live) == row.passing);
  }
}
