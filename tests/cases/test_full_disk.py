# SPDX-License-Identifier: GPL-3.0-or-later
"""No space left, really (a small tmpfs) and as a used-up quota (strace makes the system call fail): 507 and one clear sentence,
nothing half started, and once there is room again the same request works."""

import os
import re
import subprocess

import pytest

from cases.box import KEY, WRONG_KEY
from cases.table import cgi_only
from support import process, tools

FULL = "No space left on device - the disk is full: delete what is not needed, or ask the host for more space"
QUOTA = "Disk quota exceeded - the account's disk quota is used up: delete what is not needed, or ask the host for more space"


@pytest.fixture
def small(box, request):
    """small(size, inodes) -> a mounted tmpfs in the box's folder, owned by the account; unmounted afterwards."""
    tools.need_root("to mount a small filesystem")
    folder = box.folder / "small"
    folder.mkdir()

    def mount(size="1m", inodes=1000):
        process.run(["mount", "-t", "tmpfs", "-o", f"size={size},nr_inodes={inodes},mode=0755", "unstick-test", folder])
        box.give(folder)
        request.addfinalizer(lambda: (box.close(), process.run(["umount", folder])))
        return folder

    return mount


def fill(folder, leave=0):
    """Takes all space but `leave` bytes; returns the file that holds it."""
    filler = folder / "filler"
    facts = os.statvfs(folder)
    subprocess.run(["fallocate", "-l", str(facts.f_bfree * facts.f_frsize - leave), filler], check=True)
    return filler


def check_nothing_half_started(box):
    """No job that somebody would find, no process, no command that ran."""
    assert box.ran() == [], box.ran()
    assert not [pid for pid in process.running_below(box.folder) if not is_server(box, pid)]
    current = box.state / "current"  # a job that is not there owns nothing
    assert not current.exists() or not (box.state / "jobs" / current.read_text().strip()).exists()
    for journal in box.state.glob("jobs/*/journal"):
        assert '"finish"' in journal.read_text(), f"{journal} looks like a job that was interrupted"


def is_server(box, pid):
    return box.server is not None and pid in box.server.child.processes()


def check_refused_for_space(answer, words=FULL):
    assert answer.status == 507 and len(answer.lines) == 1 and words in answer.text, answer


@pytest.mark.parametrize("query", ["task=cache:clear", "task=cache:purge", "task=list", "task=cache:clear&quiet",
                                   "task=mautic:segments:update&quiet"])
def test_on_a_full_disk_a_task_is_refused_and_nothing_is_half_started(box, small, query):
    folder = small()
    box.write_settings(f"state = {folder}/state", key=KEY)
    box.state = folder / "state"
    filler = fill(folder)
    check_refused_for_space(box.owner(query))
    check_nothing_half_started(box)
    assert box.site.cache.exists()
    filler.unlink()
    assert box.owner(query).lines[-1].startswith("-- done: exit 0")


def test_on_a_full_disk_the_list_and_what_only_reads_go_on(box, small):
    folder = small()
    box.write_settings(f"state = {folder}/state", key=KEY)
    filler = fill(folder)
    answer = box.owner()
    assert answer.status == 200 and any(line.startswith("! ") and "No space left on device" in line for line in answer.lines)
    assert box.run("task=php").lines[-1].startswith("-- done: exit 0")
    assert box.stranger(WRONG_KEY).status == 403
    filler.unlink()


@pytest.mark.parametrize("kind", ["bytes", "inodes"])
def test_however_little_is_left_a_task_runs_or_is_refused(box, small, kind):
    """From nothing to enough: never a job that begins and cannot say how it ended, never one that holds the site afterwards."""
    folder = small(size="600k", inodes=80)
    box.write_settings(f"state = {folder}/state", key=KEY)
    box.state = folder / "state"
    statuses = []
    for step in range(0, 60, 2):
        process.run(["rm", "-rf", *folder.iterdir(), box.var / "ran"])
        if kind == "bytes":
            fill(folder, leave=step * 4096)
        else:
            for number in range(os.statvfs(folder).f_ffree - step):
                (folder / f"inode{number}").touch()
        answer = box.owner("task=cache:clear&quiet")
        statuses.append(answer.status)
        if answer.status == 200:
            assert len(box.ran()) == 1
        else:
            check_refused_for_space(answer)
            check_nothing_half_started(box)
        process.run(["rm", "-rf", *folder.glob("filler"), *folder.glob("inode*")])
        assert box.owner("task=cache:warmup&quiet").status == 200
        if statuses[-3:] == [200] * 3:
            break
    assert statuses[0] == 507 and statuses[-3:] == [200] * 3, statuses


@pytest.mark.parametrize("flood", [False, True], ids=["that prints little", "that prints more than there is room for"])
def test_a_disk_that_fills_up_while_a_job_runs_does_not_end_it(box, small, flood):
    folder = small("2m")
    box.write_settings(f"state = {folder}/state", key=KEY)
    box.state = folder / "state"
    box.hold()
    box.owner("task=cache:clear&quiet&wait=0")
    process.wait_until(lambda: "begun" in box.log(), what="the command to run")
    filler = fill(folder)
    if flood:
        (box.var / "flood").touch()
        process.wait_until(lambda: not (box.var / "flood").exists(), what="the flood")
    box.release()
    process.wait_until(lambda: '"finish"' in box.log(), 30, "the job to end")
    answer = box.run("job=last")
    assert answer.status == 200 and "begun cache:clear" in answer.text
    assert re.fullmatch(r"-- done: exit 0 in \d+\.\d s", answer.lines[-1]), answer
    filler.unlink()
    assert box.owner("task=cache:warmup&quiet").status == 200


