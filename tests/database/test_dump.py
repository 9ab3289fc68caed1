# SPDX-License-Identifier: GPL-3.0-or-later
"""A database is dumped by the engine and restored by the mariadb client; what went in comes out, or a clear refusal."""

import gzip
import json
import os
import signal
import subprocess
import time

import pytest

from database.databases import Dumper, restore, same
from fixture.database import fill
from support import tools
from support.mariadb import MariaDb


def test_every_type_and_object_comes_back(mariadb, everything, dump_tool, folder):
    manifest = Dumper(dump_tool, mariadb, everything).dump(folder / "a.sql.gz")
    assert restore(mariadb, folder / "a.sql.gz", "restored") == ""
    same(mariadb, everything, "restored")
    assert manifest["file_bytes"] == (folder / "a.sql.gz").stat().st_size
    assert {table["name"]: table["rows"] for table in manifest["tables"]}["parents"] == 10
    assert len(manifest["views"]) == 5 and manifest["sequences"] == ["counter"]
    assert any("shapes (MyISAM) is outside the snapshot" in note for note in manifest["notes"])
    assert "the history of the table history is not inside, only its present rows" in manifest["notes"]
    text = gzip.open(folder / "a.sql.gz").read()
    assert text.splitlines()[-1].startswith(b"-- Dump completed")
    assert len(text) == manifest["sql_bytes"]


@pytest.mark.parametrize("mode", ["ANSI,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES", "TRADITIONAL,PAD_CHAR_TO_FULL_LENGTH",
                                  "ORACLE", "MYSQL40"])
def test_the_servers_sql_mode_changes_nothing(mariadb, everything, dump_tool, folder, mode):
    before = mariadb.sql("select @@global.sql_mode")[0][0]
    mariadb.sql(f"set global sql_mode='{mode}'")
    try:
        Dumper(dump_tool, mariadb, everything).dump(folder / "a.sql.gz")
        problem = restore(mariadb, folder / "a.sql.gz", "restored")
    finally:
        mariadb.sql(f"set global sql_mode='{before}'")
    assert problem == ""
    same(mariadb, everything, "restored")


def test_limits_that_hosts_set_do_not_cut_it(mariadb, everything, dump_tool, folder):
    limits = {"sql_select_limit": "2", "max_join_size": "1", "max_statement_time": "0.01", "net_write_timeout": "1",
              "idle_transaction_timeout": "1"}
    before = {name: mariadb.sql(f"select @@global.{name}")[0][0] for name in limits}
    mariadb.sql("".join(f"set global {name}={value};" for name, value in limits.items()))
    try:
        Dumper(dump_tool, mariadb, everything).dump(folder / "a.sql.gz")
    finally:
        mariadb.sql("set statement max_statement_time=0 for select 1;" +
                    "".join(f"set global {name}={value};" for name, value in before.items()))
    assert restore(mariadb, folder / "a.sql.gz", "restored") == ""
    same(mariadb, everything, "restored")


def test_rows_larger_than_half_a_packet_go_in_parts(mariadb, dump_tool, folder):
    mariadb.create_database("large")
    mariadb.sql("""create table t (id int, a longblob, b longtext, c longtext character set sjis, d int, e json);
        insert into t values (1, repeat(0x0027ff5c, 4000000), repeat('ü\\'', 2000000), repeat('表', 300000), 7, null),
                             (2, 'small', 'small', 'small', 8, '{}'), (3, null, null, null, null, null)""", "large")
    before = mariadb.sql("select @@global.max_allowed_packet")[0][0]
    mariadb.sql("set global max_allowed_packet=16777216")
    try:
        manifest = Dumper(dump_tool, mariadb, "large").dump(folder / "a.sql.gz")
        assert 16000000 < manifest["packet_bytes"] < 16777216
        head = gzip.open(folder / "a.sql.gz").read(400).decode()
        assert f"Needs max_allowed_packet (bytes): {manifest['packet_bytes']:012}" in head
        assert restore(mariadb, folder / "a.sql.gz", "restored") == ""
        same(mariadb, "large", "restored")
        mariadb.sql("set global max_allowed_packet=8388608")
        assert "1242" in restore(mariadb, folder / "a.sql.gz", "restored")
    finally:
        mariadb.sql(f"set global max_allowed_packet={before}; drop database large")


