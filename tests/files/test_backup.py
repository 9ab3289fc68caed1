# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of files: `files:backup`, `files:backup-own` and the same as downloads that need no room on the server."""

import fnmatch
import io
import json
import os
import re
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from cases.box import KEY, NAVIGATION
from files.conftest import read
from support import process, tools

CACHE = "var/cache/prod/"  # of the site in the box
HUGE = 1 << 30             # bytes of nothing, which take no room and some seconds
# Of the site in the box, what is Mautic's own as a full package has it.
MAUTICS = ("app/*", "vendor/*", "autoload.php")
USERS_IN_THEM = ("app/config/*",)  # of which nobody can tell which were edited


def expected(box, left_out=()):
    """Path to content of all that a whole backup has to hold."""
    return {name: content for name, content in read(box.site.root).items()
            if not name.startswith(CACHE) and not any(fnmatch.fnmatch(name, pattern) for pattern in left_out)}


def content_of(archive):
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist() if not name.endswith("/")}


def zips(box):
    return sorted((box.state / "backups").glob("*.zip"))


def left_in_backups(box):
    return sorted(file.name for file in (box.state / "backups").glob("*"))


@pytest.fixture
def contents(box):
    """The site with files of some kinds: large ones, empty ones, names that are no ASCII, an empty folder."""
    root = box.site.root
    for name, content in {"media/files/p\u00e4per.pdf": os.urandom(5_000_000), "media/files/list.csv": b"a;b\n" * 2_000_000, "media/files/empty": b"",
                          "themes/mine/html/page.twig": b"{{ x }}", ".htaccess": b"Deny", "plugins/MineBundle/Mine.php": b"<?php"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root / "media/files/void").mkdir()
    return box


def test_a_backup_is_the_tree_byte_for_byte(contents):
    box = contents
    answer = box.run("task=files:backup")
    assert answer.lines[0] == "Executing files:backup" and answer.lines[-1].startswith("-- done: exit 0 in "), answer
    assert "read back and verified" in answer.text and "NOT COMPLETE" not in answer.text
    [file] = zips(box)
    assert content_of(file) == expected(box)
    assert "media/files/void/" in zipfile.ZipFile(file).namelist()
    assert subprocess.run([tools.find("unzip"), "-tqq", file], capture_output=True, check=False).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    manifest = json.loads(file.with_name(file.name.replace(".zip", "-files.json")).read_text())
    assert manifest["file_bytes"] == file.stat().st_size and manifest["unread"] == 0
    assert left_in_backups(box) == [file.name.replace(".zip", "-files.json"), file.name]


def test_modes_and_times_come_back(box):
    script = box.site.root / "media/files/run.sh"
    script.write_bytes(b"#!/bin/sh\n")
    script.chmod(0o755)
    os.utime(script, (1_500_000_000,) * 2)
    box.run("task=files:backup")
    subprocess.run([tools.find("unzip"), "-q", zips(box)[0], "-d", box.folder / "out"], check=True)
    facts = (box.folder / "out/media/files/run.sh").stat()
    assert (facts.st_mode & 0o777, round(facts.st_mtime)) == (0o755, 1_500_000_000)


def test_the_own_part_has_all_but_what_is_the_applications(contents):
    box = contents
    assert box.run("task=files:backup-own").lines[-1].startswith("-- done: exit 0")
    found = content_of(zips(box)[0])
    whole = expected(box)
    mautics = {name for name in whole if any(fnmatch.fnmatch(name, pattern) for pattern in MAUTICS)
               and not any(fnmatch.fnmatch(name, pattern) for pattern in USERS_IN_THEM)}
    assert {"app/release_metadata.json", "vendor/autoload.php"} <= mautics
    assert found == {name: content for name, content in whole.items() if name not in mautics}
    assert {"app/config/local.php", "media/files/p\u00e4per.pdf", "plugins/MineBundle/Mine.php", "themes/mine/html/page.twig"} <= set(found)


def test_our_own_things_inside_the_site_are_left_out(boxes):
    box = boxes(state="site/media/secret")
    root = box.site.root
    (root / ".unstick-0123456789abcdef").mkdir()
    (root / ".unstick-0123456789abcdef/secret").write_text("x")
    (root / "mautic-files-20261121-093015.zip").write_text("an older one")
    (root / "my-files-archive.zip").write_text("the user's")
    answer = box.run("task=files:backup")
    assert answer.lines[-1].startswith("-- done: exit 0"), answer
    found = content_of(zips(box)[0])
    assert "my-files-archive.zip" in found and "mautic-files-20261121-093015.zip" not in found
    assert not [name for name in found if name.startswith((".unstick-", "media/secret", CACHE))]
    assert "left out, as they are caches or our own: " in answer.text and "mautic-files-20261121-093015.zip" in answer.text


