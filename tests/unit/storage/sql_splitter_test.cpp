// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_splitter.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/failure.h"
#include "storage/sql_statement.h"

namespace {

using namespace storage;
using Pieces = std::vector<std::string>;

struct Found {
  std::string text;
  uint64_t number, line, offset, end;
  SqlEnd ended;
};

// All statements, with the text given out in blocks of so many bytes, and SET statements obeyed.
std::vector<Found> split(const std::string& text, size_t block, size_t most = SqlSplitter::kMostStatementBytes) {
  size_t at = 0;
  std::string given;
  SqlSplitter splitter([&]() -> std::string_view {
    given = text.substr(at, block);  // a copy: what was given before is gone
    at += given.size();
    return given;
  }, most);
  SqlSession session;
  std::vector<Found> found;
  SqlPiece piece;
  while (splitter.next(piece)) {
    found.push_back({std::string(piece.text), piece.number, piece.line, piece.offset, piece.end, piece.ended});
    session.see(read_statement(piece.text, session.modes()).assignments);
    splitter.set_modes(session.modes());
  }
  return found;
}

Pieces texts(const std::string& text, size_t block) {
  Pieces found;
  for (const Found& piece : split(text, block)) found.push_back(piece.text);
  return found;
}

}  // namespace

TEST_CASE("Statements end at the delimiter outside of quotes, names and comments") {
  struct Row {
    std::string text;
    Pieces expected;
  };
  const Row rows[] = {
      {"", {}},
      {" \r\n;;\n ; ", {}},
      {"a;b", {"a", "b"}},
      {"a ; b ;\n", {"a", "b"}},
      {"'a;b';\"c;d\";`e;f`", {"'a;b'", "\"c;d\"", "`e;f`"}},
      {"'it''s; ok'; 'x\\';y'; 'z\\\\';q", {"'it''s; ok'", "'x\\';y'", "'z\\\\'", "q"}},
      {"\"a\"\";b\";`c``;d`;`e\\`;f", {"\"a\"\";b\"", "`c``;d`", "`e\\`", "f"}},
      {"-- one; two\na;--two;x", {"a", "--two", "x"}},
      {"a --b;c;d", {"a --b", "c", "d"}},
      {"a -- b;c\n;d", {"a -- b;c", "d"}},
      {"a --\n;b", {"a --", "b"}},
      {"# x;y\na # b;c\n;d", {"a # b;c", "d"}},
      {"/* x;y */a/* b;c */;d", {"a/* b;c */", "d"}},
      {"/**/a;/*/;*/b", {"a", "b"}},
      {"/*!40101 SET x=1; */;b", {"/*!40101 SET x=1; */", "b"}},
      {"/*M!100201 SET x */;b", {"/*M!100201 SET x */", "b"}},
      {"/*!50003 a /* b; */ c; */;d", {"/*!50003 a /* b; */ c; */", "d"}},
      {"/*!50003 '*/;' */;d", {"/*!50003 '*/;' */", "d"}},
      {"/*M!999999\\- enable the sandbox mode */\na;", {"a"}},
      {"/*!999999\\- enable the sandbox mode */ \na;", {"a"}},
      {"a-b;c/d;e*f*/;g", {"a-b", "c/d", "e*f*/", "g"}},
      {"a\r\n;\r\n-- b\r\nc\r\n;", {"a", "c"}},
      {"DELIMITER //\na;b//\nDELIMITER ;\nc;d", {"a;b", "c", "d"}},
      {"delimiter $$\r\na;b$$\r\ndelimiter ;\r\nc;", {"a;b", "c"}},
      {"DELIMITER ;;\na; b ;; c ;;\nDELIMITER ;\nd;e", {"a; b", "c", "d", "e"}},
      {"DELIMITER '//' x\na//", {"a"}},
      {"DELIMITER $\na$b$ $", {"a", "b"}},
      {"DELIMITER --\na-- b", {"a", "b"}},
      {"a\nDELIMITER //\n;b", {"a\nDELIMITER //", "b"}},
      {"DELIMITERS;a", {"DELIMITERS", "a"}},
      {"a;\nsource x;y\nb;\n\\. file\nc", {"a", "source x;y", "b", "\\. file", "c"}},
      {"a\\;b", {"a\\", "b"}},
      {std::string("'a\0;b';c", 8), {std::string("'a\0;b'", 6), "c"}},
      {"SET sql_mode='NO_BACKSLASH_ESCAPES'; 'a\\'; 'b'; SET sql_mode=''; 'a\\';b'",
       {"SET sql_mode='NO_BACKSLASH_ESCAPES'", "'a\\'", "'b'", "SET sql_mode=''", "'a\\';b'"}},
      {"SET sql_mode='ANSI'; \"a\\\"; b", {"SET sql_mode='ANSI'", "\"a\\\"", "b"}},
      {"SET @OLD=@@sql_mode, sql_mode='ANSI_QUOTES';\"a\\\";SET SESSION sql_mode=@old;\"a\\\";b\"",
       {"SET @OLD=@@sql_mode, sql_mode='ANSI_QUOTES'", "\"a\\\"", "SET SESSION sql_mode=@old", "\"a\\\";b\""}},
      {"SET NAMES sjis; '\x95\x5c'; 'b';", {"SET NAMES sjis", "'\x95\x5c'", "'b'"}},
      {"SET NAMES gbk; '\x95\x5c'; `\x81`;`", {"SET NAMES gbk", "'\x95\x5c'", "`\x81`;`"}},
  };
  for (const Row& row : rows)
    for (size_t block : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, size_t{1000}}) {
      CAPTURE(row.text, block);
      CHECK(texts(row.text, block) == row.expected);
    }
}

