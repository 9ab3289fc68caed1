# SPDX-License-Identifier: GPL-3.0-or-later
"""One site with the program beside it, in a folder of its own: what every case is tried on.

    box.owner("task=php")            the request ?KEY&task=php, waited for; every answer's headers are checked
    box.run("task=cache:clear")      as owner(), followed to the end of the job
    box.stranger("task=php")         the same without the key
    box.begin(query)                 a request that is still running: support.gateway.Live
    box.command_line("php")          the program on a command line
    with box.nothing_changes(): ...  a tree check over the whole folder, extra files included

BOX/site is the application, BOX/site/unstick the program with its settings, BOX/state the state folder.
"""

import contextlib
import fcntl
import json
import os
import pwd
import re
import shutil
import subprocess
import time
from pathlib import Path

from support import gateway, process, snapshot
from support.cgi_client import CgiRequest
from support.fcgi_client import FcgiRequest
from support.spawn import SpawnFcgi

KEY = "kR7vT2mWq9ZxB4nLp8sD"
OTHER_KEY = "wN5jH8cFy3GaQ6uEt7zM"
WRONG_KEY = "Xq4bV9kTs2RdC7mJw5hP"
NAME_KEY = "g8Kx3ZtRb6WmQp2Vn9YcHd5L"
WRONG = "The secret phrase is wrong.\n"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NAVIGATION = {**BROWSER, "Sec-Fetch-Mode": "navigate"}
ALWAYS = {"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex",
          "Referrer-Policy": "no-referrer"}
_RUNNING = re.compile(r"^-- still running: [^?]*\?(\S+)\n\Z", re.MULTILINE)
LOGIN = "<h1>The secret phrase is wrong.</h1>"  # a browser that gave no key is asked for it
LONG_AGO = 60  # seconds; a settings file this old is no upload under way


