# SPDX-License-Identifier: GPL-3.0-or-later
"""The program behind every kind of web server: the rows that the streaming tests go through.

Each row puts DOCROOT/unstick/{unstick.cgi, unstick.fcgi, the bundle's files} in place and serves it with the server's stock
configuration. Where the server has no FastCGI manager (proxy_fcgi, nginx, lighttpd) the program runs under spawn-fcgi.
"""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import process, tree
from .apache import Apache
from .lighttpd import Lighttpd
from .nginx import Nginx
from .spawn import SpawnFcgi


@dataclass(frozen=True)
class Row:
    """streams: whether a flushed text/plain line reaches the client at once with the server's stock configuration and an
    .htaccess of FileInfo lines (measured; nginx needs the X-Accel-Buffering: no header). ndjson: the same for
    application/x-ndjson. htaccess: whether the server reads it for the program's URL. authorization: whether the program
    sees HTTP_AUTHORIZATION (with the bundle's SetEnvIf line where .htaccess is read)."""

    name: str
    fastcgi: bool
    streams: bool
    ndjson: bool
    htaccess: bool
    authorization: bool


ROWS = (
    Row("apache-cgi", fastcgi=False, streams=False, ndjson=True, htaccess=True, authorization=True),
    Row("apache-cgid", fastcgi=False, streams=False, ndjson=True, htaccess=True, authorization=True),
    Row("apache-fcgid", fastcgi=True, streams=False, ndjson=False, htaccess=True, authorization=True),
    Row("apache-proxy_fcgi", fastcgi=True, streams=False, ndjson=False, htaccess=False, authorization=False),
    Row("nginx-fastcgi", fastcgi=True, streams=True, ndjson=True, htaccess=False, authorization=True),
    Row("lighttpd-cgi", fastcgi=False, streams=False, ndjson=False, htaccess=False, authorization=True),
    Row("lighttpd-fastcgi", fastcgi=True, streams=False, ndjson=False, htaccess=False, authorization=True),
    Row("apache-cgi-modsecurity", fastcgi=False, streams=False, ndjson=True, htaccess=True, authorization=True),
)
NAMES = tuple(row.name for row in ROWS)


@dataclass
class Served:
    """row; base_url: the program's URL; url: the server's; docroot; folder: DOCROOT/unstick; server, program: the running
    Server objects (program None where the web server starts it)."""

    row: Row
    base_url: str
    url: str
    docroot: Path
    folder: Path
    server: object
    program: object = None

    def log(self):
        return "\n".join(part.log() for part in (self.server, self.program) if part)


def row(name):
    return next(each for each in ROWS if each.name == name)


@contextmanager
def serve(name, bundle, program, *, docroot=None, owner=None, user="www-data", environment=None, **options):
    """Serves `program` by the row `name` and yields a Served; on leaving, servers, program and its jobs are gone.

    bundle: folder to copy into DOCROOT/unstick, or a callable that fills it. docroot: a prepared tree that stays, or None
    for a new one that is removed. owner: name of the account that gets the whole docroot (default: the caller keeps what
    it made; with owner="www-data" a plain CGI may write there). user, environment: of the spawn-fcgi'ed program.
    options: more keywords for the server class.
    """
    made = None if docroot else tree.make_folder("docroot")
    docroot = Path(docroot or made)
    folder = docroot / "unstick"
    with ExitStack() as cleanup:
        cleanup.callback(_clear, made, folder)
        tree.install_bundle(bundle, folder)
        tree.install_program(program, folder)
        if owner:
            tree.give(docroot, owner)
        spawned = None
        if _needs_spawn(name):
            spawned = cleanup.enter_context(SpawnFcgi(folder / "unstick.fcgi", user=user, environment=environment))
        server = cleanup.enter_context(_server(name, docroot, spawned, options))
        file = "unstick.fcgi" if row(name).fastcgi else "unstick.cgi"
        yield Served(row(name), f"{server.url}/unstick/{file}", server.url, docroot, folder, server, spawned)


def _clear(made, folder):
    process.kill_below(made or folder)
    if made:
        tree.remove(made)


def _needs_spawn(name):
    return name in ("apache-proxy_fcgi", "nginx-fastcgi", "lighttpd-fastcgi")


def _server(name, docroot, spawned, options):
    kind, mode, *more = name.split("-")
    if kind == "nginx":
        return Nginx(docroot, spawned, **options)
    if kind == "lighttpd":
        return Lighttpd(docroot, mode, program=spawned, **options)
    if mode == "proxy_fcgi":
        options = {"program_port": spawned.port, "program_path": docroot / "unstick/unstick.fcgi", **options}
    return Apache(docroot, mode, modsecurity="modsecurity" in more, **options)
