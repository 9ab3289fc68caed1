// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a dump on the connected database, statement by statement, as a stream: memory is one statement. What is run and
// what is not is said in restore_rules.h; nothing outside of the connected database is touched. Settings of the session
// are changed, so close the connection afterwards.
//
// Not atomic: after a Failure, a stop or a kill the database holds tables that are new, one that is half and some that
// are old (tables_by_state). The caller writes the cursor down before each of them and may go on from it, or restore
// the safety backup that it made before.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/dump_survey.h"
#include "storage/mysql.h"

namespace storage {

struct RestoreCursor {
  uint64_t connection_id = 0;  // the server's number of the connection that runs it
  uint64_t statement = 0;      // number of the first statement of the present object
  uint64_t sql_offset = 0;     // where that begins
  std::string kind;            // "table", "view", ...; empty before the first
  std::string name;
  // Tables that the file fills without dropping them, and that were there before all began: they cannot be filled twice.
  std::vector<std::string> existed;
};

std::string to_json(const RestoreCursor& cursor);  // one line
std::optional<RestoreCursor> cursor_of(std::string_view json);

struct RestoreProgress {
  std::string name;            // the table or object that is being written; empty before the first
  uint64_t statement = 0;
  uint64_t sql_bytes = 0;
  uint64_t file_bytes = 0;     // how much of the file is done
  double part = 0;             // 0 to 1, by that
  bool seeking = false;        // reading up to the cursor, nothing is written
};

struct RestoreOrder {
  platform::Path file;
  DumpSurvey survey;                   // of this very file; must be restorable
  std::vector<std::string> may_drop;   // tables that may be lost; DROP, CREATE OR REPLACE or TRUNCATE of another one that
                                       // exists is a Failure before the server sees it
  std::vector<std::string> leave_out{};  // tables of a file of ours that stay as they are
  std::optional<RestoreCursor> go_on_from;  // our files: from that object; others: from their beginning
  // Called by the restoring thread. on_cursor before a new table or object begins; a throw of it ends the restore.
  std::function<void(const RestoreCursor&)> on_cursor;
  std::function<void(const RestoreProgress&)> progress;  // at most about five times a second
  std::function<bool()> stop_asked;
};

struct RestoreResult {
  uint64_t statements = 0;             // that were run
  uint64_t split_statements = 0;       // larger than the server's packet, sent in pieces
  uint64_t sql_bytes = 0;
  double seconds = 0;
  std::vector<SurveySkip> skipped;
  std::vector<std::string> definers;   // sentences: "the view v belonged to root@localhost, now to shop@%"
  std::vector<std::string> notes;      // limits that the server keeps
};

// nullopt: stopped because stop_asked() said so.
// A Failure names statement, line, offset, the beginning of the statement and the server's words; connection.lost()
// tells a lost connection apart (going on is worth it). Holds GET_LOCK(database_lock(...)) meanwhile; held by another
// connection = Failure at once.
std::optional<RestoreResult> restore_dump(Connection& connection, const RestoreOrder& order);

// "unstick:DATABASE", shortened to the 64 characters that servers take.
std::string database_lock(const std::string& database);

struct WaitOrder {
  std::chrono::seconds kill_after{60};   // then the old connection is ended, if the account may
  std::chrono::seconds give_up_after{900};
  std::function<void(std::chrono::seconds so_far)> waiting;  // about once a second
  std::function<bool()> stop_asked;
};

enum class OldConnection { gone, ended, stopped };

// Waits until the server no longer runs the statement of the interrupted restore: gone by itself, or ended by us
// (a connection that sleeps is ended at once); `stopped` as stop_asked() said. Failure after give_up_after.
[[nodiscard]] OldConnection wait_until_gone(Connection& connection, const RestoreCursor& cursor, const WaitOrder& order);

struct TablesByState {
  std::vector<std::string> restored;  // whole, as in the file
  std::vector<std::string> half;      // begun: rows, keys or the table itself may be missing
  std::vector<std::string> old;       // not touched yet
};
// After an interruption at `cursor`. Pure: tells by the file's order.
TablesByState tables_by_state(const DumpSurvey& survey, const RestoreCursor& cursor);

}  // namespace storage
