# SPDX-License-Identifier: GPL-3.0-or-later
"""The program removes itself, with its backups or without, and nothing else."""

import os

import pytest

from cases.box import KEY, NAVIGATION
from servers.place import WWW
from support import process, snapshot, tree

BUNDLE = {"index.html": "index.html", "README.txt": "README.txt", "htaccess": ".htaccess"}


@pytest.fixture
def full(box):
    """With the whole bundle around it, a job that is over, and a backup's folder with a file."""
    for source, name in BUNDLE.items():
        file = box.place / name
        file.write_bytes((WWW / source).read_bytes())
        box.give(file)
    box.owner("task=list&quiet")
    process.wait_until(lambda: not box.is_running(), what="the job to end")
    backups = box.state / "backups"
    backups.mkdir(exist_ok=True)
    (backups / "20261120-101500000-aaaaaa.sql.gz").write_bytes(b"backup")
    for path in (backups, *backups.iterdir()):
        box.give(path)
    return box


def consent(box, backup, **request):
    plan = box.owner(f"task=self:remove&backup={backup}").text
    assert "-- plan only, nothing changed" in plan, plan
    return box.stranger(plan.rstrip().rpartition("?")[2], **request)


def test_it_asks_about_the_backups_and_then_shows_what_it_would_delete(full):
    with full.nothing_changes(but=("state/plans*", "state/attempts")):
        assert "backup=keep" in full.owner("task=self:remove").text
        assert full.owner("task=self:remove&backup=maybe").text.endswith("-- nothing changed\n")
        plan = full.owner("task=self:remove&backup=keep").text
    for path in (full.program, full.settings_file, full.state, full.place / "index.html"):
        assert str(path) in plan


@pytest.mark.parametrize("backup", ["keep", "delete"])
def test_all_of_it_goes_and_the_site_stays(full, backup):
    before = {path: facts for path, facts in snapshot.take(full.site.root).items() if "unstick" not in str(path)}
    answer = consent(full, backup, headers=NAVIGATION if backup == "keep" else {})
    assert answer.status == 200 and "this program is gone" in answer.text, answer
    assert not full.place.exists()
    left = sorted(str(path.relative_to(full.state)) for path in full.state.rglob("*")) if full.state.exists() else []
    assert left == (["backups", "backups/20261120-101500000-aaaaaa.sql.gz", "version"] if backup == "keep" else [])
    after = {path: facts for path, facts in snapshot.take(full.site.root).items() if "unstick" not in str(path)}
    assert set(after) == set(before)


@pytest.mark.skipif(os.geteuid() != 0, reason="somebody else's folder is needed")
@pytest.mark.parametrize("backup", ["keep", "delete"])
def test_one_that_could_not_finish_finds_its_folder_again(full, backup):
    (full.state / "holiday.jpg").write_bytes(b"x")
    stuck = full.state / "surveys" / "stuck"
    stuck.mkdir(parents=True)
    (stuck / "file").write_bytes(b"x")
    assert "this program is gone" not in consent(full, backup).text and full.program.exists()
    assert (full.state / "version").exists() and (full.state / "secret").exists()
    tree.remove(full.state / "surveys")
    assert "this program is gone" in consent(full, backup).text
    left = {path.name for path in full.state.iterdir()}
    assert left == {"holiday.jpg"} | ({"backups", "version"} if backup == "keep" else set())


@pytest.mark.parametrize("backup", ["keep", "delete"])
def test_what_the_owner_has_in_the_state_folder_stays(full, backup):
    own = {"photos/one.jpg": b"x", "my-dump.sql": b"y", "backups/mine.sql.gz": b"z"}
    for name, data in own.items():
        (full.state / name).parent.mkdir(exist_ok=True)
        (full.state / name).write_bytes(data)
    assert "this program is gone" in consent(full, backup).text
    left = {str(path.relative_to(full.state)): path.read_bytes() for path in full.state.rglob("*") if path.is_file()}
    assert left == own | ({"backups/20261120-101500000-aaaaaa.sql.gz": b"backup", "version": b"1\n"} if backup == "keep" else {})


def test_a_long_htaccess_of_the_site_loses_our_lines_alone(full):
    file, rest = full.site.root / ".htaccess", "Redirect /a /b\n" * 9000
    former = file.read_bytes()
    try:
        file.write_text("# BEGIN Unstick\nRewriteEngine On\n# END Unstick\n" + rest)
        full.give(file)
        assert "this program is gone" in consent(full, "keep").text
        assert file.read_text() == rest
    finally:
        file.write_bytes(former)


def test_what_is_not_known_to_be_ours_stays(full):
    (full.place / "index.html").write_text("<h1>my own page</h1>")
    (full.place / ".htaccess").write_text("Require all granted\n")
    (full.place / "LICENSE.txt").write_text("my own licence")
    (full.place / "photo.jpg").write_bytes(b"x")
    answer = consent(full, "delete")
    assert "holds something else, and stays" in answer.text
    assert {path.name for path in full.place.iterdir()} == {"index.html", ".htaccess", "LICENSE.txt", "photo.jpg"}


def test_not_while_a_job_runs_or_rests(full):
    full.start_held()
    answer = full.owner("task=self:remove&backup=delete").text
    assert "is not over" in answer and "confirm" not in answer
    full.stop()
    assert "was interrupted" in full.owner("task=self:remove&backup=delete").text
    full.release()
    assert full.program.exists() and full.settings_file.exists()


def test_no_link_and_no_stranger_does_it(full):
    answer = full.owner("task=links:make&for=self:remove")
    assert "never consents" in answer.text
    assert full.stranger("task=self:remove&backup=delete").status == 403 and full.program.exists()
    assert full.owner("task=self:remove&backup=delete&quiet").status == 409 and KEY not in full.owner("task=self:remove&backup=keep").text
