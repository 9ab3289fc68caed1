# SPDX-License-Identifier: GPL-3.0-or-later
"""The key may be given by a form: then it stands in no address, and the browser has a session until it logs out."""

import pytest

from cases.box import BROWSER, KEY, LOGIN, NAME_KEY, NAVIGATION, OTHER_KEY, WRONG, WRONG_KEY

ATTRIBUTES = {"Path=/unstick/unstick.cgi", "HttpOnly", "SameSite=Strict"}


def log_in(box, key=KEY, **request):
    return box.stranger("format=html", form={"phrase": key}, headers=NAVIGATION, **request)


def as_browser(cookie):
    return {**NAVIGATION, "Cookie": cookie}


def test_a_browser_without_a_key_is_asked_for_it_and_all_others_are_told_the_sentence(shared):
    for query in ("", "format=html", "task=cache:purge", "job=last"):
        for headers in (BROWSER, NAVIGATION):
            page = shared.stranger(query, headers=headers)
            assert page.status == 403 and LOGIN in page.text and 'type="password"' in page.text and "<script" not in page.text
        assert shared.stranger(query).text == WRONG
    for query in (WRONG_KEY, f"{WRONG_KEY}&task=php"):
        assert shared.stranger(query, headers=NAVIGATION).text == WRONG
    assert shared.stranger("task=php&quiet", headers=NAVIGATION).text == WRONG


def test_the_right_key_is_answered_by_a_session_and_an_address_without_it(box):
    answer = log_in(box)
    assert (answer.status, answer.headers["Location"]) == (303, "?format=html")
    session, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert {each.replace(".fcgi", ".cgi") for each in attributes} == ATTRIBUTES and KEY not in answer.text + answer.head.decode()
    page = box.stranger("format=html", headers=as_browser(session))
    assert page.status == 200 and "<h1>Unstick</h1>" in page.text and KEY not in page.text and "Log out" in page.text
    assert "Set-Cookie" not in page.headers


def test_over_https_the_cookie_is_for_https_and_over_http_the_page_warns(box):
    assert "Secure" in log_in(box, HTTPS="on").headers["Set-Cookie"]
    words = "This page came over plain HTTP"
    assert words in box.stranger(headers=NAVIGATION).text and words in box.owner(headers=NAVIGATION).text
    assert words not in box.stranger(headers=NAVIGATION, HTTPS="on").text + box.owner(headers=NAVIGATION, HTTPS="on").text
    assert words not in box.owner(headers={**NAVIGATION, "Host": "127.0.0.1:8080"}).text


def test_behind_a_proxy_that_is_trusted_its_word_about_https_counts_for_cookie_and_links(boxes):
    box = boxes(settings="trusted_proxy = 192.0.2.0/24")
    proxied = {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_PROTO": "https"}
    assert "Secure" in log_in(box, **proxied).headers["Set-Cookie"]
    assert "Secure" not in log_in(box, **{**proxied, "REMOTE_ADDR": "198.51.100.7"}).headers["Set-Cookie"]
    code = box.owner("task=links:make&for=php&format=json").events[0]["confirm"]
    made = box.stranger(f"task=links:make&for=php&confirm={code}", **proxied)
    assert "https://example.test/unstick/" in made.text and "http://" not in made.text


@pytest.mark.parametrize("key", [WRONG_KEY, OTHER_KEY, "", "x", KEY + "x", KEY[:-1], " " + KEY, KEY.lower()])
def test_a_wrong_one_gets_no_session(shared, key):
    answer = log_in(shared, key)
    assert answer.status == 403 and "Set-Cookie" not in answer.headers and (LOGIN in answer.text or answer.text == WRONG)


def test_the_form_counts_as_an_attempt(box):
    for number in range(10):
        log_in(box, f"{OTHER_KEY}{number}")
    assert log_in(box).status == 429


def test_it_does_nothing_but_log_in(box):
    with box.nothing_changes(but=("state/attempts",)):
        for more in ({"task": "cache:purge"}, {"task": "links:make", "for": "php"}, {"apiTask": "x"}):
            assert box.stranger(form={"phrase": KEY, **more}, headers=NAVIGATION).status == 403
        assert box.stranger(f"phrase={KEY}", headers=NAVIGATION).status == 403
        assert box.stranger(f"phrase={KEY}").text == WRONG


def test_logging_out_takes_the_cookie_away(box):
    session = log_in(box).headers["Set-Cookie"].partition(";")[0]
    answer = box.stranger("format=html", form={"logout": "1"}, headers=as_browser(session))
    assert answer.status == 200 and "Logged out" in answer.text
    value, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert value == "unstick_session=" and "Max-Age=0" in attributes
    assert LOGIN in box.stranger("format=html", headers=as_browser(value)).text
    assert box.stranger("format=html", form={"logout": "1"}, headers=NAVIGATION).status == 403


def test_where_no_session_can_be_kept_it_says_so(boxes):
    box = boxes(state="none/here/at/all")
    answer = log_in(box)
    assert answer.status == 500 and "cannot keep a session" in answer.text and KEY not in answer.text


def test_with_the_key_in_the_programs_name_nobody_is_asked(boxes, mode):
    box = boxes(file=f"unstick-{NAME_KEY}.{'fcgi' if mode == 'fastcgi' else 'cgi'}", key="")
    assert "<h1>Unstick</h1>" in box.stranger(headers=NAVIGATION).text
