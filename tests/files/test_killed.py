# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at every system call that changes something: after the next visit there is the old tree or the new one, and
nothing lies about. The calls are cut by strace, so the process dies before the call is carried out."""

import subprocess

import pytest

from files.conftest import KEPT, NEW, OLD, pack, read, write
from support import tools

CHANGING = ("rename", "renameat2", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "ftruncate", "fallocate", "fsync", "syncfs", "write",
            "fchmod")
KEEP = ("app/config/local.php",)


def run_until(call, count, argv):
    """Runs it and kills it when it is about to make the count-th such call; False when it never did and ended well."""
    strace = [tools.find("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={count}"]
    done = subprocess.run([*strace, *map(str, argv)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    if done.returncode == 0:
        return False
    assert done.returncode in (-9, 137), done.stderr
    return True


def run(argv):
    return subprocess.run([str(word) for word in argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)


def site_of(folder):
    site, state = folder / "site", folder / "state"
    write(site, OLD)
    state.mkdir()
    return site, state, pack(folder / "new.zip", NEW)


@pytest.mark.parametrize("call", CHANGING)
@pytest.mark.parametrize("then", ["go on", "go back"])
def test_a_killed_swap_ends_in_one_tree_or_the_other(file_tool, folder, call, then):
    kills = 0
    for count in range(1, 200):
        place = folder / str(count)
        place.mkdir()
        site, state, archive = site_of(place)
        swap = [file_tool, "swap", archive, site, state, *KEEP]
        killed = run_until(call, count, swap)
        if then == "go back" and (state / "swap" / "list").exists():
            done = run([file_tool, "swap-back", state])
            assert (done.returncode, read(site)) == (0, OLD), done.stdout
        done = run(swap)
        assert (done.returncode, read(site)) == (0, {**NEW, **KEPT}), done.stdout
        assert not list(site.rglob(".unstick-try*"))
        assert sorted(path.name for path in state.iterdir()) == ["staged", "swap"]
        done = run([file_tool, "swap-back", state])
        assert (done.returncode, read(site)) == (0, OLD), done.stdout
        if not killed:
            break
        kills += 1
    else:
        pytest.fail("it made that call without end")
    assert kills > 0 or call in ("renameat2", "ftruncate", "fchmod", "rmdir", "mkdirat", "unlinkat"), "never killed"


@pytest.mark.parametrize("call", ["mkdir", "rename", "fsync", "unlink"])
def test_a_killed_roll_back_is_gone_on_with(file_tool, folder, call):
    kills = 0
    for count in range(1, 200):
        place = folder / str(count)
        place.mkdir()
        site, state, archive = site_of(place)
        assert run([file_tool, "swap", archive, site, state, *KEEP]).returncode == 0
        killed = run_until(call, count, [file_tool, "swap-back", state])
        done = run([file_tool, "swap-back", state])
        assert (done.returncode, read(site)) == (0, OLD), done.stdout
        if not killed:
            break
        kills += 1
    else:
        pytest.fail("it made that call without end")
    assert kills > 0 or call in ("mkdir", "unlink")
