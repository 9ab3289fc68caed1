// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "storage/restore.h"

namespace {

using namespace storage;
using Names = std::vector<std::string>;

DumpSurvey survey_of(const std::vector<std::tuple<std::string, uint64_t, uint64_t>>& tables) {
  DumpSurvey survey;
  for (const auto& [name, first, end] : tables) {
    SurveyTable& table = survey.tables.emplace_back();
    table.name = name;
    table.first = first;
    table.end = end;
  }
  return survey;
}

RestoreCursor at(uint64_t offset, const std::string& name) {
  RestoreCursor cursor;
  cursor.sql_offset = offset;
  cursor.name = name;
  return cursor;
}

}  // namespace

TEST_CASE("A cursor comes back from its line") {
  RestoreCursor cursor{4711, 12, uint64_t{1} << 40, "table", "a \"b\"\n\\", {"x", "y"}};
  std::string line = to_json(cursor);
  CHECK(line.find('\n') == std::string::npos);
  auto back = cursor_of(line);
  REQUIRE(back);
  CHECK((back->connection_id == 4711 && back->statement == 12 && back->sql_offset == cursor.sql_offset));
  CHECK((back->kind == "table" && back->name == cursor.name && back->existed == cursor.existed));
  for (const char* bad : {"", "{}", "[1]", "{\"connection\":\"x\"}"}) CHECK(!cursor_of(bad));
}

TEST_CASE("Tables are old, half or restored by where the file had come") {
  // c's keys come after all rows, as phpMyAdmin writes them.
  DumpSurvey survey = survey_of({{"a", 100, 200}, {"b", 200, 300}, {"c", 300, 900}, {"d", 400, 500}});
  TablesByState states = tables_by_state(survey, at(200, "b"));
  CHECK((states.restored == Names{"a"} && states.half == Names{"b"} && states.old == Names{"c", "d"}));
  states = tables_by_state(survey, at(400, "d"));
  CHECK((states.restored == Names{"a", "b"} && states.half == Names{"c", "d"} && states.old.empty()));
  states = tables_by_state(survey, at(600, "a_routine"));
  CHECK((states.restored == Names{"a", "b", "d"} && states.half == Names{"c"}));
  states = tables_by_state(survey, at(1000, "a_view"));
  CHECK((states.restored.size() == 4 && states.half.empty() && states.old.empty()));
}

TEST_CASE("The lock of a database has a name that servers take") {
  CHECK(database_lock("shop") == "unstick:shop");
  CHECK(database_lock(std::string(64, 'x')).size() == 64);
}
