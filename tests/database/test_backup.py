# SPDX-License-Identifier: GPL-3.0-or-later
"""`db:backup` and `backups` by the program itself, on a site with a database: what the owner reads, and what is on the disk."""

import json
import os

import pytest

from database.databases import restore, state
from servers.place import Background
from support import process


def test_a_backup_holds_the_whole_database_and_says_where_it_is(place, mariadb):
    status, text = place.run("db:backup")
    assert status == 0, text
    lines = text.splitlines()
    assert lines[0] == "Executing db:backup" and lines[-1].startswith("-- done: exit 0 in ")
    file = place.newest_backup()
    assert place.backups() == [file.name.replace(".sql.gz", ".json"), file.name]
    assert f": {file}" in text and " tables with " in text and "read back and verified" in text
    assert place.password not in text
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    manifest = json.loads(file.with_name(file.name.replace(".sql.gz", ".json")).read_text())
    assert (manifest["occasion"], manifest["application"], manifest["database"]) == ("db:backup", "Mautic 5.1.0", place.name)
    assert manifest["file_bytes"] == file.stat().st_size
    assert restore(mariadb, file, "restored") == ""
    assert state(mariadb, "restored") == state(mariadb, place.name)


def test_the_list_tells_complete_backups_from_others(place):
    assert place.run("backups")[1].splitlines()[1] == "there is no backup yet: db:backup makes one of the database, files:backup one of the files"
    place.run("db:backup")
    file = place.newest_backup()
    job = file.name.removesuffix(".sql.gz")
    status, text = place.run("backups")
    [line] = [line for line in text.splitlines() if line.startswith(job)]
    assert status == 0 and "NOT COMPLETE" not in line and " tables, " in line and line.endswith("by db:backup")
    os.truncate(file, file.stat().st_size - 1)
    assert f"{job}  " in (text := place.run("backups")[1]) and "NOT COMPLETE: do not restore it" in text


@pytest.mark.parametrize("changes, words", [
    ({"db_password": "wrong-6f1a"}, ("access denied", "check db_user and db_password")),
    ({"db_name": "no_such_database"}, ("no_such_database",)),
    ({"db_port": 1}, ("port 1",)),
])
def test_what_is_wrong_with_the_connection_is_said_and_nothing_is_left(place, changes, words):
    place.site.write_local_php(**changes)
    status, text = place.run("db:backup")
    assert status == 1 and "-- failed: exit 1" in text, text
    for word in words:
        assert word in text
    assert "wrong-6f1a" not in text and place.password not in text
    assert place.backups() == []


def test_a_configuration_that_is_code_names_the_settings_that_replace_it(place):
    text = place.site.local_php.read_text()
    start = text.index("'db_password'")
    line = text[start:text.index("\n", start)]
    place.site.local_php.write_text(text.replace(line, "'db_password' => secret_of_the_vault('x'),"))
    status, text = place.run("db:backup")
    assert status == 1 and "db_password = ..." in text and "Executing" not in text, text
    assert place.backups() == []
    status, text = place.run(f"--db_password={place.password}", "db:backup")
    assert status == 1 and "db_password = ..." in text, "a job reads the settings file, not the command line"
    place.site.write_local_php(db_password=place.password)
    status, text = place.run("--db_host=db.example.com", "db:backup")
    assert status == 1 and "write them into the settings file" in text


def test_a_second_backup_at_the_same_time_shows_the_first(place, mariadb):
    """While a table is locked the first one waits."""
    lock = Background(mariadb.sql, f"lock tables `{place.site.prefix}leads` write; select sleep(4)", place.name)
    process.wait_until(lambda: ["User sleep"] in mariadb.sql("select state from information_schema.processlist"), 30, "the lock")
    first = Background(place.run, "db:backup")
    process.wait_until(lambda: list(place.state.glob("jobs/*/journal")), 30, "the job")
    status, text = place.run("db:backup")
    assert status == 4 and "skipped" in text, text
    assert lock.result() == [["0"]]
    status, text = first.result()
    assert status == 0 and "-- done: exit 0" in text
    assert len(place.backups()) == 2
