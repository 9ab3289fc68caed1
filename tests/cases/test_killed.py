# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of whatever there is: the request's process, the job's, its command. The next visitor is told what is the case."""

import json
import os
import re
import signal

import pytest

from cases.box import KEY, NAVIGATION
from support import process


def job_pid(box):
    """The process of the newest job, as its journal names it."""
    journal = sorted(box.state.glob("jobs/*/journal"))[-1].read_text()
    return [json.loads(line.split("\t")[0])["pid"] for line in journal.splitlines() if '"e":"run"' in line][-1]


def kill_job(box):
    os.kill(job_pid(box), signal.SIGKILL)
    process.wait_until(lambda: process.start_time(job_pid(box)) is None, what="the job's process to be gone")


def kill_command(box):
    for pid in box.console_pids():
        if process.start_time(pid):
            os.kill(pid, signal.SIGKILL)
    process.wait_until(lambda: not any(map(process.start_time, box.console_pids())), what="the command to be gone")


@pytest.fixture
def held(box):
    """A box with a job whose interruption asks for the owner's word (it is no cache command) and runs on by itself."""
    box.start_held("mautic:plugins:reload")
    return box


def consent(box, task):
    return box.owner(f"task={task}&confirm=" + box.owner(f"task={task}&format=json").events[0]["confirm"])


def test_the_end_of_the_requests_process_does_not_harm_the_job(box):
    box.hold()
    live = box.begin(f"{KEY}&task=cache:clear")
    process.wait_until(lambda: "begun" in box.log(), what="the command to run")
    if box.mode == "cgi":
        live.drop()
    else:
        box.kill_server()
    assert process.start_time(job_pid(box))
    box.release()
    answer = box.run("job=last")
    assert answer.lines[-1].startswith("-- done: exit 0") and "ended" in answer.lines and len(box.ran()) == 1


def test_the_job_lives_in_a_session_of_its_own(held):
    fields = process._stat(job_pid(held))
    assert int(fields[3]) == job_pid(held) and int(fields[1]) != os.getpid()
    opened = {os.path.realpath(f"/proc/{job_pid(held)}/fd/{number}") for number in (0, 1, 2)}
    assert opened == {"/dev/null"}


def test_while_its_command_runs_a_dead_job_is_still_busy(held):
    kill_job(held)
    answer = held.owner("task=cache:clear")
    assert answer.status == 409 and "still busy in step 1 of 1" in answer.text and len(held.ran()) == 1
    assert any("still busy" in line for line in held.owner().lines if line.startswith("! "))
    for task in ("job:resume", "job:unlock"):
        assert "nothing to do" in held.owner(f"task={task}").text
    assert held.owner("task=cache:clear&quiet").status == 202
    assert held.owner("task=cache:clear&quiet&strict").status == 409


def test_once_its_command_has_ended_a_dead_job_is_interrupted_and_holds_the_site(held):
    kill_job(held)
    kill_command(held)
    answer = held.run("job=last")
    assert answer.status == 200 and answer.lines[-1].startswith("-- interrupted in step 1 of 1: run mautic:plugins:reload")
    assert "job:resume" in answer.lines[-1] and "job:unlock" in answer.lines[-1]
    answer = held.owner("task=cache:clear")
    assert answer.status == 409 and "interrupted" in answer.text and "job:unlock" in answer.text
    assert any("interrupted" in line for line in held.owner().lines if line.startswith("! "))
    assert held.owner("job=last&format=json").events[-1]["state"] == "interrupted"
    assert held.owner("task=mautic:plugins:reload&quiet").status in (202, 500)
    assert len(held.ran()) == 1


def test_an_interrupted_job_is_resumed_with_consent(held):
    kill_job(held)
    kill_command(held)
    assert "goes on" in consent(held, "job:resume").text
    process.wait_until(lambda: len(held.ran()) == 2, what="the command to run again")
    held.release()
    answer = held.run("job=last")
    assert answer.lines[-1].startswith("-- done: exit 0") and any(line.startswith("-- going on") for line in answer.lines)
    assert "nothing to do" in held.owner("task=job:resume").text


