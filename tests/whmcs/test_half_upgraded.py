# SPDX-License-Identifier: GPL-3.0-or-later
"""A database that an upgrade left half changed stays known until the backup of right before it is back, whatever happens in between; and
what other programs have in the same database stays as it is."""
import json
import shutil
import subprocess
import threading

import pytest

from database.databases import foreign_dump
from fixture.whmcs import release_zip
from support import process

from .billing import damage
from .test_closing import STUB, backed_up, jobs_said as told, text
from .test_recover import AGREED, BEHIND, HALF, NEW, OLD, VERSION, backup_of, columns, wait_until
from .test_resume import half_back, killed, resume


@pytest.fixture
def failed(billing):
    """Its upgrade failed when its first step was done."""
    made = billing.admit(NEW, database=OLD)
    made.add_installer(NEW, steps=[0, 0], fails_at=1, table="tblnewthings")
    assert billing.run(*AGREED) == 1, billing.said
    return made


def test_after_several_failures_the_first_backup_is_the_way_back(billing, failed):
    first = backup_of(billing)
    register = billing.state / "upgrades.json"
    known = register.read_text()
    register.unlink()  # as if somebody had run it by hand
    billing.sql("alter table tblclients drop column update_0")
    assert billing.run(*AGREED) == 1, billing.said
    second = backup_of(billing)
    assert second != first
    register.write_text(json.dumps(json.loads(known) + json.loads(register.read_text())))
    assert backup_of(billing) == first and "2 upgrades, the first by job " + first in billing.said
    assert billing.run("db:restore", f"--backup={second}", "--yes") == 0, billing.said
    assert HALF in billing.doctor() and backup_of(billing) == first and billing.sql("show tables like 'tblnewthings'") == ["tblnewthings"]
    assert billing.run("db:restore", f"--backup={first}", "--yes") == 0, billing.said
    assert columns(billing) == [] and billing.sql("show tables like 'tblnewthings'") == []
    assert billing.doctor() == [BEHIND]
    failed.add_installer(NEW, steps=[0])
    assert billing.run(*AGREED) == 0 and billing.doctor() == [], billing.said


def test_nothing_is_begun_over_it(billing, failed):
    release_zip(failed.root / "old.zip", OLD)
    for words in (("recover",), AGREED):
        billing.run(*words)
        assert "FIRST ask db:restore with backup=" in billing.said and "-- step" not in billing.said, billing.said
    assert billing.run("files:replace", "--file=old.zip", "--yes") == 1 and "half changed" in billing.said, billing.said
    assert columns(billing) == ["update_0"]


def test_it_is_known_when_the_jobs_are_long_forgotten(billing, failed):
    shutil.rmtree(billing.state / "jobs")
    backup = backup_of(billing)
    assert billing.run("db:restore", f"--backup={backup}", "--yes") == 0, billing.said
    assert billing.doctor() == [BEHIND] and columns(billing) == []


def test_its_backup_is_not_rotated_away(billing, failed):
    backup = backup_of(billing)
    for _ in range(5):
        assert billing.run("db:restore", f"--backup={backed_up(billing)}", "--yes") == 0, billing.said
    assert backup_of(billing) == backup
    assert billing.run("db:restore", f"--backup={backup}", "--yes") == 0 and columns(billing) == [], billing.said


def test_a_dump_of_something_else_proves_nothing(billing, failed):
    failed.write("wp.sql", "DROP TABLE IF EXISTS wp_posts; CREATE TABLE wp_posts (id int);")
    assert billing.run("db:restore", "--file=wp.sql", "--yes") == 0, billing.said
    assert HALF in billing.doctor()


def test_an_upgrade_that_failed_before_it_changed_anything_may_be_tried_again(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0], fails_at=0)
    assert billing.run(*AGREED) == 1 and "it failed before it changed anything in the database" in billing.said, billing.said
    assert HALF not in billing.doctor()
    site.add_installer(NEW, steps=[0])
    assert billing.run(*AGREED) == 0, billing.said


@pytest.mark.parametrize("first", ["alter table tblclients add index own (firstname)", "update tblclients set firstname = 'recoded'",
                                   "alter table tblclients modify firstname text default 'x'"])
def test_what_leaves_columns_and_counts_as_they_were_is_a_change_too(billing, first):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0], fails_at=0, first=first)
    assert billing.run(*AGREED) == 1 and "before it changed anything" not in billing.said, billing.said
    assert HALF in billing.doctor()


ROWS = {"steps": [0], "fails_at": 0, "first": "update tblclients set firstname = 'recoded'"}


