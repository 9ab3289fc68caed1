# SPDX-License-Identifier: GPL-3.0-or-later
"""The state folder lies where the web server may serve it: what the server answers about it, and what that proves. A server of the
test's own answers in the site's place; the request's Host leads there."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cases.box import KEY, NAVIGATION

SAFE, OPEN, UNKNOWN = "Strangers cannot read them", "THE WEB SERVER GIVES THEM OUT", "could not be found out"
INDEX = "<!DOCTYPE html><title>Unstick: does it run here?</title>"


class Front(ThreadingHTTPServer):
    """A web server with the box's site for a document root. deny(path) -> a status to answer with, or None: the file itself."""

    daemon_threads = True

    def __init__(self, root, deny):
        self.asked = asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                file = root / self.path.lstrip("/")
                denied = deny(self.path)
                status = denied or (200 if file.is_file() else 404)
                body = b"no" if denied or status == 404 else file.read_bytes()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def inside(boxes):
    """A box whose state folder lies inside of its site."""
    return boxes(state="site/unstick/data")


@pytest.fixture
def front(inside):
    """front(deny): (the page, the server that stood in front)."""
    opened = []

    def visited(deny, **request):
        opened.append(Front(inside.site.root, deny))
        host = {"Host": f"127.0.0.1:{opened[-1].server_port}"}
        return inside.owner(headers={**NAVIGATION, **host}, **request).text, opened[-1]

    yield visited
    for each in opened:
        each.shutdown()
        each.server_close()


def is_data(path):
    return path.startswith("/unstick/data/") and not path.startswith("/unstick/data/control/")


def test_a_firewall_that_refuses_whatever_we_ask_proves_nothing(inside, front):
    for status in (403, 404, 401, 301, 200):  # the last with a page of its own for everything
        (inside.state / "canary-result").unlink(missing_ok=True)
        page, server = front(lambda path, status=status: status)
        top = page.partition("<nav")[0]
        assert UNKNOWN in top and SAFE not in page and OPEN not in page, (status, top)
        assert any("canary" in path for path in server.asked) and any("control" in path for path in server.asked)


@pytest.mark.parametrize("status", [403, 404])
def test_it_is_safe_where_the_control_is_given_out_and_it_is_not(inside, front, status):
    page, server = front(lambda path: status if is_data(path) else None)
    assert SAFE in page and f"not given out ({status})" in page and UNKNOWN not in page and OPEN not in page
    assert server.asked[-1].endswith("/control/control.txt")
    assert (inside.state / "control" / "control.txt").stat().st_mode & 0o777 == 0o644


def test_the_page_of_first_contact_serves_as_control_where_it_lies_there(inside, front):
    (inside.place / "index.html").write_text(INDEX)
    page, server = front(lambda path: 403 if "/data/" in path else None)
    assert SAFE in page and not (inside.state / "control").exists()
    assert server.asked[-1] == "/unstick/index.html"


def test_somebody_elses_page_of_that_name_is_no_control(inside, front):
    (inside.place / "index.html").write_text("<title>Welcome</title>")
    page, server = front(lambda path: 403 if "/data/" in path else None)
    assert UNKNOWN in page and SAFE not in page and "/unstick/index.html" not in server.asked


def test_what_is_given_out_is_told_whatever_becomes_of_the_control(front):
    page, _ = front(lambda path: 403 if "control" in path else None)
    assert OPEN in page and SAFE not in page


def test_before_the_first_backup_what_is_not_known_is_said_and_agreed_to(inside, front):
    page, server = front(lambda path: 403)
    host = {"Host": f"127.0.0.1:{server.server_port}"}
    plan = inside.owner("task=files:backup-own", headers=host)
    assert UNKNOWN in plan.text and "-- plan only, nothing changed" in plan.text
    assert not list(inside.state.glob("backups/*"))
    query = plan.text.rstrip().rpartition("?")[2]
    assert inside.stranger(f"{query}&quiet&wait=60", headers=host).status == 200
    assert list(inside.state.glob("backups/*.zip"))
    assert inside.owner("task=files:backup-own&quiet&wait=60", headers=host).status == 200, "it was told once"
    assert KEY not in plan.text.replace(f"?{KEY}&", "?")
