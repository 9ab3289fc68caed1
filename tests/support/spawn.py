# SPDX-License-Identifier: GPL-3.0-or-later
"""A FastCGI program started the way hosts without a manager do it: spawn-fcgi, one process, a socket on descriptor 0."""

from . import ports, process, tools, tree, users
from .server import Server


class SpawnFcgi(Server):
    """program: its file. socket="unix" listens on a Unix socket (self.socket), otherwise on 127.0.0.1:self.port.

    user: account to run as (ignored when the tests do not run as root). environment: added to a service manager's plain
    one. arguments: handed to the program.
    """

    name = "spawn-fcgi"
    stop_seconds = 3.0  # a request that is being answered is not waited for longer

    def __init__(self, program, *, socket="tcp", port=None, user="www-data", environment=None, arguments=()):
        super().__init__()
        self.program = program
        self.port = None if socket == "unix" else port or ports.free_port()
        self.user = users.effective(user)
        self.more_environment = dict(environment or {})
        self.arguments = tuple(arguments)

    @property
    def socket(self):
        """Path of the Unix socket, None for TCP; known once started."""
        return None if self.port else self.folder / "program.sock"

    @property
    def address(self):
        """What a web server is told: 127.0.0.1:PORT or unix:PATH."""
        return f"127.0.0.1:{self.port}" if self.port else f"unix:{self.socket}"

    def prepare(self):
        tree.give(self.folder, self.user)

    def environment(self):
        return process.plain_environment(**self.more_environment)

    def command(self):
        where = ["-a", "127.0.0.1", "-p", str(self.port)] if self.port else ["-s", self.socket, "-M", "0666"]
        return [tools.find("spawn-fcgi"), "-n", *where, "--", self.program, *self.arguments]

    def ready(self):
        return ports.listening(self.port) if self.port else ports.unix_listening(self.socket)
