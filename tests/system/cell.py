# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty chroot: the program and its settings, and nothing else; no /dev, /proc, /etc, no library, no shell.

    cell = Cell(folder, image)            CELL/unstick/unstick.cgi, run as root of the cell by nobody (65534)
    cell.add_site()                       a site around it: CELL/unstick becomes CELL/site/unstick
    cell.command_line("--help")           the finished process
    cell.ask("task=php")                  a CGI request with the key: gateway.Answer
    with cell.fastcgi() as address: ...   the program on a socket
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from support import gateway, process, tools
from support.cgi_client import CgiRequest
from system.place import KEY

NOBODY = 65534


class Cell:
    """before: the command that starts chroot (a launcher), () for none."""

    def __init__(self, folder, image, before=()):
        tools.need_root("chroot")
        self.folder, self.before = Path(folder), tuple(before)
        self.home = self.folder / "unstick"
        self.home.mkdir()
        shutil.copyfile(image, self.home / "unstick.cgi")
        (self.home / "unstick.cgi").chmod(0o755)
        self.settings("")
        self.give()

    def settings(self, *lines):
        file = self.home / "unstick.ini.php"
        file.write_text("\n".join([";<?php exit; ?>", f"key = {KEY}", *lines, ""]))
        self.age_settings()

    def age_settings(self):
        """As if the file had been uploaded a minute ago."""
        os.utime(self.home / "unstick.ini.php", (time.time() - 60,) * 2)

    def add_site(self):
        """The marks of a Mautic, its cache filled; the state folder is to be /state. Returns the cache's folder."""
        site = self.folder / "site"
        for name in ("app/bundles/CoreBundle", "app/config", "bin", "var/cache/prod/twig"):
            (site / name).mkdir(parents=True)
        (site / "app/release_metadata.json").write_text(json.dumps({"version": "5.1.0"}))
        for name in ("index.php", "bin/console", "var/cache/prod/twig/page.php"):
            (site / name).touch()
        self.home = self.home.rename(site / "unstick")
        self.settings("state = /state")
        self.give()
        return site / "var/cache/prod"

    def add_file(self, name, data=b""):
        """A file at /name that everybody may read and write: stands for a device."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
        file.chmod(0o666)

    def give(self):
        for parent, folders, files in os.walk(self.folder):
            for name in [".", *folders, *files]:
                os.chown(os.path.join(parent, name), NOBODY, NOBODY)

    # ---- asking

    @property
    def inside(self):
        """The program's path as the program knows it."""
        return "/" + str((self.home / "unstick.cgi").relative_to(self.folder))

    def wrapped(self):
        """argv of what runs the program in the cell."""
        return [*self.before, tools.find("chroot"), f"--userspec={NOBODY}:{NOBODY}", "--groups=", str(self.folder), self.inside]

    def command_line(self, *words):
        return subprocess.run([*self.wrapped(), *words], env={}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, check=False)

    def variables(self, query, key):
        query = "&".join(part for part in (KEY if key else "", query) if part)
        return gateway.variables(query, SCRIPT_NAME="/unstick/unstick.cgi")

    def ask(self, query="", key=True):
        first, *rest = self.wrapped()
        answer = CgiRequest(first, self.variables(query, key), arguments=rest).finish()
        assert (answer.errors, answer.exit) == (b"", 0), answer
        return answer

    @contextlib.contextmanager
    def fastcgi(self):
        """The address of the program as FastCGI; its socket comes from outside, as from a web server's manager."""
        with socket.socket(socket.AF_UNIX) as listening:
            path = str(self.folder / "socket")
            listening.bind(path)
            listening.listen(16)
            running = subprocess.Popen(self.wrapped(), env={}, stdin=listening)
            try:
                yield f"unix:{path}"
            finally:
                running.terminate()
                running.wait(10)

    def close(self):
        process.kill_below(self.folder)
