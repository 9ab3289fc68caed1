// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dump_schema.h"

#include <catch2/catch.hpp>

#include "storage/manifest.h"

using namespace storage;

TEST_CASE("Columns are read and written so that their values come back exactly") {
  struct Row {
    const char *type, *set, *expression;
    Literal literal;
    const char* introducer;
  };
  const Row rows[] = {
      {"int", "", "`c`", Literal::number, ""},
      {"float", "", "(`c`+0e0)", Literal::number, ""},
      {"double", "", "`c`", Literal::number, ""},
      {"varchar", "utf8mb4", "`c`", Literal::text, ""},
      {"varchar", "latin1", "`c`", Literal::text, ""},
      {"char", "sjis", "CAST(`c` AS BINARY)", Literal::hex, "_sjis "},
      {"json", "", "`c`", Literal::text, ""},
      {"datetime", "", "`c`", Literal::text, ""},
      {"uuid", "", "`c`", Literal::text, ""},
      {"bit", "", "`c`", Literal::hex, ""},
      {"longblob", "", "`c`", Literal::hex, ""},
      {"multipolygon", "", "`c`", Literal::hex, ""},
  };
  for (const Row& row : rows) {
    DumpColumn column = column_of("c", row.type, row.set);
    CHECK(column.expression == row.expression);
    CHECK(column.literal == row.literal);
    CHECK(column.introducer == row.introducer);
  }
}

TEST_CASE("Only the counter of the table itself is left out of a comparison") {
  CHECK(without_counter("CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB AUTO_INCREMENT=12 DEFAULT CHARSET=latin1") ==
        "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB DEFAULT CHARSET=latin1");
  std::string plain = "CREATE TABLE `t` (\n  `a` int COMMENT ' AUTO_INCREMENT=3'\n) ENGINE=InnoDB";
  CHECK(without_counter(plain) == plain);
}

TEST_CASE("The first table that differs is named") {
  auto table = [](const char* name, const char* definition) {
    DumpTable made;
    made.name = name;
    made.definition = definition;
    return made;
  };
  std::vector<DumpTable> before = {table("a", "1"), table("c", "2")};
  CHECK_FALSE(first_difference(before, before));
  CHECK(first_difference(before, {table("a", "1")}) == "c");
  CHECK(first_difference(before, {table("a", "1"), table("b", "9"), table("c", "2")}) == "b");
  CHECK(first_difference(before, {table("a", "x"), table("c", "2")}) == "a");
  CHECK(first_difference({}, before) == "a");
}

TEST_CASE("A manifest comes back from its JSON; foreign, torn and newer ones are none") {
  Manifest manifest;
  manifest.application = "Mautic 5.1.0";
  manifest.database = "odd \xff name";
  manifest.tables = {{"leads", "InnoDB", 12, 3456}, {"stats", "MyISAM", 1, 2}};
  manifest.notes = {"the table stats (MyISAM) is outside the snapshot"};
  manifest.file_bytes = uint64_t{1} << 40;
  manifest.sha256 = std::string(64, 'a');
  manifest.seconds = 1.5;
  std::string text = to_json(manifest);
  auto back = manifest_of(text);
  REQUIRE(back);
  CHECK(back->application == manifest.application);
  CHECK(back->tables.at(1).engine == "MyISAM");
  CHECK(back->rows() == 13);
  CHECK(back->notes == manifest.notes);
  CHECK(back->file_bytes == manifest.file_bytes);
  CHECK(back->seconds == 1.5);
  CHECK_FALSE(manifest_of(text.substr(0, text.size() / 2)));
  CHECK_FALSE(manifest_of("{}"));
  CHECK_FALSE(manifest_of("[]"));
  size_t at = text.find("\"format\": 1");
  REQUIRE(at != std::string::npos);
  CHECK_FALSE(manifest_of(text.replace(at, 11, "\"format\": 2")));
}