def who_of(account):
    """Keywords for subprocess that run a program as the account."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(account)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Box:
    """mode: "cgi" or "fastcgi". site: a fixture Site or None. place: the folder of the program. file: the program's name.
    settings_file: unstick.ini.php or unstick.ini beside it. key: what owner() sends, "" for nothing."""

    def __init__(self, folder, mode, account, image, *, site=None, place=None, file=None, settings="", key=KEY,
                 settings_name="unstick.ini.php", state="state"):
        self.folder, self.mode, self.account, self.site = Path(folder), mode, account, site
        self.place = Path(place) if place else self.folder / "site" / "unstick"
        self.place.mkdir(parents=True, exist_ok=True)
        self.program = self.place / (file or ("unstick.fcgi" if mode == "fastcgi" else "unstick.cgi"))
        self.settings_file = self.place / settings_name
        self.state = self.folder / state if state else None
        self.key = key
        self.server = None
        self.arguments = ()  # words behind the program, as mod_cgi makes them of a query
        self.wrapper = ()    # a command that runs the program: strace and its options
        self.wrapper_needs_root = False  # it becomes the account itself
        self._link(image)
        self.write_settings(settings, key)
        for path in (self.folder, self.place):
            self.give(path)

    # ---- what lies there

    @property
    def var(self):
        return self.site.var

    def write_settings(self, more="", key=None, age=LONG_AGO):
        """Writes the settings file anew; age: how many seconds ago that happened."""
        lines = [";<?php exit; ?>", "; my own comment"]
        lines += [f"key = {key}"] if key else []
        lines += [f"state = {self.state}"] if self.state else []
        self.settings_file.write_text("\n".join([*lines, *([more] if more else []), ""]))
        os.utime(self.settings_file, (time.time() - age,) * 2)
        self.give(self.settings_file)

    def settings_text(self):
        return self.settings_file.read_text()

    def give(self, path):
        """The file or folder itself belongs to the account."""
        if os.geteuid() == 0:
            entry = pwd.getpwnam(self.account)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def hold(self, silent=False):
        """From now on console commands of the scripted site go on until release()."""
        (self.var / "hold").touch()
        if silent:
            (self.var / "silent").touch()

    def release(self):
        (self.var / "hold").unlink(missing_ok=True)

    def start_held(self, task="cache:clear"):
        """A job whose command prints nothing more and goes on until release()."""
        before = self.log().count("begun")
        self.hold(silent=True)
        answer = self.owner(f"task={task.replace(' ', '+')}&quiet&wait=0")
        assert answer.status == 202 and "still running" in answer.text, answer
        process.wait_until(lambda: self.log().count("begun") > before, what=f"{task} to run")

    def stop(self):
        """The job that runs is stopped and rests, interrupted."""
        assert self.command_line("job:stop", "--yes").returncode == 0
        process.wait_until(lambda: '"stopped"' in self.log() and not self.is_running(), what="the job to stop")

    def is_running(self):
        """Whether a job's process holds its lock."""
        for file in self.state.glob("jobs/*/runner"):
            with file.open() as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return True
        return False

    def ran(self):
        """argv of every console command that was started, oldest first."""
        file = self.var / "ran"
        return [json.loads(line)["argv"] for line in file.read_text().splitlines()] if file.exists() else []

    def console_pids(self):
        file = self.var / "ran"
        return [json.loads(line)["pid"] for line in file.read_text().splitlines()] if file.exists() else []

    # ---- asking

    def owner(self, query="", **request):
        """The request with the key in front."""
        return self.stranger(self.with_key(query), **request)

    def stranger(self, query="", timeout=60.0, **request):
        answer = self.begin(query, **request).finish(timeout)
        self.check(answer, request.get("method", "GET"))
        return answer

    def run(self, query, **request):
        """As owner(), and further along the links of a job that takes longer than one answer: all its text."""
        answer = self.owner(query, **request)
        pieces, deadline = [answer.text], time.monotonic() + 60
        while time.monotonic() < deadline and (link := _RUNNING.search(pieces[-1])):
            pieces[-1] = pieces[-1][:link.start()]
            pieces.append(self.stranger(link[1]).text)
        answer.chunks = [(answer.seconds, "".join(pieces).encode())]
        return answer

    def with_key(self, query):
        return "&".join(part for part in (self.key, query) if part)

    def begin(self, query="", method="GET", headers=None, form=None, body=None, **variables):
        """form: a dict that is sent as such; body: bytes; variables: CGI variables, None takes one away."""
        if form is not None:
            from urllib.parse import urlencode
            body = urlencode(form).encode()
            method = "POST" if method == "GET" else method
        given = gateway.variables(query, method, headers, body, **{**self._places(query), **variables})
        if self.mode == "cgi":
            who = {} if self.wrapper_needs_root else who_of(self.account)
            return CgiRequest(self.program, given, body, self.arguments, who, self.wrapper)
        return FcgiRequest(self.fastcgi().address, given, body or b"")

    def fastcgi(self):
        """The FastCGI server, started when it is first needed."""
        if self.server is None:
            program, *arguments = [*self.wrapper, self.program, *self.arguments]
            user = "root" if self.wrapper_needs_root else self.account
            self.server = SpawnFcgi(program, socket="unix", user=user, arguments=arguments)
            self.server.start()
        return self.server

    def restart(self):
        """A new FastCGI process; nothing for a CGI, which has a new one each time."""
        if self.server is not None:
            self.server.stop()
            self.server = None

    def kill_server(self):
        """kill -9 of the FastCGI process."""
        self.server.kill()
        self.server.stop()
        self.server = None

    def command_line(self, *words, timeout=60, **options):
        """The finished process; stdout and stderr as text."""
        environment = process.plain_environment(HOME=str(self.folder))
        return subprocess.run([str(self.program), *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=timeout, check=False, cwd="/", **{"text": True, **who_of(self.account), **options})

    def check(self, answer, method="GET"):
        """What holds for every answer whatever it is."""
        assert answer.status, f"no answer at all: {answer} {answer.head!r}"
        for name, value in ALWAYS.items():
            assert answer.headers.get_all(name) == [value], f"{name} in {answer.head!r}"
        assert answer.exit == 0, answer
        assert answer.errors == b"", answer
        if method == "HEAD":
            assert answer.body == b"", answer

    # ---- tree checks

    def take(self):
        return snapshot.take(self.folder, *([] if self.folder in self.place.parents else [self.place]))

    @contextlib.contextmanager
    def nothing_changes(self, but=()):
        """but: patterns below the box's folder ("state/attempts") of what may change."""
        before = self.take()
        yield
        allowed = [self.folder / pattern for pattern in but]
        assert not (found := snapshot.unexpected(before, self.take(), allowed)), found

    # ---- the end

    name = "jobs"

    def log(self):
        """Journals and logs of its jobs, for the report of a failing test."""
        files = sorted([*self.state.glob("jobs/*/log/*"), *self.state.glob("jobs/*/journal")]) if self.state else []
        return "\n".join(f"==> {file}\n{file.read_text(errors='replace')[-3000:]}" for file in files)

    def close(self):
        self.restart()
        process.kill_below(self.folder)

    def _link(self, image):
        """A copy of the program costs a hard link where both lie on one filesystem."""
        try:
            os.link(image, self.program)
        except OSError:
            shutil.copy2(image, self.program)

    def _places(self, query):
        path = f"/unstick/{self.program.name}"
        root = self.site.root if self.site else self.folder / "site"
        return {"SCRIPT_NAME": path, "SCRIPT_FILENAME": str(self.program), "DOCUMENT_ROOT": str(root),
                "REQUEST_URI": path + (f"?{query}" if query else "")}
