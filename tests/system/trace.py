# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program itself opens: strace of it and of all it starts, and of that only the calls of our own processes.

A process is ours while it runs our image: the one that strace starts, every fork of it until it executes something else,
and a job, which is our image again. PHP and what PHP starts are not.
"""

import os
import re
from dataclasses import dataclass

from support import tools

CALLS = "%file,execve,execveat,clone,clone3,fork,vfork"
_LINE = re.compile(r"^(\d+) +(.*)$")
_RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
_UNFINISHED = " <unfinished ...>"
_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+|\?)")
_FORKS = ("clone", "clone3", "fork", "vfork")
_EXECS = ("execve", "execveat")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_DESCRIPTOR = re.compile(r"\d+<([^>]*)>")


@dataclass(frozen=True)
class Call:
    """A call of ours that names a path. path: as given, made absolute by the folder it was relative to."""
    pid: int
    name: str
    path: str
    folder: bool  # opened as a folder, to be listed
    good: bool

    @property
    def opens(self):
        return self.name in ("open", "openat", "openat2", "creat")


def wrapper(output):
    """The command that runs a program traced into the file `output`, behind what is there; ends when all it started ended."""
    return (tools.find("strace"), "-f", "-A", "-qq", "-y", "-s", "4096", "-e", f"trace={CALLS}", "-e", "signal=none",
            "-o", str(output), "--")


def our_calls(text, program):
    """[Call] out of strace's output; program: the path of our image."""
    calls, parents = _finished(text), {}
    for pid, name, _, result in calls:
        if name in _FORKS and result > 0:
            parents[result] = pid
    ours, found = {}, []
    for pid, name, arguments, result in calls:
        if pid not in ours:
            ours[pid] = ours.get(parents.get(pid), True)  # nobody's child is the process that strace starts
        if ours[pid] and name not in _FORKS:
            found.append(_call(pid, name, arguments, result))
        if name in _EXECS and result == 0:
            ours[pid] = os.path.realpath(_path(name, arguments)) == os.path.realpath(program)
    return found


def _finished(text):
    """[(pid, name, arguments, result)] in the order in which the calls were begun."""
    calls, pending = [], {}
    for line in text.splitlines():
        pid, rest = _LINE.match(line).groups()
        if rest.startswith(("+++", "---")):
            continue
        if rest.endswith(_UNFINISHED):
            pending[pid] = len(calls)
            calls.append((pid, rest.removesuffix(_UNFINISHED)))
        elif resumed := _RESUMED.match(rest):
            at = pending.pop(pid)
            calls[at] = (pid, calls[at][1] + resumed[2])
        else:
            calls.append((pid, rest))
    return [(int(pid), *_parsed(rest)) for pid, rest in calls if _CALL.match(rest)]


def _parsed(rest):
    name, arguments, result = _CALL.match(rest).groups()
    return name, arguments, -1 if result == "?" else int(result)


def _path(name, arguments):
    text = _TEXT.search(arguments)
    path = text[1] if text else ""
    base = _DESCRIPTOR.match(arguments) or re.match(r"AT_FDCWD<([^>]*)>", arguments)
    return os.path.join(base[1], path).rstrip("/") if base else path


def _call(pid, name, arguments, result):
    return Call(pid, name, _path(name, arguments), "O_DIRECTORY" in arguments, result >= 0)
