# SPDX-License-Identifier: GPL-3.0-or-later
"""One site, one upload for each web server, one browser with and one without JavaScript: all for the whole run.

A test gets `visit(ROW, HOST)`, a Visit with no cookie and no cache. What a test counts it counts before and after.
"""

import shutil
from contextlib import ExitStack

import pytest

from browser.visit import PLAIN, SECURE, Visit
from fixture.site import make_site
from servers.place import place
from support import process, tools, tree
from support.browser import Browser


@pytest.fixture(scope="session")
def site():
    """A Mautic-like site that belongs to www-data."""
    tools.need_root("the web servers run as www-data")
    folder = tree.make_folder("site")
    made = make_site("era5", folder, owner="www-data", warm=True)
    yield made
    process.kill_below(folder)
    tree.remove(folder)


@pytest.fixture(scope="session")
def uploaded(program):
    """A copy of the program: a build that replaces it in the middle of the run changes nothing here."""
    folder = tree.make_folder("program")
    shutil.copy(program, folder / "unstick.cgi")
    yield folder / "unstick.cgi"
    tree.remove(folder)


@pytest.fixture(scope="session")
def place_of(site, uploaded):
    """place_of(ROW): the upload behind that row of the matrix, started when first asked for; its settings have a line that
    nobody understands, so its list page has a warning."""
    open_places = {}
    with ExitStack() as running:
        def of(row):
            if row not in open_places:
                open_places[row] = running.enter_context(place(row, site, uploaded, server_name=PLAIN, settings={"nonsense": 1}))
            return open_places[row]
        yield of


@pytest.fixture(scope="session")
def shared_browser():
    with Browser(hosts=(PLAIN,)) as running:
        yield running


@pytest.fixture(scope="session")
def scriptless_browser():
    with Browser(hosts=(PLAIN,), javascript=False) as running:
        yield running


@pytest.fixture
def visit(place_of, request):
    """visit(ROW="apache-cgi", HOST=SECURE, javascript=True)"""
    def begin(row="apache-cgi", host=SECURE, javascript=True):
        browser = request.getfixturevalue("shared_browser" if javascript else "scriptless_browser")
        made = Visit(browser, place_of(row), host)
        made.forget()
        return made
    return begin
