# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that kills what leaves its web server, and a job of many steps for it, written as the program writes one.

No shipped action has ten steps of its own; put_job() leaves a job that waits for a request, and the requests do the rest.
"""

import json
import os
import threading
import time
import zlib

from support import process, tree

INLINE = '{"inline":true}\n'  # what the program writes into STATE/host.json about such a host
HURRY = 0.2
_TICKS = os.sysconf("SC_CLK_TCK")


class Reaper:
    """Every 0.2 s kills each process of the user that is older than `age` seconds and outside the process groups that it
    spares. killed: the command lines it ended."""

    def __init__(self, uid, age=10.0):
        self._uid, self._age = uid, age
        self._spared, self.killed = set(), []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def spare(self, group):
        self._spared.add(group)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _run(self):
        while not self._over.wait(HURRY):
            for pid in process.all_pids():
                if self._is_prey(pid):
                    self._kill(pid)

    def _is_prey(self, pid):
        try:
            if os.stat(f"/proc/{pid}").st_uid != self._uid or os.getpgid(pid) in self._spared:
                return False
        except OSError:
            return False
        started = process.start_time(pid)
        return started is not None and time.clock_gettime(time.CLOCK_BOOTTIME) - int(started) / _TICKS > self._age

    def _kill(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as line:
                self.killed.append(line.read().replace("\0", " ").strip())
        except OSError:
            pass
        process.kill_if(pid, self._is_prey)


def put_job(state, like, owner, commands):
    """Writes a job of console steps that may all be repeated, one for each argument vector; its id.

    state: a state folder of the program; like: the id of a job there that ran one console command, the model of the new
    one; owner: the account that the program runs as.
    """
    job = like[:-6] + "steps2"
    model, home = state / "jobs" / like, state / "jobs" / job
    plan = json.loads((model / "plan.json").read_text())
    step = plan["steps"][0]
    plan |= {"task": "ten:steps", "headline": "Executing ten:steps"}
    plan["steps"] = [{**step, "title": f"do part {number}", "interruption": "restart", "words": [step["words"][0], *words]}
                     for number, words in enumerate(commands, start=1)]
    (home / "log").mkdir(mode=0o700, parents=True)
    (home / "plan.json").write_text(json.dumps(plan))
    (home / "journal").write_text(_journal_line({"e": "pause", "t": int(time.time() * 1000)}))
    (state / "current").write_text(job + "\n")
    tree.give(state, owner)
    return job


def _journal_line(event):
    text = json.dumps(event)
    return f"{text}\t{zlib.crc32(text.encode()):08x}\n"
