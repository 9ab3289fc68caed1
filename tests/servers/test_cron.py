# SPDX-License-Identifier: GPL-3.0-or-later
"""A link on a cron page, called by wget and curl: while it runs, when it fails, takes long, was interrupted."""

import re
import subprocess

import pytest

from servers.place import KEY
from servers.reaper import INLINE
from support import httpclient, process, tools, tree

# What cron sees: the exit status of each tool for an answer below 400, and for 500.
FAILS = {"wget": 8, "curl": 22}
COMMANDS = {"wget": ["wget", "-q", "-O", "-", "--content-on-error", "--timeout=60", "--tries=1"],
            "curl": ["curl", "-sS", "--fail-with-body", "-m", "60"]}


@pytest.fixture(scope="module")
def here(open_place):
    with open_place("apache-cgi") as made:
        yield made


@pytest.fixture(params=COMMANDS)
def call(request):
    """call(URL) as cron does: (exit status, what was printed)."""
    def called(url):
        command = [tools.find(COMMANDS[request.param][0]), *COMMANDS[request.param][1:], url]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
                              timeout=90)
        return ("failed" if done.returncode == FAILS[request.param] else done.returncode), done.stdout
    called.number = 1 + list(COMMANDS).index(request.param)  # for lines that the other tool has not just run
    return called


def link_for(here, line):
    here.allow(line)
    plan = httpclient.fetch(here.task("links:make", f"&for={line.replace(' ', '+')}")).text
    made = httpclient.fetch(f"{here.served.base_url}?{plan.rstrip().rpartition('?')[2]}").text
    return f"{here.served.base_url}?run={re.search(r'[?]run=([A-Za-z0-9_-]{27})', made)[1]}&quiet"


def listed(here):
    return httpclient.fetch(here.task("links")).text


def job_of(text):
    return re.search(r"job (\d{8}-\d+-\w+)", text)[1]


def test_one_that_succeeds_and_one_that_fails(here, call):
    assert call(link_for(here, "list"))[0] == 0
    bad = link_for(here, "fixture:no-such-command")
    for times in (1, 2):
        status, text = call(bad)
        assert status == "failed" and text.startswith("-- failed: exit ") and text.count("\n") == 1, text
    assert "2 times in a row" in listed(here)


def test_a_slow_one_is_left_running_and_never_runs_twice(here, call):
    link = link_for(here, f"fixture:slow --lines=5 --delay=0.7{call.number}")
    status, text = call(f"{link}&wait=1")
    assert status == 0 and text.startswith("-- still running: job ")
    before = here.jobs()
    status, again = call(f"{link}&wait=0")
    assert status == 0 and job_of(again) == job_of(text) and here.jobs() == before
    process.wait_until(lambda: here.runner(job_of(text)) is None, 30, "the slow job")
    status, last = call(f"{link}&wait=30")
    assert status == 0 and "done: exit 0" in last


def test_after_an_interruption_the_next_call_is_told(here, call):
    link = link_for(here, f"fixture:slow --lines=60 --delay=0.5{call.number}")
    _, text = call(f"{link}&wait=0")
    job = job_of(text)
    here.stop(job)
    assert "last time failed" in listed(here)
    status, text = call(f"{link}&wait=0")
    assert status == "failed" and text.startswith("-- stopped in step 1 of 1"), text
    other = link_for(here, f"fixture:slow --lines=1 --delay=0.1{call.number}")
    status, held = call(f"{other}&wait=0")
    assert status == 0 and f"-- skipped: the site belongs to job {job}" in held and "job:resume" in held, held
    assert call(f"{other}&wait=0&strict")[0] == "failed"
    plan = httpclient.fetch(here.url(f"&task=job:unlock&job={job}")).text
    httpclient.fetch(f"{here.served.base_url}?{plan.rstrip().rpartition('?')[2]}")
    assert KEY not in text


@pytest.mark.parametrize("row, more", [("nginx-fastcgi", ""), ("apache-cgi", ""), ("apache-cgi", "&format=json"), ("apache-cgid", "")])
def test_where_a_job_lives_in_its_request_cron_is_answered_before_that_is_over(open_place, row, more):
    with open_place(row) as here:
        link = link_for(here, "fixture:slow --lines=120 --delay=0.5")
        (here.state / "host.json").write_text(INLINE)
        tree.give(here.state, "www-data")
        answer = httpclient.fetch(f"{link}&wait=1{more}")
        assert answer.status == 202 and "still running" in answer.text, answer
        job = job_of(answer.text)
        assert here.runner(job), "the answer came when the job was over"
        again = httpclient.fetch(f"{link}&wait=1{more}")
        assert again.status == 202 and job_of(again.text) == job
        here.stop(job)
