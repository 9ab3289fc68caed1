# SPDX-License-Identifier: GPL-3.0-or-later
"""Apache makes arguments of a query without `=`: in web mode they are never read, and overwritten in the process list."""

import os
from urllib.parse import unquote

import pytest

from cases.box import KEY, WRONG
from cases.table import cgi_only
from support import process

QUERIES = ["doctor", "--help", "--version", "self:remove+--root+/", "cache:purge", "cache:purge+--yes", "--job", "list",
           "--root+/tmp+--yes+cache:purge",
           "job:unlock+--yes", "-h", "--state+/tmp/elsewhere+cache:purge", "--confirm+x+cache:purge"]


def words_of(query):
    """What Apache makes of it: + separates, then each word is decoded."""
    return tuple(unquote(word) for word in query.split("+"))


@cgi_only
@pytest.mark.parametrize("query", QUERIES)
def test_arguments_of_a_query_are_not_read(box, query):
    box.arguments = words_of(query)
    with box.nothing_changes():
        assert box.stranger(query).text == WRONG
    box.arguments = words_of(KEY)
    assert "\nActions:\n" in box.stranger(KEY).text


@cgi_only
@pytest.mark.parametrize("variable", ["REQUEST_METHOD", "GATEWAY_INTERFACE", "QUERY_STRING"])
@pytest.mark.parametrize("value", ["", "x"])
def test_any_one_of_three_variables_means_web(box, variable, value):
    box.arguments = ("cache:purge", "--yes")
    only = {"REQUEST_METHOD": None, "GATEWAY_INTERFACE": None, "QUERY_STRING": None, variable: value}
    with box.nothing_changes():
        answer = box.begin("", **only).finish()
    assert answer.status in (403, 405) and "cache:purge" not in answer.text


@cgi_only
def test_a_job_cannot_be_forged_by_arguments(box):
    """The words by which the program starts itself mean nothing in a query."""
    box.owner("task=cache:warmup")
    job = next(box.state.glob("jobs/*")).name
    box.arguments = ("--job", str(box.state), job, "3", "4", "detached", "0")
    with box.nothing_changes():
        assert box.stranger("+".join(box.arguments)).text == WRONG
    assert len(box.ran()) == 1


def test_neither_key_nor_task_stands_in_the_process_list(box):
    box.hold(silent=True)
    box.arguments = (KEY, "doctor", "--secret")
    live = box.begin(f"{KEY}&task=cache:clear")
    process.wait_until(lambda: "begun" in box.log(), what="the command to run")
    ours = [pid for pid in process.running_below(box.folder) if program_of(pid) == str(box.program)]
    assert len(ours) >= 2  # who answers, and the job
    for pid in ours:
        shown = command_line_of(pid)
        assert KEY.encode() not in shown and b"doctor" not in shown and b"--secret" not in shown, shown
    for pid in process.running_below(box.site.project):
        assert KEY.encode() not in command_line_of(pid)
    box.release()
    assert live.finish().status == 200


def test_the_environment_of_the_job_and_its_command_holds_nothing_of_the_request(real):
    box = real("fixture:env", "fixture:slow --lines=1 --delay=0.5")
    answer = box.run("task=fixture:env",
                       headers={"Cookie": "a=secret-cookie", "X-Custom": "custom", "Authorization": "Basic eDp5"})
    variables = dict(line[4:].split("=", 1) for line in answer.lines if line.startswith("env "))
    assert set(variables) <= {"PATH", "LANG", "COLUMNS", "TERM", "HOME"} and variables["HOME"]
    assert KEY not in answer.text and "secret-cookie" not in answer.text


def test_the_command_gets_three_descriptors_a_lock_and_a_process_group_of_its_own(real):
    box = real("fixture:env")
    lines = [line.split(" ") for line in box.run("task=fixture:env").lines]
    opened = {words[1]: words[2] for words in lines if words[0] == "fd"}
    assert opened["0"] == "/dev/null" and opened["1"].startswith("pipe:") and opened["2"].startswith("pipe:")
    assert [target for target in opened.values() if str(box.folder) in target] == [
        str(next(box.state.glob("jobs/*/busy")))]  # by which the next visitor knows that it still runs
    assert len(opened) <= 3 + 1 + 2  # and what PHP opened: its script, its database
    facts = {words[0]: words[1:] for words in lines}
    assert facts["process"][1] == facts["process"][3] != facts["process"][5]
    assert int(facts["SigBlk"][0], 16) == 0
    assert int(facts["SigIgn"][0], 16) & ~0x1000 == 0  # PHP itself ignores SIGPIPE


def program_of(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")
    except OSError:
        return ""


def command_line_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return b""
