# SPDX-License-Identifier: GPL-3.0-or-later
"""lighttpd with Debian's stock settings. Modes: `cgi` (*.cgi executed), `fastcgi` (one program on a socket)."""

from pathlib import Path

from . import ports, tools, tree, users
from .server import Server


class Lighttpd(Server):
    """program: in mode fastcgi a started SpawnFcgi; program_url: its URL path. extra: lines at the end."""

    name = "lighttpd"

    def __init__(self, docroot, mode="cgi", *, program=None, program_url="/unstick/unstick.fcgi", user="www-data", port=None,
                 extra=""):
        super().__init__()
        tree.need_traversable(docroot)
        self.docroot = Path(docroot).resolve()
        self.mode = mode
        self.program = program
        self.program_url = program_url
        self.user = users.effective(user)
        self.extra = extra
        self.port = port or ports.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def prepare(self):
        uploads = self.folder / "uploads"
        uploads.mkdir(exist_ok=True)
        tree.give(self.folder, self.user)
        (self.folder / "lighttpd.conf").write_text(f"""
server.modules = ("mod_indexfile", "mod_access", "mod_alias", "mod_redirect", "mod_{self.mode}")
server.document-root = "{self.docroot}"
server.upload-dirs = ("{uploads}")
server.errorlog = "{self.folder}/error.log"
server.pid-file = "{self.folder}/lighttpd.pid"
server.port = {self.port}
server.bind = "127.0.0.1"
server.feature-flags += ("server.h2proto" => "enable", "server.h2c" => "enable", "server.graceful-shutdown-timeout" => 5)
server.http-parseopts = (
  "header-strict" => "enable", "host-strict" => "enable", "host-normalize" => "enable",
  "url-normalize-unreserved" => "enable", "url-normalize-required" => "enable", "url-ctrls-reject" => "enable",
  "url-path-2f-decode" => "enable", "url-path-dotseg-remove" => "enable")
index-file.names = ("index.php", "index.html")
url.access-deny = ("~", ".inc")
static-file.exclude-extensions = (".php", ".pl", ".fcgi")
include_shell "/usr/share/lighttpd/create-mime.conf.pl"
{self._program_lines()}
server.modules += ("mod_dirlisting", "mod_staticfile")
{self.extra}
""")

    def command(self):
        return [tools.find("lighttpd"), "-D", "-f", self.folder / "lighttpd.conf"]

    def ready(self):
        return ports.listening(self.port)

    def _program_lines(self):
        if self.mode == "cgi":
            return 'cgi.assign = (".cgi" => "")'
        where = (f'"host" => "127.0.0.1", "port" => {self.program.port}' if self.program.port
                 else f'"socket" => "{self.program.socket}"')
        return f'fastcgi.server = ("{self.program_url}" => (({where}, "check-local" => "disable")))'
