# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the programs that tests need. One that is missing skips the test with its name; where CI is set it fails it."""

import glob
import os
import re
import shutil
import unittest

_SEARCH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"))


class ToolMissing(RuntimeError):
    """A tool is not installed and CI counts that as a failure."""


def find(name):
    """Full path of the program `name`, also out of the sbin folders."""
    return shutil.which(name, path=_SEARCH) or missing(f"{name} is not installed")


def find_newest(pattern):
    """The path with the highest version number of those that match the pattern."""
    found = sorted(glob.glob(pattern), key=lambda path: [int(digits) for digits in re.findall(r"\d+", path)])
    return found[-1] if found else missing(f"nothing at {pattern}")


def need_file(path):
    """The path itself, when it is there."""
    return path if os.path.exists(path) else missing(f"{path} is not there")


def need_root(why):
    if os.geteuid() != 0:
        missing(f"must run as root: {why}")


def missing(what):
    raise (ToolMissing if os.environ.get("CI") else unittest.SkipTest)(what)
