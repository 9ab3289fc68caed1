# SPDX-License-Identifier: GPL-3.0-or-later
"""An upgrade that is killed, with all of its processes or its installer alone, at each of its moments: doctor names it, the site opens
again, and the backup brings the database of before back."""
import os
import re
import signal

import pytest

from support import process

from .test_recover import AGREED, BEHIND, HALF, NEW, OLD, VERSION, columns, wait_until

CLOSED = "the site is closed by a job of this program that did not come to its end"


@pytest.fixture
def site(billing):
    """Its upgrade stands still where `moment` below lets it."""
    made = billing.admit(NEW, database=OLD)
    made.add_installer(NEW, steps=[2, 2, 2])
    return made


def backup_of(billing):
    billing.run("backups")
    found = re.search(r"[0-9]{8}-[0-9]{9}-[a-z0-9]+", billing.said)
    return found and found[0]


MOMENTS = {
    "the site was just closed": lambda billing, front: (billing.site.root / "index.php").read_text() != front,
    "the first change": lambda billing, front: columns(billing) == ["update_0"],
    "the second change": lambda billing, front: len(columns(billing)) == 2,
    "the last change": lambda billing, front: len(columns(billing)) == 3,
    "the version was written": lambda billing, front: billing.sql(VERSION) == [NEW],
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_as_a_whole(billing, site, moment):
    front = (site.root / "index.php").read_text()
    child = billing.start(*AGREED)
    wait_until(lambda: MOMENTS[moment](billing, front))
    process.kill_below(billing.folder)
    child.wait(timeout=60)
    changed = columns(billing) != []
    found = billing.doctor()
    assert CLOSED in found or (site.root / "index.php").read_text() == front, billing.said
    if billing.sql(VERSION) == [OLD]:
        assert BEHIND in found
        assert not changed or any("may have left the database half changed; the backup" in one for one in billing.finding(HALF)["seen"]), billing.said
    if CLOSED in found:  # also where some entrances were opened already
        assert billing.run("job:unlock", "--yes") == 0, billing.said
    assert (site.root / "index.php").read_text() == front
    backup = backup_of(billing)
    assert backup or not changed
    if backup and billing.run("db:restore", f"--backup={backup}", "--yes") != 0:  # it was killed in its backup
        assert not changed and "is not complete" in billing.said, billing.said
    assert columns(billing) == [] and billing.sql(VERSION) == [OLD]
    assert billing.doctor() == [BEHIND], billing.said
    assert "half changed" not in billing.said
    if not (site.root / "install").exists():  # it was moved out already
        site.add_installer(NEW, steps=[0])
    assert billing.run(*AGREED) == 0, billing.said
    assert billing.doctor() == [] and billing.sql(VERSION) == [NEW]


def test_the_installer_alone_is_killed(billing, site):
    front = (site.root / "index.php").read_text()
    child = billing.start(*AGREED)
    wait_until(lambda: columns(billing) == ["update_0"])
    script = str(site.root / "install/bin/installer.php")
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as words:
                if script.encode() in words.read().split(b"\0"):
                    os.kill(int(entry), signal.SIGKILL)
        except OSError:
            pass
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 1 and f"the database says {OLD}, and not {NEW}" in said, said
    assert (site.root / "index.php").read_text() == front
    assert sorted(billing.doctor()) == sorted([BEHIND, HALF])
    assert "first put the database back" in billing.said
    billing.run("recover")
    assert "FIRST ask db:restore with backup=" in billing.said
    assert billing.run("undo", "--yes") == 0, billing.said
    assert columns(billing) == [] and billing.doctor() == [BEHIND] and "half changed" not in billing.said
