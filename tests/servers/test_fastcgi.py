# SPDX-License-Identifier: GPL-3.0-or-later
"""One FastCGI process: many requests at once, replaced or ended while jobs run."""

import signal
import time

import pytest

from servers.place import Background
from support import httpclient, process
from support.process import wait_until

LINES = 12  # of half a second: longer than all requests of a test take
TAG = iter(range(100))


@pytest.fixture(scope="module")
def here(open_place):
    with open_place("nginx-fastcgi") as made:
        yield made


@pytest.fixture
def job(here):
    """A job that runs longer than the test looks at it; stopped when the test is over."""
    made = here.start(f"fixture:slow --lines={LINES} --delay=0.5 --tag=j{next(TAG)}")
    wait_until(lambda: _text(here, made, 1.0).count("\nline ") >= 1, 30, "the job's first line")
    yield made
    here.stop(made)


def _text(here, job, seconds):
    """What a follower gets within so many seconds; then it goes away."""
    request = httpclient.Request(here.job(job)).begin()
    try:
        for at, _ in request.chunks():
            if at > seconds or b"\nline " in request.answer.body:
                break
    finally:
        request.close()
    return request.answer.text


def _list_seconds(here):
    answer = httpclient.fetch(here.url("&format=json"))
    assert answer.status == 200 and '"event":"site"' in answer.text
    return answer.seconds


def test_twenty_followers_do_not_keep_the_list_waiting(here, job):
    followers = [Background(httpclient.stream, here.job(job)) for _ in range(20)]
    wait_until(lambda: here.connections() >= 20, 30, "twenty followers")
    waits = [_list_seconds(here) for _ in range(10)]
    assert max(waits) < 1
    texts = {follower.result().text for follower in followers}
    assert len(texts) == 1
    assert f"line {LINES} of {LINES}\nall lines printed\n-- done: exit 0" in texts.pop()


def test_beyond_48_followers_each_gets_a_chunk_and_a_refresh(here, job):
    begun = time.monotonic()
    requests = [httpclient.Request(here.job(job)) for _ in range(60)]
    followers = [Background(_all_of, request) for request in requests]
    wait_until(lambda: sum("Refresh" in (request.answer.headers or ()) for request in requests) >= 12, 30,
               "a Refresh for those beyond 48")
    assert _list_seconds(here) < 1
    short = [request for request in requests if request.answer.headers and "Refresh" in request.answer.headers]
    assert time.monotonic() - begun < LINES * 0.5 - 1, "the job still runs"
    for request in short:
        assert request.answer.seconds < 2
        assert "\nline 1 of" in request.answer.text
        assert "\n-- still running: " in request.answer.text
    for follower in followers:
        follower.result()
    for request in requests:
        assert request.answer.status == 200
        if "Refresh" not in request.answer.headers:
            assert "\nall lines printed\n-- done: exit 0" in request.answer.text


def _all_of(request):
    request.begin()
    for _ in request.chunks():
        pass
    request.close()


def test_sigterm_ends_the_process_at_once_and_not_the_job(open_place):
    with open_place("nginx-fastcgi") as here:
        job = here.start("fixture:slow --lines=3 --delay=0.5 --tag=term")
        runner = here.runner(job)
        follower = Background(httpclient.stream, here.job(job, "&format=json"))
        wait_until(lambda: here.connections() >= 1, 30, "the follower")
        here.served.program.child.send(signal.SIGTERM)
        assert here.served.program.child.wait(2) == 0
        _ignore_cut(follower)
        assert here.runner(job) == runner is not None
        here.served.program.stop()
        here.served.program.start()
        assert "line 3 of 3\nall lines printed\n-- done: exit 0" in here.read(job).parts[-1].text


def _ignore_cut(follower):
    try:
        follower.result()
    except ConnectionError:
        pass


def test_idle_kept_connections_of_nginx_take_no_thread(open_place):
    """With fastcgi_keep_conn eight idle connections were enough to hang a program that keeps them."""
    with open_place("nginx-fastcgi", keep_connections=True) as here:
        for _ in range(3):
            clients = [Background(httpclient.fetch, here.url("&format=json"), timeout=10) for _ in range(40)]
            assert {client.result().status for client in clients} == {200}
        assert _list_seconds(here) < 1


def test_an_idle_process_ends_when_its_file_was_replaced_and_its_job_goes_on(long_replaced):
    here = long_replaced.here
    patience = max(1, long_replaced.when + 36 - time.monotonic())
    wait_until(lambda: process.start_time(long_replaced.program) is None, patience, "the end of the old process")
    assert here.served.program.child.wait(1) == 0
    assert here.runner(long_replaced.job) == long_replaced.runner
    here.served.program.start()
    assert f"job {long_replaced.job}" in httpclient.fetch(here.url("&format=json")).text, "the new one knows of it"
    here.stop(long_replaced.job)
