# SPDX-License-Identifier: GPL-3.0-or-later
"""The database server killed at thrown moments of a backup and of a restore, and the restoring process too.

A backup that was cut leaves nothing and says why, the site's rows are as they were. A restore that was cut goes on to the
same end.
"""

import signal

import pytest

from database.databases import Dumper, foreign_dump, same
from support import process
from support.mariadb import MariaDb
from sweep.place import Place, ended
from sweep.points import moments

ROWS = 150000          # of a restore
SITE_ROWS = 700000     # of a backup, which is faster; more than the buffers between server and program hold


@pytest.fixture(scope="module")
def server():
    """One of its own, to be killed."""
    with MariaDb() as running:
        running.create_database("source")
        running.sql(f"""create table a (x int); insert into a values (1); create table c (x int); insert into c values (2);
            create table b (a int primary key, b char(100), key (b)); insert into b select seq, md5(seq) from seq_1_to_{ROWS};
            create view v as select * from c; create view w as select * from v;
            create trigger t before insert on c for each row set new.x = 1""", "source")
        yield running


@pytest.fixture
def site(folder, program, server):
    user, password = server.create_database("shop")
    made = Place(folder, program, ("shop", user, password), server.port)
    server.sql("create table big (a int primary key, b char(100));"
               f"insert into big select seq, md5(seq) from seq_1_to_{SITE_ROWS}", "shop")
    yield made
    process.kill_below(folder)


def until_written(site, child, size):
    """Until the file of the backup under way has so many bytes, or all is over."""
    def reached():
        sizes = [path.stat().st_size for path in (site.state / "backups").glob("*.partial")]
        return child.poll() is not None or (sizes and max(sizes) >= size)

    process.wait_until(reached, 60, "the backup")


def kill_at_once(server):
    server.child.send(signal.SIGKILL)
    server.kill()


def until_part(child, part):
    """Until the restore has come so far, or all is over."""
    while line := child.stderr.readline():
        if float(line.split()[3]) >= part:
            return


def says_why(text):
    return "the connection to the database server was lost" in text or "cannot connect to" in text


def rows(server):
    return server.sql("checksum table big, leads, users, emails extended", "shop")


def test_a_server_killed_during_a_backup_leaves_no_half_one_and_is_named(site, server):
    site.backup_again()
    size = max(path.stat().st_size for path in (site.state / "backups").iterdir())
    before, failed = rows(server), 0
    for moment in moments("server and backup", 25, 3):
        had = site.check_files()
        child = site.start("db:backup")
        until_written(site, child, moment * size)
        kill_at_once(server)
        status, text = ended(child)
        server.start()
        made = len(site.check_files()) - len(had)
        failed += status != 0
        if status == 0:
            assert made == 1, f"at {moment}: {text}"
        else:
            assert (status, made) == (1, 0), f"at {moment}: {text}"
            assert says_why(text), f"at {moment}: {text}"
            assert "-- failed: exit 1" in text and site.secret not in text
            assert not [name for name in site.files() if name.endswith(".partial")], f"at {moment}: {site.files()}"
        assert rows(server) == before, f"at {moment}"
    assert failed > 0
    site.backup_again()


@pytest.fixture(params=["ours.sql.gz", "theirs.sql"])
def source(request, server, dump_tool, folder):
    """A dump of the database `source`."""
    file = folder / request.param
    if request.param.startswith("ours"):
        Dumper(dump_tool, server, "source").dump(file)
    else:
        foreign_dump(server, "source", file)
    return file


class Restoring:
    """One restore into the database `target`, with a journal of its own."""

    def __init__(self, tool, server, file):
        self.server, self.file, self.cursors = server, file, file.parent / "cursors"
        self.cursors.unlink(missing_ok=True)
        server.create_database("target")
        server.sql("create table c (x int); insert into c values (77)", "target")
        self.tool = Dumper(tool, server, "target")

    def start(self):
        return self.tool.begin("restore", self.file, RESTORE_CURSOR=str(self.cursors))

    def go_on(self):
        """From the last cursor; from the beginning when none was written."""
        begun = self.cursors.exists() and self.cursors.stat().st_size
        self.tool.run("restore", self.file, RESTORE_CURSOR=str(self.cursors), **({"RESTORE_GO_ON": "1"} if begun else {}))


def test_a_server_killed_during_a_restore_does_not_change_how_it_ends(source, server, dump_tool):
    for moment in moments(f"server and {source.name}", 15, 1):
        restore = Restoring(dump_tool, server, source)
        child = restore.start()
        until_part(child, moment)
        kill_at_once(server)
        _, errors = child.communicate(timeout=60)
        server.start()
        if child.returncode != 0:
            assert says_why(errors), f"at {moment}: {errors}"
            restore.go_on()
        same(server, "source", "target")


def test_a_process_killed_during_a_restore_does_not_change_how_it_ends(source, server, dump_tool):
    for moment in moments(f"process and {source.name}", 15, 1):
        restore = Restoring(dump_tool, server, source)
        child = restore.start()
        until_part(child, moment)
        child.kill()
        child.communicate()
        if child.returncode != 0:
            restore.go_on()
        same(server, "source", "target")
