# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest fixtures. In tests/conftest.py: `from support.fixtures import *`.

A failing test's report gets the logs of every server that was running, and what the browser showed.
"""

import os
from pathlib import Path

import pytest

from . import process, server, tree, users
from .browser import Browser
from .mariadb import MariaDb

__all__ = ["browser", "database", "docroot", "home_docroot", "mariadb", "program", "pytest_runtest_makereport",
           "account"]

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def program():
    """The program under test: $UNSTICK_PROGRAM, default build/unstick.cgi of the repository."""
    path = REPOSITORY / os.environ.get("UNSTICK_PROGRAM", "build/unstick.cgi")
    if not os.access(path, os.X_OK):
        pytest.fail(f"{path} is not there: build it first, or set UNSTICK_PROGRAM", pytrace=False)
    return path


@pytest.fixture(scope="session")
def mariadb():
    """One MariaDb for the whole run; tests take databases of their own: the fixture `database`."""
    with MariaDb() as running:
        yield running


@pytest.fixture
def database(mariadb, request):
    """(name, user, password) of a new empty database, dropped afterwards."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**10}"
    user, password = mariadb.create_database(name)
    yield name, user, password
    mariadb.sql(f"drop database if exists `{name}`; drop user if exists '{user}'@'%'")


@pytest.fixture
def docroot():
    """A new empty document root that every server may enter; what still runs in it afterwards is ended."""
    folder = tree.make_folder("docroot")
    yield folder
    process.kill_below(folder)
    tree.remove(folder)


@pytest.fixture
def account():
    """A throw-away account (users.User) with a home of its own; removed afterwards."""
    made = users.ensure(f"{users.PREFIX}-a{os.getpid()}")
    yield made
    process.kill_below(made.home)
    users.remove(made.name)


@pytest.fixture
def home_docroot(account):
    """The account's ~/public_html, owned by it."""
    folder = account.home / "public_html"
    folder.mkdir(mode=0o755)
    tree.give(folder, account.name, account.group)
    return folder


@pytest.fixture
def browser():
    """A running Browser, new for each test."""
    with Browser() as running:
        yield running


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    logs = server.take_logs()
    if report.failed:
        report.sections += [(f"log of {name}", text) for name, text in logs]
