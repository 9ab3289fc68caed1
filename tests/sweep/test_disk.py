# SPDX-License-Identifier: GPL-3.0-or-later
"""db:backup on a disk that fails at any of its system calls, and killed at any of them: the program itself, under strace.

What must hold: no half file under a final name, a clear sentence, the site's rows as they were, and the next backup works.
"""

import itertools
import os
import re
import select
import signal
import time
from pathlib import Path

import pytest

from support import process, tools
from sweep.place import ended
from sweep.points import chosen

KINDS = "mkdir,openat,write,pwrite64,fallocate,ftruncate,fsync,fdatasync,rename,renameat2,unlink"
CALL = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)", re.MULTILINE)
ADVICE = "delete what is not needed, or ask the host for more space"
SENTENCES = {
    "ENOSPC": f"No space left on device - the disk is full: {ADVICE}",
    "EDQUOT": f"Disk quota exceeded - the account's disk quota is used up: {ADVICE}",
    "EIO": "Input/output error",
}


def changing_calls(trace):
    """{(system call, its number among the calls of its kind in one process)} of all that change a file."""
    counts, found = {}, set()
    for pid, name, arguments, result in CALL.findall(trace):
        counts[pid, name] = counts.get((pid, name), 0) + 1
        creates = name != "openat" or "O_CREAT" in arguments
        to_a_file = name != "write" or not arguments.startswith(("1,", "2,"))
        if creates and to_a_file and int(result) >= 0:
            found.add((name, counts[pid, name]))
    return sorted(found)


@pytest.fixture
def calls(place):
    """What a backup does to the disk when all goes well, in a state folder that is in use."""
    assert place.run("db:backup")[0] == 0
    trace = place.folder / "trace"
    place.wrapper = (tools.find("strace"), "-f", "-qq", "-o", trace, "-e", f"trace={KINDS}")
    status, text = place.run("db:backup")
    place.wrapper = ()
    assert status == 0, text
    found = changing_calls(trace.read_text())
    assert len(found) > 30 and {"pwrite64", "rename", "fsync"} <= {name for name, _ in found}, found
    return found


class Fault:
    """db:backup under an strace that makes one call go wrong. strace counts in each process anew, and a job that died is
    begun anew in another: so once one process has met the fault, strace lets go of them all."""

    def __init__(self, place, call, number, what):
        self._log = place.folder / "faults"
        self._log.write_text("")
        place.wrapper = (tools.find("strace"), "-D", "-I2", "-f", "-q", "-o", self._log, "-e", f"trace={call}", "-e",
                         f"inject={call}:{what}:when={number}")
        self._child = place.start("db:backup")
        place.wrapper = ()

    def run(self):
        """(exit status, what was printed, whether the fault happened)"""
        tracer = process.wait_until(lambda: tracer_of(self._child.pid) or self._child.poll() is not None, what="strace")
        with os.fdopen(os.pidfd_open(tracer)) as handle:
            while self._child.poll() is None and not self._happened():
                time.sleep(0.002)
            happened = self._happened()
            let_go(handle)
        return *ended(self._child), happened

    def _happened(self):
        log = self._log.read_text()
        return "INJECTED" in log or "killed by SIGKILL" in log


def let_go(tracer):
    """Ends a tracer, of which a pidfd is open: what it traced runs on. Asked to, strace waits for ever for a first thread
    that was killed before the others; killed, it leaves them all to the kernel."""
    signal.pidfd_send_signal(tracer.fileno(), signal.SIGTERM)
    if not select.select([tracer], [], [], 5)[0]:
        signal.pidfd_send_signal(tracer.fileno(), signal.SIGKILL)


def tracer_of(pid):
    return int(re.search(r"^TracerPid:\s+(\d+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1])


def rows(mariadb, place):
    names = ", ".join(f"`{row[0]}`" for row in mariadb.sql("show tables", place.site.db["name"]))
    return mariadb.sql(f"checksum table {names} extended", place.site.db["name"])


@pytest.mark.shipped_only  # a sanitizer that cannot write ends the process
def test_a_disk_that_fails_at_any_call_leaves_no_half_backup(place, calls, mariadb):
    before, refused = rows(mariadb, place), 0
    for (name, number), error in chosen("disk", itertools.product(calls, SENTENCES), 24):
        where = f"{name} number {number} failed with {error}"
        had = set(place.check_files())
        status, text, happened = Fault(place, name, number, f"error={error}").run()
        made = set(place.check_files()) - had
        assert happened or status == 0, f"{where}: {text}"
        assert place.secret not in text
        if status == 0:
            assert len(made) == 1, f"{where}: {text}"
        else:
            refused += 1
            # The n-th openat may be another one this time, which only reads: then its sentence has no advice about room.
            wanted = SENTENCES[error].split(" - ")[0] if name == "openat" else SENTENCES[error]
            assert wanted in text, f"{where}: {text}"
            assert not [file for file in place.files() if file.endswith(".partial")], f"{where}: {place.files()}"
        place.check_list()
    assert refused > 5
    assert rows(mariadb, place) == before
    place.backup_again()


@pytest.mark.shipped_only
def test_a_process_killed_at_any_call_leaves_no_half_backup(place, calls, mariadb):
    before, killed = rows(mariadb, place), 0
    for name, number in chosen("kill", calls, 16):
        killed += Fault(place, name, number, "signal=KILL").run()[2]
        place.check_list()
        place.backup_again()
    assert killed > 5
    assert rows(mariadb, place) == before
