# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that kill detached processes: the job goes on inside requests, and what nobody may repeat is not repeated."""

import os
import re

import pytest

from servers.place import Background
from servers.reaper import INLINE
from support import httpclient
from support.process import wait_until

STEPS = 10


@pytest.fixture(scope="module")
def steps(long_reaped):
    """The job of ten steps when it is over: what its follower got."""
    return long_reaped.steps.result(180)


def test_a_command_that_may_not_run_twice_is_not_repeated_by_itself(long_reaped):
    followed = long_reaped.once.result(60)
    other = long_reaped.other
    assert followed.ended
    assert re.fullmatch(r"-- interrupted in step 1 of 1: run fixture:slow .*; the next visitor can resume it \(job:resume\) "
                        r"or give it up \(job:unlock\)", followed.texts[-1])
    for _ in range(3):
        texts = other.read(other.newest_job()).texts
        assert texts.count("line 1 of 14") == 1
        assert texts[-1] == followed.texts[-1]
        assert not other.runner(other.newest_job())
    assert not (other.state / "host.json").exists(), "one death proves nothing"


def test_a_job_of_ten_five_second_steps_finishes_through_its_owners_requests(steps):
    assert steps.ended
    assert steps.texts[0] == "Executing ten:steps"
    begun = [int(match[1]) for text in steps.texts if (match := re.fullmatch(r"-- step (\d+) of 10: do part \1", text))]
    assert sorted(set(begun)) == list(range(1, STEPS + 1))
    assert begun == sorted(begun)
    assert len(begun) <= STEPS + 2, "only the two steps that were killed ran twice"
    assert re.fullmatch(r"-- done: exit 0 in .*", steps.texts[-1])
    assert {part.status for part in steps.parts} == {200}


def test_two_early_deaths_mark_the_host(long_reaped, steps):
    assert sum(" --job " in line for line in long_reaped.reaper.killed) >= 2
    assert (long_reaped.here.state / "host.json").read_text() == INLINE


def test_the_next_job_runs_inside_its_owners_requests(long_reaped, steps):
    here = long_reaped.here
    before = here.jobs()
    follower = Background(httpclient.follow, here.task("fixture:slow --lines=3 --delay=1 --tag=inside"))
    job, = wait_until(lambda: here.jobs() - before, 30, "the job")
    runner = wait_until(lambda: here.runner(job), 30, "the job's process")
    assert os.getpgid(runner) == long_reaped.group, "in the web server's group"
    texts = follower.result().texts
    assert [text for text in texts if text.startswith("line ")] == ["line 1 of 3", "line 2 of 3", "line 3 of 3"]
    assert texts[-1].startswith("-- done: exit 0 in ")


def test_a_command_longer_than_the_hosts_patience_lives_inside_its_request(long_reaped):
    followed = long_reaped.longer.result()
    assert followed.texts.count("line 13 of 13") == 1
    assert followed.texts[-1].startswith("-- done: exit 0 in ")
