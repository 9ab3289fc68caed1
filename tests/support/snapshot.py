# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder as it stands, to be compared with later: a tree check fails on extra files too."""

import fnmatch
import hashlib
import os
import stat
from pathlib import Path

_HASHED_BYTES = 1 << 20


def take(*folders):
    """{path: what is there}: kind, mode, owner, and content or target. Folders that are missing count as empty."""
    found = {}
    for folder in folders:
        for path in [Path(folder), *_below(folder)]:
            try:
                found[str(path)] = _entry(path)
            except FileNotFoundError:
                pass
    return found


def differences(before, after):
    """Sorted ["+ added", "- gone", "~ changed"]."""
    paths = sorted({*before, *after})
    marks = {path: "+" if path not in before else "-" if path not in after else "~" for path in paths}
    return [f"{marks[path]} {path}" for path in paths if before.get(path) != after.get(path)]


def unexpected(before, after, allowed=()):
    """The differences without those whose path fits one of the patterns (fnmatch; * fits / too)."""
    return [line for line in differences(before, after)
            if not any(fnmatch.fnmatchcase(line[2:], str(pattern)) for pattern in allowed)]


def _below(folder):
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            yield Path(parent, name)


def _entry(path):
    facts = path.lstat()
    mode = stat.S_IMODE(facts.st_mode)
    if stat.S_ISLNK(facts.st_mode):
        return ("link", os.readlink(path))
    if stat.S_ISDIR(facts.st_mode):
        return ("folder", mode, facts.st_uid)
    if facts.st_size > _HASHED_BYTES:  # the program itself: whoever writes into it or replaces it leaves these marks
        return ("file", mode, facts.st_uid, facts.st_size, facts.st_ino, facts.st_mtime_ns)
    return ("file", mode, facts.st_uid, facts.st_size, hashlib.sha256(path.read_bytes()).hexdigest())
