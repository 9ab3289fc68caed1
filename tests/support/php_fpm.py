# SPDX-License-Identifier: GPL-3.0-or-later
"""php-fpm: one static pool on a TCP port of 127.0.0.1, Debian's stock php.ini."""

from . import ports, tools, tree, users
from .server import Server


class PhpFpm(Server):
    """user: whom the pool runs as. ini: {name: value} set for the pool as php_admin_value."""

    name = "php-fpm"

    def __init__(self, *, user="www-data", children=4, ini=None, port=None):
        super().__init__()
        self.run_as = users.effective(user)
        self.children = children
        self.ini = dict(ini or {})
        self.port = port or ports.free_port()

    def prepare(self):
        sessions = self.folder / "sessions"
        sessions.mkdir(exist_ok=True)
        tree.give(sessions, self.run_as)
        ini = {"session.save_path": sessions, **self.ini}
        (self.folder / "php-fpm.conf").write_text("\n".join([
            "[global]", f"pid = {self.folder}/php-fpm.pid", f"error_log = {self.folder}/php-fpm.log", "daemonize = no",
            "[www]", f"user = {self.run_as}", f"group = {users.group_of(self.run_as)}", f"listen = 127.0.0.1:{self.port}",
            "pm = static", f"pm.max_children = {self.children}", "catch_workers_output = yes",
            *(f"php_admin_value[{name}] = {value}" for name, value in ini.items())]) + "\n")

    def command(self):
        return [tools.find_newest("/usr/sbin/php-fpm*[0-9]"), "--nodaemonize", "--fpm-config", self.folder / "php-fpm.conf"]

    def ready(self):
        return ports.listening(self.port)
