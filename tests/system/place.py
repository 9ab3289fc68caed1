# SPDX-License-Identifier: GPL-3.0-or-later
"""A site with the program beside it, owned by an account, and the three ways to start that program, wrapped or not.

    place = Place(folder, account, image, wrapper=("strace", "-f", "--"))
    place.ask("task=php")               a CGI request with the key, waited for: support.gateway.Answer
    place.run("lines 15")                a console command, followed over its links to the end: [Answer, ...]
    place.command_line("php")           the finished process
    with place.fastcgi() as server: place.ask("", server=server)

PLACE/site is the application, PLACE/site/unstick the program and its settings, PLACE/state the state folder.
"""

import json
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from fixture.site import give, make_old_site
from support import gateway, process
from support.cgi_client import CgiRequest
from support.fcgi_client import FcgiRequest
from support.spawn import SpawnFcgi

KEY = "kR7vT2mWq9ZxB4nLp8sD"
COMMANDS = ("lines 15", "lines 30", "lines 600")
MACHINE = os.environ.get("UNSTICK_MACHINE", os.uname().machine)  # what the program is built for
LONG_AGO = 60  # seconds; a settings file this old is no upload under way


class Place:
    """image: the program's file, copied. wrapper: the command that starts it, () for none."""

    def __init__(self, folder, account, image, wrapper=()):
        self.folder, self.account, self.wrapper = Path(folder), account, tuple(wrapper)
        self.state = self.folder / "state"
        self.site = _make_site(self.folder / "site")
        self.program = self.folder / "site/unstick/unstick.cgi"
        self.settings = self.program.with_name("unstick.ini.php")
        self.program.parent.mkdir()
        shutil.copyfile(image, self.program)
        self.program.chmod(0o755)
        self.write_settings(f"state = {self.state}", *(f"command = {line}" for line in COMMANDS))
        if os.geteuid() == 0:
            give(self.folder, account)

    def write_settings(self, *lines):
        self.settings.write_text("\n".join([";<?php exit; ?>", f"key = {KEY}", *lines, ""]))
        os.utime(self.settings, (time.time() - LONG_AGO,) * 2)

    @property
    def cache(self):
        return self.site.cache

    # ---- asking

    def begin(self, query="", *, key=True, server=None, **variables):
        """The request, running; key: put in front of the query. server: of fastcgi(), None for a CGI."""
        if key:
            query = f"{KEY}&{query}" if query else KEY
        given = gateway.variables(query, SCRIPT_NAME="/unstick/unstick.cgi", SCRIPT_FILENAME=str(self.program),
                                  DOCUMENT_ROOT=str(self.site.root), **variables)
        if server:
            return FcgiRequest(server.address, given)
        return CgiRequest(self.program, given, who=who_of(self.account), wrapper=self.wrapper)

    def ask(self, query="", timeout=60.0, **request):
        answer = self.begin(query, **request).finish(timeout)
        assert (answer.errors, answer.exit) == (b"", 0), answer
        return answer

    def run(self, command, **request):
        return self.follow(self.ask("task=" + command.replace(" ", "%20"), **request), **request)

    def follow(self, first, **request):
        """This Answer and all that its links lead to, until the job is over: the last one ends with its result."""
        answers = [first]
        while (last := answers[-1].lines[-1]).startswith("-- still running: "):
            assert len(answers) < 100, "it never ends"
            answers.append(self.ask(last.partition("?")[2], key=False, **request))
        return answers

    def command_line(self, *words, timeout=60):
        return subprocess.run([*self.wrapper, str(self.program), *words], env=process.plain_environment(), cwd="/",
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False,
                              **who_of(self.account))

    def fastcgi(self):
        """A FastCGI server that is not started yet: a context manager."""
        first, *rest = (*self.wrapper, self.program)
        return SpawnFcgi(first, socket="unix", user=self.account, arguments=rest)

    def close(self):
        process.kill_below(self.folder)

    # ---- for the report of a failing test

    name = "jobs"

    def log(self):
        files = sorted([*self.state.glob("jobs/*/log/*"), *self.state.glob("jobs/*/journal")])
        return "\n".join(f"==> {file}\n{file.read_text(errors='replace')[-3000:]}" for file in files)



def who_of(account):
    """Keywords for subprocess that run a program as the account."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(account)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def text_of(answers):
    """What all answers of a job say together, without the lines that lead from one to the next."""
    lines = [line for answer in answers for line in answer.lines if not line.startswith("-- still running: ")]
    return "\n".join(lines) + "\n"


def _make_site(root):
    site = make_old_site("4.3.0", root)
    shutil.copyfile(Path(__file__).with_name("console.php"), site.console_file)
    metadata = root / "app/release_metadata.json"
    metadata.write_text(json.dumps(json.loads(metadata.read_text()) | {"maximum_php_version": "9.9.99"}))
    return site
