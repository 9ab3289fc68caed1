# SPDX-License-Identifier: GPL-3.0-or-later
"""A child that prints 1 GB: bounded memory, a log of its first and last 8 MB, and a follower that keeps up sees it all."""

import re

import pytest

from servers.place import Background
from support import httpclient
from support.process import wait_until

MB = 1 << 20
LINE = b"0123456789abcdef" * 8 + b"\n"
PRINTED = 1024 * 8128 * len(LINE) + len(b"the end\n")  # by fixture:bytes --kind=huge --mb=1024
TASK = "fixture:bytes --kind=huge --mb=1024"
_LEFT_OUT = re.compile(rb"^-- ([\d.]+) ([kMG]B) of output left out here: the log keeps the first and the last 8 MB\n", re.M)
_UNITS = {b"kB": 10**3, b"MB": 10**6, b"GB": 10**9}


@pytest.fixture(scope="module")
def here(open_place):
    with open_place("nginx-fastcgi") as made:
        yield made


@pytest.fixture(scope="module")
def run(here):
    """The job, the first 9 MB that a follower got, and the most memory that its process used (kB)."""
    follower = Background(_beginning, here.task(TASK), 9 * MB)
    job = wait_until(lambda: here.newest_job(), 30, "the job")
    runner = wait_until(lambda: here.runner(job), 30, "the job's process")
    peaks = []

    def ended():
        peaks.append(_peak(runner))
        return peaks[-1] is None

    wait_until(ended, 60, "the end of the job")
    return job, follower.result(), max(peak for peak in peaks if peak)


def _beginning(url, most):
    request = httpclient.Request(url).begin()
    try:
        for _ in request.chunks():
            if sum(len(data) for _, data in request.answer.chunks) >= most:
                break
    finally:
        request.close()
    return request.answer.body


def _peak(pid):
    """The most memory that the process ever used, in kB; None when it is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), None)
    except OSError:
        return None


def test_a_follower_gets_every_line_as_long_as_it_keeps_up(run):
    """On a busy machine it may fall behind what is kept, which is said; never before the first 8 MB."""
    _, beginning, _ = run
    at, gap = beginning.index(LINE), _LEFT_OUT.search(beginning)
    assert beginning.startswith(f"Executing console {TASK}\n".encode())
    whole = ((gap.start() if gap else len(beginning)) - at) // len(LINE)
    assert whole * len(LINE) > (7.9 if gap else 8) * MB
    is_whole = beginning[at:at + whole * len(LINE)] == LINE * whole  # compared apart: showing the difference would take hours
    assert is_whole


@pytest.mark.shipped_only
def test_the_memory_of_the_job_stays_below_32_megabytes(run):
    assert 1024 < run[2] < 32 * 1024


def test_the_log_keeps_the_first_and_the_last_8_megabytes_and_says_how_much_lies_between(here, run):
    job, _, _ = run
    body = httpclient.follow(here.job(job)).parts[0].body
    first, amount, unit, last = _LEFT_OUT.split(body)
    head, tail = first[first.index(LINE):], last[last.index(b"\n") + 1:last.index(b"the end\n")]
    assert 8 * MB - 4096 < len(first) < 9 * MB
    assert 8 * MB - 4096 < len(last) < 10 * MB
    are_whole = (head[:len(head) // len(LINE) * len(LINE)] == LINE * (len(head) // len(LINE)), tail == LINE * (len(tail) // len(LINE)))
    assert are_whole == (True, True)
    assert re.search(rb"\nthe end\n-- done: exit 0 in [\d.]+ s\n\Z", last)
    between = float(amount) * _UNITS[unit]
    assert abs(PRINTED - between - len(first) - len(last)) < 0.06 * _UNITS[unit]
    assert sum(file.stat().st_size for file in (here.state / "jobs" / job / "log").iterdir()) < 18 * MB
