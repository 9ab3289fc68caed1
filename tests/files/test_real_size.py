# SPDX-License-Identifier: GPL-3.0-or-later
"""4.4.13 exchanged for 5.1.1 and back, at the size of real sites: the names of the releases, and 25,000 files of packages.

The job is killed at thrown moments (sweep/points.py: a sample here, all with UNSTICK_SWEEP=full); what was begun is then gone
on with, or taken back, and the tree is the old one or the new one, byte for byte.
"""

import functools
import gzip
import os
import shutil
import stat
import time
import zipfile
from pathlib import Path

import pytest

from files.ground import STUB, Ground, metadata
from support import process, tree
from sweep.points import moments

TREES = Path(__file__).resolve().parents[1] / "data/mautic/trees"
NOT_PACKED = (".github/", ".ddev/", ".gitpod", "build/", "tests/", "UPGRADE", "README", ".all-contrib", ".php-cs", ".env")
OLD, NEW = "4.4.13", "5.1.1"
MOST_BYTES = 1024
MEMORY_BYTES = 3 << 30
PACKAGES, FILES_EACH = 250, 100  # of vendor/

OWN = {
    "app/config/local.php": b"<?php\n$parameters = array('db_driver' => 'pdo_mysql', 'site_url' => 'http://127.0.0.1:1');\n",
    "media/files/clip.mp4": bytes(range(256)) * 8000,
    ".user.ini": b"memory_limit = 512M\n", "robots.txt": b"User-agent: *\nDisallow: /s/\n",
    "shop/index.php": b"<?php // another program", "app/config/config_override.php": b"<?php // mine",
} | {f"{top}/File{number}{ending}": f"own {top} {number}".encode() * 20
     for top, ending in (("plugins/OwnBundle/Deep/er", ".php"), ("themes/own/html", ".twig"), ("media/files/2024/ä", ".pdf"),
                         ("media/images/mine", ".png"), ("translations/de_AT/CoreBundle", ".ini"), ("var/logs", ".php"))
     for number in range(40)}


