# SPDX-License-Identifier: GPL-3.0-or-later
"""Places for the tests: everything runs as an ordinary account."""

import itertools
import os
import pwd
import shutil

import pytest

from support import process, server, tree, users
from system.place import Place

ACCOUNT = "unstick-test-system"


@pytest.fixture(scope="session")
def ground():
    """(account, folder): who owns all places, and the folder in which they lie."""
    root = os.geteuid() == 0
    account = users.ensure(ACCOUNT).name if root else pwd.getpwuid(os.geteuid()).pw_name
    folder = tree.make_folder("system")
    if root:
        tree.give(folder, account)
    yield account, folder
    process.kill_below(folder)
    tree.remove(folder)
    if root:
        users.remove(account)


@pytest.fixture(scope="session")
def image(program, ground):
    """A copy of the program that no build replaces meanwhile."""
    copy = ground[1] / "program"
    shutil.copyfile(program, copy)
    copy.chmod(0o755)
    return copy


@pytest.fixture(scope="session")
def make_place(ground, image):
    """make_place(wrapper): a Place. The caller closes it."""
    numbers = itertools.count()

    def make(wrapper=()):
        folder = ground[1] / f"place{next(numbers)}"
        folder.mkdir()
        return Place(folder, ground[0], image, wrapper)

    return make


@pytest.fixture
def places(make_place):
    """As make_place, for one test: closed after it, its logs in the report."""
    made = []

    def make(wrapper=()):
        made.append(make_place(wrapper))
        server.track(made[-1])
        return made[-1]

    yield make
    for place in made:
        server.untrack(place)
        place.close()
        tree.remove(place.folder)
