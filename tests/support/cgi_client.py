# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program as a CGI, without a web server: the variables as its environment, the body as its stdin."""

import os
import select
import subprocess
import tempfile
import threading
import time

from .gateway import Live


class CgiRequest(Live):
    """Starts the program and gives its answer as it comes. arguments: what mod_cgi makes of a query without `=`.
    who: keywords for subprocess that change the user. wrapper: a command that runs the program (strace and its options)."""

    def __init__(self, program, variables, body=None, arguments=(), who=None, wrapper=()):
        super().__init__()
        self._stderr = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [*wrapper, str(program), *arguments], env=variables, cwd=os.path.dirname(program),
            stdin=subprocess.PIPE if body is not None else subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self._stderr, start_new_session=True, **(who or {}))
        self.pid = self.process.pid
        if body is not None:
            threading.Thread(target=self._feed, args=(body,), daemon=True).start()

    def receive(self, timeout):
        ready, _, _ = select.select([self.process.stdout], [], [], timeout)
        if not ready:
            return b"", False
        data = os.read(self.process.stdout.fileno(), 65536)
        if data:
            return data, False
        self._end()
        return b"", True

    def drop(self):
        """The client has gone and the web server ends the CGI process."""
        self.process.kill()
        self._end()

    def _feed(self, body):
        try:
            self.process.stdin.write(body)
            self.process.stdin.close()
        except (BrokenPipeError, ValueError):
            pass

    def _end(self):
        """stdout is closed: the process itself has to end now too."""
        began = time.monotonic()
        self.exit = self.process.wait(10)
        self.seconds_after_last_byte = time.monotonic() - began
        self.process.stdout.close()
        self._stderr.seek(0)
        self.errors = self._stderr.read()
        self._stderr.close()
