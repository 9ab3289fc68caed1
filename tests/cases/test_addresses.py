# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask at all (allow_ip), and whose word about the client's address counts (trusted_proxy)."""

import pytest

from cases.box import KEY, NAVIGATION, WRONG_KEY
from cases.table import cgi_only

NOT_FROM_HERE = "This address may not use this program.\n"

ALLOWED = [
    ("192.0.2.7", "192.0.2.7", True),
    ("192.0.2.7", "192.0.2.8", False),
    ("192.0.2.0/24", "192.0.2.255", True),
    ("192.0.2.0/24", "192.0.3.0", False),
    ("192.0.2.128/25", "192.0.2.127", False),
    ("10.0.0.0/8", "10.255.0.1", True),
    ("0.0.0.0/0", "203.0.113.1", True),
    ("0.0.0.0/0", "2001:db8::1", False),
    ("192.0.2.7/32", "192.0.2.7", True),
    ("192.0.2.0/24", "::ffff:192.0.2.9", True),
    ("2001:db8::/32", "2001:db8:ffff::1", True),
    ("2001:db8::/32", "2001:db9::1", False),
    ("2001:db8::1", "2001:db8:0:0:0:0:0:1", True),
    ("2001:db8:1::/49", "2001:db8:1:8000::1", False),
    ("::/0", "2001:db8::1", True),
    ("192.0.2.7 198.51.100.0/24", "198.51.100.3", True),
    ("192.0.2.7, 198.51.100.0/24", "198.51.100.3", True),
    ("192.0.2.7,2001:db8::/32", "2001:db8::5", True),
    ("nonsense", "192.0.2.7", False),
    ("192.0.2.0/33", "192.0.2.1", False),
    ("192.0.2.0/-1", "192.0.2.1", False),
    ("192.0.2.0/", "192.0.2.1", False),
    ("192.0.2.7", "", False),
    ("192.0.2.7", "nonsense", False),
]


@pytest.mark.parametrize("networks, client, allowed", ALLOWED)
def test_allow_ip_lets_these_in_and_nobody_else(shared, networks, client, allowed):
    shared.write_settings(f"allow_ip = {networks}", key=KEY)
    answer = shared.owner(REMOTE_ADDR=client)
    assert (answer.status, answer.text) == (403, NOT_FROM_HERE) if not allowed else answer.status == 200, answer
    shared.write_settings(key=KEY)


def test_lines_of_allow_ip_add_up(boxes):
    box = boxes(settings="allow_ip = 192.0.2.7\nallow_ip = 198.51.100.0/24")
    assert [box.owner(REMOTE_ADDR=each).status for each in ("192.0.2.7", "198.51.100.9", "203.0.113.1")] == [200, 200, 403]


def test_from_elsewhere_nothing_is_answered_whatever_is_presented(boxes):
    box = boxes(settings="allow_ip = 192.0.2.7")
    cookie = box.owner(headers=NAVIGATION, REMOTE_ADDR="192.0.2.7").cookie()
    link = box.owner("task=cache:clear", headers=NAVIGATION, REMOTE_ADDR="192.0.2.7").headers["Location"]
    box.owner("job=last", REMOTE_ADDR="192.0.2.7")
    with box.nothing_changes():
        for request in ({}, {"headers": {"Cookie": cookie}}, {"headers": {"X-Unstick-Key": KEY}}):
            for query in (KEY, WRONG_KEY, f"{KEY}&task=cache:purge", link.removeprefix("?"), ""):
                assert box.stranger(query, **request).text == NOT_FROM_HERE
    assert len(box.ran()) == 1


@pytest.mark.parametrize("forwarded, counts", [
    ("198.51.100.5", "198.51.100.5"),
    ("203.0.113.66, 198.51.100.5", "198.51.100.5"),       # the client may write what it likes in front
    ("198.51.100.5, 10.0.0.2", "198.51.100.5"),           # a chain of trusted proxies
    ("198.51.100.5,10.0.0.2 , 10.0.0.3", "198.51.100.5"),
    ("2001:db8::7", "2001:db8::7"),
    ("", "10.0.0.1"),
    ("nonsense", "10.0.0.1"),
    ("198.51.100.5, nonsense", "10.0.0.1"),
])
def test_behind_a_trusted_proxy_the_forwarded_address_counts(shared, forwarded, counts):
    for allowed, status in ((counts, 200), ("192.0.2.99", 403)):
        shared.write_settings(f"trusted_proxy = 10.0.0.0/24\nallow_ip = {allowed}", key=KEY)
        assert shared.owner(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded}).status == status
    shared.write_settings(key=KEY)


