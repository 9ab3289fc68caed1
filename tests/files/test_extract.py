# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacking on real filesystems and of archives that other programs wrote."""

import json
import os
import subprocess
import zipfile

import pytest

from files.conftest import NEW, OLD, pack, read, write
from support import process, tools


def extract(file_tool, archive, target, **more):
    return subprocess.run([file_tool, "extract", archive, target], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, **more)


@pytest.fixture
def small(folder, request):
    """small(size, inodes) -> a small filesystem of its own."""
    tools.need_root("to mount a small filesystem")
    place = folder / "small"
    place.mkdir()

    def mount(size="1m", inodes=1000):
        process.run(["mount", "-t", "tmpfs", "-o", f"size={size},nr_inodes={inodes},mode=0755", "unstick-test", place])
        request.addfinalizer(lambda: process.run(["umount", place]))
        return place

    return mount


def made_by_zip(folder, archive):
    subprocess.run([tools.find("zip"), "-q", "-r", archive, "."], cwd=folder, check=True)


def made_by_zip_as_stream(folder, archive):
    with open(archive, "wb") as out:
        subprocess.run([tools.find("zip"), "-q", "-r", "-fd", "-", "."], cwd=folder, stdout=out, check=True)


def made_by_bsdtar(folder, archive):
    names = sorted(os.listdir(folder))
    subprocess.run([tools.find("bsdtar"), "-a", "-c", "-f", archive, *names], cwd=folder, check=True)


def made_by_php(folder, archive):
    code = ("$z = new ZipArchive; $z->open($argv[1], ZipArchive::CREATE); foreach (array_slice($argv, 2) as $f) $z->addFile($f, $f); "
            "$z->close();")
    names = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]
    php = tools.find("php")
    if subprocess.run([php, "-r", "exit((int) !class_exists('ZipArchive'));"]).returncode != 0:
        tools.missing("PHP's zip extension is not installed")
    subprocess.run([php, "-r", code, archive, *names], cwd=folder, check=True)


def made_by_git(folder, archive):
    git = tools.find("git")
    environment = {**os.environ, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
                   "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": "/dev/null"}
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"], ["archive", "-o", str(archive), "HEAD"]):
        subprocess.run([git, *words], cwd=folder, check=True, env=environment)


def made_by_python(folder, archive):
    pack(archive, read(folder))


MAKERS = [made_by_zip, made_by_zip_as_stream, made_by_bsdtar, made_by_git, made_by_python]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_archives_of_other_programs_come_out_whole(file_tool, folder, make):
    content = {**OLD, **NEW, "caf\u00e9/\u65e5.php": b"x" * 70000, "run.sh": b"#!/bin/sh\n"}
    write(folder / "tree", content)
    (folder / "tree/run.sh").chmod(0o700)
    make(folder / "tree", folder / "p.zip")
    done = extract(file_tool, folder / "p.zip", folder / "new")
    assert done.returncode == 0, done.stdout
    assert read(folder / "new") == content
    if make is not made_by_python:
        assert (folder / "new/run.sh").stat().st_mode & 0o7777 == 0o755
    assert (folder / "new/index.php").stat().st_mode & 0o7777 == 0o644


def test_a_full_disk_is_told_before_the_first_file(file_tool, folder, small):
    place = small(size="2m")
    archive = pack(folder / "p.zip", {f"f{i}": os.urandom(100_000) for i in range(40)})
    done = extract(file_tool, archive, place / "new")
    assert done.returncode == 1
    assert "cannot reserve 4.1 MB" in done.stdout or "cannot reserve 4.0 MB" in done.stdout or "cannot reserve 3.9 MB" in done.stdout, done.stdout
    assert "No space left on device - the disk is full: delete what is not needed" in done.stdout
    assert list(place.iterdir()) == []


def test_too_few_inodes_are_told_before_the_first_file(file_tool, folder, small):
    place = small(size="20m", inodes=50)
    archive = pack(folder / "p.zip", {f"f{i}": b"x" for i in range(100)})
    done = extract(file_tool, archive, place / "new")
    assert (done.returncode, "only " in done.stdout and "more are allowed" in done.stdout) == (1, True), done.stdout
    assert list(place.iterdir()) == []


def test_a_package_that_just_fits_is_unpacked_beside_its_own_reservation(file_tool, folder, small):
    content = {f"f{i}": os.urandom(300_000) for i in range(100)}  # 30 MB, of which 16 MB are given back ahead
    place = small(size="34m", inodes=2000)
    done = extract(file_tool, pack(folder / "p.zip", content), place / "new")
    assert done.returncode == 0, done.stdout
    assert read(place / "new") == content


def test_a_used_up_quota_counts_as_a_full_disk(file_tool, folder):
    archive = pack(folder / "p.zip", NEW)
    done = subprocess.run([tools.find("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "inject=write:error=EDQUOT:when=3+", file_tool,
                           "extract", archive, folder / "new"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert done.returncode == 1
    assert sorted(path.name for path in folder.iterdir()) == ["p.zip"]


def test_a_host_without_a_second_thread_unpacks_with_one(file_tool, folder):
    write(folder / "tree", {f"d{i // 10}/f{i}.php": os.urandom(2000) for i in range(300)})
    made_by_zip(folder / "tree", folder / "p.zip")
    done = subprocess.run([tools.find("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "inject=clone3,clone:error=EAGAIN", file_tool, "extract",
                           folder / "p.zip", folder / "new"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    assert read(folder / "new") == read(folder / "tree")


def test_memory_stays_below_48_mb(file_tool, folder):
    content = {f"a/{i % 40}/{i:06}.php": b"x" * (i % 50) for i in range(30_000)}
    content["large.sql"] = os.urandom(1 << 20) * 40
    archive = pack(folder / "p.zip", content)
    done = extract(file_tool, archive, folder / "new")
    assert done.returncode == 0, done.stdout
    facts = json.loads(done.stdout)
    assert facts["files"] == 30_001
    assert facts["peak_kb"] <= 48 * 1024


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_is(file_tool, folder, small):
    place = small(size="2m")
    with zipfile.ZipFile(folder / "p.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("zeros", b"\0" * 50_000_000)
    done = extract(file_tool, folder / "p.zip", place / "new")
    assert (done.returncode, "cannot reserve" in done.stdout) == (1, True), done.stdout
    text = bytearray((folder / "p.zip").read_bytes())
    for at in (22, text.rindex(b"PK\x01\x02") + 24):
        text[at:at + 4] = (100_000).to_bytes(4, "little")
    (folder / "liar.zip").write_bytes(text)
    done = extract(file_tool, folder / "liar.zip", place / "new")
    assert (done.returncode, done.stdout.startswith("zeros in liar.zip is damaged: it is larger than it says")) == (1, True), done.stdout
    assert list(place.iterdir()) == []
