# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as files: the list, the download with its ranges, the deletion."""

import hashlib
import json
import random

import pytest

from cases.box import NAVIGATION
from cases.table import cgi_only

OLD, NEW, BROKEN = "20261119-093015123-k3v9qa", "20261120-101500000-aaaaaa", "20261121-101500000-bbbbbb"
SIZE = 700_001  # several reads of the file, and an odd end


@pytest.fixture(autouse=True)
def backups(box):
    """The box has two complete backups and one that a kill left."""
    folder = box.state / "backups"
    box.owner()
    folder.mkdir(mode=0o700)
    for number, job in enumerate((OLD, NEW, BROKEN)):
        file = folder / f"{job}.sql.gz"
        file.write_bytes(random.Random(number).randbytes(SIZE))
        if job != BROKEN:
            manifest = {"format": 1, "application": "Mautic 4.4.13", "occasion": "db:backup", "database": "shop ü",
                        "server": "10.11.6-MariaDB", "taken": "2026-11-20 10:15:00 UTC", "seconds": 1.5, "tables": [],
                        "sequences": [], "views": [], "triggers": [], "routines": [], "events": [], "notes": [],
                        "sql_bytes": 5, "file_bytes": SIZE, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
                        "packet_bytes": 16777216}
            file.with_name(f"{job}.json").write_text(json.dumps(manifest))
            box.give(file.with_name(f"{job}.json"))
        box.give(file)
    box.give(folder)


def content(box, job):
    return (box.state / "backups" / f"{job}.sql.gz").read_bytes()


def test_a_download_is_the_file_with_a_name_for_the_disk(box):
    answer = box.owner(f"task=backup:download&backup={NEW}", headers=NAVIGATION)
    assert answer.status == 200 and answer.body == content(box, NEW)
    assert answer.headers["Content-Type"] == "application/gzip"
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="shop----20261120-101500.sql.gz"'
    assert answer.headers["Accept-Ranges"] == "bytes" and answer.headers["ETag"].strip('"').isalnum()


@pytest.mark.parametrize("asked, first, last", [("bytes=0-9", 0, 9), ("bytes=262140-262150", 262140, 262150),
                                                ("bytes=-5", SIZE - 5, SIZE - 1), ("bytes=700000-", SIZE - 1, SIZE - 1),
                                                ("bytes=1-99999999", 1, SIZE - 1)])
def test_a_part_of_it_is_given_to_who_asks_for_one(box, asked, first, last):
    answer = box.owner(f"task=backup:download&backup={NEW}", headers={"Range": asked})
    assert answer.status == 206 and answer.body == content(box, NEW)[first:last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["Content-Length"] == str(last - first + 1)


def test_a_part_that_is_not_there_is_refused(box):
    answer = box.owner(f"task=backup:download&backup={NEW}", headers={"Range": f"bytes={SIZE}-"})
    assert answer.status == 416 and answer.headers["Content-Range"] == f"bytes */{SIZE}"


def test_who_holds_a_part_of_another_file_gets_the_whole(box):
    mark = box.owner(f"task=backup:download&backup={NEW}").headers["ETag"]
    assert box.owner(f"task=backup:download&backup={NEW}", headers={"Range": "bytes=5-", "If-Range": mark}).status == 206
    other = box.owner(f"task=backup:download&backup={OLD}", headers={"Range": "bytes=5-", "If-Range": mark})
    assert other.status == 200 and other.body == content(box, OLD)


def test_without_the_key_there_is_no_download(box):
    with box.nothing_changes(but=("state/attempts",)):
        assert box.stranger(f"task=backup:download&backup={NEW}").status == 403
        assert box.stranger(f"task=backup:delete&backup={NEW}").status == 403
    assert box.owner(f"task=backup:download&backup={NEW}", method="HEAD").status == 405


@pytest.mark.parametrize("name", ["20261120-101500000-zzzzzz", "no", "last", "a/../b", "..%2F..%2Fsecret", "x" * 300])
def test_a_name_that_is_no_backup_gives_nothing(box, name):
    answer = box.owner(f"task=backup:download&backup={name}")
    assert answer.status in (400, 500) and "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("task", ["backup:download", "backup:delete", "db:restore"])
def test_without_a_name_there_is_a_choice(box, task):
    answer = box.owner(f"task={task}")
    assert answer.status == 200 and answer.text.splitlines()[-1] == "-- nothing changed"
    link = f"task={task.replace(':', '%3A')}&backup="
    assert answer.text.index(f"{link}{NEW}\n") < answer.text.index(f"{link}{OLD}\n")
    assert (f"backup={BROKEN}" in answer.text) == (task != "db:restore")
    page = box.owner(f"task={task}", headers=NAVIGATION)
    assert f'{link.replace("&", "&amp;")}{NEW}&amp;pretty"' in page.text
    events = [json.loads(line) for line in box.owner(f"task={task}&format=json").text.splitlines()]
    assert {"backup": NEW} in [choice["options"] for choice in events[0]["choices"]]
    quiet = box.owner(f"task={task}&quiet")
    assert quiet.status == 409 and len(quiet.lines) == 1


def test_a_deletion_asks_first_and_takes_only_that_one(box):
    with box.nothing_changes(but=("state/plans", "state/plans/*", "state/attempts")):
        plan = box.owner(f"task=backup:delete&backup={OLD}")
    assert "it cannot be brought back" in plan.text and "-- plan only, nothing changed" in plan.text
    link = plan.lines[-1].split("?", 1)[1]
    done = box.stranger(link)
    assert done.status == 200 and done.lines[-1].startswith("-- done")
    left = sorted(file.name for file in (box.state / "backups").iterdir())
    assert left == [f"{NEW}.json", f"{NEW}.sql.gz", f"{BROKEN}.sql.gz"]
    assert box.stranger(link).lines == done.lines


def test_a_broken_backup_is_named_so_and_can_go(box):
    assert f"{BROKEN}  " in (text := box.owner("task=backups").text) and "NOT COMPLETE" in text
    assert box.owner(f"task=db:restore&backup={BROKEN}").status == 500
    name = box.owner(f"task=backup:download&backup={BROKEN}").headers["Content-Disposition"]
    assert "incomplete" in name
    assert box.command_line("backup:delete", f"--backup={BROKEN}", "--yes").returncode == 0
    assert not (box.state / "backups" / f"{BROKEN}.sql.gz").exists()


def test_the_command_line_writes_the_bytes(box):
    done = box.command_line("backup:download", f"--backup={NEW}", text=False)
    assert done.returncode == 0 and done.stdout == content(box, NEW)


@cgi_only
def test_what_somebody_puts_beside_them_hides_no_backups_in_a_folder_that_the_command_line_named(box):
    mine = box.folder / "mine"
    made = box.command_line("--state", str(mine), "files:backup-own")
    assert made.returncode == 0, made
    (mine / "holiday.jpg").write_bytes(b"x")
    (mine / "version").unlink()
    listed = box.command_line("--state", str(mine), "backups").stdout
    assert str(mine / "backups") in listed and "there is no backup yet" not in listed
