# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server for the small site of ground.py, so that somebody answers when the program asks for its pages."""
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from files.ground import STUB


class Site(BaseHTTPRequestHandler):
    """Answers for the site in `ground`: bad once the files are of `bad`, or while the file `needs` is not there."""
    ground, bad, asked, needs = None, "", [], None

    def do_GET(self):
        self.asked.append(self.path)
        front = (self.ground.root / "index.php").read_text()
        status = 503 if STUB in front else 500 if self.bad and self.bad in front else 200
        if self.needs and not self.needs.exists():
            status = 500
        if STUB in front and "unstick-opcode-cache=" in self.path:
            status = 204
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def served(ground):
    """The site's server, its address written into local.php; yields the class that answers, whose `bad` and `needs` may be set."""
    handler = type("Handler", (Site,), {"ground": ground, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    local = ground.root / "config/local.php"
    local.write_text(local.read_text().replace("http://127.0.0.1:1", f"http://127.0.0.1:{server.server_port}"))
    try:
        yield handler
    finally:
        server.shutdown()
        server.server_close()
