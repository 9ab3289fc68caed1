# SPDX-License-Identifier: GPL-3.0-or-later
"""`db:restore` and the backups that are made first, by the program itself on a site with a database."""

import gzip
import json
import os
import re
import signal

import pytest

from database.databases import foreign_dump, state
from servers.place import Background
from support import process


def add_contact(place, mariadb):
    mariadb.sql(f"insert into `{place.site.prefix}leads` (is_published, date_added, points) "
                "values (1, utc_timestamp() + interval 1 minute, 0)", place.name)


def backed_up(place):
    """A backup's id."""
    status, text = place.run("db:backup")
    assert status == 0, text
    return place.newest_backup().name.removesuffix(".sql.gz")


def test_a_restore_brings_everything_back_and_its_own_backup_leads_back_again(place, mariadb):
    before = state(mariadb, place.name)
    backup = backed_up(place)
    add_contact(place, mariadb)
    mariadb.sql("create table extra (a int)", place.name)
    after = state(mariadb, place.name)
    status, text = place.run("db:restore", f"--backup={backup}", "--yes")
    assert status == 0 and text.splitlines()[-1].startswith("-- done: exit 0"), text
    assert "step 2 of 4: back up the database" in text and "counted again: 107 tables" in text
    now = state(mariadb, place.name)
    assert {key: now[key] for key in before} == before and ("BASE TABLE", "extra") in now
    safety = place.newest_backup().name.removesuffix(".sql.gz")
    assert safety != backup and f"backup {safety}: " in text
    status, text = place.run("db:restore", f"--backup={safety}", "--yes")
    assert status == 0, text
    assert state(mariadb, place.name) == after
    assert place.password not in text


def test_the_plan_says_what_would_be_lost_and_changes_nothing(place, mariadb):
    backup = backed_up(place)
    add_contact(place, mariadb)
    mariadb.sql("create table extra (a int); drop table `%slead_donotcontact`" % place.site.prefix, place.name)
    before = state(mariadb, place.name)
    status, text = place.run("db:restore", f"--backup={backup}")
    assert status == 3
    for words in ("replaces 106 tables that are there now", "makes 1 tables: ", "lead_donotcontact",
                  "leaves 1 tables as they are, which the file does not hold: extra",
                  "newer than the file, and gone from the site afterwards: 1 contacts", "pause the cron lines",
                  "to go back: db:restore", "-- plan only, nothing changed; to do it: --confirm="):
        assert words in text
    assert state(mariadb, place.name) == before and len(place.backups()) == 2


def test_consent_to_an_older_plan_shows_the_new_one(place, mariadb):
    backup = backed_up(place)
    code = place.run("db:restore", f"--backup={backup}")[1].strip().rsplit("=", 1)[1]
    mariadb.sql("drop table `%slead_donotcontact`" % place.site.prefix, place.name)
    status, text = place.run("db:restore", f"--backup={backup}", f"--confirm={code}")
    assert status == 3 and "-- plan only, nothing changed" in text
    assert len(place.backups()) == 2


