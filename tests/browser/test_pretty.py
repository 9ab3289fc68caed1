# SPDX-License-Identifier: GPL-3.0-or-later
"""The small page of &pretty: it grows by a script, or reloads itself where there is none, and has a way back."""

import pytest

from browser.test_following import ROWS, a_task, shown_lines
from browser.visit import HOSTS, PLAIN, SECURE
from support import process


def output(visitor):
    """The text of the page's output; '' while a navigation is under way."""
    return visitor.script("return document.getElementById('output')?.textContent ?? ''")


def state(visitor):
    return visitor.script("return document.getElementById('state')?.textContent ?? ''")


@pytest.mark.parametrize("row, host", [(row, SECURE) for row in ROWS] + [("apache-fcgid", PLAIN)])
def test_the_page_grows_by_itself_up_to_the_end_and_leads_back(visit, row, host):
    visitor = visit(row, host)
    line = a_task(visitor.place, lines=5, delay=0.4)
    visitor.open_task(line, "&pretty")
    visitor.script("window.neverReloaded = true")
    assert visitor.heading() == line and "running" in state(visitor)
    process.wait_until(lambda: "line 2 of" in output(visitor), 30, "the second line")
    visitor.screenshot(f"pretty-running-{row}-{host}")
    assert "all lines printed" not in output(visitor), "the lines came at the end"
    process.wait_until(lambda: "done" in state(visitor), 30, "the end")
    assert shown_lines(output(visitor)) == ["1", "2", "3", "4", "5"] and "all lines printed" in output(visitor)
    assert output(visitor).count("Executing console") == 1
    assert visitor.script("return window.neverReloaded === true")
    assert visitor.browser.console() == []
    visitor.screenshot(f"pretty-done-{row}-{host}")
    visitor.click("Back")
    visitor.see("All actions")
    assert visitor.heading() == "Unstick"


@pytest.mark.parametrize("row, host", [("apache-cgi", SECURE), ("nginx-fastcgi", PLAIN)])
def test_without_javascript_the_page_goes_on_by_itself_too(visit, row, host):
    visitor = visit(row, host, javascript=False)
    line = a_task(visitor.place, lines=5)
    visitor.open_task(line, "&pretty")
    jobs = visitor.jobs()
    assert "all lines printed" not in visitor.text()
    text = visitor.see("all lines printed")
    text = visitor.see("done: exit 0")
    visitor.screenshot(f"pretty-noscript-{row}-{host}")
    assert shown_lines(text) == ["1", "2", "3", "4", "5"]
    assert visitor.jobs() == jobs, "the page that reloads itself starts the task again"
    visitor.click("Back")
    visitor.see("All actions")


@pytest.mark.parametrize("host", HOSTS)
def test_what_a_command_prints_is_text_and_its_errors_are_marked(visit, host):
    visitor = visit(host=host)
    line = "fixture:bytes --kind=stderr" + (" --mb=1" if host == PLAIN else "")
    visitor.place.allow(line)
    visitor.open_task(line, "&pretty")
    process.wait_until(lambda: "done" in state(visitor), 30, "the end")
    assert "err 5 <b>&amp;" in output(visitor)
    assert visitor.script("return document.querySelectorAll('#output b').length") == 0
    errors = "".join(visitor.script("return [...document.querySelectorAll('#output .err')].map((each) => each.textContent)"))
    assert "err 1 <b>&amp;" in errors and "out 1" not in errors
    visitor.screenshot(f"pretty-errors-{host}")
