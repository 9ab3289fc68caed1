// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's dump and restore: dump_tool FILE SOCKET HOST PORT DATABASE USER [ACTION], the password in the variable
// DUMP_PASSWORD. A failure goes to stderr, with exit status 1; a stop prints "stopped". Without ACTION it dumps and
// prints the manifest. With DUMP_PROGRESS set each report is one line of stderr; DUMP_STOP names a file that stops it.
//   survey   prints what is in FILE, as JSON
//   restore  restores it; prints the result. RESTORE_CURSOR names a file that keeps the cursors, a line each; with
//            RESTORE_GO_ON set it goes on from the last of them, having waited, and prints the tables' states first.
//            RESTORE_BREAK=N breaks off at the N-th cursor, having kept it; -N: before it is kept.
//            RESTORE_MAY_DROP: names with commas, instead of the survey's
//   check    proves FILE against FILE.json, the manifest, having dropped what a killed check left
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "storage/backup_check.h"
#include "storage/dump.h"
#include "storage/restore.h"

namespace {

using nlohmann::json;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::function<bool()> stop_asked() {
  std::string file = variable("DUMP_STOP");
  if (file.empty()) return {};
  return [file] { return std::filesystem::exists(file); };
}

json list_of(const std::vector<storage::SurveySkip>& skipped) {
  json list = json::array();
  for (const auto& skip : skipped)
    list.push_back({{"words", skip.words}, {"why", skip.why}, {"count", skip.count}, {"line", skip.line}});
  return list;
}

int dump(const char* file, const storage::DatabaseTarget& target) {
  storage::DumpOrder order;
  order.file = file;
  order.application = "test";
  order.stop_asked = stop_asked();
  if (!variable("DUMP_PROGRESS").empty())
    order.progress = [](const storage::DumpProgress& at) {
      std::cerr << at.table << " " << at.rows << " " << at.sql_bytes << " " << at.part << std::endl;
    };
  auto connection = storage::Connection::open(target);
  auto manifest = storage::dump_database(connection, order, platform::system_clock());
  std::cout << (manifest ? storage::to_json(*manifest) : "stopped\n");
  return 0;
}

int survey(const char* file, const storage::DatabaseTarget& target) {
  auto began = std::chrono::steady_clock::now();
  auto found = storage::survey_dump({file, target.name, {}, stop_asked()});
  if (!found) return std::cout << "stopped\n", 0;
  json out = {{"program", found->program},     {"database", found->database},   {"server", found->server},
              {"taken", found->taken},         {"completeness", static_cast<int>(found->completeness)},
              {"statements", found->statements}, {"sql_bytes", found->sql_bytes}, {"views", found->views},
              {"triggers", found->triggers},   {"routines", found->routines},   {"events", found->events},
              {"sequences", found->sequences}, {"dropped_others", found->dropped_others},
              {"databases", found->databases}, {"definers", found->definers},   {"skipped", list_of(found->skipped)},
              {"obstacles", found->obstacles}, {"largest", found->largest_statement}, {"packet", found->packet_bytes},
              {"ours", found->is_ours()},      {"may_drop", found->may_drop()}};
  for (const auto& table : found->tables)
    out["tables"][table.name] = {{"dropped", table.dropped}, {"created", table.created}, {"inserts", table.inserts}};
  out["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::cout << out.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
  return 0;
}

std::optional<storage::RestoreCursor> last_cursor(const std::string& file) {
  std::optional<storage::RestoreCursor> cursor;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (auto found = storage::cursor_of(line)) cursor = found;
  return cursor;
}

int restore(const char* file, const storage::DatabaseTarget& target) {
  storage::RestoreOrder order;
  order.file = file;
  order.survey = storage::survey_dump({file, target.name, {}, {}}).value();
  order.may_drop = order.survey.may_drop();
  if (const char* names = std::getenv("RESTORE_MAY_DROP")) {
    order.may_drop.clear();
    for (auto name : base::split(names, ',')) order.may_drop.emplace_back(name);
  }
  order.stop_asked = stop_asked();
  if (!variable("DUMP_PROGRESS").empty())
    order.progress = [](const storage::RestoreProgress& at) {
      std::cerr << (at.name.empty() ? "-" : at.name) << " " << at.statement << " " << at.sql_bytes << " " << at.part << std::endl;
    };
  auto connection = storage::Connection::open(target);
  std::string journal = variable("RESTORE_CURSOR");
  if (!variable("RESTORE_GO_ON").empty()) {
    order.go_on_from = last_cursor(journal);
    storage::WaitOrder wait;
    wait.kill_after = std::chrono::seconds(2);
    auto old = storage::wait_until_gone(connection, order.go_on_from.value(), wait);
    auto states = storage::tables_by_state(order.survey, *order.go_on_from);
    json said = {{"old_connection", old == storage::OldConnection::ended ? "ended" : "gone"},
                 {"restored", states.restored}, {"half", states.half}, {"old", states.old}};
    std::cout << said.dump() << std::endl;
  }
  std::ofstream cursors(journal.empty() ? "/dev/null" : journal, std::ios::app);
  int breaks = std::atoi(variable("RESTORE_BREAK").c_str()), count = 0;
  order.on_cursor = [&](const storage::RestoreCursor& cursor) {
    ++count;
    if (breaks == -count) throw base::Failure("broken off");
    cursors << storage::to_json(cursor) << std::endl;
    if (breaks == count) throw base::Failure("broken off");
  };
  try {
    auto result = storage::restore_dump(connection, order);
    if (!result) return std::cout << "stopped\n", 0;
    json out = {{"statements", result->statements}, {"split", result->split_statements}, {"sql_bytes", result->sql_bytes},
                {"seconds", result->seconds},       {"skipped", list_of(result->skipped)}, {"definers", result->definers},
                {"notes", result->notes}};
    std::cout << out.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
    return 0;
  } catch (const base::Failure&) {
    if (connection.lost()) std::cerr << "lost: ";
    throw;
  }
}

int check(const char* file, const storage::DatabaseTarget& target) {
  std::ifstream in(std::string(file) + ".json");
  storage::CheckOrder order;
  order.file = file;
  order.manifest = storage::manifest_of(std::string{std::istreambuf_iterator<char>(in), {}}).value();
  order.prefix = "unstick_check_";
  order.stop_asked = stop_asked();
  if (!variable("DUMP_PROGRESS").empty())
    order.progress = [](const std::string& table, double part) { std::cerr << table << " " << part << std::endl; };
  auto connection = storage::Connection::open(target);
  size_t left = storage::drop_check_tables(connection, order.prefix);
  auto found = storage::check_backup(connection, order);
  if (!found) return std::cout << "stopped\n", 0;
  json out = {{"proved", found->is_proved()}, {"wrong", found->wrong}, {"not_checked", found->not_checked},
              {"seconds", found->seconds}, {"tables", json::object()}, {"left", left}};
  for (const auto& table : found->tables) out["tables"][table.name] = {table.expected_rows, table.rows};
  std::cout << out.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
  return 0;
}

}  // namespace

int main(int count, char** words) {
  storage::DatabaseTarget target{words[3], static_cast<unsigned>(std::atoi(words[4])), words[2],
                                 words[5], words[6], variable("DUMP_PASSWORD")};
  const std::string action = count > 7 ? words[7] : "dump";
  try {
    if (action == "survey") return survey(words[1], target);
    if (action == "restore") return restore(words[1], target);
    if (action == "check") return check(words[1], target);
    return dump(words[1], target);
  } catch (const base::Failure& failure) {
    std::cerr << failure.full() << "\n";
    return 1;
  }
}
