# SPDX-License-Identifier: GPL-3.0-or-later
"""Dumps of every maker come back through the engine: what went in comes out, or a clear refusal before anything changes."""

import gzip
import json
import os
import re
import subprocess
import zipfile

import pytest

from database.databases import EVERYTHING, Dumper, foreign_dump, restore, run_script, same, state
from support.mariadb import MariaDb


@pytest.fixture
def target(mariadb, dump_tool):
    """The tool, on a new empty database, as root."""
    mariadb.create_database("target")
    yield Dumper(dump_tool, mariadb, "target")
    mariadb.sql("drop database if exists target")


@pytest.fixture(scope="module")
def others(mariadb):
    """As `everything`, less what mariadb-dump and its own client do not bring back: a row that breaks a CHECK, a sequence
    below LOCK TABLES, a view with a check over another."""
    mariadb.create_database("others")
    assert run_script(mariadb, EVERYTHING.read_bytes(), "others") == ""
    mariadb.sql("delete from generated where a < 0; drop table numbered; drop view a_checked", "others")
    yield "others"
    mariadb.sql("drop database others")


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


# ---- round trips

def test_our_own_backup_comes_back_whole(mariadb, everything, target, dump_tool, folder):
    Dumper(dump_tool, mariadb, everything).dump(folder / "a.sql.gz")
    found = target.run("survey", folder / "a.sql.gz")
    assert found["ours"] and found["completeness"] == 0 and found["obstacles"] == [] and found["skipped"] == []
    assert len(found["views"]) == 5 and found["database"] == everything and "parents" in found["may_drop"]
    result = target.run("restore", folder / "a.sql.gz")
    assert result["skipped"] == [] and result["definers"] == []
    same(mariadb, everything, "target")
    target.run("restore", folder / "a.sql.gz")  # over itself
    same(mariadb, everything, "target")


@pytest.mark.parametrize("options", [(), ("--skip-extended-insert",), ("--skip-opt", "--add-drop-table", "--hex-blob"),
                                     ("--no-autocommit", "--single-transaction"), ("--databases", "others")])
def test_what_mariadb_dump_writes_comes_back_as_the_client_restores_it(mariadb, others, target, folder, options):
    foreign_dump(mariadb, others, folder / "a.sql", *options)
    if "--databases" in options:
        mariadb.sql("drop database target; create database target")
    else:
        assert restore_plain(mariadb, folder / "a.sql", "restored") == ""
    found = target.run("survey", folder / "a.sql")
    assert found["program"].startswith("mariadb-dump") and found["obstacles"] == []
    result = target.run("restore", folder / "a.sql")
    if "--databases" in options:
        assert [skip["words"] for skip in result["skipped"]] == ["CREATE DATABASE"]
        return
    same(mariadb, "restored", "target")
    assert result["skipped"] == []


def restore_plain(server, file, database):
    server.sql(f"drop database if exists `{database}`; create database `{database}`")
    return run_script(server, file.read_bytes(), database)


@pytest.mark.parametrize("mode", ["ANSI,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES", "ORACLE"])
def test_the_servers_sql_mode_changes_nothing(mariadb, everything, target, dump_tool, folder, mode):
    Dumper(dump_tool, mariadb, everything).dump(folder / "a.sql.gz")
    before = mariadb.sql("select @@global.sql_mode")[0][0]
    mariadb.sql(f"set global sql_mode='{mode}'")
    try:
        target.run("restore", folder / "a.sql.gz")
    finally:
        mariadb.sql(f"set global sql_mode='{before}'")
    same(mariadb, everything, "target")


def test_a_zip_and_a_mark_at_the_beginning_change_nothing(mariadb, others, target, folder):
    foreign_dump(mariadb, others, folder / "a.sql")
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/dump.sql", b"\xef\xbb\xbf" + (folder / "a.sql").read_bytes())
        archive.writestr("readme.txt", "x")
    assert restore_plain(mariadb, folder / "a.sql", "restored") == ""
    target.run("restore", folder / "a.zip")
    same(mariadb, "restored", "target")


