# SPDX-License-Identifier: GPL-3.0-or-later
"""The site is closed while its database is migrated or restored: what visitors, cron lines and the owner meet then."""

import json
import subprocess

import pytest

from servers.place import Background
from support import process, tools

PHP = tools.find("php")


@pytest.fixture
def entrances(place):
    """{file: bytes} of what visitors and cron lines reach."""
    files = [place.site.root / "index.php", place.site.project / "bin" / "console"]
    return {file: (file.read_bytes(), file.stat().st_mode) for file in files}


def are_open(entrances):
    stubs = [name for file in entrances for name in file.parent.glob(".unstick-*")]
    return not stubs and all((file.read_bytes(), file.stat().st_mode) == was for file, was in entrances.items())


def begin_migration(place, mariadb):
    """A migration that takes a while, once it runs: its Background."""
    (place.site.var / "fixture.json").write_text(json.dumps({"migration_seconds": 4}))
    mariadb.sql(f"delete from `{place.site.prefix}migrations` where version like '%20211026152443'", place.name)
    running = Background(place.run, "doctrine:migrations:migrate")
    process.wait_until(lambda: list(place.state.glob("closed")), 30, "the site to be closed")
    process.wait_until(lambda: "Migrating up" in log(place), 30, "the migration to run")
    return running


def log(place):
    return "".join(file.read_text() for file in sorted(place.state.glob("jobs/*/log/*")))


def front_page(place):
    done = subprocess.run([PHP, "-d", "display_errors=1", place.site.root / "index.php"], capture_output=True, text=True,
                          check=False, env=process.plain_environment(REQUEST_METHOD="GET"))  # as a server says it
    return done.stdout


def test_visitors_and_cron_lines_are_kept_out_and_come_back_to_what_was_there(place, mariadb, entrances):
    running = begin_migration(place, mariadb)
    assert "This site is being repaired" in front_page(place)
    cron = subprocess.run([PHP, place.site.project / "bin" / "console", "list"], capture_output=True, text=True, check=False)
    assert cron.returncode == 75 and "being repaired" in cron.stderr and cron.stdout.strip() in ("", "#!/usr/bin/env php")
    status, text = running.result()
    assert status == 0 and "[OK]" in text and "visitors and cron lines reach the site again" in text, text
    assert are_open(entrances)


def test_a_migration_that_fails_opens_the_site_again(place, mariadb, entrances):
    mariadb.sql(f"rename table `{place.site.prefix}leads` to `gone`", place.name)
    mariadb.sql(f"delete from `{place.site.prefix}migrations`", place.name)
    status, text = place.run("doctrine:migrations:migrate")
    assert status == 1 and text.index("-- step 4 of 4: open the site") > text.index("-- step 3 of 4"), text
    assert text.splitlines()[-1].startswith("-- failed: exit ")
    assert are_open(entrances)


def test_a_dry_run_closes_nothing(place, entrances):
    status, text = place.run("doctrine:migrations:migrate", "--dry-run")
    assert status == 0 and "close the site" not in text and are_open(entrances)


def test_a_stopped_job_leaves_it_closed_and_everybody_is_told_how_to_open_it(place, mariadb, entrances):
    running = begin_migration(place, mariadb)
    assert place.run("job:stop", "--yes")[0] == 0
    assert running.result()[0] == 1
    assert "This site is being repaired" in front_page(place) and not are_open(entrances)
    for words in (["mautic:segments:update"], ["cache:clear"]):
        status, text = place.run(*words)
        assert status == 1 and "the site is closed by the job " in text and "job:unlock" in text, text
        assert "job:rollback" not in text, "a migration has no way back"
    assert "job:rollback" not in place.run("doctor")[1]
    status, text = place.run("job:unlock")
    assert status == 3 and "open the site" in text
    status, text = place.run("job:unlock", "--yes")
    assert status == 0 and "the site is open again" in text and are_open(entrances)
    assert place.run("cache:clear")[0] == 0


def test_a_resumed_job_opens_it(place, mariadb, entrances):
    running = begin_migration(place, mariadb)
    assert place.run("job:stop", "--yes")[0] == 0
    assert running.result()[0] == 1
    assert place.run("job:resume", "--yes")[0] == 0
    process.wait_until(lambda: "-- done" in log(place), 60, "the resumed job's end")
    assert are_open(entrances)


def test_a_file_that_was_uploaded_meanwhile_stays(place, mariadb, entrances):
    running = begin_migration(place, mariadb)
    index = place.site.root / "index.php"
    index.write_text("<?php echo 'the next release';")
    status, text = running.result()
    assert status == 0 and f"a newer {index} was there and stays; the former one is kept as .unstick-" in text
    assert index.read_text() == "<?php echo 'the next release';" and [old.read_bytes() for old in index.parent.glob(".unstick-*")] == [entrances[index][0]]


def test_a_restore_closes_it_too(place, entrances):
    place.run("db:backup")
    backup = place.newest_backup().name.removesuffix(".sql.gz")
    status, text = place.run("db:restore", f"--backup={backup}", "--yes")
    assert status == 0 and "close the site" in text and are_open(entrances)
    assert json.loads((place.state / "backups" / f"{backup}.json").read_text())["occasion"] == "db:backup"