def test_output_that_a_full_disk_swallowed_is_said_once_there_is_room(box, small):
    folder = small("2m")
    box.write_settings(f"state = {folder}/state", key=KEY)
    box.state = folder / "state"
    box.hold()
    box.owner("task=cache:clear&quiet&wait=0")
    process.wait_until(lambda: "still held 0" in box.log(), what="the command to run")
    filler = fill(folder)
    (box.var / "flood").touch()
    process.wait_until(lambda: not (box.var / "flood").exists(), what="the flood")
    filler.unlink()
    box.release()
    process.wait_until(lambda: '"finish"' in box.log(), 30, "the job to end")
    answer = box.run("job=last")
    assert re.search(r"^-- \S+ k?M?B of output lost here: the disk was full$", answer.text, re.MULTILINE), answer
    assert answer.lines[-1].startswith("-- done: exit 0")


@pytest.mark.parametrize("task", ["cache:purge", "cache:clear"])
def test_a_site_on_a_full_disk_gets_its_cache_emptied(box, small, scripted, task):
    """What frees space needs none, also where the state lies on another filesystem."""
    folder = small("4m")
    process.run(["cp", "-a", scripted.root, folder / "site"])
    box.write_settings(f"root = {folder}/site", key=KEY)
    console = folder / "site/bin/console"
    console.write_text("<?php echo 'ran';\n")
    fill(folder)
    answer = box.run(f"task={task}")
    assert answer.lines[-1].startswith("-- done: exit 0"), answer
    assert (folder / "site/var/cache/prod").exists() == (task == "cache:clear")
    # Nobody could ask this site: its old cache waits, and the owner is told how to let it go.
    waits = list((folder / "site/var/cache").glob("*.unstick-*"))
    assert bool(waits) == (task == "cache:purge") == ("kept:delete with job=" in answer.text), answer
    if waits:
        job = waits[0].name[-25:]
        done = box.command_line("kept:delete", f"--job={job}", "--yes")
        assert done.returncode == 0 and not waits[0].exists(), done


@pytest.mark.parametrize("error, words", [("EDQUOT", QUOTA), ("ENOSPC", FULL)], ids=["EDQUOT", "ENOSPC"])
def test_a_used_up_quota_is_said(box, error, words):
    box.wrapper = (tools.find("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"inject=mkdir,fallocate:error={error}")
    for query in ("task=cache:clear", "task=cache:purge&quiet"):
        check_refused_for_space(box.owner(query), words)
    check_nothing_half_started(box)
    box.restart()
    box.wrapper = ()
    assert box.run("task=cache:clear").lines[-1].startswith("-- done: exit 0")


CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)", re.MULTILINE)


def calls_that_need_space(trace):
    """[(system call, its number among its kind)] of those in the trace that a full disk can make fail."""
    counts, found = {}, []
    for name, arguments, result in CALL.findall(trace):
        counts[name] = counts.get(name, 0) + 1
        creates = name != "openat" or "O_CREAT" in arguments
        to_a_file = name != "write" or not arguments.startswith(("1,", "2,"))
        if creates and to_a_file and int(result) >= 0:
            found.append((name, counts[name]))
    return found


@pytest.mark.shipped_only  # a sanitizer that cannot write ends the process
@cgi_only
def test_no_space_at_any_system_call_of_starting_leaves_nothing_half_started(box):
    """Each call of a first request that could need space fails in turn, with EDQUOT and ENOSPC by turns."""
    strace, trace = tools.find("strace"), box.folder / "trace"
    kinds = "mkdir,openat,write,rename,fallocate,fsync,fdatasync,pwrite64"
    trace.touch()
    box.give(trace)
    box.wrapper = (strace, "-qq", "-o", str(trace), "-e", f"trace={kinds}")
    assert box.owner("task=cache:clear&quiet").status == 200
    calls = calls_that_need_space(trace.read_text())
    assert len(calls) > 20, calls
    refused = 0
    for turn, (name, number) in enumerate(calls):
        error, words = (("EDQUOT", QUOTA), ("ENOSPC", FULL))[turn % 2]
        process.run(["rm", "-rf", box.state, box.var / "ran"])
        box.write_settings(key=KEY)
        box.settings_file.chmod(0o644)  # as it was for the first one: taking it back is a call too
        box.wrapper = (strace, "-qq", "-o", "/dev/null", "-e", f"inject={name}:error={error}:when={number}")
        answer = box.owner("task=cache:clear&quiet")
        box.wrapper = ()
        if answer.status == 200:
            assert len(box.ran()) == 1
        else:
            refused += 1
            assert answer.status == 507 and words in answer.text and len(answer.lines) == 1, f"{name} {number}: {answer}"
            try:
                check_nothing_half_started(box)
            except AssertionError as problem:
                pytest.fail(f"{name} number {number} failed with {error}: {problem}")
        again = box.owner("task=cache:clear&quiet&strict")
        assert again.status == 200 and len(box.ran()) == 1, f"{name} {number} {error}: {again} {box.ran()}"
    assert refused > 10
