# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes for the cases. Everything runs as an ordinary account: what root may do proves nothing about permissions."""

import itertools
import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from cases.box import Box
from fixture.site import give, make_old_site, make_site
from support import process, server, tree, users

MODES = ("cgi", "fastcgi")
ACCOUNT = "unstick-test-c"  # and the number of this process: runs side by side must not take each other's account away


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture(scope="session")
def ground():
    """(account, folder): who owns all boxes, and the folder below his home in which they lie."""
    yield from ground_of(ACCOUNT)


def ground_of(prefix):
    """The account's name begins so; each group of tests has its own."""
    if os.geteuid() != 0:
        folder = tree.make_folder("cases")
        yield pwd.getpwuid(os.geteuid()).pw_name, folder
        tree.remove(folder)
        return
    _remove_accounts_of_dead_runs(prefix)
    account = users.ensure(f"{prefix}{os.getpid()}")
    yield account.name, account.home
    process.kill_below(account.home)
    users.remove(account.name)


def _remove_accounts_of_dead_runs(prefix):
    for entry in pwd.getpwall():
        number = entry.pw_name.removeprefix(prefix)
        if entry.pw_name.startswith(prefix) and number.isdigit() and process.start_time(int(number)) is None:
            users.remove(entry.pw_name)


@pytest.fixture(scope="session")
def image(program, ground):
    """A copy of the program that no build replaces meanwhile."""
    copy = ground[1] / "program"
    shutil.copyfile(program, copy)
    copy.chmod(0o755)
    return copy


@pytest.fixture(scope="session")
def scripted(ground):
    """A site of 4.3.0 whose console does what a test wants: see console.php. To be copied."""
    site = make_old_site("4.3.0", ground[1] / "scripted")
    site.console_file.write_bytes((Path(__file__).parent / "console.php").read_bytes())
    metadata = site.root / "app/release_metadata.json"
    facts = json.loads(metadata.read_text()) | {"maximum_php_version": "9.9.99"}
    metadata.write_text(json.dumps(facts))
    cache = site.cache / "twig"
    cache.mkdir(parents=True)
    (cache / "page.php").write_text("<?php // built\n")
    give(site.root, ground[0])
    return site


@pytest.fixture(scope="session")
def symfony(ground, mariadb):
    """A real Symfony site of 5.1.0 with its database and a warm cache, for all tests that run the fixture's commands. Nobody
    changes it."""
    user, password = mariadb.create_database("cases")
    db = {"name": "cases", "user": user, "password": password, "port": mariadb.port}
    return make_site("era5", ground[1] / "symfony", db=db, owner=ground[0], warm=True)


@pytest.fixture(scope="session")
def make_box(ground, image, scripted):
    """make_box(mode, settings=..., key=..., ...), keywords as for Box. site: a fixture Site that lies elsewhere (settings
    get its `root =`), None for a folder without an application, default a copy of the scripted site."""
    numbers = itertools.count()

    def make(mode, site=..., **options):
        folder = ground[1] / f"box{next(numbers)}"
        folder.mkdir(mode=0o755)
        if site is ...:
            site = _copy(scripted, folder / "site")
        elif site is not None:
            options["settings"] = f"root = {site.root}\n" + options.get("settings", "")
            options.setdefault("place", folder / "program")
        box = Box(folder, mode, ground[0], image, site=site, **options)
        server.track(box)
        return box

    return make


@pytest.fixture
def boxes(make_box, mode):
    """Makes boxes of this mode that end with the test: boxes(settings=..., key=..., ...)."""
    made = []

    def make(**options):
        made.append(make_box(mode, **options))
        return made[-1]

    yield make
    for box in made:
        close(box)


def close(box):
    server.untrack(box)
    box.close()
    if box.site and box.folder not in box.site.project.parents:
        process.kill_below(box.site.project)
    tree.remove(box.folder)


@pytest.fixture
def box(boxes):
    return boxes()


@pytest.fixture(scope="session")
def _shared_boxes(make_box):
    made = {}
    yield lambda mode: made.get(mode) or made.setdefault(mode, make_box(mode))
    for box in made.values():
        close(box)


@pytest.fixture
def shared(_shared_boxes, mode):
    """One box for all tests that leave no trace but counted attempts, which are forgotten before each."""
    box = _shared_boxes(mode)
    box.owner()
    (box.state / "attempts").unlink(missing_ok=True)
    return box


@pytest.fixture
def real(boxes, symfony):
    """A box over the real Symfony console. Lines of `command =` are given as real(LINE, ...)."""
    return lambda *commands, settings="", **options: boxes(
        site=symfony, settings="\n".join([*(f"command = {line}" for line in commands), settings]), **options)


def _copy(template, to):
    """A copy of the scripted site, owners and all."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(template.root), str(to)], check=True)
    moved = {name: Path(str(path).replace(str(template.root), str(to), 1))
             for name in ("project", "root", "local_php", "var", "console_file")
             if (path := getattr(template, name))}
    return type(template)(**{**template.__dict__, **moved})
