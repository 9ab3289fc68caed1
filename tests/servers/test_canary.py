# SPDX-License-Identifier: GPL-3.0-or-later
"""The state folder fits nowhere but inside the document root: a test file is asked for over HTTP, and what came of it is
said before the first backup. Apache heeds the folder's .htaccess, nginx does not."""

import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from servers.place import KEY
from support import httpclient

BROWSER = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def here(open_place, request):
    with open_place(request.param, inside=True, state=False) as made:
        yield made


def hidden(here):
    """The state folder, below a name that nobody can guess."""
    [folder] = here.served.folder.glob(".unstick-*")
    return folder


def page(here):
    return httpclient.fetch(here.url(), headers=BROWSER).text


@pytest.mark.parametrize("here", ["apache-cgi"], indirect=True)
def test_where_htaccess_is_heeded_the_page_says_that_strangers_cannot_read_them(here):
    text = page(here)
    backups = text.partition('id="backups"')[2]
    words = "a test file of ours was asked for through the web server and not given out (403)"
    assert words in backups.partition("Back up the database")[0]
    assert "GIVES THEM OUT" not in text
    assert "not given out (403)" in httpclient.fetch(here.url()).text
    modes = [path.stat().st_mode & 0o777 for path in (hidden(here), hidden(here) / "canary.sql.gz")]
    assert modes == [0o700, 0o600]
    assert httpclient.fetch(f"{here.served.url}/unstick/{hidden(here).name}/canary.sql.gz").status == 403
    assert httpclient.fetch(here.task("files:backup-own", "&quiet&wait=60")).status == 200


@pytest.mark.parametrize("here", ["nginx-fastcgi"], indirect=True)
def test_where_it_is_not_the_page_warns_at_its_top_and_a_backup_asks_first(here):
    text = page(here)
    top = text.partition("<nav")[0]
    assert "THE WEB SERVER GIVES THEM OUT" in top and "state = FOLDER" in top
    canary = hidden(here) / "canary.sql.gz"
    assert httpclient.fetch(f"{here.served.url}/unstick/{hidden(here).name}/{canary.name}").text == canary.read_text()
    assert "THE WEB SERVER GIVES THEM OUT" in httpclient.fetch(here.url()).text
    asked = httpclient.fetch(here.task("files:backup-own"))
    assert "THE WEB SERVER GIVES THEM OUT" in asked.text and "-- plan only, nothing changed" in asked.text
    assert not list(hidden(here).glob("backups/*")) and not list(hidden(here).glob("jobs/*"))
    code = json.loads(httpclient.fetch(here.task("files:backup-own", "&format=json")).text)["confirm"]
    done = httpclient.fetch(f"{here.served.base_url}?task=files:backup-own&confirm={code}&quiet&wait=60")
    assert done.status == 200 and list(hidden(here).glob("backups/*.zip")), done
    assert KEY not in asked.text.replace(f"?{KEY}&", "?")


@pytest.mark.parametrize("here", ["nginx-fastcgi"], indirect=True)
def test_a_link_is_no_way_to_have_the_folders_name_told_to_another_host(here):
    """Whoever calls a link may name any host, and this program would ask it for the test file."""
    told = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            told.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    plan = httpclient.fetch(here.url("&task=links:make&for=files:backup-own")).text
    made = httpclient.fetch(f"{here.served.base_url}?{plan.rstrip().rpartition('?')[2]}").text
    token = re.search(r"[?]run=([A-Za-z0-9_-]{27})", made)[1]
    (hidden(here) / "canary-result").unlink(missing_ok=True)
    with HTTPServer(("127.0.0.1", 0), Listener) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        host = {"Host": f"127.0.0.1:{other.server_port}"}
        httpclient.fetch(f"{here.served.base_url}?run={token}&quiet&wait=60", headers=host)
        assert told == []
        page_there = httpclient.fetch(here.url(), headers={**BROWSER, **host})
        other.shutdown()
    assert page_there.status == 200
    assert [path for path in told if "canary" in path], "the owner's own request does ask: this test could see it"


@pytest.mark.parametrize("here", ["nginx-fastcgi"], indirect=True)
def test_the_test_file_is_offered_to_nobody_as_a_dump(here):
    page(here)
    assert (hidden(here) / "canary.sql.gz").exists()
    assert "canary" not in httpclient.fetch(here.task("db:restore")).text


@pytest.mark.parametrize("here", ["nginx-fastcgi"], indirect=True)
def test_the_result_is_remembered_for_a_minute_only(here):
    assert "GIVES THEM OUT" in page(here)
    result = hidden(here) / "canary-result"
    result.write_text("0Nobody can read them")  # as it was found a moment ago
    assert "GIVES THEM OUT" not in page(here) and "Nobody can read them" in page(here)
    os.utime(result, (time.time() - 61,) * 2)
    assert "GIVES THEM OUT" in page(here)
