# SPDX-License-Identifier: GPL-3.0-or-later
"""The state folder lies where the web server may serve it: what the server answers about it, and what that proves. A server of the
test's own answers in the site's place; the request's Host leads there."""

import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cases.box import KEY, NAVIGATION
from cases.test_run_links import make

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
    return path.startswith("/unstick/data/")


def controls(box):
    return list(box.folder.rglob("control.unstick-*"))


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
    assert re.fullmatch(r"/unstick/control\.unstick-[^/]+/control\.txt", server.asked[-1])
    assert not controls(inside), "it is there while it is asked for"


def test_it_is_safe_where_another_account_serves_the_files_and_our_folders_permissions_keep_it_out(inside, front):
    def as_somebody_else(path):
        file = inside.site.root / path.lstrip("/")
        kept_out = any(not above.stat().st_mode & 0o001 for above in file.parents if inside.site.root in above.parents)
        return 403 if kept_out or file.exists() and not file.stat().st_mode & 0o004 else None

    page, _ = front(as_somebody_else)
    assert SAFE in page and "not given out (403)" in page and UNKNOWN not in page
    assert inside.state.stat().st_mode & 0o777 == 0o700


def test_a_control_that_a_killed_request_left_goes_and_is_no_file_of_the_site(inside, front):
    left = inside.place / "control.unstick-20261120-101500000-aaaaaa"
    left.mkdir()
    (left / "control.txt").write_text("x")
    for path in (left / "control.txt", left):
        inside.give(path)
        os.utime(path, (1, 1))
    front(lambda path: 403)
    assert not controls(inside)


@pytest.mark.parametrize("deny, words", [(lambda path: 403, UNKNOWN),
                                         (lambda path: None if "control" in path else 403, SAFE)])
def test_what_another_address_gives_out_says_nothing_of_the_one_where_our_data_lies(boxes, deny, words):
    """The program answers at one address, the site that holds our data at another."""
    other = boxes()
    tools, site = Front(other.folder / "tools", lambda path: None), Front(other.site.root, deny)
    try:
        box = boxes(site=other.site, place=other.folder / "tools" / "unstick", state=str(other.site.root / "data"),
                    settings=f"url = http://127.0.0.1:{site.server_port}")
        (box.place / "index.html").write_text(INDEX)
        page = box.owner(headers={**NAVIGATION, "Host": f"127.0.0.1:{tools.server_port}"}).text
    finally:
        for each in (tools, site):
            each.shutdown()
            each.server_close()
    assert words in page and {UNKNOWN: SAFE, SAFE: UNKNOWN}[words] not in page
    assert site.asked[0] == "/data/canary.sql.gz" and "control" in site.asked[-1]


def test_the_page_of_first_contact_serves_as_control_where_it_lies_there(inside, front):
    (inside.place / "index.html").write_text(INDEX)
    page, server = front(lambda path: 403 if "/data/" in path else None)
    assert SAFE in page and not any("control" in path for path in server.asked)
    assert server.asked[-1] == "/unstick/index.html"


def test_somebody_elses_page_of_that_name_is_no_control(inside, front):
    (inside.place / "index.html").write_text("<title>Welcome</title>")
    page, server = front(lambda path: 403 if "/data/" in path or "control" in path else None)
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


def test_a_backup_by_a_link_ahead_of_the_owner_takes_no_question_from_him(inside, front):
    link = make(inside, "files:backup-own")
    assert inside.stranger(f"{link}&quiet&wait=60").status == 200 and list(inside.state.glob("backups/*.zip"))
    _, server = front(lambda path: 403)
    host = {"Host": f"127.0.0.1:{server.server_port}"}
    plan = inside.owner("task=files:backup-own", headers=host).text
    assert UNKNOWN in plan and "-- plan only, nothing changed" in plan