PHPMYADMIN = """-- phpMyAdmin SQL Dump
-- version 5.2.1
-- https://www.phpmyadmin.net/
--
-- Host: localhost:3306
-- Generation Time: Nov 21, 2026 at 09:30 AM
-- Server version: 10.11.6-MariaDB-cll-lve
-- PHP Version: 8.1.27

SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";


/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;

--
-- Database: `shop_old`
--

DELIMITER $$
--
-- Procedures
--
CREATE DEFINER=`shop_old`@`localhost` PROCEDURE `count_them` (OUT `n` INT)   BEGIN
  -- one; two
  SELECT COUNT(*) INTO n FROM people; /* ; $ */
END$$

--
-- Functions
--
CREATE DEFINER=`root`@`localhost` FUNCTION `twice` (`x` INT) RETURNS INT(11) DETERMINISTIC RETURN x * 2$$

DELIMITER ;

-- --------------------------------------------------------

--
-- Table structure for table `people`
--

CREATE TABLE `people` (
  `id` int(11) NOT NULL,
  `name` varchar(100) NOT NULL DEFAULT 'it''s; ok',
  `group_id` int(11) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

--
-- Dumping data for table `people`
--

INSERT INTO `people` (`id`, `name`, `group_id`) VALUES
(0, 'zero', 1),
(1, 'O\\'Neil; -- no comment', 1),
(2, 'line\\r\\nbreak (\\\\', NULL);

--
-- Triggers `people`
--
DELIMITER $$
CREATE TRIGGER `people_bi` BEFORE INSERT ON `people` FOR EACH ROW BEGIN
  SET NEW.name = TRIM(NEW.name);
END
$$
DELIMITER ;

-- --------------------------------------------------------

CREATE TABLE `teams` (
  `id` int(11) NOT NULL,
  `title` varchar(20) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

INSERT INTO `teams` (`id`, `title`) VALUES
(1, 'Ünïcödé 😀');

--
-- Stand-in structure for view `named`
-- (See below for the actual view)
--
CREATE TABLE `named` (
`name` varchar(100)
,`title` varchar(20)
);

-- --------------------------------------------------------

--
-- Structure for view `named`
--
DROP TABLE IF EXISTS `named`;

CREATE ALGORITHM=UNDEFINED DEFINER=`shop_old`@`localhost` SQL SECURITY DEFINER VIEW `named`  AS SELECT `p`.`name` AS `name`, `t`.`title` AS `title` FROM (`people` `p` join `teams` `t` on(`p`.`group_id` = `t`.`id`)) ;

--
-- Indexes for dumped tables
--

ALTER TABLE `people`
  ADD PRIMARY KEY (`id`),
  ADD KEY `group_id` (`group_id`);

ALTER TABLE `teams`
  ADD PRIMARY KEY (`id`);

--
-- AUTO_INCREMENT for dumped tables
--
ALTER TABLE `people`
  MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=3;

--
-- Constraints for dumped tables
--
ALTER TABLE `people`
  ADD CONSTRAINT `people_ibfk_1` FOREIGN KEY (`group_id`) REFERENCES `teams` (`id`);

DELIMITER $$
--
-- Events
--
CREATE DEFINER=`shop_old`@`localhost` EVENT `nightly` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 04:00:00' ON COMPLETION NOT PRESERVE DISABLE DO BEGIN
DELETE FROM people WHERE id < 0;
END$$

DELIMITER ;
COMMIT;

/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
"""


