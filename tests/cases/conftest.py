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
ACCOUNT = "unstick-test-cases"


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture(scope="session")
def ground():
    """(account, folder): who owns all boxes, and the folder below his home in which they lie."""
    if os.geteuid() != 0:
        folder = tree.make_folder("cases")
        yield pwd.getpwuid(os.geteuid()).pw_name, folder
        tree.remove(folder)
        return
    account = users.ensure(ACCOUNT)
    yield account.name, account.home
    process.kill_below(account.home)
    users.remove(account.name)


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
def symfony(ground):
    """A real Symfony site of 5.1.0 with a warm cache, for all tests that run the fixture's commands. Nobody changes it."""
    return make_site("era5", ground[1] / "symfony", owner=ground[0], warm=True)


@pytest.fixture
def boxes(ground, image, scripted, mode, request):
    """Makes boxes: boxes(settings=..., key=..., ...), keywords as for Box. site: a fixture Site that lies elsewhere
    (settings get its `root =`), None for a folder without an application, default a copy of the scripted site."""
    numbers, made = itertools.count(), []

    def make(site=..., **options):
        folder = ground[1] / f"box{abs(hash(request.node.nodeid)) % 10**8}-{next(numbers)}"
        folder.mkdir()
        folder.chmod(0o755)
        if site is ...:
            site = _copy(scripted, folder / "site")
        elif site is not None:
            options["settings"] = f"root = {site.root}\n" + options.get("settings", "")
            options.setdefault("place", folder / "program")
        box = Box(folder, options.pop("mode", mode), ground[0], image, site=site, **options)
        made.append(box)
        server.track(_Ran(box))
        return box

    yield make
    for box in made:
        box.close()
        if box.site:
            process.kill_below(box.site.project)
        tree.remove(box.folder)


@pytest.fixture
def box(boxes):
    return boxes()


@pytest.fixture
def real(boxes, symfony):
    """A box over the real Symfony console. Lines of `command =` are given as real(LINE, ...)."""
    return lambda *commands, settings="", **options: boxes(
        site=symfony, settings="\n".join([*(f"command = {line}" for line in commands), settings]), **options)


class _Ran:
    """The logs of a box's jobs, for the report of a failing test."""

    name = "jobs"

    def __init__(self, box):
        self.box = box

    def log(self):
        if not self.box.state or not self.box.state.is_dir():
            return "no state folder"
        files = sorted([*self.box.state.glob("jobs/*/log/*"), *self.box.state.glob("jobs/*/journal")])
        return "\n".join(f"==> {file}\n{file.read_text(errors='replace')[-3000:]}" for file in files)


def _copy(template, to):
    """A copy of the scripted site, owners and all."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(template.root), str(to)], check=True)
    moved = {name: Path(str(path).replace(str(template.root), str(to), 1))
             for name in ("project", "root", "local_php", "var", "console_file")
             if (path := getattr(template, name))}
    return type(template)(**{**template.__dict__, **moved})
