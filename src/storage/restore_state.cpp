// SPDX-License-Identifier: GPL-3.0-or-later
// After an interruption: where it was, whether the server still runs it, and what is old and new.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/failure.h"
#include "base/text.h"
#include "storage/restore.h"

namespace storage {

namespace {

using nlohmann::json;
using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

enum class OldState { absent, asleep, busy };

// A number may have gone to another connection meanwhile, after a restart of the server above all: only ours is in the
// same database and holds the lock.
OldState state_of(Connection& connection, const RestoreCursor& cursor) {
  if (cursor.connection_id == 0 || cursor.connection_id == connection.id()) return OldState::absent;
  const std::string number = std::to_string(cursor.connection_id);
  const std::string database = connection.value("SELECT DATABASE()").value_or("");
  for (const SqlRow& row : connection.query("SHOW PROCESSLIST")) {
    if (row.at(0) != number || row.at(3) != database) continue;
    try {
      auto holder = connection.value("SELECT IS_USED_LOCK(" + connection.quote(database_lock(database)) + ")");
      if (holder != number) return OldState::absent;
    } catch (const base::Failure&) {  // no such locks on this server
      if (connection.lost()) throw;
    }
    return row.at(4) == "Sleep" ? OldState::asleep : OldState::busy;
  }
  return OldState::absent;
}

void end_connection(Connection& connection, uint64_t number) {
  try {
    connection.run("KILL " + std::to_string(number));
  } catch (const base::Failure&) {  // gone by now, or not allowed: then it is waited for
    if (connection.lost()) throw;
  }
}

}  // namespace

std::string to_json(const RestoreCursor& cursor) {
  json out = {{"connection", cursor.connection_id}, {"statement", cursor.statement}, {"offset", cursor.sql_offset},
              {"kind", cursor.kind},                {"name", cursor.name},           {"existed", cursor.existed}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<RestoreCursor> cursor_of(std::string_view text) {
  try {
    json in = json::parse(text);
    RestoreCursor cursor;
    in.at("connection").get_to(cursor.connection_id);
    in.at("statement").get_to(cursor.statement);
    in.at("offset").get_to(cursor.sql_offset);
    in.at("kind").get_to(cursor.kind);
    in.at("name").get_to(cursor.name);
    in.at("existed").get_to(cursor.existed);
    return cursor;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

OldConnection wait_until_gone(Connection& connection, const RestoreCursor& cursor, const WaitOrder& order) {
  const auto began = Steady::now();
  auto killed = Steady::time_point{}, told = began;
  for (;;) {
    OldState state = state_of(connection, cursor);
    if (state == OldState::absent) return killed == Steady::time_point{} ? OldConnection::gone : OldConnection::ended;
    auto now = Steady::now();
    bool due = state == OldState::asleep || now - began >= order.kill_after;
    if (due && now - killed > 10s) {
      end_connection(connection, cursor.connection_id);
      killed = now;
    }
    if (now - began >= order.give_up_after)
      throw base::Failure("the server still runs the last statement of the interrupted restore (connection " +
                          std::to_string(cursor.connection_id) + ")",
                          "wait until it has ended, or ask the host to end that connection");
    if (order.stop_asked && order.stop_asked()) return OldConnection::stopped;
    if (order.waiting && now - told >= 1s) {
      told = now;
      order.waiting(std::chrono::duration_cast<std::chrono::seconds>(now - began));
    }
    std::this_thread::sleep_for(now - began < 2s ? 100ms : 500ms);
  }
}

TablesByState tables_by_state(const DumpSurvey& survey, const RestoreCursor& cursor) {
  TablesByState states;
  for (const SurveyTable& table : survey.tables) {
    if (table.name != cursor.name && table.end <= cursor.sql_offset) states.restored.push_back(table.name);
    else if (table.name != cursor.name && table.first >= cursor.sql_offset) states.old.push_back(table.name);
    else states.half.push_back(table.name);
  }
  return states;
}

}  // namespace storage
