// SPDX-License-Identifier: GPL-3.0-or-later
// The forms in which people write where a database is: in configurations of applications and in our settings.
#pragma once

#include <string_view>

#include "apps/app.h"

namespace apps {

// "localhost", "db.example.com:3307", "[::1]:3307", "/run/mysqld/mysqld.sock", "localhost:/tmp/mysql.sock",
// "unix:/tmp/mysql.sock", "p:localhost" (mysqli), "localhost;unix_socket=/tmp/mysql.sock" and "host;port=3307" (PDO).
// Sets host and socket, and the port where one is named. False, and nothing set, when it is none of them.
bool read_database_host(std::string_view text, DatabaseAccess& access);

// A number up to 65535; empty and 0 stand for the usual port. False, and nothing set, when it is none.
bool read_database_port(std::string_view text, DatabaseAccess& access);

}  // namespace apps
