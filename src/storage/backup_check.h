// SPDX-License-Identifier: GPL-3.0-or-later
// Proves one of our backups by restoring it beside the site's tables: each table is created under a temporary name,
// filled, counted, compared with the manifest and dropped before the next, so the space of the largest is enough.
// Foreign keys, triggers, views, routines and events are left out. No table that was there before is touched; those
// that were made are dropped also after a Failure or a stop (after a kill they are left: drop_check_tables).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/disk.h"
#include "storage/manifest.h"
#include "storage/mysql.h"

namespace storage {

struct CheckedTable {
  std::string name;
  uint64_t expected_rows = 0;
  uint64_t rows = 0;

  bool is_right() const { return rows == expected_rows; }
};

struct BackupCheck {
  std::vector<CheckedTable> tables;       // that were restored and counted
  std::vector<std::string> wrong;         // sentences: other counts, tables of the manifest that are not inside
  std::vector<std::string> not_checked;   // sentences: the server has no room, the account no right, an object is left out
  double seconds = 0;

  // Every table of the manifest came back with all its rows.
  bool is_proved() const { return wrong.empty() && !tables.empty() && unproved_tables == 0; }
  size_t unproved_tables = 0;
};

struct CheckOrder {
  platform::Path file;
  Manifest manifest;
  std::string prefix;  // of the temporary names, "unstick_check_": a number follows
  std::function<void(const std::string& table, double part)> progress;
  std::function<bool()> stop_asked;
};

// nullopt: stopped. Failure: the file cannot be read, is not one of ours, the connection is lost, or another connection
// holds the database's lock (restore.h).
std::optional<BackupCheck> check_backup(Connection& connection, const CheckOrder& order);

// After a restore: counts the rows of every table of the manifest in the connected database. The sentences name the
// tables that hold others; nullopt: stopped.
std::optional<std::vector<std::string>> differing_counts(Connection& connection, const Manifest& manifest,
                                                         const std::function<bool()>& stop_asked);

// Drops PREFIX0001, ... that a killed check left; returns how many.
size_t drop_check_tables(Connection& connection, const std::string& prefix);

}  // namespace storage
