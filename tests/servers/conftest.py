# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the server tests, the long runs that go on beside the other tests, and the table at the end."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from servers import delays
from servers.long_runs import *  # noqa: F401,F403
from servers.place import place, site_of
from support import tree

_HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def site():
    """A Mautic-like site that belongs to www-data, its cache warm."""
    with site_of("www-data") as made:
        yield made


@pytest.fixture(scope="session")
def uploaded(program):
    """A copy of the program: a build that replaces it in the middle of the run changes nothing here."""
    folder = tree.make_folder("program")
    shutil.copy(program, folder / "unstick.cgi")
    yield folder / "unstick.cgi"
    tree.remove(folder)


@pytest.fixture(scope="session")
def open_place(site, uploaded):
    """open_place(ROW, ...) as a context manager: see place.place. another_site: instead of the common one."""
    @contextmanager
    def opened(row, another_site=None, **options):
        with place(row, another_site or site, uploaded, **options) as made:
            yield made
    return opened


@pytest.fixture(scope="session", autouse=True)
def long_runs(request):
    """Begins what takes long and needs nobody to look: every session fixture long_* that a test here asks for."""
    names = {name for item in request.session.items for name in getattr(item, "fixturenames", ()) if name.startswith("long_")}
    for name in sorted(names - {"long_runs"}):
        request.getfixturevalue(name)


def pytest_collection_modifyitems(items):
    """Tests that only wait for a long run come last."""
    def waits(item):
        return any(name.startswith("long_") and name != "long_runs" for name in item.fixturenames)
    ours = [item for item in items if item.path.parent == _HERE]
    order = iter(sorted(ours, key=waits))
    items[:] = [next(order) if item in ours else item for item in items]


def pytest_terminal_summary(terminalreporter):
    lines = delays.table()
    if lines:
        terminalreporter.section("how late a line arrives, server by server")
        for line in lines:
            terminalreporter.write_line(line)
