# SPDX-License-Identifier: GPL-3.0-or-later
"""Only GET and POST start anything; forms are of one type and small."""

import pytest

from cases.box import BROWSER, KEY, NAVIGATION, WRONG, WRONG_KEY
from cases.table import Case, cgi_only, each

TASK = f"{KEY}&task=cache:purge"
FORM = "application/x-www-form-urlencoded"
PREFETCH = "Prefetch requests are not answered.\n"

NOTHING_STARTS = [
    Case("HEAD with a task", TASK, {"method": "HEAD"}, 405),
    Case("HEAD with a reading task", f"{KEY}&task=php", {"method": "HEAD"}, 405),
    Case("HEAD with a task and quiet", f"{TASK}&quiet", {"method": "HEAD"}, 405),
    Case("HEAD with a job", f"{KEY}&job=last", {"method": "HEAD"}, 200),
    Case("HEAD of the list", KEY, {"method": "HEAD"}, 200),
    Case("HEAD of the list, a navigation", KEY, {"method": "HEAD", "headers": NAVIGATION}, 200),
    Case("HEAD without a key", "task=cache:purge", {"method": "HEAD"}, 403),
    Case("OPTIONS", TASK, {"method": "OPTIONS"}, 204),
    Case("OPTIONS without a key", "", {"method": "OPTIONS"}, 204),
    *(Case(method, TASK, {"method": method}, 405)
      for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get", "G", "GET ", "POST\n", "é")),
    *(Case(f"{name}: {value}", TASK, {"headers": {name: value}}, 403, PREFETCH)
      for name, value in (("Sec-Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"),
                          ("X-Purpose", "preview, prefetch"), ("X-Moz", "prefetch"), ("Sec-Purpose", "Prefetch"))),
    Case("a prefetch of the list", KEY, {"headers": {**NAVIGATION, "Sec-Purpose": "prefetch"}}, 403, PREFETCH),
    Case("a prefetch of a page without a key", "", {"headers": {"Sec-Purpose": "prefetch"}}, 403, PREFETCH),
    Case("a prefetch by POST", TASK, {"form": {"x": "1"}, "headers": {"Purpose": "prefetch"}}, 403, PREFETCH),
]

BAD_FORMS = [
    Case("multipart", request={"CONTENT_TYPE": "multipart/form-data; boundary=x", "body": b"--x--"}, status=415),
    Case("JSON", request={"CONTENT_TYPE": "application/json", "body": b"{}"}, status=415),
    Case("plain text", request={"CONTENT_TYPE": "text/plain", "body": b"task=cache:purge"}, status=415),
    Case("no type", request={"CONTENT_TYPE": None, "body": b"task=cache:purge"}, status=415),
    Case("a type that only begins so", request={"CONTENT_TYPE": FORM + "-not", "body": b"task=cache:purge"}, status=415),
    Case("no length", request={"CONTENT_LENGTH": None, "body": b"task=cache:purge"}, status=411),
    Case("an empty length", request={"CONTENT_LENGTH": "", "body": b"task=cache:purge"}, status=411),
    Case("a length that is no number", request={"CONTENT_LENGTH": "1e3", "body": b"task=cache:purge"}, status=411),
    Case("a negative length", request={"CONTENT_LENGTH": "-1", "body": b"task=cache:purge"}, status=411),
    Case("a huge length", request={"CONTENT_LENGTH": "99999999999999999999", "body": b""}, status=411),
    Case("a length of 10 GB", request={"CONTENT_LENGTH": "10000000000", "body": b""}, status=413),
    Case("64 KiB and one byte", request={"body": b"x" * 65537}, status=413),
    Case("a body that is cut off", request={"CONTENT_LENGTH": "100", "body": b"task=cache:purge"}, status=400),
]

GOOD_FORMS = [
    Case("the plain type", request={"body": b"task=php"}),
    Case("a type with a charset", request={"CONTENT_TYPE": f"{FORM}; charset=UTF-8", "body": b"task=php"}),
    Case("a type in other letters", request={"CONTENT_TYPE": FORM.upper(), "body": b"task=php"}),
    Case("64 KiB", request={"body": b"task=php&x=" + b"y" * (65536 - 11)}),
    Case("a word at the end", request={"body": b"task=php&word"}),
    Case("an encoded name", request={"body": b"t%61sk=ph%70"}),
]


@each(NOTHING_STARTS)
def test_nothing_is_started_by(shared, case):
    # A navigation of the list may note the client's login, nothing else.
    Case(**{**case.__dict__, "changes": ("state/attempts",)}).try_on(shared)
    assert not list(shared.state.glob("jobs/*")) and shared.ran() == []


@pytest.mark.parametrize("method, allow", [("OPTIONS", "GET, POST, HEAD"), ("PUT", "GET, POST, HEAD")])
def test_the_answer_says_which_methods_there_are(shared, method, allow):
    assert shared.stranger(TASK, method=method).headers["Allow"] == allow


def test_head_with_a_task_says_which_methods_do(shared):
    assert shared.stranger(TASK, method="HEAD").headers["Allow"] == "GET, POST"


def test_head_answers_a_view_link_without_a_body(box):
    link = box.owner("task=cache:clear", headers=NAVIGATION).headers["Location"].removeprefix("?")
    assert box.stranger(link, method="HEAD").status == 200


@each(BAD_FORMS)
def test_a_form_is_refused_before_it_is_read_if_it_is(shared, case):
    for query in (KEY, TASK, ""):
        Case(case.name, query, {"method": "POST", **case.request}, case.status).try_on(shared)
    assert shared.ran() == []


@each(GOOD_FORMS)
def test_a_form_is_read_with(shared, case):
    answer = shared.stranger(KEY, method="POST", **case.request)
    assert answer.status == 200 and answer.lines[0] == "Executing php", answer


def test_a_post_with_a_task_in_the_query_runs_it(box):
    assert box.owner("task=cache:purge", form={"x": "1"}).lines[0] == "Executing cache:purge"


@cgi_only
def test_a_query_longer_than_64_kib_is_refused(box):
    for query in (f"{KEY}&x=" + "a" * 65536, "a" * 65537, f"{KEY}&task=" + "b" * 100_000):
        with box.nothing_changes():
            assert box.stranger(query).status == 414


STRANGE = ["%", "%%%", "%zz=%zz", "=", "==", "&=&", "=value", ";", "a;b=c", "%00=%00", "\xff\xfe", "a" * 60_000, "&" * 60_000,
           "a=" * 20_000, "task=php" + "&x=1" * 10_000]


@pytest.mark.parametrize("query", STRANGE, ids=[query[:8] for query in STRANGE])
def test_a_strange_query_without_a_key_is_403(shared, query):
    Case("strange", query, {}, 403, WRONG, changes=("state/attempts",)).try_on(shared)


def test_a_semicolon_separates_nothing(shared):
    assert shared.stranger(f"x=1;{KEY}").text == WRONG
    assert shared.stranger(f"{KEY};task=php").text == WRONG


def test_a_request_without_any_variable_but_the_method_is_answered(shared):
    empty = dict.fromkeys(["SERVER_SOFTWARE", "SERVER_NAME", "HTTP_HOST", "REMOTE_ADDR", "HTTP_ACCEPT", "SCRIPT_NAME",
                           "REQUEST_URI", "DOCUMENT_ROOT", "SCRIPT_FILENAME", "GATEWAY_INTERFACE", "SERVER_PROTOCOL"])
    answer = shared.stranger(KEY, **empty)
    assert answer.status == 200 and "\nActions:\n" in answer.text
    assert shared.stranger(WRONG_KEY, headers=BROWSER, **empty).text == WRONG
