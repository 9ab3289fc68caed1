# SPDX-License-Identifier: GPL-3.0-or-later
"""A place for each sweep; what only `make sweep` runs is not collected otherwise."""

import pytest

from database.conftest import dump_tool, folder  # noqa: F401
from support import process
from sweep.place import Place
from sweep.points import FULL

collect_ignore = [] if FULL else ["test_large.py"]


@pytest.fixture
def place(folder, program, mariadb, database):  # noqa: F811
    made = Place(folder, program, database, mariadb.port)
    yield made
    process.kill_below(folder)
