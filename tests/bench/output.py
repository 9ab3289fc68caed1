# SPDX-License-Identifier: GPL-3.0-or-later
"""1 GiB printed by a command, through the job's log, FastCGI and nginx to curl: how fast, and in how much memory.

There is no peer: the gist keeps nothing. PHP printing the same into a pipe stands beside it.
"""

import json
import subprocess
import time

from servers.place import KEY
from support import tools
from support.nginx import Nginx
from support.spawn import SpawnFcgi

from .measure import Row
from .memory import job_processes, peak_megabytes, peak_while
from .stand import account

_GIGABYTES = 1024 * 129 * 8128 / 1e9
_MOST_MEMORY = 32  # MB, of each process
_PATIENCE = 300.0


def flood(stand):
    with SpawnFcgi(stand.fastcgi) as program, Nginx(stand.site.root, program) as server:
        url = f"{server.url}/unstick/unstick.fcgi?{KEY}&task=doctrine:schema:validate"
        received, seconds, runner = _download(url, stand.program)
        serving = peak_megabytes(program.child.pid)
    argv = json.loads(stand.newest_plan().read_text())["steps"][0]["words"][1:]
    bare = _bare(argv)
    rate = _GIGABYTES * 1000 / seconds
    memory = max(runner, serving)
    return [Row("1 GiB of output, end to end", f"{rate:.0f} MB/s", f"PHP to a pipe {_GIGABYTES * 1000 / bare:.0f} MB/s",
                f"{received / (_GIGABYTES * 1e9):.0%} received"),
            Row("  its memory, at the most", f"{memory:.0f} MB", "", f"{runner:.0f} job, {serving:.0f} FastCGI",
                f"under {_MOST_MEMORY} MB each", memory < _MOST_MEMORY)]


def _download(url, program):
    """(bytes received, seconds, peak memory of the job's process in MB)."""
    began = time.monotonic()
    client = subprocess.Popen([tools.find("curl"), "--silent", "--fail", "--no-buffer", "--output", "/dev/null", "--write-out",
                               "%{size_download}", url], stdout=subprocess.PIPE, text=True)
    try:
        peak = peak_while(client, lambda: job_processes(program), _PATIENCE)
        size, _ = client.communicate(timeout=1)
    finally:
        client.kill()
        client.wait()
    assert client.returncode == 0 and peak > 0, (client.returncode, peak)
    return int(size), time.monotonic() - began, peak


def _bare(argv):
    """Seconds that the same command takes into a pipe that is read at once."""
    began = time.monotonic()
    child = subprocess.Popen(argv, stdout=subprocess.PIPE, **account())
    while child.stdout.read(1 << 20):
        pass
    assert child.wait() == 0
    return time.monotonic() - began