def test_a_phpmyadmin_export_comes_back_as_a_user_of_one_database(mariadb, dump_tool, folder):
    user, password = mariadb.create_database("shop_new", "shop_new")
    tool = Dumper(dump_tool, mariadb, "shop_new", user, password)
    file = write(folder, "export.sql", PHPMYADMIN.replace("\n", "\r\n"))
    found = tool.run("survey", file)
    assert (found["program"], found["database"]) == ("phpMyAdmin 5.2.1", "shop_old")
    assert found["taken"] == "Nov 21, 2026 at 09:30 AM" and found["server"] == "10.11.6-MariaDB-cll-lve"
    assert sorted(found["tables"]) == ["people", "teams"] and found["views"] == ["named"]
    assert found["routines"] == ["count_them", "twice"] and found["events"] == ["nightly"] and found["obstacles"] == []
    assert found["definers"] == ["shop_old@localhost", "root@localhost"]
    result = tool.run("restore", file)
    assert len(result["definers"]) == 4 and "the view named belonged to shop_old@localhost, now to shop_new@%" in result["definers"]
    assert mariadb.sql("select id, hex(name) from people order by id", "shop_new")[1][1] == "4F274E65696C3B202D2D206E6F20636F6D6D656E74"
    assert mariadb.sql("select title from named", "shop_new") == [["Ünïcödé 😀"]] * 2
    assert mariadb.sql("select twice(4)", "shop_new") == [["8"]]
    assert mariadb.sql("select definer from information_schema.events where event_schema='shop_new'") == [["shop_new@%"]]
    said = tool.failure("restore", file)  # a second time it would meet its own tables
    assert "the table people is there already" in said
    mariadb.sql("drop database shop_new")


@pytest.mark.parametrize("name", ["ours.sql.gz", "theirs.sql"])
def test_a_dump_of_another_account_comes_back_as_a_user_of_one_database(mariadb, others, dump_tool, folder, name):
    user, password = mariadb.create_database("shop_2", "shop_2")
    if name.startswith("ours"):
        Dumper(dump_tool, mariadb, others).dump(folder / name)
        assert restore(mariadb, folder / name, "restored") == ""
    else:
        foreign_dump(mariadb, others, folder / name)
        assert restore_plain(mariadb, folder / name, "restored") == ""
    result = Dumper(dump_tool, mariadb, "shop_2", user, password).run("restore", folder / name)
    assert any("root@localhost, now to shop_2@%" in line for line in result["definers"])
    before, after = state(mariadb, "restored"), state(mariadb, "shop_2")
    assert before.keys() == after.keys()
    for key, value in before.items():
        if key[0] in ("BASE TABLE", "SEQUENCE", "sum", "rows", "next"):
            assert after[key] == value
        else:  # the definer differs, and nothing else
            now = str(after[key]).replace("`shop_2`@`%`", "`root`@`localhost`").replace('"shop_2"@"%"', '"root"@"localhost"')
            assert now == str(value)
    mariadb.sql("drop database shop_2")


# ---- statements that are not run

