# SPDX-License-Identifier: GPL-3.0-or-later
"""A bookmarked task, watched to its end: text/plain that grows or goes on by Refresh, and reloads that start nothing."""

import itertools
import re

import pytest

from browser.visit import HOSTS, PLAIN, SECURE, Visit
from servers.place import KEY, Background
from support import process
from support.browser import Browser

ROWS = ("apache-cgi", "apache-fcgid", "nginx-fastcgi")
LINES = 6
_DELAY = 0.5
_numbers = itertools.count(1)


def a_task(place, lines=LINES, delay=_DELAY):
    """A slow task with a line of its own, so that no other test's job is joined."""
    line = f"fixture:slow --lines={lines} --delay={delay}{next(_numbers):04d}"
    place.allow(line)
    return line


def when_seen(seen, words):
    return next(moment for moment, text in seen if words in text)


def shown_lines(text):
    return re.findall(r"^line (\d+) of", text, re.MULTILINE)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("row", ROWS)
def test_a_bookmark_of_a_task_shows_each_line_within_2_seconds_up_to_the_last(visit, row, host):
    visitor = visit(row, host)
    line = a_task(visitor.place)
    before = visitor.jobs()
    visitor.open_list().record()
    visitor.open_task(line)
    text = visitor.see("-- done: exit 0")
    seen = visitor.seen()
    assert visitor.script("return document.contentType") == "text/plain"
    [job] = set(visitor.jobs()) - set(before)
    ended = visitor.events(job)["end"]
    assert f"Executing console {line}" in seen[0][1]
    late = {number: when_seen(seen, f"line {number} of") - (ended - (LINES - number) * _DELAY) for number in range(1, LINES + 1)}
    assert max(late.values()) < 2.0, late
    assert when_seen(seen, "-- done") - ended < 2.0
    assert when_seen(seen, "line 1 of") < ended - _DELAY, "all of it came at the end"
    address = visitor.address()
    assert "view" in address and "task" not in address and KEY not in visitor.driver.current_url
    visitor.screenshot(f"followed-{row}-{host}")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("row", ("apache-cgi", "nginx-fastcgi"))
def test_a_reload_shows_the_job_again_and_starts_nothing(visit, row, host):
    visitor = visit(row, host)
    line = a_task(visitor.place, lines=2, delay=0.2)
    visitor.open_task(line)
    first = visitor.see("-- done: exit 0")
    jobs = visitor.jobs()
    visitor.driver.refresh()
    again = visitor.see("-- done: exit 0")
    assert visitor.jobs() == jobs
    assert shown_lines(again)[-1:] == ["2"] and "\\x20" not in again, again
    assert first.splitlines()[-1] == again.splitlines()[-1]


@pytest.mark.parametrize("host", HOSTS)
def test_the_same_bookmark_twice_in_a_minute_shows_the_first_job(visit, host):
    visitor = visit(host=host)
    line = a_task(visitor.place, lines=1, delay=0.1)
    visitor.open_task(line)
    visitor.see("-- done: exit 0")
    jobs = visitor.jobs()
    visitor.open_task(line)
    visitor.see("-- done: exit 0")
    assert visitor.jobs() == jobs


def test_back_and_forward_start_nothing(visit):
    visitor = visit(host=PLAIN)
    line = a_task(visitor.place, lines=1, delay=0.1)
    visitor.open_list()
    visitor.click_task(line)
    visitor.press("Do it")
    visitor.see("-- done: exit 0")
    jobs = visitor.jobs()
    visitor.driver.back()
    process.wait_until(lambda: visitor.heading() == "Unstick" or visitor.driver.back(), 30, "the list to be back")
    visitor.driver.forward()
    visitor.driver.forward()
    visitor.see(f"Executing console {line}")
    assert visitor.jobs() == jobs


def test_a_browser_that_is_closed_does_not_end_the_job_and_its_address_shows_it_later(visit):
    visitor = visit()
    line = a_task(visitor.place, lines=10, delay=0.5)
    jobs = visitor.jobs()
    with Browser() as other:
        leaving = Visit(other, visitor.place, SECURE).open_list()
        Background(leaving.open_task, line)  # which returns when the page is there, or the browser gone
        process.wait_until(lambda: len(visitor.jobs()) > len(jobs), 30, "the job")
        other.kill()
    [job] = set(visitor.jobs()) - set(jobs)
    assert visitor.place.runner(job) is not None, "the job had ended before the browser was closed"
    visitor.wait_for_end_of(job)
    visitor.open(f"{KEY}&job={job}")
    assert "all lines printed" in visitor.see("-- done: exit 0")
