# SPDX-License-Identifier: GPL-3.0-or-later
"""php-fpm: one static pool on a TCP port of 127.0.0.1 or on a Unix socket, Debian's stock php.ini."""

from . import ports, tools, tree, users
from .server import Server


class PhpFpm(Server):
    """user: whom the pool runs as. ini: {name: value} set for the pool as php_admin_value. socket="unix" listens on a Unix
    socket (self.socket), otherwise on 127.0.0.1:self.port."""

    name = "php-fpm"

    def __init__(self, *, user="www-data", children=4, ini=None, socket="tcp", port=None):
        super().__init__()
        self.run_as = users.effective(user)
        self.children = children
        self.ini = dict(ini or {})
        self.port = None if socket == "unix" else port or ports.free_port()

    @property
    def socket(self):
        """Path of the Unix socket, None for TCP; known once started."""
        return None if self.port else self.folder / "pool.sock"

    @property
    def address(self):
        """What a web server is told: 127.0.0.1:PORT or unix:PATH."""
        return f"127.0.0.1:{self.port}" if self.port else f"unix:{self.socket}"

    def prepare(self):
        sessions = self.folder / "sessions"
        sessions.mkdir(exist_ok=True)
        tree.give(sessions, self.run_as)
        ini = {"session.save_path": sessions, **self.ini}
        (self.folder / "php-fpm.conf").write_text("\n".join([
            "[global]", f"pid = {self.folder}/php-fpm.pid", f"error_log = {self.folder}/php-fpm.log", "daemonize = no",
            "[www]", f"user = {self.run_as}", f"group = {users.group_of(self.run_as)}", f"listen = {self.socket or self.address}",
            "listen.mode = 0666", "pm = static", f"pm.max_children = {self.children}", "catch_workers_output = yes",
            *(f"php_admin_value[{name}] = {value}" for name, value in ini.items())]) + "\n")

    def command(self):
        return [tools.find_newest("/usr/sbin/php-fpm*[0-9]"), "--nodaemonize", "--fpm-config", self.folder / "php-fpm.conf"]

    def ready(self):
        return ports.listening(self.port) if self.port else ports.unix_listening(self.socket)
