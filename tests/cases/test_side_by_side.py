# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may run beside whom, and what cron is told: routine tasks side by side, one change at a time."""

import re
import threading

import pytest

from cases.box import KEY, NAVIGATION
from support import process

ROUTINE = "mautic:segments:update"
OTHER_ROUTINE = "mautic:campaigns:update"


def begun(box):
    return [argv[0] for argv in box.ran()]


def wait_for(box, count):
    process.wait_until(lambda: len(box.ran()) == count, what=f"{count} commands to run")


def test_different_routine_tasks_run_side_by_side(box):
    box.hold()
    for count, task in enumerate([ROUTINE, OTHER_ROUTINE, "mautic:campaigns:trigger", f"{ROUTINE}+-i+5"], 1):
        assert box.owner(f"task={task}&quiet&wait=0").status == 202
        wait_for(box, count)
    box.release()


def test_the_same_routine_line_is_skipped_while_it_runs(box):
    box.hold()
    box.owner(f"task={ROUTINE}&quiet&wait=0")
    wait_for(box, 1)
    for query, status in (("&quiet", 202), ("&quiet&strict", 409), ("&quiet&strict&format=json", 409),
                          ("&quiet&wait=0", 202)):
        answer = box.owner(f"task={ROUTINE}{query}")
        assert answer.status == status and "skipped: the same task runs already" in answer.text, answer
    for query in ("", "&format=json", "&pretty"):  # who looks sees the one that runs
        assert f"begun {ROUTINE}" in box.owner(f"task={ROUTINE}{query}").text
    # Spelled in another way, by an old name too, it is the same line.
    for line in (f"{ROUTINE}+", f"++{ROUTINE}", "mautic:leadlists:update", "mautic:segments:rebuild"):
        assert box.owner(f"task={line}&quiet&strict").status == 409, line
    box.release()
    box.owner("job=last")
    assert begun(box) == [ROUTINE]


def test_a_routine_task_that_is_over_runs_again_at_once(box):
    for count in (1, 2, 3):
        assert box.owner(f"task={ROUTINE}&quiet").status == 200
        assert len(box.ran()) == count


def test_a_second_change_waits_for_nobody_and_is_told_who_holds_the_site(box):
    box.start_held("cache:clear")
    for query, status in (("", 409), ("&quiet", 202), ("&quiet&strict", 409), ("&format=json", 409)):
        answer = box.owner(f"task=cache:warmup{query}")
        assert answer.status == status, answer
        assert re.search(r"skipped: the site belongs to job \S+ \(cache:clear\), running in step 1 of 1", answer.text), answer
    answer = box.owner("task=cache:purge", headers=NAVIGATION)
    assert answer.status == 409 and "the site belongs to" in answer.text
    assert box.site.cache.exists() and begun(box) == ["cache:clear"]
    box.release()
    box.owner("job=last")
    assert box.run("task=cache:warmup").lines[-1].startswith("-- done")


def test_routine_tasks_run_beside_a_change_of_files(box):
    box.start_held("cache:clear")
    assert box.owner(f"task={ROUTINE}&quiet&wait=0").status == 202
    wait_for(box, 2)


@pytest.mark.parametrize("task", ["mautic:custom-field:create-column", "mautic:plugins:reload"])
def test_routine_tasks_are_skipped_while_a_change_of_the_database_holds_the_site(box, task):
    box.start_held(task.replace("+", " "))
    for query, status in (("&quiet", 202), ("&quiet&strict", 409), ("", 409)):
        answer = box.owner(f"task={ROUTINE}{query}")
        assert answer.status == status and "the site belongs to job" in answer.text
    assert len(box.ran()) == 1


def test_a_routine_task_does_not_keep_a_change_out(box):
    box.start_held(ROUTINE)
    assert box.owner("task=cache:clear&quiet&wait=0").status == 202
    wait_for(box, 2)


def test_reading_tasks_run_beside_everything(box):
    box.start_held("mautic:custom-field:create-column")
    (box.var / "silent").touch()
    assert box.owner("task=list&quiet&wait=0").status == 202
    wait_for(box, 2)
    assert box.run("task=php").lines[-1].startswith("-- done")


def test_twenty_requests_for_one_change_start_it_once(box):
    box.owner()
    answers = []
    ask = lambda: answers.append(box.stranger(f"{KEY}&task=cache:clear&quiet"))
    if box.mode == "fastcgi":
        box.fastcgi()
    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [200] * 20 and len(box.ran()) == 1


def test_twenty_requests_for_different_changes_let_one_through(box):
    box.hold()
    box.owner()
    answers = {}
    tasks = ["cache:clear", "cache:warmup", "mautic:assets:generate", "mautic:cache:clear", "mautic:plugins:reload"] * 4
    if box.mode == "fastcgi":
        box.fastcgi()
    threads = [threading.Thread(target=lambda task=task, number=number: answers.update(
        {number: (task, box.stranger(f"{KEY}&task={task}&quiet&wait=0&strict").status)})) for number,
               task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for(box, 1)
    winner = begun(box)[0]
    assert sorted(answers.values()) == sorted((task, 202 if task == winner else 409) for task in tasks)


# ---- quiet

def test_quiet_waits_for_the_end_and_the_status_tells_it(box):
    for code, status, last in ((0, 200, "-- done: exit 0 in "), (5, 500, "-- failed: exit 5 in ")):
        (box.var / "exit").write_text(str(code))
        answer = box.owner(f"task={ROUTINE}&quiet")
        assert answer.status == status and len(answer.lines) == 1 and answer.text.startswith(last)
        assert answer.type == "text/plain; charset=utf-8"


@pytest.mark.parametrize("wait, least, most", [("0", 0, 1.5), ("1", 1, 3)])
def test_quiet_waits_no_longer_than_it_may(box, wait, least, most):
    box.hold()
    answer = box.owner(f"task={ROUTINE}&quiet&wait={wait}")
    assert answer.status == 202 and least <= answer.seconds < most
    assert re.fullmatch(r"-- still running: job \S+\n", answer.text)


@pytest.mark.parametrize("wait", ["-1", "x", "1.5", "301", "999999999999999999999"])
def test_a_wait_that_is_none_is_400_and_starts_nothing(box, wait):
    answer = box.owner(f"task={ROUTINE}&quiet&wait={wait}")
    assert answer.status == 400 and len(answer.lines) == 1
    assert not list(box.state.glob("jobs/*")) and box.ran() == []


@pytest.mark.parametrize("flag, quiet", [("quiet", True), ("quiet=1", True), ("quiet=", True), ("quiet=yes", True),
                                         ("quiet=0", False), ("", False)])
def test_quiet_is_a_word_or_any_value_but_0(box, flag, quiet):
    assert (len(box.owner(f"task={ROUTINE}&{flag}").lines) == 1) == quiet


def test_quiet_joins_a_change_that_has_just_run_and_tells_its_result(box):
    (box.var / "exit").write_text("4")
    assert [box.owner("task=cache:clear&quiet").status for _ in range(3)] == [500] * 3
    assert len(box.ran()) == 1


def test_quiet_events_are_one_event(box):
    events = box.owner(f"task={ROUTINE}&quiet&format=json").events
    assert len(events) == 1 and "done: exit 0" in events[0]["text"]


@pytest.mark.parametrize("task, status", [("doctrine:database:drop", 403), ("cache:purge&file=../x", 400)])
def test_quiet_refusals_are_one_line(box, task, status):
    answer = box.owner(f"task={task}&quiet")
    assert answer.status == status and len(answer.lines) == 1