@pytest.mark.parametrize("settings", ["", "trusted_proxy = 10.0.0.1"])
def test_from_anybody_else_a_forwarded_address_does_not_count(boxes, settings):
    box = boxes(settings=f"{settings}\nallow_ip = 198.51.100.5")
    assert box.owner(REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-For": "198.51.100.5"}).text == NOT_FROM_HERE
    answer = box.owner(REMOTE_ADDR="198.51.100.5", headers={"X-Forwarded-For": "10.0.0.2", "Client-IP": "10.0.0.2",
                                                             "Forwarded": "for=10.0.0.2", "X-Real-IP": "10.0.0.2"})
    assert answer.status == 200


@cgi_only
def test_a_guesser_cannot_change_his_address_by_a_header(box):
    statuses = [box.stranger(WRONG_KEY, headers={"X-Forwarded-For": f"198.51.100.{number}"}).status for number in range(11)]
    assert statuses == [403] * 10 + [429]


@cgi_only
def test_guessers_behind_a_trusted_proxy_are_told_apart(boxes):
    box = boxes(settings="trusted_proxy = 10.0.0.1")
    ask = lambda client: box.stranger(WRONG_KEY, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": client}).status
    assert [ask("198.51.100.1") for _ in range(11)] == [403] * 10 + [429]
    assert ask("198.51.100.2") in (403, 429)  # 429: twenty hashes were used up in this second
    assert box.owner(REMOTE_ADDR="192.0.2.50").status in (200, 429)


SAYS_HTTPS = ({"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "HTTPS, http"}, {"X-Forwarded-Ssl": "on"},
              {"X-Forwarded-Scheme": "https"}, {"Front-End-Https": "on"}, {"Forwarded": "for=192.0.2.60;proto=https;by=x"},
              {"Forwarded": 'For="[2001:db8::1]:80";Proto="https", proto=http'})
SAYS_HTTP = ({"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "http, https"}, {"X-Forwarded-Ssl": "off"},
             {"Forwarded": "proto=http, proto=https"}, {"X-Forwarded-Proto": "https.evil.test"}, {})
UNNAMED = "the settings do not name it: write its address or network as trusted_proxy ="


@pytest.mark.parametrize("headers", [*SAYS_HTTPS, *SAYS_HTTP], ids=str)
@pytest.mark.parametrize("settings", ["trusted_proxy = 10.0.0.1", ""])
def test_where_a_proxy_says_https_links_are_and_one_that_is_not_named_is_told_of(boxes, settings, headers):
    box, https = boxes(settings=settings), headers in SAYS_HTTPS
    text = box.owner(REMOTE_ADDR="10.0.0.1", headers=headers).text
    assert ("    https://example.test/" in text) == https and ("    http://example.test/" in text) != https
    assert (UNNAMED in text) == (https and not settings)


def test_the_lines_for_cron_follow_a_proxy_that_is_not_named_and_say_so_and_the_cookie_does_not(box):
    said = {"X-Forwarded-Proto": "https"}
    code = box.owner("task=links:make&for=php&format=json").events[0]["confirm"]
    made = box.stranger(f"task=links:make&for=php&confirm={code}", headers=said).text
    assert "https://example.test/unstick/" in made and "http://" not in made and UNNAMED in made
    page = box.owner(headers={**NAVIGATION, **said})
    assert "Secure" not in page.headers["Set-Cookie"], "it would be lost where the connection is plain after all"
    assert UNNAMED in page.text and "This page came over plain HTTP" not in page.text


@pytest.mark.parametrize("settings", ["trusted_proxy = 10.0.0.1", ""])
@pytest.mark.parametrize("said", [{"X-Forwarded-Ssl": "on"}, {"Front-End-Https": "on"}, {"X-Forwarded-Scheme": "https"},
                                  {"Forwarded": "proto=https"}], ids=str)
def test_x_forwarded_proto_alone_decides_and_other_headers_make_links_but_no_cookie(boxes, settings, said):
    box = boxes(settings=settings)
    page = box.owner(REMOTE_ADDR="10.0.0.1", headers={**NAVIGATION, **said, "X-Forwarded-Proto": "http"})
    assert "Secure" not in page.headers["Set-Cookie"] and "This page came over plain HTTP" in page.text
    text = box.owner(REMOTE_ADDR="10.0.0.1", headers={**said, "X-Forwarded-Proto": "http"}).text
    assert "https://example.test/" not in text and UNNAMED not in text
    page = box.owner(REMOTE_ADDR="10.0.0.1", headers={**NAVIGATION, **said})
    assert "Secure" not in page.headers["Set-Cookie"] and "This page came over plain HTTP" in page.text
    page = box.owner(REMOTE_ADDR="10.0.0.1", headers={**NAVIGATION, "X-Forwarded-Proto": "https"})
    assert ("Secure" in page.headers["Set-Cookie"]) == bool(settings)


def test_without_any_hint_the_page_of_a_new_link_says_what_to_do_where_the_browser_used_https(box):
    code = box.owner("task=links:make&for=php&format=json").events[0]["confirm"]
    page = box.stranger(f"task=links:make&for=php&confirm={code}", headers=NAVIGATION).text
    assert '<p id="plain-http">These begin with http://.' in page and page.count('data-origin="http://example.test"') == 8
    code = box.owner("task=links:make&for=php&format=json").events[0]["confirm"]
    page = box.stranger(f"task=links:make&for=php&confirm={code}", headers=NAVIGATION, HTTPS="on").text
    assert "plain-http" not in page.partition("<script")[0] and 'data-origin="https://example.test"' in page


@pytest.mark.parametrize("host", ["evil.test\r\nSet-Cookie: a=b", 'evil.test"><script>', "evil.test/path", "a" * 300,
                                  "evil test", "\x00"])
def test_a_host_that_is_none_stands_in_no_answer(boxes, mode, host):
    if mode == "cgi" and "\x00" in host:
        host = "evil<b>"
    answer = boxes().owner(headers={"Host": host})
    assert answer.status == 200 and "evil" not in answer.text + str(answer.headers)
    assert "http://example.test/unstick/" in answer.text


def test_the_port_of_a_host_is_kept(shared):
    assert "    http://example.test:8080/unstick/" in shared.owner(headers={"Host": "example.test:8080"}).text
    assert "    http://[2001:db8::1]:81/unstick/" in shared.owner(headers={"Host": "[2001:db8::1]:81"}).text