@pytest.mark.parametrize("behave", [{"steps": [0, 0], "fails_at": 1}, ROWS], ids=["columns", "rows"])
@pytest.mark.parametrize("taken", ["before", "after"])
def test_a_dump_by_others_settles_it_where_it_is_from_before(billing, mariadb, taken, behave):
    site = billing.admit(NEW, database=OLD)
    dump = site.root / "dump.sql"
    if taken == "before":
        foreign_dump(mariadb, billing.db["name"], dump)
    site.add_installer(NEW, **behave)
    assert billing.run(*AGREED) == 1, billing.said
    if taken == "after":
        foreign_dump(mariadb, billing.db["name"], dump)
    dump.chmod(0o644)
    assert billing.run("db:restore", "--file=dump.sql", "--yes") == 0, billing.said
    assert ("cannot be proved. doctor goes on" in billing.said) == (taken == "after"), billing.said
    assert (HALF in billing.doctor()) == (taken == "after")


def test_a_dump_from_before_leaves_the_tables_that_came_since_and_says_so(billing, mariadb):
    site = billing.admit(NEW, database=OLD)
    foreign_dump(mariadb, billing.db["name"], site.root / "dump.sql")
    (site.root / "dump.sql").chmod(0o644)
    site.add_installer(NEW, steps=[0, 0], fails_at=1, table="tblnewthings")
    assert billing.run(*AGREED) == 1, billing.said
    for tables, settled in (("; these tables came since, and were not in it: tblnewthings. doctor", False), ("", True)):
        assert billing.run("db:restore", "--file=dump.sql", "--yes") == 0, billing.said
        assert tables in billing.said and ("cannot be proved" not in billing.said) == settled, billing.said
        assert (HALF not in billing.doctor()) == settled
        billing.sql("drop table if exists tblnewthings")


def test_tables_are_mended_before_the_upgrade_and_apart_from_it(billing, mariadb):
    billing.admit(NEW, database=OLD, installer=NEW)
    billing.sql("alter table tbltickets engine=MyISAM; insert into tbltickets (userid, title) values (1, 'a'), (2, 'b')")
    damage(mariadb, billing.db["name"], "tbltickets")
    assert billing.run("recover") == 3 and "mends the tables first; ask recover once more" in billing.said, billing.said
    assert "licen" not in billing.said and "run the upgrade" not in billing.said.split("Plan for recover")[1].split("--")[0], billing.said


def test_it_is_over_when_the_owner_finished_it_in_the_browser(billing, failed):
    billing.sql(f"update tblconfiguration set value = '{NEW}', updated_at = now() - interval 600 second where setting = 'Version'")
    assert HALF not in billing.doctor() and BEHIND not in billing.doctor()


def test_what_was_put_right_and_is_brought_in_again_is_half_again(billing, failed):
    first = backup_of(billing)
    assert billing.run("db:restore", f"--backup={first}", "--yes") == 0, billing.said
    assert billing.doctor() == [BEHIND]
    safety, = [path.name[:25] for path in billing.state.glob("backups/*.json") if path.name[:25] > first]
    assert billing.run("db:restore", f"--backup={safety}", "--yes") == 0 and columns(billing) != [], billing.said
    assert HALF in billing.doctor() and backup_of(billing) == first


def test_it_is_over_when_a_newer_release_came_by_hand(billing, failed):
    for name in ("init.php", "index.php", "cart.php"):
        failed.stamp(name, "8.14.0-release.1")
    billing.sql("update tblconfiguration set value = '8.14.0-release.1', updated_at = now() - interval 600 second where setting = 'Version'")
    assert HALF not in billing.doctor()


def test_without_its_backup_no_other_dump_settles_it(billing, failed):
    failed.write("wp.sql", "DROP TABLE IF EXISTS wp_posts; CREATE TABLE wp_posts (id int);")
    backup = backup_of(billing)
    assert billing.run("backup:delete", f"--backup={backup}") == 3 and "CAUTION: an upgrade left the database half changed" in billing.said
    assert billing.run("backup:delete", f"--backup={backup}", "--yes") == 0, billing.said
    assert billing.run("db:restore", "--file=wp.sql", "--yes") == 0, billing.said
    assert HALF in billing.doctor() and "there is no backup from right before it" in billing.said


def test_a_way_back_is_gone_on_with_where_the_version_is_gone(billing, held):
    half_back(billing, held)
    billing.sql("drop table tblconfiguration")
    assert billing.run("job:resume") == 3 and "this job is being taken back" in billing.said, billing.said


def test_this_program_stays_while_it_knows_the_way_back(billing, failed):
    backup = backup_of(billing)
    assert billing.run("self:remove", "--backup=keep") == 1 and f"the backup {backup} holds the database" in billing.said, billing.said
    assert "doctor says how it is settled" in billing.said
    assert billing.run("backup:delete", f"--backup={backup}", "--yes") == 0, billing.said
    assert billing.run("self:remove") == 2 and "What is known of that" not in billing.said, billing.said


# ---- other programs in the same database

def test_the_way_back_leaves_the_tables_of_other_programs(billing, failed):
    billing.sql("create table wp_options (id int)")
    assert billing.run("db:restore", f"--backup={backup_of(billing)}", "--yes") == 0, billing.said
    assert billing.sql("show tables like 'wp_options'") == ["wp_options"] and columns(billing) == []


