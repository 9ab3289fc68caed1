# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that kills detached processes: the job lives in the request that cron made. It is answered when wait= is over, whole and
with its length, and only then held for the job: behind a web server that passes text on, cron hears of it in time."""

import json
import time

import pytest

from cases.test_run_links import make, record
from support import process

INLINE = '{"inline":true}\n'
TASK = "mautic:segments:update"


@pytest.fixture
def inline(box):
    """A box on such a host, with a link for cron; its command goes on until release()."""
    box.owner()
    (box.state / "host.json").write_text(INLINE)
    box.give(box.state / "host.json")
    box.link = make(box, TASK)
    box.hold(silent=True)
    return box


def as_it_was_begun(job):
    """The job's journal up to where it waits for its first request."""
    lines = (job / "journal").read_bytes().splitlines(keepends=True)
    begun = next(at for at, line in enumerate(lines) if json.loads(line.split(b"\t")[0])["e"] == "pause")
    (job / "journal").write_bytes(b"".join(lines[:begun + 1]))


@pytest.mark.parametrize("wait", ["0", "1"])
def test_cron_is_answered_when_its_wait_is_over_and_the_job_goes_on_in_the_request(inline, wait):
    live = inline.begin(f"{inline.link}&quiet&wait={wait}")
    live.wait_for("-- still running: job ", 30)
    process.wait_until(lambda: len(inline.ran()) == 1, what="the command to run")
    assert inline.is_running()
    second = inline.stranger(f"{inline.link}&quiet&wait=0")
    assert second.status == 202 and "the same task runs already" in second.text, second
    inline.release()
    answer = live.finish()
    assert (answer.status, int(answer.headers["Content-Length"])) == (202, len(answer.body))
    assert answer.exit == 0 and not inline.is_running()
    assert len(inline.ran()) == 1 and record(inline, inline.link)["good"]
    assert "last time done" in inline.owner("task=links").text


def test_one_that_ends_within_its_wait_tells_the_result(inline):
    inline.release()
    answer = inline.stranger(f"{inline.link}&quiet&wait=60")
    assert (answer.status, answer.text.startswith("-- done: exit 0")) == (200, True), answer


def test_a_job_that_nobody_drives_is_taken_further_by_the_next_call(inline):
    """The request that was to run it was ended before it had begun."""
    inline.release()
    inline.stranger(f"{inline.link}&quiet&wait=60")
    job, = [path for path in (inline.state / "jobs").iterdir() if TASK in (path / "plan.json").read_text()]
    as_it_was_begun(job)
    (inline.var / "ran").unlink()
    answer = inline.stranger(f"{inline.link}&quiet&wait=60")
    assert (answer.status, answer.text.startswith("-- done: exit 0")) == (200, True), answer
    assert len(inline.ran()) == 1


def test_the_request_goes_on_with_the_job_beyond_the_first_slice(inline):
    """A request takes a job further up to the step that ends after 18 s; the next step is for another, or for this one again."""
    inline.release()
    inline.stranger(f"{inline.link}&quiet&wait=60")
    job, = [path for path in (inline.state / "jobs").iterdir() if TASK in (path / "plan.json").read_text()]
    plan = json.loads((job / "plan.json").read_text())
    plan["steps"] *= 2
    (job / "plan.json").write_text(json.dumps(plan))
    as_it_was_begun(job)
    (inline.var / "ran").unlink()
    inline.hold(silent=True)
    live = inline.begin(f"{inline.link}&quiet&wait=0")
    process.wait_until(lambda: len(inline.ran()) == 1, what="the first command to run")
    time.sleep(20)
    inline.release()
    assert live.finish().status == 202
    assert len(inline.ran()) == 2 and "-- done: exit 0" in inline.owner(f"job={job.name}").text


def test_a_repair_that_nobody_drives_is_taken_further_by_a_call_that_it_holds_off(inline):
    inline.release()
    assert inline.owner("task=cache:clear&quiet&wait=60").status == 200
    name = (inline.state / "current").read_text().strip()
    as_it_was_begun(inline.state / "jobs" / name)
    (inline.var / "ran").unlink()
    answer = inline.stranger(f"{make(inline, 'cache:warmup')}&quiet")
    assert answer.status == 202 and f"the site belongs to job {name}" in answer.text, answer
    assert [argv[0] for argv in inline.ran()] == ["cache:clear"]
    assert "-- done: exit 0" in inline.owner(f"job={name}").text


def test_the_lines_for_cron_say_that_a_service_may_give_up_earlier(inline, boxes):
    plan = inline.owner("task=links:make&for=php").text.rstrip().rpartition("?")[2]
    assert "this host ends what outlives a request" in inline.stranger(plan).text
    other = boxes()
    plan = other.owner("task=links:make&for=php").text.rstrip().rpartition("?")[2]
    assert "this answers within 25" in other.stranger(plan).text
