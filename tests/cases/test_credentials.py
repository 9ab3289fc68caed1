# SPDX-License-Identifier: GPL-3.0-or-later
"""The key and its five ways in; whoever has none of them learns nothing and changes nothing."""

import pytest

from cases.box import BROWSER, KEY, LOGIN, NAVIGATION, OTHER_KEY, WRONG, WRONG_KEY
from cases.table import Case, basic, each, headers

SIGNS = "aZ3.b_4~c-5dEfG7hJ9k"  # every kind of character that a key may hold
COUNTER = ("state/attempts",)
# What the first request that presents a key at all leaves behind: the counter's place.
FIRST = ("", "state", "state/version", "state/secret", "state/attempts", "site/unstick/unstick.ini.php")


def encoded(text, form="%{:02X}"):
    return "".join(form.format(byte) for byte in text.encode())


RIGHT = [
    Case("bare", KEY),
    Case("with an equals sign", f"{KEY}="),
    Case("before other words", f"{KEY}&x=1"),
    Case("after other words", f"x=1&{KEY}"),
    Case("between other words", f"x=1&{KEY}&pretty=0"),
    Case("with an equals sign behind other words", f"x=1&{KEY}="),
    Case("behind a word without a value", f"nocache&{KEY}"),
    Case("behind a word that is as long as a key", f"some-word-that-is-long&{KEY}"),
    Case("behind empty words", f"&&{KEY}&&"),
    Case("url-encoded as a whole", encoded(KEY)),
    Case("url-encoded in small letters", encoded(KEY, "%{:02x}")),
    Case("X-Unstick-Key", request=headers(X_Unstick_Key=KEY)),
    Case("Bearer", request=headers(Authorization=f"Bearer {KEY}")),
    Case("Bearer in small letters", request=headers(Authorization=f"bearer {KEY}")),
    Case("Basic, any user", request=headers(Authorization=basic("anybody", KEY))),
    Case("Basic, no user", request=headers(Authorization=basic("", KEY))),
    Case("Authorization as a rewriting Apache hands it on", request={"REDIRECT_HTTP_AUTHORIZATION": f"Bearer {KEY}"}),
    Case("in the query of a POST", KEY, request={"form": {"x": "1"}}),
    Case("wrong Basic beside the right word", KEY, request=headers(Authorization=basic("site", "password-of-the-site"))),
    Case("wrong Basic beside the right header",
         request=headers(Authorization=basic("site", WRONG_KEY), X_Unstick_Key=KEY)),
    Case("wrong word beside the right header", WRONG_KEY, request=headers(X_Unstick_Key=KEY)),
]

STRANGERS = [
    Case("nothing"),
    Case("an empty word", "&"),
    Case("a short word", "admin"),
    Case("the key as a value", f"key={KEY}"),
    Case("the key as the task", f"task={KEY}"),
    Case("the key in the path", request={"PATH_INFO": f"/{KEY}"}),
    Case("Basic without a colon", request=headers(Authorization="Basic a2V5")),
    Case("Basic that is no base64", request=headers(Authorization="Basic ***")),
    Case("Basic with nothing", request=headers(Authorization="Basic ")),
    Case("another scheme", request=headers(Authorization=f"Digest {KEY}")),
    Case("Bearer with nothing", request=headers(Authorization="Bearer ")),
    Case("an empty header", request=headers(X_Unstick_Key="")),
    Case("a task and no key", "task=php"),
    Case("a job and no key", "job=last"),
    Case("a format and no key", "format=text&pretty&quiet"),
]

GUESSES = [
    Case("another key", OTHER_KEY),
    Case("the key without its last letter", KEY[:-1]),
    Case("the key and one letter more", KEY + "x"),
    Case("the key in other letters", KEY.swapcase()),
    Case("the key and a blank", KEY + "+"),
    Case("the key and a zero byte", KEY + "%00"),
    Case("the key and a line end", KEY + "%0A"),
    Case("the key encoded twice", encoded(encoded(KEY))),
    Case("X-Unstick-Key", request=headers(X_Unstick_Key=WRONG_KEY)),
    Case("Bearer", request=headers(Authorization=f"Bearer {WRONG_KEY}")),
    Case("Basic password", request=headers(Authorization=basic("owner", WRONG_KEY))),
    Case("the key as Basic user", request=headers(Authorization=basic(KEY, ""))),
    Case("the key as cookie", request=headers(Cookie=f"unstick_session={KEY}")),
    Case("a made-up session", request=headers(Cookie="unstick_session=1900000000.aaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")),
    Case("a cookie of 10 kB", request=headers(Cookie="unstick_session=" + "a" * 10_000)),
    Case("a cookie without a value", request=headers(Cookie="unstick_session=")),
    Case("a word of 10 kB", "a" * 10_000),
    Case("a wrong key and a task", f"{WRONG_KEY}&task=cache:purge"),
    Case("many wrong keys", "&".join(f"{WRONG_KEY}{number}" for number in range(500))),
]