def text_of(version, name, size):
    """Cheap, and another for each version and name."""
    head = f"<?php // {version} {name}\n".encode()
    return (head * (min(size, MOST_BYTES) // len(head) + 1))[:max(len(head), min(size, MOST_BYTES))]


@functools.cache
def release(version, packages):
    """{path: bytes} of a full package. packages: the numbers of those in its vendor/."""
    with gzip.open(TREES / f"{version}.tsv.gz", "rt", encoding="utf-8") as lines:
        sizes = dict(reversed(line.rstrip("\n").split("\t", 1)) for line in lines)
    files = {name: text_of(version, name, int(size) if size.isdigit() else 100) for name, size in sizes.items()
             if not name.startswith(NOT_PACKED)}
    for number in packages:
        for file in range(FILES_EACH):
            name = f"vendor/firm{number % 40}/package{number}/src/Part{file % 9}/Class{file}.php"
            files[name] = text_of(version, name, 1024)
    for name in ("vendor/autoload.php", "vendor/composer/installed.json"):
        files[name] = text_of(version, name, 500)
    files["app/release_metadata.json"] = metadata(version, "9.8.0", "9.9.99").encode()  # no PHP fits
    return files


def old_release():
    return release(OLD, range(150, 150 + PACKAGES // 2))


def new_release():
    return release(NEW, range(PACKAGES))


class Place(Ground):
    """The program is a copy in the folder, so that all its processes are found."""

    def __init__(self, folder, program):
        self.folder, self.root, self.state, self.wrapper, self.seconds = folder, folder / "site", folder / "state", (), {}
        tree.install_program(program, folder)
        self.program = folder / tree.PROGRAM_NAMES[0]
        self.root.mkdir()
        for name, data in (old_release() | OWN).items():
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        (self.root / "media/files/clip.mp4").chmod(0o600)
        with zipfile.ZipFile(self.root / f"{NEW}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data in new_release().items():
                archive.writestr(name, data)

    def look(self):
        """{path: (mode, what)} of everything, without caches."""
        found, folders = {}, [""]
        while folders:
            place = folders.pop()
            with os.scandir(self.root / place) as entries:
                for entry in entries:
                    name, facts = place + entry.name, entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(facts.st_mode):
                        if name not in ("var/cache", "var/tmp"):
                            folders.append(name + "/")
                            found[name] = facts.st_mode
                        continue
                    with open(entry.path, "rb") as file:
                        found[name] = (facts.st_mode, hash(file.read()))
        return found

    def timed(self, *words):
        """Runs it undisturbed; the shortest time that it ever took is kept."""
        began = time.monotonic()
        text = self.good(*words)
        self.seconds[words] = min(self.seconds.get(words, 1e9), time.monotonic() - began)
        return text

    def killed(self, moment, *words):
        """Whether it was cut off: the program and its job are ended by SIGKILL after this part of the time that it takes."""
        child = self.start(*words)
        time.sleep(moment * self.seconds[words])  # any moment will do
        process.kill_below(self.folder)
        text, _ = child.communicate(timeout=60)
        return "-- done: exit 0" not in text

    def forget_kept(self):
        for kept in (self.state / "kept").glob("*"):
            shutil.rmtree(kept)


def roomy_memory():
    """Where 100,000 files are made and gone in seconds whatever else the disk has to do; None: not here."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES else None


@pytest.fixture(scope="module")
def place(program):
    folder = tree.make_folder("files", below=roomy_memory())
    made = Place(folder, program)
    yield made
    process.kill_below(folder)
    tree.remove(folder)


def differing(one, other):
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


REPLACE = ("files:replace", f"--file={NEW}.zip", "--yes")
ROLLBACK = ("files:rollback", "--yes")


@pytest.fixture(scope="module")
def trees(place):
    """The tree before and the tree after, once undisturbed."""
    before = place.look()
    said = place.timed(*REPLACE)
    after = place.look()
    place.timed(*ROLLBACK)
    assert "files only, database still behind" in said
    assert not differing(before, place.look())
    return before, after


def test_the_new_release_is_there_whole_and_nothing_of_the_old_core(place, trees):
    before, after = trees
    for name, data in new_release().items():
        if not name.startswith(("media/files/", "var/", ".htaccess", "robots.txt", "favicon.ico")) and name not in OWN:
            assert after[name][1] == hash(data), name
    packed = new_release()
    left = [name for name, what in after.items() if name.startswith(("app/", "vendor/")) and isinstance(what, tuple) and
            name not in packed and name not in OWN]
    assert not left, left[:20]
    assert sum(name in before for name in old_release() if name.startswith(("app/", "vendor/")) and name not in packed) > 4000
    gone = {name for name in packed if name not in after and not name.startswith("var/tmp/")}
    assert not gone, gone


def test_the_owners_files_are_byte_for_byte_the_same(trees):
    before, after = trees
    for name, data in OWN.items():
        assert before[name][1] == hash(data) and after[name] == before[name], name


def state_of(place, before, after):
    now = place.look()
    if not differing(now, before):
        return "old"
    return "new" if not differing(now, after) else differing(now, before)[:5] + differing(now, after)[:5]


def settle(place, how):
    """Goes on with what was cut off, or takes it back; what it said."""
    status, text = place.run(f"job:{how}", "--yes")
    assert status == 0, text
    process.wait_until(lambda: not process.running_below(place.folder), 60, "the job to end")
    return text


@pytest.mark.parametrize("how", ["resume", "rollback"])
def test_a_replacement_and_a_rollback_killed_at_any_moment_end_in_one_tree_or_the_other(place, trees, how):
    before, after = trees
    cut = {REPLACE: 0, ROLLBACK: 0}
    for moment in moments(f"real size {how}", 20, 6):
        for words, first, second in ((REPLACE, "old", "new"), (ROLLBACK, "new", "old")):
            where = f"{words[0]} killed at {moment} of {place.seconds[words]:.1f} s, then job:{how}"
            was_cut = place.killed(moment, *words)
            cut[words] += was_cut
            text = settle(place, how) if was_cut else ""
            now = state_of(place, before, after)
            assert now in ("old", "new"), f"{where}: {now}\n{text}"
            assert STUB not in place.text("index.php"), f"{where}: {text}"
            if now == first:
                place.timed(*words)
                now = state_of(place, before, after)
            assert now == second, f"{where}, then again: {now}\n{text}"
        place.forget_kept()
    assert min(cut.values()) > 0, cut
