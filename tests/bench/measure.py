# SPDX-License-Identifier: GPL-3.0-or-later
"""Rounds, medians and the table. Ours and the peer's figures are taken turn by turn, so that a busy minute of the machine
hits both; a ratio is the median of the rounds' ratios, never a ratio of two medians taken at different times."""

import json
import subprocess
from dataclasses import dataclass
from statistics import median

from support import tools, tree, users

from .stand import account


@dataclass
class Row:
    """One line of the table. target: what must hold, as words; met: None where there is only a figure."""

    what: str
    ours: str
    peer: str
    result: str
    target: str = ""
    met: bool | None = None

    def __str__(self):
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        return f"{self.what:<34} {self.ours:>14} {self.peer:>24} {self.result:>18}   {self.target:<22} {verdict}".rstrip()


HEADING = f"{'':<34} {'ours':>14} {'peer':>24} {'result':>18}   target"


def ratio_of(pairs):
    """pairs: [(a, b)] of one round each. The median of a / b."""
    return median(a / b for a, b in pairs)


def timed_by_turns(commands, rounds, runs):
    """Runs each of [(argv, environment)] `runs` times in each of `rounds` rounds; hyperfine counts the time from before
    the start to the exit, the output is read from a pipe. Returns one list of medians in seconds a round."""
    folder = tree.make_folder("times")
    try:
        tree.give(folder, users.effective("www-data"))
        return [[_times(argv, environment, runs, folder / "times.json") for argv, environment in commands]
                for _ in range(rounds)]
    finally:
        tree.remove(folder)


def _times(argv, environment, runs, result):
    command = [tools.find("hyperfine"), "--shell=none", "--output=pipe", "--style=none", "--warmup=1", f"--runs={runs}",
               f"--export-json={result}", _quoted(argv)]
    done = subprocess.run(command, env=environment, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=300, **account())
    if done.returncode != 0:
        raise RuntimeError(done.stdout)
    return median(json.loads(result.read_text())["results"][0]["times"])


def _quoted(argv):
    """hyperfine splits a command line as a shell would."""
    return " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in argv)
