# SPDX-License-Identifier: GPL-3.0-or-later
"""The most memory that a job's process ever had in use, asked of the kernel while it runs."""

import re
import subprocess
import time
from pathlib import Path

from support import process

_BETWEEN_LOOKS = 0.02


def job_processes(program):
    """Pids of the processes that run a job of this upload."""
    return [pid for pid in process.running_below(program.parent) if b"\0--job\0" in _read(f"/proc/{pid}/cmdline")]


def peak_megabytes(pid):
    """The most memory that was resident at once; 0 when the process is gone."""
    found = re.search(rb"VmHWM:\s+(\d+) kB", _read(f"/proc/{pid}/status"))
    return int(found[1]) / 1000 if found else 0.0


def peak_while(child, pids, patience):
    """Looks at the processes that pids() names until the child (a Popen) has ended; 0 when none was seen."""
    began, peak = time.monotonic(), 0.0
    while child.poll() is None:
        if time.monotonic() - began > patience:
            child.kill()
            raise subprocess.TimeoutExpired(child.args, patience)
        peak = max([peak, *(peak_megabytes(pid) for pid in pids())])
        time.sleep(_BETWEEN_LOOKS)
    return peak


def _read(path):
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
