# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives that this program writes, as other programs read them."""

import json
import os
import subprocess
import zipfile

from files.conftest import read, write
from support import tools

CONTENT = {"index.php": b"<?php", "app/deep/er/a.php": b"x" * 100_000, "caf\u00e9/\u65e5.txt": "\u65e5".encode(), "empty": b"",
           "large.sql": b"INSERT INTO t VALUES (1);\n" * 400_000, "noise.jpg": os.urandom(6_000_000)}


def test_other_programs_read_what_is_packed(file_tool, folder):
    write(folder / "tree", CONTENT)
    (folder / "tree/run.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "tree/run.sh").chmod(0o755)
    (folder / "tree/void").mkdir()
    done = subprocess.run([file_tool, "pack", folder / "tree", folder / "b.zip"], stdout=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 0
    assert json.loads(done.stdout)["peak_kb"] < 32 * 1024
    with zipfile.ZipFile(folder / "b.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")} == read(folder / "tree")
    for number, argv in enumerate((["unzip", "-q", folder / "b.zip", "-d"], ["bsdtar", "-xf", folder / "b.zip", "-C"])):
        target = folder / f"out{number}"
        target.mkdir()
        subprocess.run([tools.find(argv[0]), *argv[1:], target], check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
        assert read(target) == read(folder / "tree"), argv[0]
        assert (target / "run.sh").stat().st_mode & 0o777 == 0o755
        assert (target / "void").is_dir()
        assert abs((target / "run.sh").stat().st_mtime - (folder / "tree/run.sh").stat().st_mtime) < 2
