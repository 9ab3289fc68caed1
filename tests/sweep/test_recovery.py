# SPDX-License-Identifier: GPL-3.0-or-later
"""A recovery that is killed in one of its steps: the next visitor goes on with it, takes it back, or gives it up; the site is never
left closed without a word about how to open it."""
import json
import os
import signal
import subprocess
import time

import pytest

from recovery import breaking as broken
from recovery.conftest import patient  # noqa: F401
from recovery.test_corpus import facts

from .points import chosen

STEPS = 14  # of a recovery with a package and migrations
WAYS = ("resume", "rollback", "unlock")
STUB = "Unstick has closed this site"
PLACES = [(step, way) for step in range(STEPS) for way in WAYS]


def events(patient):
    for journal in sorted(patient.state.glob("jobs/*/journal")):
        for line in journal.read_text().splitlines():
            try:
                yield json.loads(line.split("\t")[0])
            except ValueError:
                pass  # being written


def recover_and_kill_in(patient, step):
    """Whether it was killed there: quick steps may be over by then."""
    child = patient.start("recover", "--yes")
    until = time.monotonic() + 60
    while time.monotonic() < until and child.poll() is None:
        seen = list(events(patient))
        runner = next((event["pid"] for event in seen if event["e"] == "run"), None)
        if runner and any(event["e"] == "begin" and event["step"] == step for event in seen):
            try:
                os.kill(runner, signal.SIGKILL)
            except ProcessLookupError:
                pass
            break
        time.sleep(0.002)
    child.communicate(timeout=60)


def wait_for_commands(patient):
    """What the killed job had started goes on; until then nobody may take it up."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        patient.run("job:resume")
        if "still" not in patient.said:
            return
        time.sleep(0.2)


@pytest.mark.parametrize("step, way", chosen("killed recovery", PLACES, 4))
def test_a_killed_recovery_is_gone_on_with_or_taken_back(patient, step, way):  # noqa: F811
    patient.admit("era52", state=False)
    broken.cut_vendor(patient)
    patient.upload("5.2.1")
    found, before = patient.doctor(), facts(patient)
    recover_and_kill_in(patient, step)
    wait_for_commands(patient)
    patient.run(f"job:{way}", "--yes")
    if "interrupted while it exchanged" in patient.said:  # nobody may open half of two releases
        assert way == "unlock"
        patient.run("job:rollback", "--yes")
    now = facts(patient)
    assert not [name for name, (_, text) in now.items() if STUB.encode() in text], patient.said
    if way != "resume" and now == before:
        assert patient.doctor() == found, patient.said
    assert patient.recover() == 0, patient.said
    assert patient.doctor() == [], patient.said