HOSTILE = {
    "GRANT ALL ON *.* TO evil@'%'": "GRANT", "CREATE USER evil@'%'": "CREATE USER", "SET PASSWORD = 'x'": "SET PASSWORD",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE kept": "LOAD DATA", "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE kept": "LOAD DATA",
    "SELECT * FROM kept INTO OUTFILE '/tmp/stolen'": "SELECT", "INSTALL PLUGIN x SONAME 'x.so'": "INSTALL",
    "SHUTDOWN": "SHUTDOWN", "PREPARE s FROM 'DROP TABLE kept'": "PREPARE", "EXECUTE s": "EXECUTE",
    "CREATE FUNCTION evil RETURNS INTEGER SONAME 'x.so'": "CREATE FUNCTION", "KILL 1": "KILL", "FLUSH TABLES": "FLUSH",
    "SET GLOBAL max_connections = 1": "SET GLOBAL", "SET @x = 1, GLOBAL max_connections = 1": "SET GLOBAL",
    "SET @@SESSION.SQL_LOG_BIN= 0": "SET", "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ ''": "SET GLOBAL",
    "CREATE DATABASE other": "CREATE DATABASE", "DROP DATABASE target": "DROP DATABASE",
    "/*!50000 SHUTDOWN */": "SHUTDOWN", "DESC kept": "DESC", "ROLLBACK": "ROLLBACK",
}
REFUSED = ["DROP TABLE mysql.user", "INSERT INTO other.t VALUES (1)", "CREATE TABLE other.t (a int)",
           "ALTER TABLE kept RENAME TO other.kept", "CREATE TABLE k LIKE mysql.user", "UPDATE kept SET a = 2", "DELETE FROM kept",
           "INSERT INTO kept SELECT 1", "CALL p()", "SET STATEMENT max_statement_time=1 FOR DROP DATABASE target",
           "DROP TABLE /*!99999 a, */ kept", "RENAME TABLE kept TO mysql.kept", "CREATE TEMPORARY TABLE kept (a int)",
           "CREATE TRIGGER other.x BEFORE INSERT ON other.t FOR EACH ROW SET @a = 1", "DROP TABLE a, `other`.b",
           "CREATE TABLE m (a int) ENGINE=MERGE UNION=(other.t)", "DELIMITER $$\nDROP TABLE a; DROP TABLE mysql.user $$\nDELIMITER ;",
           "TRUNCATE mysql.user", "BEGIN NOT ATOMIC DROP TABLE kept; END"]


def test_hostile_statements_are_listed_and_not_run(mariadb, target, folder):
    mariadb.sql("create table kept (a int); insert into kept values (1)", "target")
    limit = mariadb.sql("select @@global.max_connections")
    file = write(folder, "a.sql", "CREATE TABLE mine (a int);\n" + "".join(text + ";\n" for text in HOSTILE) +
                 "source /etc/passwd\n\\. /etc/passwd\n\\! touch /tmp/stolen\nINSERT INTO mine VALUES (1);\n")
    found = target.run("survey", file)
    assert found["obstacles"] == []
    result = target.run("restore", file)
    for skipped in (found["skipped"], result["skipped"]):
        assert set(HOSTILE.values()) <= {skip["words"] for skip in skipped}
        assert sum(skip["count"] for skip in skipped) == len(HOSTILE) + 3
    assert mariadb.sql("select * from kept; select * from mine", "target") == [["1"], ["1"]]
    assert mariadb.sql("select @@global.max_connections") == limit
    assert mariadb.sql("select count(*) from mysql.user where user='evil'") == [["0"]]


@pytest.mark.parametrize("text", REFUSED)
def test_what_would_leave_the_database_refuses_the_file(mariadb, target, folder, text):
    mariadb.sql("create table kept (a int); insert into kept values (1)", "target")
    file = write(folder, "a.sql", "CREATE TABLE mine (a int);\n" + text + ";\n")
    found = target.run("survey", file)
    assert "statement 2 " in found["obstacles"][0]
    assert found["obstacles"][0].strip() in target.failure("restore", file)
    assert mariadb.sql("select * from kept; show tables", "target") == [["1"], ["kept"]]


def test_of_several_databases_only_ours_is_restored(mariadb, target, dump_tool, folder):
    for name in ("one", "two"):
        mariadb.create_database(name)
        mariadb.sql(f"create table t (a char(10)); insert into t values ('{name}')", name)
    foreign_dump(mariadb, "", folder / "a.sql", "--databases", "one", "two")
    assert "none is named target" in target.run("survey", folder / "a.sql")["obstacles"][0]
    mariadb.sql("drop table one.t; update two.t set a = 'other'")
    Dumper(dump_tool, mariadb, "one").run("restore", folder / "a.sql")
    assert mariadb.sql("select * from one.t; select * from two.t") == [["one"], ["other"]]
    mariadb.sql("drop database one; drop database two")