def test_the_plan_to_resume_warns_that_the_step_runs_again_from_its_beginning(held):
    kill_job(held)
    kill_command(held)
    assert "runs again from its beginning" in held.owner("task=job:resume").text


def test_an_interrupted_job_is_given_up_with_consent_and_the_site_is_free(held):
    kill_job(held)
    kill_command(held)
    held.release()
    assert "was given up" in consent(held, "job:unlock").text
    assert held.run("job=last").lines[-1] == "-- given up"
    assert held.run("task=cache:clear").lines[-1].startswith("-- done: exit 0")
    # The same line is not joined to the job that was given up.
    assert held.run("task=mautic:plugins:reload").lines[-1].startswith("-- done: exit 0")


def test_a_running_job_is_stopped_with_consent(held):
    answer = consent(held, "job:stop")
    assert "was asked to stop" in answer.text
    process.wait_until(lambda: not any(map(process.start_time, held.console_pids())), 30, "the command to end")
    answer = held.run("job=last")
    assert answer.lines[-2] == "-- stopped on request" and answer.lines[-1].startswith("-- stopped in step 1 of 1")
    assert held.owner("task=cache:clear").status == 409
    assert "goes on" in consent(held, "job:resume").text
    held.release()
    assert held.run("job=last").lines[-1].startswith("-- done: exit 0")


def test_a_command_whose_job_died_is_stopped_too(held):
    kill_job(held)
    consent(held, "job:stop")
    process.wait_until(lambda: not any(map(process.start_time, held.console_pids())), 30, "the command to end")
    assert held.run("job=last").lines[-1].startswith("-- interrupted in step 1 of 1")


def test_a_running_job_is_neither_resumed_nor_given_up(held):
    for task in ("job:resume", "job:unlock"):
        assert "nothing to do" in held.owner(f"task={task}").text
        assert held.command_line(task, "--yes").returncode == 0
    assert process.start_time(job_pid(held)) and len(held.ran()) == 1


def test_a_job_named_by_its_id_is_meant(held):
    job = sorted(held.state.glob("jobs/*"))[-1].name
    assert f"job {job}" in held.owner(f"task=job:stop&job={job}").text
    assert f"job {job}" in held.owner("task=job:stop&job=last").text
    answer = held.owner("task=job:stop&job=20200101-000000000-aaaaaa")
    assert answer.status in (404, 500) and "there is no job" in answer.text


def test_what_may_be_repeated_goes_on_by_itself_when_its_process_died_early(box):
    """cache:clear is safe from its beginning: a host that kills what outlives a request must not stop it."""
    box.start_held("cache:clear")
    kill_job(box)
    kill_command(box)
    box.release()
    answer = box.run("job=last")
    assert answer.lines[-1].startswith("-- done: exit 0") and len(box.ran()) == 2


def test_a_torn_line_of_the_journal_is_ignored(held):
    kill_job(held)
    kill_command(held)
    journal = next(held.state.glob("jobs/*/journal"))
    with journal.open("ab") as file:
        file.write(b'{"e":"finish","code":0')
    assert held.run("job=last").lines[-1].startswith("-- interrupted")
    held.release()
    consent(held, "job:resume")
    process.wait_until(lambda: len(held.ran()) == 2, what="the command to run again")
    assert held.run("job=last").lines[-1].startswith("-- done: exit 0")


def test_the_killed_command_of_a_living_job_ends_it(held):
    kill_command(held)
    answer = held.run("job=last")
    assert re.fullmatch(r"-- failed: killed by signal 9 \(KILL\) in \d+\.\d s", answer.lines[-1])
    held.release()
    assert held.run("task=cache:clear").lines[-1].startswith("-- done: exit 0")


def test_a_page_shows_what_became_of_it(held):
    link = held.owner("task=mautic:plugins:reload&pretty", headers=NAVIGATION).headers["Location"].removeprefix("?")
    kill_job(held)
    kill_command(held)
    page = held.stranger(link, headers=NAVIGATION)
    assert "interrupted in step 1 of 1" in page.text and "http-equiv" not in page.text