@each(RIGHT)
def test_the_key_opens_wherever_it_stands(shared, case):
    answer = shared.stranger(case.query, **case.request)
    assert (answer.status, answer.lines[0].split(" in ")[0]) == (200, "Mautic 4.3.0"), answer
    assert "\nActions:\n" in answer.text


@pytest.mark.parametrize("query", [SIGNS, encoded(SIGNS), SIGNS.replace("~", "%7E"), SIGNS.replace(".", "%2e")])
def test_a_key_with_every_kind_of_character_opens_raw_and_encoded(boxes, query):
    assert "\nActions:\n" in boxes(key=SIGNS).stranger(query).text


@each(STRANGERS)
def test_without_a_key_the_answer_is_403_and_nothing_on_the_disk_changes(shared, case):
    check_refusal(shared, case, changes=())


@each(GUESSES)
def test_with_a_wrong_key_the_answer_is_403_and_only_the_counter_of_attempts_changes(shared, case):
    check_refusal(shared, case, changes=COUNTER)


def test_the_first_wrong_key_makes_no_more_than_the_place_of_the_counter(box):
    check_refusal(box, Case("first", WRONG_KEY), changes=FIRST[:-1])
    assert f"key = {KEY}\n" in box.settings_text()


def check_refusal(box, case, changes):
    for more in ({}, BROWSER, NAVIGATION):
        request = {**case.request, "headers": {**more, **case.request.get("headers", {})}}
        answer = Case(case.name, case.query, request, 403, changes=changes).try_on(box)
        is_asked = bool(more) and answer.type == "text/html; charset=utf-8"  # a browser that gave no key gets a field for it
        assert LOGIN in answer.text if is_asked else (answer.text, answer.type) == (WRONG, "text/plain; charset=utf-8"), answer
        assert sorted(answer.headers.keys()) == sorted([
            "Status", "Content-Type", "Cache-Control", "X-Content-Type-Options", "X-Robots-Tag", "Referrer-Policy",
            "Content-Length", *(["Content-Security-Policy", "X-Frame-Options"] if is_asked else [])]), answer.head
    assert box.ran() == []


def test_a_wrong_key_is_told_to_machines_as_an_event_and_nothing_else(shared):
    answer = shared.stranger("format=json")
    assert (answer.status, answer.type) == (403, "application/x-ndjson")
    assert answer.events == [{"event": "refused", "status": "403", "text": WRONG.strip()}]


def test_a_navigation_with_the_key_gets_a_session_that_is_not_the_key(shared):
    answer = shared.owner(headers=NAVIGATION)
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    session, *attributes = rest.split("; ")
    assert name == "unstick_session" and KEY not in session and len(session) > 40
    assert sorted(attributes) == ["HttpOnly", f"Path=/unstick/{shared.program.name}", "SameSite=Strict"]


def test_the_session_of_a_site_with_https_is_sent_over_https_only(shared):
    answer = shared.owner(headers=NAVIGATION, HTTPS="on")
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize("request_headers", [{}, {"Accept": "text/plain"}, {**BROWSER, "Sec-Fetch-Mode": "no-cors"},
                                             {**BROWSER, "Sec-Fetch-Mode": "cors"}])
def test_what_is_no_navigation_gets_no_session(shared, request_headers):
    assert shared.owner(headers=request_headers).cookie() is None


def test_a_session_opens_and_a_wrong_basic_header_beside_it_is_ignored(shared):
    cookie = shared.owner(headers=NAVIGATION).cookie()
    for more in ({}, {"Authorization": basic("site", "password-of-the-site")}, {"Authorization": basic("a", WRONG_KEY)}):
        answer = shared.stranger(headers={"Cookie": f"theirs=1; {cookie}; other=2", **more})
        assert answer.status == 200 and "\nActions:\n" in answer.text
        assert KEY not in answer.text  # what the browser sends by itself puts no key into links


@pytest.mark.parametrize("change", [lambda value: value[:-1], lambda value: value + "a", lambda value: value[1:],
                                    lambda value: value.replace("=1", "=2", 1), lambda value: value.upper()])
def test_a_session_that_was_changed_is_none(shared, change):
    cookie = shared.owner(headers=NAVIGATION).cookie()
    assert shared.stranger(headers={"Cookie": change(cookie)}).text == WRONG


def test_every_session_is_another_one(shared):
    assert shared.owner(headers=NAVIGATION).cookie() != shared.owner(headers=NAVIGATION).cookie()
