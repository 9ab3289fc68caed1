# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured on: one real Symfony site with its database, the bundle uploaded beside it, as it stands after first contact.

The settings file holds the hashed key, the state folder has seen a job, the site's cache is warm. Everything belongs to
www-data, and every program runs as that account (without root: as the caller).
"""

import os
import pwd
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fixture.site import Site, make_site
from servers.place import KEY, settings_text, upload
from support import process, tree, users
from support.mariadb import MariaDb

_HERE = Path(__file__).resolve().parent
_FIRST_CONTACT_TRIES = 3


@dataclass
class Stand:
    """program: the uploaded unstick.cgi; gist: commands.php in the document root; state: our state folder."""

    site: Site
    program: Path
    gist: Path
    state: Path

    @property
    def fastcgi(self):
        return self.program.with_suffix(".fcgi")

    def cgi_variables(self, query, script=None):
        """The environment of a CGI request by a browser, as Apache sets it; the same for our program and for php-cgi."""
        script = script or self.program
        url = "/" + str(script.relative_to(self.site.root))
        return process.plain_environment(
            GATEWAY_INTERFACE="CGI/1.1", SERVER_PROTOCOL="HTTP/1.1", SERVER_SOFTWARE="Apache", SERVER_NAME="127.0.0.1",
            SERVER_PORT="80", REQUEST_METHOD="GET", REQUEST_SCHEME="http", REMOTE_ADDR="127.0.0.1", HTTP_HOST="127.0.0.1",
            HTTP_ACCEPT="text/html", DOCUMENT_ROOT=str(self.site.root), SCRIPT_NAME=url, SCRIPT_FILENAME=str(script),
            REQUEST_URI=f"{url}?{query}", QUERY_STRING=query, REDIRECT_STATUS="200")

    def cgi(self, query, script=None, command=None):
        """Answers one request; head and body as text."""
        return subprocess.run([command or self.program], env=self.cgi_variables(query, script), capture_output=True,
                              text=True, check=True, timeout=60, **account()).stdout

    def newest_plan(self):
        """The newest job's folder."""
        return max((self.state / "jobs").iterdir(), key=lambda path: path.name) / "plan.json"


def account():
    """Keywords for subprocess: run as www-data, or as the caller when that is not root."""
    if not users.is_root():
        return {}
    entry = pwd.getpwnam("www-data")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@contextmanager
def stand(program):
    """Builds a Stand, and removes it."""
    folder = tree.make_folder("bench")
    try:
        with MariaDb() as server:
            user, password = server.create_database("bench")
            database = {"name": "bench", "user": user, "password": password, "port": server.port}
            yield _build(folder, program, database)
    finally:
        process.kill_below(folder)
        tree.remove(folder)


def _build(folder, program, database):
    owner = users.effective("www-data")
    state = folder / "state"
    state.mkdir(mode=0o700)
    site = make_site("era5", folder / "site", db=database, owner=owner, warm=True)
    beside = site.root / "unstick"
    beside.mkdir()
    upload(beside, settings_text(state=state))
    tree.install_program(program, beside)
    _install_console(site)
    gist = site.root / "commands.php"
    text = (_HERE / "commands.php").read_text()
    assert "'put-the-key-here'" in text
    gist.write_text(text.replace("'put-the-key-here'", f"'{KEY}'"))
    tree.give(folder, owner)
    made = Stand(site, beside / "unstick.cgi", gist, state)
    _first_contact(made)
    return made


def _install_console(site):
    """The real console stays, behind ours; a `#!` line would be printed by an include."""
    real = site.console_file.with_name("console.real.php")
    real.write_text(site.console_file.read_text().removeprefix("#!/usr/bin/env php\n"))
    shutil.copyfile(_HERE / "console.php", site.console_file)


def _first_contact(made):
    """The key is hashed once the upload is some seconds old; a job makes `current`, as on any site that is used."""
    settings = made.program.parent / "unstick.ini.php"
    os.utime(settings, (time.time() - 60,) * 2)
    for _ in range(_FIRST_CONTACT_TRIES):
        made.cgi(KEY)
    if "key = $scrypt$" not in settings.read_text():
        raise RuntimeError("the key was not hashed at first contact")
    answer = made.cgi(f"{KEY}&task=cache:purge&quiet")
    if not answer.startswith("Status: 200"):
        raise RuntimeError(f"cache:purge did not work: {answer}")
    made.site.console("cache:warmup")
