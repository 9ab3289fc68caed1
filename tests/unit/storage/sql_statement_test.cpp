// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sql_statement.h"

#include <catch2/catch.hpp>

#include "storage/restore_rules.h"

namespace {

using namespace storage;

SqlStatement read(std::string_view text, const SqlModes& modes = {}) { return read_statement(text, modes); }

std::string names(const SqlStatement& statement) {
  std::string all;
  for (const auto* list : {&statement.names, &statement.others}) {
    for (const SqlName& name : *list) all += (all.empty() || all.back() == '|' ? "" : ",") +
                                             (name.database.empty() ? "" : name.database + ".") + name.name;
    if (list == &statement.names) all += "|";
  }
  return all.ends_with("|") ? all.substr(0, all.size() - 1) : all;
}

}  // namespace

TEST_CASE("A statement's verb, object and names are read") {
  struct Row {
    const char* text;
    SqlVerb verb;
    SqlObject object;
    const char* names;  // what it is about, | and what it takes along
  };
  const Row rows[] = {
      {"DROP TABLE IF EXISTS `a b`, c.`d`", SqlVerb::drop, SqlObject::table, "a b,c.d"},
      {"/*!50001 DROP VIEW IF EXISTS `v`*/", SqlVerb::drop, SqlObject::view, "v"},
      {"create table t (a int) comment='x.y'", SqlVerb::create, SqlObject::table, "t"},
      {"CREATE TABLE IF NOT EXISTS `x``y` (`a` int DEFAULT nextval(`o`.`s`), FOREIGN KEY (a) REFERENCES p.q (b))", SqlVerb::create,
       SqlObject::table, "x`y"},
      {"CREATE TABLE t LIKE o.u", SqlVerb::create, SqlObject::table, "t|o.u"},
      {"CREATE TABLE t (LIKE o.u)", SqlVerb::create, SqlObject::table, "t|o.u"},
      {"CREATE TABLE t (a int) ENGINE=MERGE UNION=(a, o.b)", SqlVerb::create, SqlObject::table, "t|a,o.b"},
      {"CREATE TABLE `t` (`a` varchar(9) CHECK (`a` like 'b.c')) ENGINE=InnoDB", SqlVerb::create, SqlObject::table, "t"},
      {"ALTER TABLE t ADD KEY (a), RENAME TO o.u", SqlVerb::alter, SqlObject::table, "t|o.u"},
      {"ALTER TABLE `t` ADD CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `o`.`u` (`b`)", SqlVerb::alter, SqlObject::table, "t"},
      {"ALTER TABLE t EXCHANGE PARTITION p WITH TABLE o.u", SqlVerb::alter, SqlObject::table, "t|o.u"},
      {"/*!40000 ALTER TABLE `t` DISABLE KEYS */", SqlVerb::alter, SqlObject::table, "t"},
      {"/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`r`@`h` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS select 1 */",
       SqlVerb::create, SqlObject::view, "v"},
      {"/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`h`*/ /*!50003 TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW SET @a=1 */",
       SqlVerb::create, SqlObject::trigger, "x|t"},
      {"CREATE OR REPLACE TRIGGER x AFTER UPDATE ON o.t FOR EACH ROW BEGIN END", SqlVerb::create, SqlObject::trigger, "x|o.t"},
      {"CREATE DEFINER='a'@'b' PROCEDURE `p` (IN x int) SELECT 1; SELECT 2", SqlVerb::create, SqlObject::procedure, "p"},
      {"CREATE FUNCTION f () RETURNS int RETURN 1", SqlVerb::create, SqlObject::function, "f"},
      {"CREATE FUNCTION f RETURNS STRING SONAME 'x.so'", SqlVerb::create, SqlObject::other, "f"},
      {"/*!50106 CREATE*/ /*!50117 DEFINER=`r`@`h`*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */", SqlVerb::create,
       SqlObject::event, "e"},
      {"CREATE SEQUENCE `s` start with 1", SqlVerb::create, SqlObject::sequence, "s"},
      {"CREATE UNIQUE INDEX i ON o.t (a)", SqlVerb::create, SqlObject::index, "i|o.t"},
      {"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d` /*!40100 DEFAULT CHARACTER SET utf8 */", SqlVerb::create, SqlObject::database, "d"},
      {"INSERT IGNORE INTO `t` (`a`,`b`) VALUES (1)", SqlVerb::insert, SqlObject::table, "t"},
      {"INSERT INTO o . t VALUES (1)", SqlVerb::insert, SqlObject::table, "o.t"},
      {"REPLACE t SET a=1", SqlVerb::replace, SqlObject::table, "t"},
      {"TRUNCATE TABLE `t`", SqlVerb::truncate, SqlObject::table, "t"},
      {"LOCK TABLES `a` WRITE, o.b READ", SqlVerb::lock, SqlObject::table, "a,o.b"},
      {"USE `d`", SqlVerb::use, SqlObject::database, "d"},
      {"DO SETVAL(`s`, 5, 0)", SqlVerb::setval, SqlObject::sequence, "s"},
      {"SELECT SETVAL(s, -5)", SqlVerb::setval, SqlObject::sequence, "s"},
      {"DO SETVAL(s, (SELECT 1))", SqlVerb::other, SqlObject::none, "s"},
      {"SELECT SETVAL(s, 1) INTO OUTFILE 'x'", SqlVerb::other, SqlObject::none, "s"},
      {"START TRANSACTION", SqlVerb::transaction, SqlObject::none, ""},
      {"START SLAVE", SqlVerb::other, SqlObject::none, ""},
      {"BEGIN NOT ATOMIC SELECT 1", SqlVerb::other, SqlObject::none, ""},
      {"SET STATEMENT a=1 FOR SELECT 1", SqlVerb::other, SqlObject::none, ""},
      {"UPDATE t SET a=1", SqlVerb::other, SqlObject::none, ""},
      {"", SqlVerb::other, SqlObject::none, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    SqlStatement found = read(row.text);
    CHECK(found.verb == row.verb);
    CHECK(found.object == row.object);
    CHECK(names(found) == row.names);
    CHECK(!found.ambiguous);
  }
}

TEST_CASE("A DEFINER is found wherever dumps put it") {
  struct Row {
    std::string text, account, without;
  };
  const Row rows[] = {
      {"CREATE DEFINER=`root`@`local host` VIEW v AS SELECT 1", "root@local host", "CREATE  VIEW v AS SELECT 1"},
      {"CREATE DEFINER = 'a' @ 'b'", "a@b", "CREATE "},
      {"CREATE DEFINER=root@localhost TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a=1", "root@localhost",
       "CREATE  TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a=1"},
      {"/*!50001 CREATE */ /*!50013 DEFINER=`r`@`%` SQL SECURITY DEFINER */ /*!50001 VIEW v AS SELECT 1 */", "r@%",
       "/*!50001 CREATE */ /*!50013  SQL SECURITY DEFINER */ /*!50001 VIEW v AS SELECT 1 */"},
      {"CREATE DEFINER=CURRENT_USER() PROCEDURE p () SELECT 1", "CURRENT_USER", "CREATE  PROCEDURE p () SELECT 1"},
  };
  for (const Row& row : rows) {
    SqlStatement found = read(row.text);
    REQUIRE(found.definer);
    CHECK(found.definer->account == row.account);
    CHECK(std::string(row.text).erase(found.definer->begin, found.definer->end - found.definer->begin) == row.without);
  }
  CHECK(!read("CREATE VIEW v AS SELECT 'DEFINER=`a`@`b`'").definer);
}

TEST_CASE("Code that only some servers run may not decide what a statement is about") {
  for (const char* text : {"DROP TABLE /*!99999 a, */ b", "DROP TABLE a /*!80000 .b */", "/*!80000 SET */ DROP TABLE a",
                           "CREATE TABLE /*M!100000 a. */ b (c int)", "ALTER TABLE a /*!99999 COMMENT '*/ RENAME TO b.c /*!99999 ' */",
                           "/*M!100000 DROP TABLE a */ /*!99999 .b */", "INSERT INTO /*!99999 a. */ b VALUES (1)", "DROP TABLE a /*!99999"}) {
    CAPTURE(text);
    CHECK(read(text).ambiguous);
  }
  for (const char* text : {"/*!80000 DROP TABLE a */", "/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */",
                           "CREATE TABLE a (b int /*!80023 INVISIBLE */, c int /*M!100301 COMPRESSED*/)", "INSERT INTO a VALUES ('/*!99999')"}) {
    CAPTURE(text);
    CHECK(!read(text).ambiguous);
  }
}

TEST_CASE("The rows of an INSERT have borders") {
  struct Row {
    std::string text;
    std::vector<std::string> rows;
    std::string tail;
  };
  const Row rows[] = {
      {"INSERT INTO t VALUES (1)", {"(1)"}, ""},
      {"INSERT INTO `t` (`a`) VALUES\n(1),\n ( '),(' , f(g(2)) ) , (3)\n", {"(1)", "( '),(' , f(g(2)) )", "(3)"}, "\n"},
      {"INSERT t VALUE ('a\\'),('),(\"),(\") ON DUPLICATE KEY UPDATE a=(1)", {"('a\\'),(')", "(\"),(\")"}, " ON DUPLICATE KEY UPDATE a=(1)"},
      {"REPLACE INTO t VALUES () /* ),( */ , (-- )\n1)", {"()", "(-- )\n1)"}, ""},
      {"/*!50000 INSERT INTO t VALUES (1),(2) */", {"(1)", "(2)"}, " */"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    SqlStatement found = read(row.text);
    REQUIRE(found.rows_begin > 0);
    InsertRows borders(row.text, found.rows_begin, {});
    std::vector<std::string> seen;
    while (borders.next()) seen.push_back(row.text.substr(borders.begin(), borders.end() - borders.begin()));
    CHECK(seen == row.rows);
    CHECK(borders.tail() == row.tail);
    CHECK(!borders.broken());
  }
  CHECK(read("INSERT INTO t SELECT 1").from_select);
  CHECK(read("INSERT INTO t (a) (SELECT 1)").from_select);
  CHECK(read("INSERT INTO t (SELECT 1)").from_select);
  CHECK(read("INSERT INTO t VALUES (1), (SELECT").rows_begin > 0);
  std::string open = "INSERT INTO t VALUES (1), ('a";
  InsertRows borders(open, read(open).rows_begin, {});
  CHECK(borders.next());
  CHECK(!borders.next());
  CHECK(borders.broken());
}

TEST_CASE("SET statements are taken apart") {
  auto parts = assignments_of("/*!40101 SET @OLD=@@SQL_MODE, SESSION sql_mode='A,B', @@GLOBAL.x=1, NAMES utf8mb4 COLLATE y, z=f(1, 2) */", {});
  REQUIRE(parts.size() == 5);
  CHECK((parts[0].scope == SqlAssignment::Scope::user_variable && parts[0].name == "old" && parts[0].value == "@@SQL_MODE"));
  CHECK((parts[1].scope == SqlAssignment::Scope::session && parts[1].name == "sql_mode" && parts[1].value == "A,B"));
  CHECK((parts[2].scope == SqlAssignment::Scope::global && parts[2].name == "x"));
  CHECK((parts[3].name == "names" && parts[3].value == "utf8mb4"));
  CHECK((parts[4].name == "z" && parts[4].value.empty()));
  for (const char* text : {"SET PASSWORD = 'x'", "SET ROLE a", "SET STATEMENT a=1 FOR SELECT 1", "SET TRANSACTION READ ONLY", "SELECT 1"})
    CHECK(assignments_of(text, {}).empty());
}

TEST_CASE("The rules let run what dumps consist of, on the connected database") {
  RestoreRules rules("shop", false);
  auto verdict = [&](std::string_view text) {
    SqlPiece piece;
    piece.text = text;
    return rules.judge(piece, read(text)).verdict;
  };
  for (const char* text : {"CREATE TABLE t (a int)", "INSERT INTO shop.t VALUES (1)", "DROP TABLE IF EXISTS t", "COMMIT",
                           "SET NAMES utf8mb4", "SET @a = 1", "CREATE INDEX i ON t (a)", "DROP PROCEDURE p", "DO SETVAL(s, 1)"})
    CHECK(verdict(text) == SqlVerdict::run);
  for (const char* text : {"GRANT ALL ON *.* TO a", "LOCK TABLES t WRITE", "SET GLOBAL a=1", "SET sql_log_bin=0", "USE other",
                           "CREATE DATABASE other", "LOAD DATA INFILE 'x' INTO TABLE t", "ROLLBACK", "DROP DATABASE shop"})
    CHECK(verdict(text) == SqlVerdict::skip);
  for (const char* text : {"DROP TABLE other.t", "INSERT INTO Shop.t VALUES (1)", "DELETE FROM t", "INSERT INTO t SELECT 1",
                           "CREATE TEMPORARY TABLE t (a int)", "DROP TABLE a; DROP TABLE b", "CREATE PACKAGE p AS END"})
    CHECK(verdict(text) == SqlVerdict::refuse);
}

TEST_CASE("Of several databases only what follows USE of ours is run") {
  RestoreRules rules("shop", true);
  auto verdict = [&](std::string_view text) {
    SqlPiece piece;
    piece.text = text;
    return rules.judge(piece, read(text)).verdict;
  };
  CHECK(verdict("USE other") == SqlVerdict::skip);
  CHECK(verdict("DROP TABLE t") == SqlVerdict::skip);
  CHECK(verdict("SET NAMES utf8mb4") == SqlVerdict::run);
  CHECK(verdict("USE `shop`") == SqlVerdict::skip);
  CHECK(verdict("DROP TABLE t") == SqlVerdict::run);
}