def test_a_mautic_of_100000_rows_as_a_user_of_that_database_only(mariadb, dump_tool, folder):
    user, password = mariadb.create_database("shop_1", "shop_1")
    fill("era52", {"socket": mariadb.socket, "user": "root", "password": "", "name": "shop_1"}, True, 33000)
    assert len(mariadb.sql("show tables", "shop_1")) > 50
    manifest = Dumper(dump_tool, mariadb, "shop_1", user, password).dump(folder / "a.sql.gz")
    assert sum(table["rows"] for table in manifest["tables"]) > 95000
    assert manifest["notes"] == []
    assert restore(mariadb, folder / "a.sql.gz", "restored") == ""
    same(mariadb, "shop_1", "restored")
    mariadb.sql("drop database shop_1")


def test_rights_that_are_missing_are_named(mariadb, everything, dump_tool, folder):
    mariadb.sql(f"create or replace user poor@'%' identified by 'secret-word'; grant select on {everything}.* to poor@'%'")
    manifest = Dumper(dump_tool, mariadb, everything, "poor", "secret-word", place="tcp").dump(folder / "a.sql.gz")
    notes = "\n".join(manifest["notes"])
    for word in ("TRIGGER", "EVENT", "SHOW VIEW", "EXECUTE or ALTER ROUTINE", "the view a_view is not inside"):
        assert word in notes
    assert "secret" not in notes
    mariadb.sql(f"grant execute on {everything}.* to poor@'%'")
    manifest = Dumper(dump_tool, mariadb, everything, "poor", "secret-word").dump(folder / "b.sql.gz")
    assert any("the function doubled is not inside" in note for note in manifest["notes"])
    assert restore(mariadb, folder / "b.sql.gz", "restored") == ""


def test_refused_connections_say_what_to_try_and_never_the_password(mariadb, dump_tool, folder):
    mariadb.create_database("here", "someone")
    said = Dumper(dump_tool, mariadb, "here", "someone", "wrong-word").refusal(folder / "a.sql.gz")
    assert "someone" in said and str(mariadb.socket) in said and "access denied" in said and "check db_user" in said
    assert "wrong-word" not in said
    said = Dumper(dump_tool, mariadb, "nowhere").refusal(folder / "a.sql.gz")
    assert "unknown database" in said
    mariadb.sql("drop database here")


