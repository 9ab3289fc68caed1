# SPDX-License-Identifier: GPL-3.0-or-later
"""The same actions on a command line: the exit status is the result, consent by --confirm, --yes or an answer on a terminal."""

import os
import pty
import re
import subprocess

import pytest

from cases.box import who_of
from cases.table import cgi_only
from support import process

pytestmark = cgi_only
CODE = re.compile(r"^-- plan only, nothing changed; to do it: --confirm=(\S+)$", re.MULTILINE)


@pytest.fixture
def interrupted(box):
    box.start_held()
    box.stop()
    return box


def on_a_terminal(box, answer, *words):
    """(exit status, what the terminal showed) of the program with a terminal on descriptors 0 to 2."""
    master, slave = pty.openpty()
    child = subprocess.Popen([str(box.program), *words], stdin=slave, stdout=slave, stderr=slave, cwd="/",
                             env=process.plain_environment(), start_new_session=True, **who_of(box.account))
    os.close(slave)
    os.write(master, answer.encode())
    shown = b""
    while True:
        try:
            shown += os.read(master, 4096)
        except OSError:
            break
    os.close(master)
    return child.wait(20), shown.decode()


def test_version_and_help(box):
    with box.nothing_changes():
        assert re.fullmatch(r"unstick \S+\n", box.command_line("--version").stdout)
        helped = box.command_line("--help")
    assert helped.returncode == 0 and "--root" in helped.stdout and "--confirm" in helped.stdout


def test_without_an_action_it_lists_them(box):
    with box.nothing_changes():
        done = box.command_line()
    assert done.returncode == 0 and done.stdout.startswith("Mautic 4.3.0 in ") and "  cache:purge  -  " in done.stdout


def test_an_action_at_once_is_done_and_its_exit_status_is_the_result(box):
    done = box.command_line("cache:purge")
    assert done.returncode == 0 and done.stdout.startswith("Executing cache:purge\n")
    assert not box.site.cache.exists()


def test_a_console_command_passes_its_output_on_and_its_failure(box):
    (box.var / "exit").write_text("3")
    done = box.command_line("cache:warmup")
    assert done.returncode == 1 and "begun cache:warmup" in done.stdout and "-- failed: exit 3 in " in done.stdout


def test_a_task_that_is_not_allowed_is_2(box):
    for words in (["doctrine:database:drop"], ["doctrine:database:drop", "--force"], ["cache:clear", "--evil"],
                  ["cache:clear;", "id"]):
        done = box.command_line(*words)
        assert done.returncode == 2 and done.stderr == f"Task {' '.join(words)} is not allowed.\n" and done.stdout == ""
    assert box.ran() == []


def test_without_consent_a_plan_is_3_and_changes_nothing(interrupted):
    with interrupted.nothing_changes(but=("state/plans", "state/plans/*")):
        done = interrupted.command_line("job:unlock")
    assert done.returncode == 3 and done.stdout.startswith("Plan for job:unlock\n") and CODE.search(done.stdout)


def test_confirm_consents_to_the_plan_once(interrupted):
    code = CODE.search(interrupted.command_line("job:unlock").stdout)[1]
    done = interrupted.command_line("job:unlock", f"--confirm={code}")
    assert done.returncode == 0 and "was given up" in done.stdout
    assert "was given up" in interrupted.command_line("job:unlock", f"--confirm={code}").stdout


def test_a_code_of_the_web_works_on_the_command_line_and_the_other_way_round(interrupted):
    code = interrupted.owner("task=job:unlock&format=json").events[0]["confirm"]
    mine = CODE.search(interrupted.command_line("job:unlock").stdout)[1]
    assert "was given up" in interrupted.command_line("job:unlock", f"--confirm={code}").stdout
    assert "nothing to do" in interrupted.stranger(f"task=job:unlock&confirm={mine}").text


def test_a_made_up_code_is_3_and_a_new_plan(interrupted):
    with interrupted.nothing_changes(but=("state/plans", "state/plans/*")):
        assert interrupted.command_line("job:unlock", "--confirm=made-up").returncode == 3


def test_yes_consents_to_the_plan_of_this_moment(interrupted):
    done = interrupted.command_line("--yes", "job:unlock")
    assert done.returncode == 0 and "was given up" in done.stdout


@pytest.mark.parametrize("words", [["job:unlock"], ["job:unlock", "--yes"], ["job:stop"], ["job:resume"],
                                   ["job:unlock", "--confirm=x"]])
def test_nothing_to_do_is_0(box, words):
    done = box.command_line(*words)
    assert done.returncode == 0 and "nothing to do" in done.stdout


@pytest.mark.parametrize("typed, status, part",
                         [("yes\n", 0, "was given up"), ("no\n", 3, "plan only"), ("\n", 3, "plan only"),
                                                 ("y\n", 3, "plan only"), ("\x04", 3, "plan only")])
def test_on_a_terminal_it_asks(interrupted, typed, status, part):
    got, shown = on_a_terminal(interrupted, typed, "job:unlock")
    assert got == status and "Do it? Type yes:" in shown and part in shown


def test_a_second_change_while_one_runs_is_4(box):
    box.hold()
    box.owner("task=cache:clear&quiet&wait=0")
    done = box.command_line("cache:purge")
    assert done.returncode == 4 and done.stdout == "" and "is not over" in done.stderr


def test_root_and_state_can_be_named(box):
    done = box.command_line("--root", str(box.site.root), "--state", str(box.folder / "other"), "cache:purge")
    assert done.returncode == 0 and (box.folder / "other" / "version").exists() and not box.state.exists()


def test_a_root_without_an_application_is_said(box):
    (box.folder / "empty").mkdir()
    done = box.command_line("--root", str(box.folder / "empty"), "cache:purge")
    assert done.returncode == 1 and "there is no application that we know in" in done.stderr
    done = box.command_line("--root", "/nonexistent", "cache:purge")
    assert done.returncode == 1 and "/nonexistent: no such folder" in done.stderr


def test_settings_can_be_given_before_the_action(box):
    done = box.command_line("--command=fixture:any --thing=1", "fixture:any", "--thing=1")
    assert done.returncode == 0 and "begun fixture:any --thing=1" in done.stdout
    assert box.command_line("fixture:any", "--thing=1").returncode == 2


def test_an_unknown_option_of_an_action_is_refused(box):
    done = box.command_line("cache:purge", "--backup=no")
    assert done.returncode != 0 and box.site.cache.exists() and done.stderr.count("\n") == 1


def test_the_command_line_and_the_web_share_one_state(box):
    box.command_line("cache:warmup")
    assert box.owner("job=last").lines[0] == "Executing console cache:warmup"


@pytest.mark.parametrize("words", [["--root"], ["--confirm"]])
def test_wrong_usage_is_2(box, words):
    with box.nothing_changes():
        assert box.command_line(*words).returncode == 2


def test_standard_output_and_error_of_a_command_stay_apart(real):
    done = real("fixture:bytes --kind=stderr").command_line("fixture:bytes", "--kind=stderr")
    assert done.stdout.splitlines()[1:-1] == [f"out {number}" for number in range(1, 6)]
    assert done.stderr.splitlines() == [f"err {number} <b>&amp;" for number in range(1, 6)]