TEST_CASE("Each statement knows its number, line and place") {
  const std::string text = "-- head\n\nSET a=1;\r\nINSERT INTO t VALUES\n('x\ny'),\n(2);  DROP TABLE t;\nDELIMITER $$\n a $$\nDELIMITER ;\nend";
  for (size_t block : {size_t{1}, size_t{5}, size_t{1000}}) {
    auto found = split(text, block);
    REQUIRE(found.size() == 5);
    const uint64_t lines[] = {3, 4, 7, 9, 11};
    for (size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i].number == i + 1);
      CHECK(found[i].line == lines[i]);
      CHECK(text.substr(found[i].offset, found[i].text.size()) == found[i].text);
      CHECK((found[i].ended == SqlEnd::delimiter) == (i < 4));
    }
    CHECK(found[4].ended == SqlEnd::end_of_text);
    CHECK(text.substr(found[0].end - 1, 1) == ";");
    CHECK(text.substr(found[3].end - 2, 2) == "$$");
  }
}

TEST_CASE("A text that ends inside of a statement says so") {
  for (std::string text : {"a 'b", "a \"b", "a `b", "a /* b", "/*!40101 a", "'a\\", "'a''"})
    for (size_t block : {size_t{1}, size_t{1000}}) {
      CAPTURE(text);
      auto found = split("x;" + text, block);
      REQUIRE(found.size() == 2);
      CHECK(found[1].ended == SqlEnd::inside);
      CHECK(found[1].text == text);
    }
  CHECK(split("a -- b", 3)[0].ended == SqlEnd::end_of_text);
}

TEST_CASE("A statement above the limit is refused with its place") {
  std::string text = "a;\n\nINSERT " + std::string(5000, 'x') + ";b";
  CHECK(split(text, 100, 6000).size() == 3);
  CHECK_THROWS_WITH(split(text, 100, 4000), Catch::Contains("the statement that begins at line 3 (byte 4) is larger than"));
  CHECK_THROWS_WITH(split("DELIMITER\na;", 100), Catch::Contains("line 1 changes the delimiter to nothing"));
}

TEST_CASE("Comments tell who wrote the file") {
  const std::string text = "-- MariaDB dump 10.19\n--\nSET a=1;\n-- Host: x\nb;\n-- Dump completed on 2026-11-21\n";
  bool given = false;
  SqlSplitter splitter([&]() -> std::string_view { return given ? "" : (given = true, std::string_view(text)); });
  SqlPiece piece;
  while (splitter.next(piece)) {
  }
  CHECK(splitter.head_comments() == "-- MariaDB dump 10.19\n--\n-- Host: x\n-- Dump completed on 2026-11-21\n");
  CHECK(splitter.last_comment() == "-- Dump completed on 2026-11-21");
}

TEST_CASE("Comments and statements of many blocks cost no more than their bytes") {
  std::string text = "/*" + std::string(3000000, '*') + "*/ 'a" + std::string(3000000, 'x') + "';b";
  auto found = split(text, 1000);
  REQUIRE(found.size() == 2);
  CHECK(found[0].text.size() == 3000003);
  CHECK(found[1].line == 1);
}
