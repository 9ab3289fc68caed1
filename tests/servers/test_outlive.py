# SPDX-License-Identifier: GPL-3.0-or-later
"""A job outlives the web server and every client, and any number of followers see the same."""

import re

import pytest

from servers.place import Background
from support import httpclient
from support.process import wait_until

ROWS = ("apache-cgi", "apache-fcgid", "nginx-fastcgi")
_STILL_RUNNING = re.compile(r"^-- still running: \S+\n", re.MULTILINE)


@pytest.fixture(scope="module", params=ROWS)
def here(request, open_place):
    with open_place(request.param) as made:
        yield made


def _plain(parts):
    """What several answers told, without the links between them."""
    return "".join(_STILL_RUNNING.sub("", part.text) for part in parts)


def _lines(text):
    return re.findall(r"^line (\d+) of", text, re.MULTILINE)


def _first_line(here, job):
    """Waits until the job has printed its first line."""
    wait_until(lambda: "line 1 of" in httpclient.fetch(here.job(job)).text if not here.row.streams else
               _begins_with_a_line(here, job), 10, "the first line")


def _begins_with_a_line(here, job):
    """On a server that streams the answer ends with the job: read until the line, then go away."""
    request = httpclient.Request(here.job(job)).begin()
    try:
        return any(b"line 1 of" in request.answer.body for _ in request.chunks())
    finally:
        request.close()


def test_a_job_goes_on_while_the_whole_web_server_is_killed_and_its_log_is_whole(here):
    job = here.start("fixture:slow --lines=7 --delay=0.5 --tag=killed")
    follower = Background(httpclient.stream, here.job(job, "&format=json"))
    _first_line(here, job)
    runner = here.runner(job)
    for part in (here.served.server, here.served.program):
        if part:
            assert part.kill(), "the server's processes were alive until now"
    try:
        # A server that collects the answer may have passed on a part just before; a stream breaks off.
        assert not (follower.result().complete and here.row.streams)
    except ConnectionError:
        pass  # this server had sent nothing yet: all of it would have come at the end
    assert here.runner(job) == runner is not None
    for part in (here.served.program, here.served.server):
        if part:
            part.start()
    text = _plain(here.read(job).parts)
    assert _lines(text) == [str(i) for i in range(1, 8)]
    assert text.startswith("Executing console fixture:slow ")
    assert re.search(r"^all lines printed\n-- done: exit 0 in [\d.]+ s\n\Z", text, re.MULTILINE)


def test_a_client_that_goes_away_changes_nothing(here):
    line = "fixture:slow --lines=4 --delay=0.4 --tag=gone"
    request = httpclient.Request(here.task(line, "&format=json")).begin()
    next(request.chunks())
    request.close()
    text = _plain(here.read("last").parts)
    assert text.startswith(f"Executing console {line}\n")
    assert _lines(text) == ["1", "2", "3", "4"]
    assert "\n-- done: exit 0 in " in text


def test_two_followers_at_the_same_time_see_the_same_bytes(here):
    line = "fixture:slow --lines=6 --delay=0.4 --tag=two"
    one = Background(httpclient.follow, here.task(line))
    two = Background(httpclient.follow, here.task(line))
    first, second = _plain(one.result().parts), _plain(two.result().parts)
    assert _lines(first) == [str(i) for i in range(1, 7)]
    assert second == first
    assert _plain(here.read("last").parts) == first


def test_the_offset_of_every_link_gives_exactly_the_rest(here):
    """The offsets are those that a follower was given; asked later, with the key, each gives what came after it."""
    job = here.start("fixture:slow --lines=6 --delay=0.4 --tag=offsets")
    parts = here.read(job).parts
    if here.row.streams:
        assert len(parts) == 1, "one stream, no links"
        return
    assert len(parts) > 2
    for i, part in enumerate(parts[:-1], start=1):
        offset = re.search(r"^-- still running: \S+&from=(\d+)\n\Z", part.text, re.MULTILINE)[1]
        assert httpclient.fetch(here.job(job, f"&from={offset}")).text == _plain(parts[i:])
    assert httpclient.fetch(here.job(job, "&from=x")).status == 400