def test_what_cannot_be_read_is_named_and_does_not_stop_it(box):
    tools.need_root("to make files that the account may not read")
    root = box.site.root
    for name in ("media/files/locked.csv", "media/files/closed/x.csv"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("secret")
        (root / name).chmod(0o600)
    (root / "media/files/closed").chmod(0o700)
    box.owner()  # which replaces the key by its hash
    want = expected(box, ("media/files/locked.csv", "media/files/closed/*"))
    answer = box.run("task=files:backup")
    assert answer.lines[-1].startswith("-- done: exit 0") and answer.lines[-2] == "! NOT COMPLETE: 2 files could not be read", answer
    assert "could not be read: media/files/locked.csv, media/files/closed/" in answer.text
    found = content_of(zips(box)[0])
    assert "media/files/locked.csv" in found.pop("UNSTICK-NOT-COMPLETE.txt").decode()
    assert found == want
    assert "NOT COMPLETE: 2 files could not be read" in box.owner("task=backups").text
    job = zips(box)[0].stem
    assert "NOT-COMPLETE" in box.owner(f"task=backup:download&backup={job}").headers["Content-Disposition"]
    streamed = box.owner("task=files:download")
    assert "NOT-COMPLETE" in streamed.headers["Content-Disposition"]
    assert "UNSTICK-NOT-COMPLETE.txt" in content_of(io.BytesIO(streamed.body))


def test_links_and_pipes_are_named(box):
    root = box.site.root
    (box.folder / "elsewhere").mkdir()
    (box.folder / "elsewhere/x").write_text("outside")
    (root / "media/out").symlink_to(box.folder / "elsewhere")
    (root / "media/in").symlink_to("files")
    os.mkfifo(root / "media/pipe")
    answer = box.run("task=files:backup")
    assert answer.lines[-1].startswith("-- done: exit 0"), answer
    found = content_of(zips(box)[0])
    assert not [name for name in found if name.startswith(("media/out", "media/in", "media/pipe"))]
    for words in (f"media/out -> {box.folder}/elsewhere", "media/in -> files", "media/pipe (no file)"):
        assert words in answer.text


def test_the_list_the_download_and_the_deletion_take_them(box):
    box.run("task=files:backup-own")
    [file] = zips(box)
    [line] = [line for line in box.owner("task=backups").lines if line.startswith(file.stem)]
    assert line.startswith(f"{file.stem}  files  ") and line.endswith("by files:backup-own")
    answer = box.owner(f"task=backup:download&backup={file.stem}", headers={"Range": "bytes=0-3"})
    assert answer.status == 206 and answer.body == b"PK\x03\x04" and answer.headers["Content-Type"] == "application/zip"
    assert re.search(r'filename="site-own-files-\d{8}-\d{6}\.zip"', answer.headers["Content-Disposition"])
    assert box.owner(f"task=backup:download&backup={file.stem}").body == file.read_bytes()
    refused = box.owner(f"task=db:restore&backup={file.stem}")
    assert refused.status == 500 and "holds files, not a database" in refused.text
    refused = box.owner(f"task=db:restore&file={file.name}")
    assert refused.status == 500 and "no dump by its name" in refused.text
    assert file.stem not in box.owner("task=db:restore").text
    assert box.command_line("backup:delete", f"--backup={file.stem}", "--yes").returncode == 0
    assert left_in_backups(box) == []


# ---- what goes wrong

@pytest.fixture
def huge(box):
    """The site has a file that takes some seconds to pack."""
    file = box.site.root / "media/files/huge.bin"
    file.touch()
    os.truncate(file, HUGE)
    box.give(file)
    return file


def start_backup(box, huge):
    """The job runs and is in the middle of the huge file."""
    box.owner("task=files:backup&quiet&wait=0")
    process.wait_until(lambda: any(has_open(pid, huge) for pid in process.running_below(box.folder)), what="the huge file to be read")


def has_open(pid, file):
    try:
        return any(os.readlink(link) == str(file) for link in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def test_a_file_that_grows_meanwhile_is_as_it_was_read(box, huge):
    start_backup(box, huge)
    with huge.open("ab") as out:
        out.write(b"more" * 1000)
    process.wait_until(lambda: not box.is_running(), 60, "the job to end")
    with zipfile.ZipFile(zips(box)[0]) as archive:
        assert archive.getinfo("media/files/huge.bin").file_size == HUGE
    assert subprocess.run([tools.find("unzip"), "-tqq", zips(box)[0]], capture_output=True, check=False).returncode == 0


def test_a_stop_leaves_nothing(box, huge):
    start_backup(box, huge)
    job = next((box.state / "backups").glob("*.partial")).name[:25]
    (box.state / "jobs" / job / "stop").touch()
    process.wait_until(lambda: not box.is_running(), 30, "the job to stop")
    assert left_in_backups(box) == []


def test_a_kill_leaves_no_archive_and_what_it_left_can_go(box, huge):
    start_backup(box, huge)
    [partial] = (box.state / "backups").glob("*.partial")
    refused = box.command_line("backup:delete", f"--backup={partial.name[:25]}", "--yes")
    assert refused.returncode != 0 and "is being made" in refused.stdout + refused.stderr
    for pid in process.running_below(box.folder):
        if box.server is None or pid not in box.server.child.processes():
            os.kill(pid, 9)
    process.wait_until(lambda: not box.is_running(), 30, "the job to die")
    assert left_in_backups(box) == [partial.name]
    assert "files  " in (text := box.owner("task=backups").text) and "NOT COMPLETE: it was interrupted" in text
    assert box.owner(f"task=backup:download&backup={partial.name[:25]}").status == 500
    assert box.command_line("backup:delete", f"--backup={partial.name[:25]}", "--yes").returncode == 0
    assert left_in_backups(box) == []


@pytest.fixture
def small(box, request):
    """A filesystem of 4 MB for the state folder."""
    tools.need_root("to mount a small filesystem")
    folder = box.folder / "small"
    folder.mkdir()
    process.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0755", "unstick-test", folder])
    box.give(folder)
    request.addfinalizer(lambda: (box.close(), process.run(["umount", folder])))
    box.write_settings(f"state = {folder}/state", key=KEY)
    box.state = folder / "state"
    return folder


def test_a_full_disk_leaves_nothing_and_is_said(box, small):
    (box.site.root / "media/files/noise").write_bytes(os.urandom(8_000_000))
    answer = box.run("task=files:backup")
    assert answer.lines[-1].startswith("-- failed: exit 1"), answer
    assert "it may not fit" in answer.text and "No space left on device" in answer.text
    assert left_in_backups(box) == []
    assert os.statvfs(small).f_bfree * os.statvfs(small).f_frsize > 3_000_000
    streamed = box.owner("task=files:download")
    assert content_of(io.BytesIO(streamed.body)) == expected(box)


@pytest.mark.shipped_only  # the sanitizers' build does not fit
def test_what_fits_only_when_packed_is_packed(box, small):
    (box.site.root / "media/files/text").write_bytes(b"the same line again\n" * 1_000_000)
    answer = box.run("task=files:backup")
    assert answer.lines[-1].startswith("-- done: exit 0"), answer
    assert content_of(zips(box)[0]) == expected(box)


# ---- downloads that are made while they are sent

@pytest.mark.parametrize("task", ["files:download", "files:download-own"])
def test_a_download_is_the_tree_and_changes_nothing(contents, task):
    box = contents
    box.owner()
    with box.nothing_changes(but=("state/attempts",)):
        answer = box.owner(f"task={task}", headers=NAVIGATION)
    assert answer.status == 200 and answer.type == "application/zip"
    assert "Content-Length" not in answer.headers
    assert re.search(r'^attachment; filename="mautic(-own)?-files-\d{8}-\d{6}\.zip"$', answer.headers["Content-Disposition"])
    found = content_of(io.BytesIO(answer.body))
    assert found.items() <= expected(box).items()
    assert (found == expected(box)) == (task == "files:download")
    if task == "files:download-own":
        box.run("task=files:backup-own")
        assert found == content_of(zips(box)[0])


def test_a_download_needs_the_key_or_a_session(box):
    box.owner()
    with box.nothing_changes(but=("state/attempts",)):
        assert box.stranger("task=files:download").status == 403
        assert box.owner("task=files:download", method="HEAD").status == 405
    cookie = box.owner("", headers=NAVIGATION).cookie()
    answer = box.stranger("task=files:download", headers={"Cookie": cookie})
    assert answer.status == 200 and content_of(io.BytesIO(answer.body)) == expected(box)


def test_who_goes_away_stops_it(box, huge):
    live = box.begin(box.with_key("task=files:download"))
    live.wait_for("PK")
    live.drop()
    if box.mode == "fastcgi":
        pid = box.server.child.processes()[0]
        spent = [cpu_seconds(pid)]
        process.wait_until(lambda: spent.append(cpu_seconds(pid)) or spent[-1] - spent[-2] < 0.01, 30, "the program to be idle")
        huge.unlink()
        assert content_of(io.BytesIO(box.owner("task=files:download").body)) == expected(box)
    else:
        assert process.running_below(box.folder) == []


def cpu_seconds(pid):
    time.sleep(0.2)
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_disk_that_fails_in_the_middle_is_told_in_the_archive(box):
    """strace makes the reads of one file fail."""
    file = box.site.root / "media/files/bad.bin"
    file.write_bytes(os.urandom(9_000_000))
    box.wrapper = (tools.find("strace"), "-f", "-qq", "-o", "/dev/null", "-P", str(file), "-e", "inject=read:error=EIO:when=7+")
    answer = box.owner("task=files:download")
    found = content_of(io.BytesIO(answer.body))
    assert "media/files/bad.bin" in found.pop("UNSTICK-NOT-COMPLETE.txt").decode()
    part = found.pop("media/files/bad.bin")
    assert 0 < len(part) < 9_000_000 and file.read_bytes().startswith(part)
    assert found == expected(box, ("media/files/bad.bin",))


def test_the_command_line_writes_the_bytes_and_says_what_is_missing(box):
    done = box.command_line("files:download", text=False)
    assert done.returncode == 0 and content_of(io.BytesIO(done.stdout)) == expected(box)
    assert b"left out" in done.stderr
    with open("/dev/full", "wb") as full:
        done = subprocess.run([box.program, "files:download", "--root", box.site.root, "--state", box.state], stdout=full,
                              stderr=subprocess.PIPE, check=False, env={})
    assert done.returncode == 1 and b"cannot write" in done.stderr
