# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's zip files and trees as a program, a small release and a site of the release before; boxes as the cases have them."""

import os
import subprocess
import zipfile

import pytest

from cases.conftest import box, boxes, ground_of, image, make_box, mode, scripted  # noqa: F401
from support import tree
from support.fixtures import REPOSITORY

OLD = {"index.php": b"old front", "app/bundles/a.php": b"old a", "app/bundles/deep/b.php": b"old b", "app/gone.php": b"old gone",
       "vendor/x/y.php": b"old y", "shop/own.php": b"mine", "app/config/local.php": b"secrets"}
NEW = {"index.php": b"new front", "app/bundles/a.php": b"new a", "app/bundles/deep/c.php": b"new c" * 3000, "vendor/x/y.php": b"new y",
       "vendor/z/" + "z" * 80: b"new z", "robots.txt": b""}
KEPT = {"shop/own.php": b"mine", "app/config/local.php": b"secrets"}


@pytest.fixture(scope="session")
def ground():
    """Where the boxes are, see cases."""
    yield from ground_of("unstick-test-f")


@pytest.fixture(scope="session")
def file_tool():
    """The engine as a program: $UNSTICK_FILE_TOOL, else built now."""
    given = os.environ.get("UNSTICK_FILE_TOOL")
    if given:
        return given
    subprocess.run(["make", "-s", "file-tool"], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    return REPOSITORY / "build/unit/amd64/file_tool"


@pytest.fixture
def folder():
    made = tree.make_folder("files")
    yield made
    tree.remove(made)


def write(top, files):
    for name, content in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)


def pack(archive, files):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return archive


def read(top):
    """Every file below it, path to content."""
    return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}
