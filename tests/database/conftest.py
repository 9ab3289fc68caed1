# SPDX-License-Identifier: GPL-3.0-or-later
"""The dump tool, and a place for its files."""

import os
import subprocess

import pytest

from database.databases import EVERYTHING, run_script
from database.place import Place
from support import process, tree
from support.fixtures import REPOSITORY


@pytest.fixture(scope="session")
def dump_tool():
    """The engine's dump as a program: $UNSTICK_DUMP_TOOL, else built now."""
    given = os.environ.get("UNSTICK_DUMP_TOOL")
    if given:
        return given
    subprocess.run(["make", "-s", "dump-tool"], cwd=REPOSITORY, check=True)
    return REPOSITORY / "build/unit/amd64/dump_tool"


@pytest.fixture
def folder():
    made = tree.make_folder("dump")
    yield made
    tree.remove(made)


@pytest.fixture(scope="module")
def everything(mariadb):
    """A database with every column type and kind of object."""
    mariadb.create_database("everything")
    assert run_script(mariadb, EVERYTHING.read_bytes(), "everything") == ""
    yield "everything"
    mariadb.sql("drop database everything; drop database if exists restored")


@pytest.fixture
def place(folder, program, mariadb, database):
    name, user, password = database
    made = Place(folder, program, {"name": name, "user": user, "password": password, "port": mariadb.port})
    made.name, made.password = name, password
    yield made
    process.kill_below(folder)
