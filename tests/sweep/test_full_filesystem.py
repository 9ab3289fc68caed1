# SPDX-License-Identifier: GPL-3.0-or-later
"""db:backup into a filesystem that is really full: of any size from the beginning, and filled by others at thrown moments.

One clear sentence, no half file, and once there is room again the next backup works.
"""

import os
import subprocess
import time

import pytest

from support import process, tools
from sweep.place import ended
from sweep.points import moments

ROWS = 300000
SENTENCE = "No space left on device - the disk is full: delete what is not needed, or ask the host for more space"
LARGE = 64 << 20


@pytest.fixture
def full(place, mariadb):
    """The place with a table of 300,000 rows, its state folder on a small filesystem: full(bytes) mounts a new one. The
    server takes the table for an empty one, so hardly any space is reserved for it."""
    tools.need_root("mounts a small filesystem")
    name = place.site.db["name"]
    mariadb.sql("create table big (a int primary key, b char(100)) stats_persistent=1 stats_auto_recalc=0; analyze table big;"
                f"insert into big select seq, md5(seq) from seq_1_to_{ROWS}", name)
    place.state = place.folder / "small/state"
    small = place.state.parent
    small.mkdir()

    def mount(size):
        unmount(small)
        process.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "unstick-test", small])
        return place

    yield mount
    process.kill_below(place.folder)
    unmount(small)


def unmount(folder):
    """The last process of a job may be about to end."""
    if os.path.ismount(folder):
        process.wait_until(lambda: subprocess.run(["umount", folder], capture_output=True, check=False).returncode == 0,
                           what="the filesystem to be free")


def take_all_space(folder):
    """Returns the file that holds it. What others take in the same moment is left to them."""
    filler = folder / "filler"
    with open(filler, "wb") as file:
        taken, piece = 0, LARGE
        while piece >= 4096:
            try:
                os.posix_fallocate(file.fileno(), taken, piece)
                taken += piece
            except OSError:
                piece //= 2
    return filler


def check(place, status, text, where):
    complete = place.check_files()
    assert place.secret not in text
    if status == 0:
        assert len(complete) == 1, f"{where}: {text}"
        return 0
    assert SENTENCE in text, f"{where}: {text}"
    assert complete == [] and not list(place.state.glob("backups/*.sql.gz")), f"{where}: {place.files()}"
    assert not [name for name in place.files() if name.endswith(".partial")], f"{where}: {place.files()}"
    return 1


def test_a_filesystem_of_any_size_holds_a_whole_backup_or_none(full):
    place = full(LARGE)
    place.backup_again()
    needed = sum(path.stat().st_blocks * 512 for path in place.state.rglob("*"))
    assert 4 << 20 < needed < LARGE / 2
    refused = 0
    for moment in moments("size", 40, 5):
        place = full(max(16384, int(1.5 * moment * needed)))
        refused += check(place, *place.run("db:backup"), f"size {moment} of what it needs")
    assert refused > 0


def test_space_that_others_take_meanwhile_is_missed_with_a_sentence(full):
    place = full(LARGE)
    began = time.monotonic()
    place.backup_again()
    whole, refused = time.monotonic() - began, 0
    for moment in moments("filled", 30, 4):
        place = full(LARGE)
        child = place.start("db:backup")
        time.sleep(moment * whole)  # the moment is thrown: any will do
        filler = take_all_space(place.state.parent)
        refused += check(place, *ended(child), f"filled at {moment}")
        filler.unlink()
        place.backup_again()
    assert refused > 0
