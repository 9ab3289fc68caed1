// SPDX-License-Identifier: GPL-3.0-or-later
// The whole database of a connection as one .sql.gz, which phpMyAdmin, mariadb and mysql import. All transactional
// tables are as of one moment (a snapshot, without FLUSH or LOCK rights); what is not, or is missing, is in the
// manifest's notes. Nothing is locked for longer than its own turn, and nothing is changed but settings of the session.
// Memory: about 20 MB and once the largest row.
//
// The file appears under its name only when it is complete, synced, read back and verified; after a Failure, a stop or
// a lost connection nothing of it is left (after a kill NAME.partial, which the next dump of that name replaces).
// Failures name the table they happened in.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "platform/clock.h"
#include "platform/disk.h"
#include "storage/manifest.h"
#include "storage/mysql.h"

namespace storage {

struct DumpProgress {
  std::string table;            // the one that is being read; empty before and after all
  size_t table_number = 0;      // from 1
  size_t table_count = 0;
  uint64_t rows = 0;            // of all tables so far
  uint64_t sql_bytes = 0;
  uint64_t file_bytes = 0;
  uint64_t expected_rows = 0;   // the server's estimates, often wrong by a third
  double part = 0;              // 0 to 1, by those estimates
};

struct DumpOrder {
  platform::Path file;       // NAME.sql.gz, in a folder that exists; must not exist
  std::string application;   // for the head of the file and the manifest; may be empty
  // Called by the dumping thread, at most about five times a second. Either may be empty.
  std::function<void(const DumpProgress&)> progress;
  std::function<bool()> stop_asked;
};

// nullopt: stopped because stop_asked() said so. The connection is in an unknown state afterwards: close it.
// A table whose definition changes meanwhile makes the dump begin anew, once; then it is a Failure that names it.
std::optional<Manifest> dump_database(Connection& connection, const DumpOrder& order, platform::Clock& clock);

// What a dump may need on the disk, by the server's estimates; what is reserved before it begins.
uint64_t expected_dump_bytes(Connection& connection);

}  // namespace storage
