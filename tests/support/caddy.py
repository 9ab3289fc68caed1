# SPDX-License-Identifier: GPL-3.0-or-later
"""Caddy with one site on plain HTTP and its administration switched off."""

from . import ports, process, tools, tree, users
from .server import Server


class Caddy(Server):
    """site: lines of the site's block."""

    name = "caddy"

    def __init__(self, site, user="www-data"):
        super().__init__()
        self.site = site
        self.user = users.effective(user)
        self.port = ports.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def prepare(self):
        tree.give(self.folder, self.user)
        ours = "{\n\tadmin off\n\tauto_https off\n}\n"
        (self.folder / "Caddyfile").write_text(f"{ours}http://127.0.0.1:{self.port} {{\n{self.site}\n}}\n")

    def environment(self):
        own = str(self.folder)
        return process.plain_environment(HOME=own, XDG_DATA_HOME=own, XDG_CONFIG_HOME=own)

    def command(self):
        return [tools.find("caddy"), "run", "--config", self.folder / "Caddyfile", "--adapter", "caddyfile"]

    def ready(self):
        return ports.listening(self.port)
