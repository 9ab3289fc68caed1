# SPDX-License-Identifier: GPL-3.0-or-later
"""The first visit, before there is a key, and visits with a wrong one."""

import re

import pytest

from browser.visit import HOSTS, SECURE, Visit
from servers.place import KEY, WWW, place, write_as

WRONG = "wrong-key-wrong-key-0987654321"
_SUGGESTION = re.compile(r"key = ([A-Za-z0-9]{28})\b")


@pytest.fixture
def fresh(site, uploaded, shared_browser):
    """An upload whose settings file is as it came out of the zip."""
    with place("apache-cgi", site, uploaded) as made:
        write_as(made.settings, made.settings.read_text().replace(f"\nkey = {KEY}\n", "\nkey =\n"))
        visit = Visit(shared_browser, made, SECURE)
        visit.forget()
        yield visit


def test_without_a_key_the_page_says_what_to_write_and_that_key_then_opens_the_console(fresh):
    fresh.open()
    suggestion = _SUGGESTION.search(fresh.text())[1]
    fresh.screenshot("setup")
    assert "unstick.ini.php" in fresh.text() and fresh.cookies() == []
    fresh.open()
    assert _SUGGESTION.search(fresh.text())[1] != suggestion
    settings = fresh.place.settings
    write_as(settings, settings.read_text().replace("\nkey =\n", f"\nkey = {suggestion}\n"))
    fresh.open(suggestion)
    assert fresh.heading() == "Unstick" and "Mautic 5.1.0" in fresh.text()


def test_a_key_that_is_too_short_is_refused_with_the_reason(fresh):
    settings = fresh.place.settings
    write_as(settings, settings.read_text().replace("\nkey =\n", "\nkey = tooshort\n"))
    fresh.open("tooshort")
    assert "too short" in fresh.text() and _SUGGESTION.search(fresh.text())
    assert "cache:clear" not in fresh.text()


@pytest.mark.parametrize("host", HOSTS)
def test_a_wrong_key_shows_one_sentence_and_sets_no_cookie(visit, host):
    visitor = visit(host=host).open(WRONG)
    assert visitor.text() == "The secret phrase is wrong."
    assert visitor.cookies() == []
    visitor.screenshot("wrong-key")


# ---- the static index.html, which is all that answers while the program may still be off

def open_index(visitor):
    visitor.driver.get(f"{visitor.place.served.url}/unstick/")
    return visitor


def test_the_page_of_first_contact_asks_for_the_key_and_leads_to_the_console(visit):
    visitor = open_index(visit())
    visitor.see("It runs")
    visitor.screenshot("index-runs")
    assert "Anybody can read the key" not in visitor.text()
    visitor.driver.find_element("css selector", "input[type=password]").send_keys(KEY)
    visitor.press("Open")
    visitor.see("All actions")
    assert visitor.heading() == "Unstick"


def test_who_is_signed_in_already_is_led_to_the_console_at_once(visit):
    visitor = visit().open_list()
    open_index(visitor).see("All actions")
    assert visitor.heading() == "Unstick"


def test_where_cgi_is_off_it_says_so_with_the_text_for_the_host(visit):
    """nginx serves unstick.cgi as a file: only unstick.fcgi goes to the program."""
    visitor = open_index(visit("nginx-fastcgi"))
    text = visitor.see("The server sends the program instead of running it")
    assert "To send to the host's support" in text
    assert "The file unstick.ini.php can be opened from outside. Put the key into the name" in visitor.see("Anybody can read the key")
    visitor.screenshot("index-off")


def test_where_the_program_may_not_be_executed_it_names_the_permissions(fresh):
    (fresh.place.served.folder / "unstick.cgi").chmod(0o644)
    text = open_index(fresh).see("could not start the program (500)")
    assert "755" in text
    fresh.screenshot("index-500")


def test_without_a_key_it_goes_on_to_the_page_that_asks_for_one(fresh):
    open_index(fresh).see("One step is left")
    assert _SUGGESTION.search(fresh.text())
