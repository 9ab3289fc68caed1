# SPDX-License-Identifier: GPL-3.0-or-later
"""The page at ?KEY: its links, its cookie, and how it looks on a phone and at night."""

import pytest

from browser.looks import contrast_problems, structure_problems
from browser.visit import DESK, HOSTS, PHONE, PLAIN
from servers.place import KEY


def open_finished_job(visitor):
    """One that fails, so that there is something in each colour: the site's database is not there."""
    visitor.open_task("doctrine:migrations:status", "&pretty")
    visitor.see("failed: exit")


PAGES = {
    "list": lambda visitor: visitor.open_list(),
    "plan": lambda visitor: visitor.open_list().open("task=cache:purge"),
    "refused": lambda visitor: visitor.open_task("no:such:task", "&pretty"),
    "job": open_finished_job,
}


@pytest.fixture
def visitor(visit):
    return visit()


@pytest.mark.parametrize("host", HOSTS)
def test_the_key_opens_a_list_of_links_and_the_browser_gets_a_session_that_no_script_can_read(visit, host):
    visitor = visit(host=host).open_list()
    links = visitor.links()
    assert {"cache:purge", "php", "job:stop", "cache:clear", "doctrine:migrations:status"} <= links.keys()
    assert all(href.startswith(f"{visitor.base}?task=") for href in links.values())
    assert KEY not in visitor.driver.current_url and KEY not in visitor.driver.page_source
    [cookie] = visitor.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and cookie["path"] == "/unstick/unstick.cgi"
    assert cookie["domain"] == host and KEY not in cookie["value"]
    assert visitor.script("return document.cookie") == ""
    assert "nonsense" in visitor.driver.find_element("class name", "warning").text
    assert visitor.browser.console() == []
    visitor.screenshot(f"list-{host}")


def test_the_session_alone_opens_the_list_until_it_is_forgotten(visit):
    visitor = visit(host=PLAIN).open_list().open("format=html")
    assert visitor.heading() == "Unstick"
    visitor.command("Network.clearBrowserCookies")
    visitor.open("format=html")
    assert visitor.is_asked_for_the_key()


@pytest.mark.parametrize("page", PAGES)
def test_on_a_phone_no_page_scrolls_sideways(visitor, page):
    visitor.resize(PHONE, mobile=True)
    PAGES[page](visitor)
    visitor.screenshot(f"phone-{page}")
    width, screen = visitor.script("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert screen == PHONE[0] and width <= screen, f"the page is {width} pixels wide"


@pytest.mark.parametrize("page", [name for name in PAGES if name != "refused"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_by_day_and_by_night(visitor, page, scheme):
    visitor.resize(DESK)
    visitor.prefer(scheme)
    PAGES[page](visitor)
    visitor.screenshot(f"{scheme}-{page}")
    red, green, blue = visitor.script("return getComputedStyle(document.body).color.match(/\\d+/g).map(Number)")
    assert (red + green + blue > 600) == (scheme == "dark"), "the text has the colour of the paper"
    assert contrast_problems(visitor) == []
    assert structure_problems(visitor) == []
