# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes most of a minute and needs nobody to look: begun before the first test (conftest.py), looked at by the last."""

import time
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from servers.place import Background, Place, site_of
from servers.reaper import INLINE, Reaper, put_job
from support import httpclient, tools, tree, users
from support.process import wait_until

__all__ = ["long_reaped", "long_replaced", "long_silent_fcgid", "long_silent_stream", "reaped_account"]


@pytest.fixture(scope="session")
def long_silent_stream(open_place):
    """A stream that is silent for 18 s; the heartbeat comes after 15."""
    with open_place("nginx-fastcgi") as here:
        yield Background(httpclient.stream, here.task("fixture:slow --lines=1 --delay=18 --stamp"))


@pytest.fixture(scope="session")
def long_silent_fcgid(open_place):
    """50 s of silence: mod_fcgid gives up on a program that is silent for 40 (FcgidIOTimeout)."""
    with open_place("apache-fcgid") as here:
        yield Background(httpclient.follow, here.task("fixture:slow --lines=1 --delay=50 --stamp"))


@dataclass
class Replaced:
    """when: time.monotonic() of the upload; program: pid of the old process; runner: that of its job."""

    here: Place
    job: str
    runner: int
    program: int
    when: float


@pytest.fixture(scope="session")
def long_replaced(open_place, uploaded):
    """A FastCGI program that was uploaded anew while it was idle and its job ran."""
    with open_place("nginx-fastcgi") as here:
        job = here.start("fixture:slow --lines=600 --delay=2 --tag=replaced")
        runner = wait_until(lambda: here.runner(job), 30, "the job")
        tree.install_program(uploaded, here.served.folder, names=("unstick.fcgi",))
        yield Replaced(here, job, runner, here.served.program.child.pid, time.monotonic())


@pytest.fixture(scope="session")
def reaped_account():
    """An account of its own: what the reaper kills is all that is run by it."""
    made = users.ensure("unstick-test-reaped")
    yield made
    users.remove(made.name)


@dataclass
class Reaped:
    """here: where a job of ten steps of 5 s runs; steps: its follower. other, once: the same for a command that must not be
    repeated. longer: the follower of a command that takes longer than the reaper waits, on a host that is known already.
    group: the process group of the web server of `here`."""

    reaper: Reaper
    here: Place
    group: int
    steps: Background
    other: Place
    once: Background
    longer: Background


@pytest.fixture(scope="session")
def long_reaped(open_place, reaped_account):
    user = reaped_account.name
    with ExitStack() as stack:
        site = stack.enter_context(site_of(user))
        here, other, known = (stack.enter_context(open_place(
            "apache-cgi", another_site=site, owner=user, suexec=(user, reaped_account.group))) for _ in range(3))
        reaper = stack.enter_context(Reaper(reaped_account.uid))
        for each in (here, other, known):
            reaper.spare(each.served.server.child.pid)
        assert httpclient.fetch(here.task("fixture:slow --lines=1 --delay=0", "&quiet")).status == 200
        words = [tools.find("php"), str(site.console_file), "fixture:slow", "--lines=5", "--delay=1"]
        job = put_job(here.state, here.newest_job(), user, [words] * 10)
        (known.state / "host.json").write_text(INLINE)
        tree.give(known.state, user)
        yield Reaped(
            reaper, here, here.served.server.child.pid,
            steps=Background(httpclient.follow, here.job(job), by="line", max_seconds=170),
            other=other, once=Background(httpclient.follow, other.task("fixture:slow --lines=14 --delay=1 --tag=once")),
            longer=Background(httpclient.follow, known.task("fixture:slow --lines=13 --delay=1 --tag=longer")))
