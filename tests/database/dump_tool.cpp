// SPDX-License-Identifier: GPL-3.0-or-later
// Dumps one database: dump_tool FILE SOCKET HOST PORT DATABASE USER, the password in the variable DUMP_PASSWORD. Prints
// the manifest; a failure goes to stderr, with exit status 1. With DUMP_PROGRESS set each report is one line of stderr.
#include <cstdlib>
#include <iostream>

#include "base/failure.h"
#include "storage/dump.h"

int main(int, char** words) {
  const char* password = std::getenv("DUMP_PASSWORD");
  storage::DatabaseTarget target{words[3], static_cast<unsigned>(std::atoi(words[4])), words[2],
                                 words[5], words[6], password ? password : ""};
  storage::DumpOrder order;
  order.file = words[1];
  order.application = "test";
  if (std::getenv("DUMP_PROGRESS"))
    order.progress = [](const storage::DumpProgress& at) {
      std::cerr << at.table << " " << at.rows << " " << at.sql_bytes << " " << at.part << std::endl;
    };
  if (const char* file = std::getenv("DUMP_STOP"))
    order.stop_asked = [file] { return std::filesystem::exists(file); };
  try {
    auto connection = storage::Connection::open(target);
    auto manifest = storage::dump_database(connection, order, platform::system_clock());
    std::cout << (manifest ? storage::to_json(*manifest) : "stopped\n");
    return 0;
  } catch (const base::Failure& failure) {
    std::cerr << failure.full() << "\n";
    return 1;
  }
}
