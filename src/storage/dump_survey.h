// SPDX-License-Identifier: GPL-3.0-or-later
// What is inside a dump and what restoring it would do: the dry run. Reads the whole file once, asks no server.
// Memory: the largest statement, and a few words for each table.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/disk.h"
#include "storage/sql_source.h"

namespace storage {

enum class DumpWriter { ours, mysqldump, mariadb_dump, phpmyadmin, other };

struct SurveyTable {
  std::string name;
  bool dropped = false;     // DROP TABLE, CREATE OR REPLACE TABLE or TRUNCATE: what is there now is lost
  bool created = false;     // neither this nor `dropped`: its rows come to those that are there
  bool if_absent = false;   // CREATE TABLE IF NOT EXISTS: the same where it is there and not dropped
  uint64_t inserts = 0;     // INSERT and REPLACE statements
  uint64_t sql_bytes = 0;   // of all its statements
  uint64_t first = 0;       // offset of its first statement
  uint64_t end = 0;         // behind its last
};

struct SurveySkip {
  std::string words;        // "SET GLOBAL", "GRANT"
  std::string why;
  uint64_t count = 0;
  uint64_t number = 0, line = 0;  // of the first such statement
};

struct DumpSurvey {
  DumpWriter writer = DumpWriter::other;
  std::string program;      // "mariadb-dump 10.19", "phpMyAdmin 5.2.1", "Unstick 0.1.0"; empty = not said
  std::string database;     // as the head says; all of these may be empty
  std::string server;
  std::string taken;
  SqlPacking packing = SqlPacking::plain;
  uint64_t file_bytes = 0;
  uint64_t sql_bytes = 0;
  uint64_t statements = 0;
  // The last line says that the dump is whole. Unknown for writers that end without such a line: then only a text that
  // stops inside a statement is known to be cut off.
  enum class Completeness { complete, unknown, cut_off } completeness = Completeness::unknown;
  std::vector<SurveyTable> tables;              // in the file's order
  std::vector<std::string> views, triggers, routines, events, sequences;
  std::vector<std::string> dropped_others;      // "view x", "procedure y": there may be ones of these names now
  std::vector<std::string> databases;           // named by USE
  std::vector<std::string> definers;            // "user@host", each once
  std::vector<SurveySkip> skipped;
  std::vector<std::string> obstacles;           // sentences; empty = it can be restored. At most kMostObstacles
  uint64_t largest_statement = 0;               // bytes
  uint64_t largest_number = 0, largest_line = 0;
  uint64_t packet_bytes = 0;                    // max_allowed_packet that our own files ask for; 0 = not said
  bool of_several_databases = false;            // only the part of the connected one is restored

  static constexpr size_t kMostObstacles = 20;
  bool is_ours() const { return writer == DumpWriter::ours; }
  bool can_be_restored() const { return obstacles.empty(); }
  std::vector<std::string> may_drop() const;    // names of the tables that are dropped: what the operator consents to
};

struct SurveyOrder {
  platform::Path file;
  std::string database;  // the connected one, or the one that will be
  // At most about five times a second; part is 0 to 1. Either may be empty.
  std::function<void(double part)> progress;
  std::function<bool()> stop_asked;
};

// nullopt: stopped. Throws Failure when the file cannot be read to its end (sql_source.h) or a statement is too large.
std::optional<DumpSurvey> survey_dump(const SurveyOrder& order);

}  // namespace storage