@pytest.mark.parametrize("packed", [False, True])
def test_a_dump_that_was_uploaded_is_restored_and_a_view_of_root_is_ours_afterwards(place, mariadb, packed):
    mariadb.sql("create view visitors as select 1 as one; create trigger t before insert on `%sleads` for each row "
                "set new.points = 7" % place.site.prefix, place.name)
    before = state(mariadb, place.name)
    file = place.site.root / "old-host.sql"
    foreign_dump(mariadb, place.name, file)
    if packed:
        file.with_name("old-host.sql.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
        file = file.with_name("old-host.sql.gz")
    assert f"--file={file.name}  " in place.run("db:restore")[1]
    add_contact(place, mariadb)
    status, text = place.run("db:restore", f"--file={file.name}", "--yes")
    assert status == 0, text
    assert "belonged to root@localhost, now to" in text
    now = state(mariadb, place.name)
    rows = {key for key in before if key[0] in ("BASE TABLE", "sum", "next")}
    assert {key: now[key] for key in rows} == {key: before[key] for key in rows}
    assert ("trigger", "t") in now and ("VIEW", "visitors") in now


def test_a_file_that_is_no_dump_or_is_cut_off_is_refused_with_the_reason(place, mariadb):
    before = state(mariadb, place.name)
    foreign_dump(mariadb, place.name, place.site.root / "cut.sql")
    os.truncate(place.site.root / "cut.sql", 20000)
    (place.site.root / "page.sql").write_bytes(b"<html>404 Not Found</html>\n")
    (place.site.root / "empty.sql").touch()
    os.symlink("/etc/passwd", place.site.root / "link.sql")
    (place.site.root / "a folder.sql").mkdir()
    for name, words in (("cut.sql", "the file is cut off"), ("page.sql", "cannot be restored"), ("empty.sql", "empty"),
                        ("link.sql", "no plain file"), ("none.sql", "there is no file none.sql")):
        status, text = place.run("db:restore", f"--file={name}", "--yes")
        assert status == 1 and words in text, text
    assert place.run("db:restore", "--file=../local.php", "--yes")[0] == 2
    listed = place.run("db:restore")[1]
    assert "cut.sql" in listed and "link.sql" not in listed and "a folder" not in listed
    assert state(mariadb, place.name) == before and place.backups() == []


def test_a_backup_is_proved_beside_the_site_and_a_wrong_one_is_not(place, mariadb):
    backup = backed_up(place)
    before = state(mariadb, place.name)
    status, text = place.run("db:restore", f"--backup={backup}", "--check=yes", "--yes")
    assert status == 0 and "107 of 107 tables were restored beside the site's own" in text, text
    manifest = place.newest_backup().with_name(f"{backup}.json")
    content = json.loads(manifest.read_text())
    content["tables"][3]["rows"] += 1
    manifest.write_text(json.dumps(content))
    for starts in (place.state / "starts").iterdir():
        starts.unlink()  # else it joins the one of a moment ago
    status, text = place.run("db:restore", f"--backup={backup}", "--check=yes", "--yes")
    assert status == 1 and "! the table " in text and "the backup is not right" in text, text
    assert state(mariadb, place.name) == before


@pytest.fixture
def long_restore(place, mariadb):
    """(begin, state before): begin() returns when the restore writes its last, large table: (its Background, its job's folder)."""
    mariadb.sql("create table zz_many (a int primary key, b varchar(200)); "
                "insert into zz_many select seq, repeat(md5(seq), 6) from seq_1_to_200000", place.name)
    before = state(mariadb, place.name)
    backup = backed_up(place)
    add_contact(place, mariadb)

    def last_table():
        return [file.parent for file in place.state.glob("jobs/*/cursor-2") if '"zz_many"' in file.read_text()]

    def begin():
        running = Background(place.run, "db:restore", f"--backup={backup}", "--yes")
        [job] = process.wait_until(last_table, 60, "the last table")
        return running, job

    return begin, before


def log_of(job):
    return "".join(file.read_text() for file in sorted(job.glob("log/*")))


def test_a_killed_restore_says_what_is_half_and_goes_on_for_who_watches_it(place, mariadb, long_restore):
    begin, before = long_restore
    running, job = begin()
    events = [json.loads(line.split("\t")[0]) for line in (job / "journal").read_text().splitlines()]
    os.kill([event["pid"] for event in events if event["e"] == "run"][-1], signal.SIGKILL)
    status, text = running.result()
    assert status == 0 and "-- going on: step 3 of 4" in text, text + (job / "journal").read_text()
    assert "half written: zz_many" in text and "going on from the table zz_many" in text
    assert state(mariadb, place.name) == before


def test_a_stopped_restore_keeps_its_way_back_and_goes_on_when_it_is_asked(place, mariadb, long_restore):
    begin, before = long_restore
    running, job = begin()
    assert place.run("job:stop", "--yes")[0] == 0
    status, text = running.result()
    assert status == 1 and f"the database as it was before is the backup {job.name}" in text, text
    status, text = place.run("cache:clear")
    assert status == 1 and f"the site is closed by the job {job.name}" in text
    status, text = place.run("backup:delete", f"--backup={job.name}", "--yes")
    assert status == 1 and "is needed by the job" in text
    assert place.run("job:resume", "--yes")[0] == 0
    process.wait_until(lambda: '"e":"finish"' in (job / "journal").read_text(), 120, "the resumed job's end")
    assert "going on from the table zz_many" in log_of(job) and "-- done: exit 0" in log_of(job)
    assert state(mariadb, place.name) == before


def test_a_restore_that_the_server_refuses_half_way_keeps_the_site_closed_until_its_owner_opens_it(place, mariadb):
    before = state(mariadb, place.name)
    (place.site.root / "wrong.sql").write_text(
        "DROP TABLE IF EXISTS aa_first;\nCREATE TABLE aa_first (a int);\nINSERT INTO aa_first VALUES (1);\n"
        "CREATE TABLE bb_second (a int, b int);\nINSERT INTO bb_second VALUES (1);\n")
    status, text = place.run("db:restore", "--file=wrong.sql", "--yes")
    assert status == 1 and "the restore stopped at statement 5 (line 5" in text and "the site stays closed" in text, text
    safety = place.newest_backup().name.removesuffix(".sql.gz")
    assert f"the database as it was before is the backup {safety}" in text
    assert b"This site is being repaired" in (place.site.root / "index.php").read_bytes()
    status, text = place.run("job:unlock", "--yes")
    assert status == 0 and "the site is open again" in text
    status, text = place.run("db:restore", f"--backup={safety}", "--yes")
    assert status == 0, text
    now = state(mariadb, place.name)
    assert {key: now[key] for key in before} == before


def test_a_restore_that_goes_on_never_goes_on_in_another_database(place, mariadb, long_restore):
    begin, _ = long_restore
    running, job = begin()
    assert place.run("job:stop", "--yes")[0] == 0
    running.result()
    mariadb.sql("create database other; create table other.zz_many (a int); insert into other.zz_many values (7)")
    mariadb.sql(f"grant all on other.* to `{place.name}`@`%`")
    place.site.write_local_php(db_name="other")
    assert place.run("job:resume", "--yes")[0] == 0
    process.wait_until(lambda: "the configuration names another database now" in log_of(job), 60, "the refusal")
    assert mariadb.sql("select * from zz_many", "other") == [["7"]]
    mariadb.sql("drop database other")


def test_the_backup_that_is_restored_is_not_rotated_away_meanwhile(place, mariadb):
    made = []
    for _ in range(3):
        assert place.run("doctrine:migrations:migrate")[0] == 0
        made.append(place.newest_backup().name.removesuffix(".sql.gz"))
        for starts in (place.state / "starts").iterdir():
            starts.unlink()
    status, text = place.run("db:restore", f"--backup={made[0]}", "--yes")
    assert status == 0 and "counted again" in text, text


@pytest.mark.parametrize("name", ["unstick.ini.php", "config.php", "secret", "index.php"])
def test_only_a_dump_by_its_name_is_ever_read(place, name):
    (place.site.root / name).write_text("key = topsecretkey123456\n")
    status, text = place.run("db:restore", f"--file={name}")
    assert status == 1 and "is no dump by its name" in text and "topsecret" not in text


# ---- the backup before a command

def test_a_migration_makes_a_backup_first(place, mariadb):
    status, text = place.run("doctrine:migrations:migrate")
    assert status == 0, text
    assert "-- step 1 of 4: back up the database" in text
    [file] = (place.state / "backups").glob("*.json")
    assert json.loads(file.read_text())["occasion"] == "doctrine:migrations:migrate"
    assert place.run("doctrine:migrations:status")[0] == 0 and len(place.backups()) == 2


def test_a_backup_of_the_last_minutes_serves_unless_something_changed_since(place, mariadb):
    backup = backed_up(place)
    status, text = place.run("doctrine:migrations:migrate", "--dry-run")
    assert status == 0 and f"look for the backup {backup}, which serves" in text, text
    assert len(place.backups()) == 2
    status, text = place.run("doctrine:migrations:migrate")
    assert status == 0 and "step 1 of 4: back up the database" in text, text
    assert len(place.backups()) == 4


def test_a_backup_of_another_database_does_not_serve(place, mariadb):
    backed_up(place)
    mariadb.sql(f"create database other; grant all on other.* to `{place.name}`@`%`")
    place.site.write_local_php(db_name="other")
    text = place.run("doctrine:migrations:migrate")[1]
    assert "step 1 of 4: back up the database other first" in text, text
    mariadb.sql("drop database other")


def test_without_a_backup_a_migration_asks_and_then_runs(place, mariadb):
    place.site.write_local_php(db_password="wrong-6f1a")
    status, text = place.run("doctrine:migrations:migrate")
    assert status == 1 and "nothing was changed yet" in text and "backup=no" in text and "step 2" not in text, text
    place.site.write_local_php(db_password=place.password)
    status, text = place.run("--backup=no", "doctrine:migrations:migrate")
    assert status == 3 and "NO backup of the database is made first" in text
    code = re.search(r"--confirm=(\S+)", text)[1]
    status, text = place.run("--backup=no", "doctrine:migrations:migrate", f"--confirm={code}")
    assert status == 0 and place.backups() == [], text
    assert place.run("--backup=no", "cache:clear")[0] == 2


def migrated(place):
    """The id of the backup that a migration made, and what was printed."""
    assert place.run("mautic:custom-field:create-column")[0] in (0, 1)
    status, text = place.run("doctrine:migrations:migrate")
    assert status == 0, text
    for starts in (place.state / "starts").iterdir():
        starts.unlink()
    return place.newest_backup().name.removesuffix(".sql.gz"), text


def test_automatic_backups_rotate_and_the_owners_stay(place, mariadb):
    own = backed_up(place)
    made = [migrated(place) for _ in range(5)]
    left = [name.removesuffix(".json") for name in place.backups() if name.endswith(".json")]
    assert left == [own, *(name for name, _ in made[-3:])]
    assert f"older automatic backup {made[1][0]} deleted" in made[-1][1]


def test_the_backup_that_goes_with_kept_files_stays(place, mariadb):
    first, _ = migrated(place)
    kept = place.state / "kept" / first / "swap"
    kept.mkdir(parents=True)
    (kept / "list").write_text("the swap of this job is in its place")
    made = [first, *(migrated(place)[0] for _ in range(4))]
    left = [name.removesuffix(".json") for name in place.backups() if name.endswith(".json")]
    assert left == [first, *made[-3:]]