@pytest.mark.parametrize("way", ["undo", "db:restore", "job:rollback"])
def test_what_they_wrote_since_stays(billing, way):
    site = billing.admit(NEW, database=OLD)
    billing.sql("create table wp_posts (id int primary key); insert into wp_posts values (1), (2);"
                "create trigger wp_own before insert on wp_posts for each row set new.id = new.id")
    assert billing.sql("show triggers like 'wp_posts'")
    site.add_installer(NEW, steps=[600] if way == "job:rollback" else [0, 0], **({} if way == "job:rollback" else {"fails_at": 1}))
    if way == "job:rollback":
        child = billing.start(*AGREED)
        wait_until(lambda: columns(billing) == ["update_0"])
        process.kill_below(billing.folder)
        child.wait(timeout=60)
    else:
        assert billing.run(*AGREED) == 1, billing.said
    words = {"undo": ("undo",), "job:rollback": ("job:rollback",)}.get(way) or ("db:restore", f"--backup={backup_of(billing)}")
    stop = threading.Event()
    rows = [2]

    def write():
        while not stop.wait(0.05):
            rows[0] += 1
            billing.sql(f"insert into wp_posts values ({rows[0]})")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        billing.run(*words)
        assert "leaves the tables of other programs in the same database as they are: wp_posts" in billing.said, billing.said
        billing.run(*words, "--yes")
        process.wait_until(lambda: not process.running_below(billing.folder), what="the way back")
    finally:
        stop.set()
        writer.join()
    assert columns(billing) == [], billing.said
    assert billing.sql("select count(*) from wp_posts") == [str(rows[0])] and billing.sql("show triggers like 'wp_posts'")


# ---- proofs that cannot be asked for

def test_an_end_that_cannot_be_asked_for_is_no_failure(billing):
    site, _ = killed(billing)
    settings = (site.root / "configuration.php").read_text()
    (site.root / "configuration.php").write_text("")  # an upload that has just begun
    resume(billing, "job:resume looks again")
    assert STUB in text(site, "index.php")
    (site.root / "configuration.php").write_text(settings)
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    resume(billing, "-- done: ")
    assert billing.doctor() == []


def test_a_version_is_no_end_while_tables_are_still_changed(billing, held, mariadb):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    front = text(site, "index.php")
    child = billing.start(*AGREED)
    wait_until(lambda: "waiting: the database says" in told(billing) and text(site, "index.php") != front)
    release = held()
    working = subprocess.Popen(["mariadb", "--no-defaults", "-h127.0.0.1", f"-P{billing.db['port']}", "-u" + billing.db["user"],
                                "-p" + billing.db["password"], billing.db["name"], "-e", "alter table tblclients add column late int"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: mariadb.sql("select 1 from information_schema.processlist where info like 'alter table%' and id <> connection_id()"))
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    wait_until(lambda: "waiting until nothing changes it any more" in told(billing))
    assert child.poll() is None and text(site, "index.php") != front
    release()
    said, _ = child.communicate(timeout=120)
    assert child.returncode == 0 and working.wait(timeout=60) == 0, said
    assert text(site, "index.php") == front


# ---- going back that is interrupted, and files that do not fit

def test_a_way_back_that_was_interrupted_is_gone_on_with_as_one(billing, held):
    half_back(billing, held)
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    assert billing.run("job:resume") == 3 and "this job is being taken back" in billing.said, billing.said
    assert "put the database back from the backup" in billing.said and "FIRST: the upgrade has come to its end" in billing.said
    billing.doctor()
    assert "job:resume goes on taking back" in billing.said


@pytest.mark.parametrize("way", [("undo",), ("files:rollback",)])
def test_the_plan_warns_of_older_files_over_a_newer_database(billing, way):
    site = billing.admit(OLD, database=OLD)
    release_zip(site.root / "new.zip", NEW)
    assert billing.run("files:replace", "--file=new.zip", "--yes") == 0, billing.said
    billing.sql(f"update tblconfiguration set value = '{NEW}', updated_at = now() - interval 600 second where setting = 'Version'")  # by the owner
    assert billing.run(*way) == 3 and "CAUTION: the files that would come back are of " + OLD in billing.said, billing.said
    billing.sql(f"update tblconfiguration set value = '{OLD}' where setting = 'Version'")
    assert billing.run(*way) == 3 and "CAUTION" not in billing.said, billing.said


def test_files_go_back_when_the_database_is_back(billing):
    site = billing.admit(OLD, database=OLD)
    release_zip(site.root / "new.zip", NEW)
    assert billing.run("files:replace", "--file=new.zip", "--yes") == 0, billing.said
    site.add_installer(NEW, steps=[0])
    assert billing.run(*AGREED) == 0, billing.said
    assert billing.run("undo", "--yes") == 0 and billing.sql(VERSION) == [OLD], billing.said
    assert billing.run("files:rollback") == 3 and "the database was changed since then" not in billing.said, billing.said
    assert billing.run("files:rollback", "--yes") == 0, billing.said
    assert billing.doctor() == [], billing.said