def test_tables_that_were_not_agreed_to_stay(mariadb, everything, target, dump_tool, folder):
    Dumper(dump_tool, mariadb, everything).dump(folder / "a.sql.gz")
    target.run("restore", folder / "a.sql.gz")
    said = target.failure("restore", folder / "a.sql.gz", RESTORE_MAY_DROP="bytes,counter")
    assert "the rows of the table a_child would be lost, which was not agreed to" in said
    same(mariadb, everything, "target")


# ---- files that are cut off or damaged, and errors

def test_a_file_that_is_cut_off_is_not_begun(mariadb, everything, target, dump_tool, folder):
    Dumper(dump_tool, mariadb, everything).dump(folder / "a.sql.gz")
    whole = (folder / "a.sql.gz").read_bytes()
    (folder / "b.sql.gz").write_bytes(whole[:len(whole) // 2])
    said = target.failure("restore", folder / "b.sql.gz")
    assert "b.sql.gz is cut off: it ends at byte" in said and "upload it again" in said
    (folder / "c.sql.gz").write_bytes(whole[:5000] + b"xxxxxxxx" + whole[5008:])
    assert "c.sql.gz is damaged at byte" in target.failure("restore", folder / "c.sql.gz")
    text = gzip.decompress(whole)
    for part in (len(text) - 200, len(text) // 3):
        (folder / "d.sql").write_bytes(text[:part])
        assert "the file is cut off" in target.failure("restore", folder / "d.sql")
    assert mariadb.sql("show tables", "target") == []


def test_the_first_error_is_named_with_its_place(mariadb, target, folder):
    long = "x" * 500
    file = write(folder, "a.sql", f"CREATE TABLE a (b int);\n\nINSERT INTO a VALUES\n(1);\n  INSERT INTO a VALUES ('{long}', 1);\nDROP TABLE a;\n")
    said = target.failure("restore", file)
    assert "stopped at statement 3 (line 5, byte 53) `INSERT INTO a VALUES ('xxx" in said
    assert "Column count doesn't match value count at row 1 (1136)" in said and "x" * 250 not in said


def test_statements_larger_than_the_packet_are_split_at_row_borders(mariadb, target, dump_tool, folder):
    rows = ",\n".join(f"({i}, '{'(),;' * 100}\\'{i}')" for i in range(20000))
    text = f"CREATE TABLE a (b int primary key, c text);\nINSERT INTO a (b, c) VALUES {rows} ON DUPLICATE KEY UPDATE b = b;\n"
    file = write(folder, "a.sql", text)
    before = mariadb.sql("select @@global.max_allowed_packet")[0][0]
    mariadb.sql("set global max_allowed_packet=1048576")
    try:
        result = target.run("restore", file)
        assert result["split"] == 1
        write(folder, "b.sql", f"CREATE TABLE d (c longtext);\nINSERT INTO d VALUES ('a'), ('{'y' * 2000000}');\n")
        said = target.failure("restore", folder / "b.sql")
    finally:
        mariadb.sql(f"set global max_allowed_packet={before}")
    assert mariadb.sql("select count(*), sum(b), sum(length(c)) from a", "target") == [
        ["20000", str(sum(range(20000))), str(sum(401 + len(str(i)) for i in range(20000)))]]
    assert "a row of the table d needs a max_allowed_packet of 20" in said and "the server takes 1048576" in said


def test_what_the_server_does_not_know_of_a_set_is_listed(mariadb, target, folder):
    file = write(folder, "a.sql", "SET SESSION no_such_variable = 1;\nCREATE TABLE a (b int);\n")
    assert target.run("restore", file)["skipped"][0]["words"] == "SET"
    assert mariadb.sql("show tables", "target") == [["a"]]


# ---- interruptions

def big_dump(server, dump_tool, file):
    server.create_database("source")
    server.sql("create table a (x int); insert into a values (1);"
               "create table b (a int primary key, b char(100), key (b)); create table c (x int); insert into c values (2);"
               "insert into b select seq, md5(seq) from seq_1_to_300000; create view v as select * from c;"
               "create view w as select * from v; create trigger t before insert on c for each row set new.x = 1;", "source")
    if file.name.endswith(".gz"):
        Dumper(dump_tool, server, "source").dump(file)
    else:
        foreign_dump(server, "source", file)


def until(running, name, part):
    """Reads its reports until it is in this table, with that part of the file done."""
    while line := running.stderr.readline():
        words = line.split()
        if words[0] == name and float(words[3]) >= part:
            return
    raise AssertionError("it ended too soon")


@pytest.mark.parametrize("name, part", [("a.sql.gz", 0.2), ("a.sql.gz", 0.8), ("a.sql", 0.5)])
def test_a_server_killed_in_the_middle_is_no_end(dump_tool, folder, name, part):
    with MariaDb() as server:
        big_dump(server, dump_tool, folder / name)
        server.create_database("target")
        server.sql("create table c (x int); insert into c values (77)", "target")
        tool = Dumper(dump_tool, server, "target")
        journal = {"RESTORE_CURSOR": str(folder / "cursor")}
        running = tool.begin("restore", folder / name, **journal)
        until(running, "b", part)
        server.kill()
        _, errors = running.communicate(timeout=60)
        assert running.returncode == 1 and "lost: " in errors and "the connection to the database server was lost" in errors
        server.start()
        done = subprocess.run([str(word) for word in (tool._words[0], folder / name, *tool._words[2:], "restore")], text=True,
                              capture_output=True, env=tool._environment | journal | {"RESTORE_GO_ON": "1"}, check=False)
        assert done.returncode == 0, done.stderr
        states = json.loads(done.stdout.splitlines()[0])
        assert (states["restored"], states["half"], states["old"]) == (["a"], ["b"], ["c"])
        cursors = [json.loads(line)["name"] for line in (folder / "cursor").read_text().splitlines()]
        again = cursors[cursors.index("b") + 1:]
        assert again[0] == ("b" if name.endswith(".gz") else "a")
        same(server, "source", "target")


def test_a_killed_restore_is_waited_for_and_goes_on(mariadb, target, dump_tool, folder):
    big_dump(mariadb, dump_tool, folder / "a.sql.gz")
    running = target.begin("restore", folder / "a.sql.gz", RESTORE_CURSOR=str(folder / "cursor"))
    until(running, "b", 0.3)
    # The process stands still, and so its connection sleeps on the server and holds the lock.
    os.kill(running.pid, 19)
    refused = target.failure("restore", folder / "a.sql.gz")
    assert "another job is writing into the database target" in refused
    states = go_on(target, folder)
    assert states[0]["old_connection"] == "ended" and states[0]["half"] == ["b"]
    running.kill()
    running.communicate()
    same(mariadb, "source", "target")
    mariadb.sql("drop database source")


def go_on(tool, folder, name="a.sql.gz"):
    done = subprocess.run([str(word) for word in (tool._words[0], folder / name, *tool._words[2:], "restore")], text=True,
                          capture_output=True, check=False,
                          env=tool._environment | {"RESTORE_GO_ON": "1", "RESTORE_CURSOR": str(folder / "cursor")})
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("kind", ["ours", "theirs", "phpmyadmin"])
def test_going_on_from_every_place_ends_the_same(mariadb, others, target, dump_tool, folder, kind):
    file = folder / "a.sql"
    if kind == "ours":
        Dumper(dump_tool, mariadb, others).dump(file)
    elif kind == "theirs":
        foreign_dump(mariadb, others, file)
    else:
        write(folder, "a.sql", PHPMYADMIN)
    target.run("restore", file, RESTORE_CURSOR=str(folder / "all"))
    whole = state(mariadb, "target")
    places = len((folder / "all").read_text().splitlines())
    assert places > (8 if kind == "phpmyadmin" else 25)
    step = 1 if kind == "phpmyadmin" else 6
    for place in [*range(1, places + 1, step), *range(-places, -1, step)]:
        mariadb.sql("drop database target; create database target")
        (folder / "cursor").unlink(missing_ok=True)
        target.failure("restore", file, RESTORE_CURSOR=str(folder / "cursor"), RESTORE_BREAK=str(place))
        go_on(target, folder, "a.sql")
        assert state(mariadb, "target") == whole


def test_a_stop_ends_it(mariadb, target, dump_tool, folder):
    big_dump(mariadb, dump_tool, folder / "a.sql.gz")
    running = target.begin("restore", folder / "a.sql.gz", DUMP_STOP=str(folder / "stop"), RESTORE_CURSOR=str(folder / "cursor"))
    until(running, "b", 0.3)
    (folder / "stop").touch()
    out, _ = running.communicate(timeout=60)
    assert out == "stopped\n"
    go_on(target, folder)
    same(mariadb, "source", "target")
    mariadb.sql("drop database source")


# ---- the proof of a backup

def test_a_backup_is_proved_beside_the_sites_tables(mariadb, everything, dump_tool, folder):
    tool = Dumper(dump_tool, mariadb, everything)
    manifest = tool.dump(folder / "a.sql.gz")
    (folder / "a.sql.gz.json").write_text(json.dumps(manifest))
    before = state(mariadb, everything)
    found = tool.run("check", folder / "a.sql.gz")
    assert found["proved"] and found["wrong"] == []
    assert found["tables"] == {table["name"]: [table["rows"]] * 2 for table in manifest["tables"]}
    assert any("views: left out of this check" in line for line in found["not_checked"])
    assert state(mariadb, everything) == before
    manifest["tables"][0]["rows"] += 1
    (folder / "a.sql.gz.json").write_text(json.dumps(manifest))
    found = tool.run("check", folder / "a.sql.gz")
    assert not found["proved"] and re.search(r"has \d+ rows, the manifest says \d+", found["wrong"][0])


def test_a_check_that_was_stopped_or_killed_leaves_no_table(mariadb, dump_tool, folder):
    big_dump(mariadb, dump_tool, folder / "unused.sql.gz")
    tool = Dumper(dump_tool, mariadb, "source")
    (folder / "a.sql.gz.json").write_text(json.dumps(tool.dump(folder / "a.sql.gz")))
    before = mariadb.sql("show tables", "source")
    for end in ("stop", "kill"):
        running = tool.begin("check", folder / "a.sql.gz", DUMP_STOP=str(folder / "stop"))
        while not (line := running.stderr.readline()).startswith("b "):
            assert line
        if end == "stop":
            (folder / "stop").touch()
        else:
            running.kill()
        running.communicate(timeout=60)
        (folder / "stop").unlink(missing_ok=True)
        if end == "stop":
            assert mariadb.sql("show tables", "source") == before
    mariadb.sql("create table unstick_check_other (a int)", "source")
    found = tool.run("check", folder / "a.sql.gz")
    assert found["left"] == 1 and found["proved"]
    mariadb.sql("drop table unstick_check_other", "source")
    assert mariadb.sql("show tables", "source") == before
    mariadb.sql("drop database source")


def test_a_check_without_the_right_to_create_says_so(mariadb, everything, dump_tool, folder):
    manifest = Dumper(dump_tool, mariadb, everything).dump(folder / "a.sql.gz")
    (folder / "a.sql.gz.json").write_text(json.dumps(manifest))
    mariadb.sql(f"create or replace user poor@'%' identified by 'secret-word'; grant select on {everything}.* to poor@'%'")
    found = Dumper(dump_tool, mariadb, everything, "poor", "secret-word").run("check", folder / "a.sql.gz")
    assert not found["proved"] and found["wrong"] == [] and "the account may not create tables" in found["not_checked"][0]
