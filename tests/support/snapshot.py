# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder as it stands, to be compared with later: a tree check fails on extra files too."""

import fnmatch
import hashlib
import os
import stat
from pathlib import Path


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
    return ("file", mode, facts.st_uid, facts.st_size, hashlib.sha256(path.read_bytes()).hexdigest())