def test_tls_is_used_where_the_server_wants_it(dump_tool, folder):
    subprocess.run([tools.find("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=db",
                    "-keyout", str(folder / "key"), "-out", str(folder / "cert")], check=True, capture_output=True)
    folder.chmod(0o755)
    (folder / "key").chmod(0o644)
    with MariaDb(options=(f"--ssl-cert={folder}/cert", f"--ssl-key={folder}/key", "--plugin-load-add=auth_ed25519")) as server:
        server.create_database("secret")
        server.sql("create table t (a int); create user needs@'%' identified by 'pass-word' require ssl; "
                   "grant all on secret.* to needs@'%'; create user modern@'%' identified via ed25519 using password('pass-word');"
                   "grant all on secret.* to modern@'%'", "secret")
        for number, (user, place) in enumerate([("needs", "tcp"), ("needs", "socket"), ("modern", "tcp")]):
            Dumper(dump_tool, server, "secret", user, "pass-word", place=place).dump(folder / f"{number}.sql.gz")
        server.sql("set global require_secure_transport=1")
        Dumper(dump_tool, server, "secret", "modern", "pass-word", place="tcp").dump(folder / "forced.sql.gz")


def test_a_server_killed_in_the_middle_leaves_nothing(dump_tool, folder):
    with MariaDb() as server:
        server.create_database("big")
        server.sql("create table t (a int primary key, b char(100)); "
                   "insert into t select seq, md5(seq) from seq_1_to_1000000", "big")
        for rows in (1, 200000, 600000):
            running = Dumper(dump_tool, server, "big").start(folder / "a.sql.gz", DUMP_PROGRESS="1")
            while (line := running.stderr.readline()) and int(line.split()[1]) < rows:
                pass
            assert line, "it ended too soon"
            server.kill()
            out, errors = running.communicate(timeout=60)
            assert running.returncode == 1 and out == ""
            assert "stopped at the table t" in errors and "the connection to the database server was lost" in errors
            assert list(folder.iterdir()) == []
            server.start()
        assert Dumper(dump_tool, server, "big").dump(folder / "a.sql.gz")["tables"][0]["rows"] == 1000000


@pytest.fixture(scope="module")
def big(mariadb):
    mariadb.create_database("big")
    mariadb.sql("create table a (x int); create table b (a int primary key, b char(100)); create table c (x int);"
                "insert into b select seq, md5(seq) from seq_1_to_600000; insert into c values (1)", "big")
    yield "big"
    mariadb.sql("drop database big")


def started(dumper, file, **environment):
    running = dumper.start(file, DUMP_PROGRESS="1", **environment)
    assert running.stderr.readline().startswith("b ")
    return running


def test_a_connection_that_somebody_ends_is_lost(mariadb, big, dump_tool, folder):
    running = started(Dumper(dump_tool, mariadb, big), folder / "a.sql.gz")
    number = mariadb.sql("select id from information_schema.processlist where db='big'")[0][0]
    mariadb.sql(f"kill {number}")
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 1 and "the connection to the database server was lost" in errors
    assert list(folder.iterdir()) == []


def test_a_stop_leaves_nothing(mariadb, big, dump_tool, folder):
    flag = folder / "stop"
    running = started(Dumper(dump_tool, mariadb, big), folder / "a.sql.gz", DUMP_STOP=str(flag))
    flag.touch()
    out, errors = running.communicate(timeout=60)
    assert (running.returncode, out) == (0, "stopped\n")
    assert list(folder.iterdir()) == [flag]


def test_a_killed_dump_is_replaced_by_the_next(mariadb, big, dump_tool, folder):
    running = started(Dumper(dump_tool, mariadb, big), folder / "a.sql.gz")
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert [path.name for path in folder.iterdir()] == ["a.sql.gz.partial"]
    Dumper(dump_tool, mariadb, big).dump(folder / "a.sql.gz")
    assert [path.name for path in folder.iterdir()] == ["a.sql.gz"]


def test_it_is_one_moment_and_holds_no_table_that_was_read(mariadb, big, dump_tool, folder):
    running = started(Dumper(dump_tool, mariadb, big), folder / "a.sql.gz")
    os.kill(running.pid, signal.SIGSTOP)
    mariadb.sql("set lock_wait_timeout=1; insert into c values (2); insert into a values (3); insert into b values (-1, '')",
                "big")
    mariadb.sql("set lock_wait_timeout=1; analyze table a; create table d (x int); drop table d", "big")
    os.kill(running.pid, signal.SIGCONT)
    out, errors = running.communicate(timeout=120)
    assert running.returncode == 0, errors
    assert {table["name"]: table["rows"] for table in json.loads(out)["tables"]} == {"a": 0, "b": 600000, "c": 1}
    mariadb.sql("delete from a; delete from c where x=2; delete from b where a=-1", "big")


def test_a_table_altered_meanwhile_makes_it_begin_anew_once(mariadb, big, dump_tool, folder):
    for statement in ("alter table c add y int, force", "create table new_one (x int)", "alter table a add z int",
                      "drop table new_one"):
        running = started(Dumper(dump_tool, mariadb, big), folder / "a.sql.gz")
        os.kill(running.pid, signal.SIGSTOP)
        mariadb.sql("set lock_wait_timeout=2; " + statement, "big")
        os.kill(running.pid, signal.SIGCONT)
        out, errors = running.communicate(timeout=120)
        assert running.returncode == 0, errors
        assert restore(mariadb, folder / "a.sql.gz", "restored") == ""
        same(mariadb, "big", "restored")
        (folder / "a.sql.gz").unlink()


def test_a_table_altered_twice_is_named(mariadb, big, dump_tool, folder):
    running = started(Dumper(dump_tool, mariadb, big), folder / "a.sql.gz")
    deadline = time.monotonic() + 120
    count = 0
    while running.poll() is None and time.monotonic() < deadline:
        count += 1
        mariadb.sql(f"alter table c add k{count} int, force", "big")
        mariadb.sql(f"alter table c drop k{count}, force", "big")
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "the table c was changed while the backup was made, twice" in errors
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_named_and_leaves_nothing(mariadb, big, dump_tool, folder):
    tools.need_root("mounts a small filesystem")
    small = folder / "small"
    small.mkdir()
    for size in ("2m", "12m"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(small)], check=True)
        try:
            said = Dumper(dump_tool, mariadb, big).refusal(small / "a.sql.gz")
            assert "No space left on device" in said and "delete what is not needed" in said
            assert list(small.iterdir()) == []
        finally:
            subprocess.run(["umount", str(small)], check=True)
