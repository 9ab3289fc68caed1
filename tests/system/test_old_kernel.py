# SPDX-License-Identifier: GPL-3.0-or-later
"""On a Linux 3.10: every way to start the program works, and a job with a real PHP runs to its end."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import process, tree
from support.httpclient import fetch, follow
from support.nginx import Nginx
from system.old_kernel import FIRST_LATER_CALL
from system.place import KEY, text_of

pytestmark = [pytest.mark.shipped_only, pytest.mark.skipif(os.uname().machine != "x86_64", reason="knows x86-64 numbers")]

LAUNCHER = Path(__file__).with_name("old_kernel.py")
LAST_CALL = 480  # beyond what any kernel has today
NOT_FOR_PROGRAMS = (335, 336)  # uretprobe and uprobe: a tracer's own, which kill whoever else calls them
ALL_LINES = "".join(f"line {number} of 15\n" for number in range(1, 16))

# What a process under the launcher asks the kernel for: prints the numbers of the later calls that are there.
PROBE = f"""
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def missing(number):
    ctypes.set_errno(0)
    return libc.syscall(number, -1, -1, -1, -1, -1, -1) == -1 and ctypes.get_errno() == errno.ENOSYS
print([number for number in range({FIRST_LATER_CALL}, {LAST_CALL})
       if number not in {NOT_FOR_PROGRAMS} and not missing(number)], missing(39), missing(1))
"""


@pytest.fixture(scope="module")
def old(ground):
    """The wrapper that makes the kernel an old one."""
    copy = ground[1] / "old_kernel.py"
    shutil.copyfile(LAUNCHER, copy)
    return sys.executable, "-I", str(copy)


@pytest.fixture
def place(places, old):
    return places(old)


def is_under_the_filter(pid):
    return "Seccomp:\t2\n" in Path(f"/proc/{pid}/status").read_text()


def test_the_launcher_takes_every_later_call_away_and_no_earlier_one(old):
    said = subprocess.run([*old, sys.executable, "-c", PROBE], capture_output=True, text=True, check=True).stdout
    assert said == "[] False False\n"


def test_a_key_opens_and_is_hashed(place):
    assert place.ask(key=False).status == 403
    answer = place.ask()
    assert answer.status == 200 and "\nActions:\n" in answer.text, answer
    assert "key = $scrypt$" in place.settings.read_text()
    assert "\nActions:\n" in place.ask().text


def test_the_command_line_lists_and_finds_php(place):
    listed = place.command_line()
    assert (listed.returncode, listed.stderr) == (0, "") and "cache:purge" in listed.stdout
    php = place.command_line("php")
    assert (php.returncode, php.stderr) == (0, "") and "\n* /" in php.stdout, php


def test_a_console_command_runs_as_a_job_and_is_followed_to_its_end(place):
    answers = place.run("lines 15")
    assert text_of(answers).startswith(f"Executing console lines 15\n{ALL_LINES}ended lines\n-- done: exit 0 in "), answers
    assert len(answers) > 1  # it was followed: the answers come from several requests


def test_the_job_is_a_process_of_its_own_under_the_same_old_kernel(place):
    first = place.ask("task=lines%20600")
    running = process.running_below(place.folder)
    words = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in running}
    job, = [pid for pid, argv in words.items() if b"--job" in argv]
    php, = [pid for pid, argv in words.items() if b"lines" in argv]
    assert is_under_the_filter(job) and is_under_the_filter(php)
    assert "-- still running: " in first.text
    stopped = place.command_line("job:stop", "--yes")
    assert stopped.returncode == 0, stopped
    process.wait_until(lambda: not process.running_below(place.folder), what="the job to stop")


def test_an_action_without_php_changes_the_site(place):
    assert any(place.cache.iterdir())
    answer = place.run("cache:purge")[-1]
    assert answer.lines[-1].startswith("-- done: exit 0 in "), answer
    assert not place.cache.exists()


def test_a_consented_plan_is_done(place):
    place.ask("task=lines%20600")
    plan = place.ask("task=job:stop")
    assert "-- plan only, nothing changed; to do it: " in plan.lines[-1], plan
    answer = place.ask(plan.lines[-1].partition("?")[2], key=False)
    assert answer.lines[-1].startswith("-- done: exit 0"), answer
    process.wait_until(lambda: not process.running_below(place.folder), what="the job to stop")


def test_fastcgi_serves_several_requests_at_once(place):
    with place.fastcgi() as server:
        follower = place.begin("task=lines%2030", server=server)
        process.wait_until(lambda: process.running_below(place.site.root), what="the job to run")
        assert is_under_the_filter(server.child.pid)
        lists = [place.begin(server=server) for _ in range(8)]
        assert all("\nActions:\n" in request.finish().text for request in lists)
        first = follower.finish()
        assert first.lines[0] == "Executing console lines 30" and first.lines[-1].startswith("-- still running: "), first
        text = text_of(place.follow(first, server=server))
        assert "line 29 of 30\nline 30 of 30\nended lines\n-- done: exit 0 in " in text


def test_it_works_behind_a_real_web_server(place):
    tree.need_traversable(place.site.root)
    with place.fastcgi() as server, Nginx(place.site.root, server, program_url="/unstick/unstick.cgi") as nginx:
        url = f"{nginx.url}/unstick/unstick.cgi"
        assert fetch(url).status == 403
        followed = follow(f"{url}?{KEY}&task=lines%2015")
        assert followed.ended and followed.texts[:-1] == ["Executing console lines 15", *ALL_LINES.splitlines(), "ended lines"]
        assert followed.texts[-1].startswith("-- done: exit 0 in ")
