# SPDX-License-Identifier: GPL-3.0-or-later
"""Every answer has its headers, whatever it is; nothing that came from outside gets into one. (Box.check looks at every answer
of every other case too.)"""

import os
import re

import pytest

from cases.box import ALWAYS, BROWSER, KEY, NAVIGATION, OTHER_KEY
from support import process

ANSWERS = {
    "the list as text": (200, KEY, {}),
    "the list as a page": (200, KEY, {"headers": NAVIGATION}),
    "the list as events": (200, f"{KEY}&format=json", {}),
    "a reading action": (200, f"{KEY}&task=php", {}),
    "a reading action as events": (200, f"{KEY}&task=php&format=json", {}),
    "a reading action as a page": (200, f"{KEY}&task=php&pretty", {}),
    "a console command": (200, f"{KEY}&task=list", {}),
    "a quiet result": (200, f"{KEY}&task=list&quiet", {}),
    "still running": (202, f"{KEY}&task=list&quiet&wait=0", {}),
    "no content": (204, KEY, {"method": "OPTIONS"}),
    "sent to the job": (303, f"{KEY}&task=cache:clear", {"headers": NAVIGATION}),
    "a bad number": (400, f"{KEY}&job=last&from=x", {}),
    "wrong key": (403, OTHER_KEY, {}),
    "wrong key of a browser": (403, OTHER_KEY, {"headers": NAVIGATION}),
    "wrong link": (403, "view=x", {}),
    "not allowed": (403, f"{KEY}&task=x", {}),
    "prefetch": (403, KEY, {"headers": {"Purpose": "prefetch"}}),
    "no such job": (404, f"{KEY}&job=x", {}),
    "HEAD with a task": (405, f"{KEY}&task=php", {"method": "HEAD"}),
    "another method": (405, KEY, {"method": "PUT"}),
    "quiet plan": (409, f"{KEY}&task=job:stop&quiet", {}),
    "no length": (411, KEY, {"method": "POST", "body": b"", "CONTENT_LENGTH": ""}),
    "too large": (413, KEY, {"body": b"x" * 70_000, "method": "POST"}),
    "too long": (414, "x" * 66_000, {}),
    "another type": (415, KEY, {"body": b"x", "method": "POST", "CONTENT_TYPE": "text/plain"}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_its_headers(box, name):
    status, query, request = ANSWERS[name]
    if name in ("a bad number",):
        box.owner("task=list")
    if name in ("still running", "quiet plan"):
        box.hold(silent=True)
    if name == "quiet plan":
        box.start_held()
    answer = box.begin(query, **request).finish()
    assert answer.status == status, answer
    for header, value in ALWAYS.items():
        assert answer.headers.get_all(header) == [value]
    assert re.match(rb"Status: \d{3} [A-Z][A-Za-z ]+\r\n", answer.head)
    assert answer.status == 204 or answer.type in ("text/plain; charset=utf-8", "text/html; charset=utf-8",
                                                   "application/x-ndjson") or answer.body == b""
    assert "unstick/" not in str(answer.headers.get("Server", "")) and "X-Powered-By" not in answer.headers


def test_429_has_its_headers_too(box):
    for number in range(10):
        box.stranger(f"{OTHER_KEY}{number}")
    answer = box.stranger(OTHER_KEY)
    assert answer.status == 429 and answer.headers["Retry-After"] == "60"


def test_500_has_its_headers_too(box):
    box.site.console_file.unlink()
    assert box.owner("task=list").status == 500


@pytest.mark.parametrize("query", ["task=cache:purge%0d%0aX-Evil:%20yes", "job=last%0d%0aX-Evil:%20yes",
                                   "%0d%0aX-Evil:%20yes", "view=%0d%0aX-Evil:%20yes",
                                   "task=cache:clear&from=%0d%0aX-Evil:%20yes", "task=job:stop&confirm=%0d%0aX-Evil:%20yes"])
def test_no_line_end_of_a_request_ends_a_header(shared, query):
    for prefix in ("", f"{KEY}&"):
        for headers in ({}, BROWSER, NAVIGATION):
            answer = shared.stranger(prefix + query, headers=headers)
            assert "X-Evil" not in answer.headers and b"\nX-Evil" not in answer.head


@pytest.mark.parametrize("variable", ["REQUEST_URI", "SCRIPT_NAME", "HTTP_HOST", "SERVER_NAME"])
def test_no_variable_of_the_server_ends_a_header(shared, variable):
    odd = '/x\r\nX-Evil: yes/"<b>' if variable in ("REQUEST_URI", "SCRIPT_NAME") else "x\r\nX-Evil: yes"
    more = {"HTTP_HOST": None} if variable == "SERVER_NAME" else {"REQUEST_URI": None} if variable == "SCRIPT_NAME" else {}
    answer = shared.owner(headers=NAVIGATION, **{**more, variable: odd})
    assert answer.status == 200 and "X-Evil" not in answer.headers and "<b>" not in answer.text


def test_a_page_lets_nothing_foreign_run(box):
    """The output of a command is data, whatever stands in it."""
    box.site.console_file.write_text("<?php echo '</pre><script>alert(1)</script><img src=x onerror=alert(1)>', \"\\n\";\n")
    link = box.owner("task=cache:clear&pretty", headers=NAVIGATION).headers["Location"].removeprefix("?")
    box.owner("job=last")
    page = box.stranger(link, headers=NAVIGATION)
    assert "&lt;script&gt;alert(1)" in page.text and "<script>alert" not in page.text and "<img" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_download_of_nothing_has_a_name_with_an_extension(shared):
    """A download's URL path has no file extension of its own: no answer offers one."""
    for name in ("the list as text", "a reading action"):
        _, query, request = ANSWERS[name]
        assert "Content-Disposition" not in shared.stranger(query, **request).headers


def test_a_slow_client_gets_the_head_at_once(box):
    box.hold()
    live = box.begin(f"{KEY}&task=cache:clear", SERVER_SOFTWARE="nginx" if box.mode == "fastcgi" else "Apache",
                     UNSTICK_LIVE="1")
    assert "Status: 200 OK" in live.wait_for("\r\n\r\n", 5)
    box.release()
    assert live.finish().lines[-1].startswith("-- done")
    process.wait_until(lambda: '"finish"' in box.log(), 30, "the job to end")


HOSTILE_NAMES = ("<img src=x onerror=alert(1)>.sql", "' onmouseover='alert(1)'.sql", "\x1b[2J\r\n-- done: exit 0.sql", "\" autofocus onfocus=\"alert(1).zip",
                 "\u202egpj.sql", b"\xff\xfe.sql")


def test_names_of_files_are_data_too_in_every_page_and_text(box):
    for name in HOSTILE_NAMES:
        path = os.path.join(os.fsencode(box.site.root), os.fsencode(name))
        with open(path, "wb") as file:
            file.write(b"-- MySQL dump\nCREATE TABLE x (y int);\n")
        box.give(path)
    for query in ("", "task=db:restore&pretty", "task=files:replace&pretty", "task=doctor&pretty", "task=files:verify&pretty"):
        page = box.owner(query, headers=NAVIGATION)
        assert page.status in (200, 303, 409, 500), page
        for tag in ("<img", "' onmouseover='", '" autofocus onfocus="', "\x1b", "<script>alert"):
            assert tag not in page.text, (query, tag)
    assert "onerror=alert(1)" in box.owner(headers=NAVIGATION).text, "no page names them: this test proves nothing"
    for query in ("task=db:restore", "task=doctor", "task=files:replace", "task=db:restore&format=json"):
        text = box.owner(query).text
        assert "\x1b" not in text and "\r" not in text and not re.search(r"^-- done: exit 0\.sql", text, re.MULTILINE), query
