# SPDX-License-Identifier: GPL-3.0-or-later
"""How a command ended, in words: exit codes, signals, PHP's limits. Text, quiet status, event and command line agree."""

import os
import re
import signal
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from cases.table import each
from support import process


@dataclass(frozen=True)
class Ending:
    name: str
    line: str
    last: str
    has: str = ""


ENDINGS = [
    Ending("it fails", "fixture:fail", r"-- failed: exit 1 in \d+\.\d s", "__construct(), 3 passed"),
    Ending("an exit code of its own", "fixture:fail --code=7", r"-- failed: exit 7 in \d+\.\d s"),
    Ending("an unknown option of the console", "fixture:fail --nonsense", r"-- failed: exit 1 in \d+\.\d s", "nonsense"),
    Ending("out of memory", "fixture:memory", r"-- failed: exit 255 in \d+\.\d s", "-- PHP ran out of memory (memory_limit)"),
    Ending("KILL", "fixture:signal --signal=9", r"-- failed: killed by signal 9 \(KILL\) in \d+\.\d s",
           "-- something outside killed it without warning: usually the host's process or memory limit"),
    Ending("XCPU", "fixture:signal --signal=24", r"-- failed: killed by signal 24 \(XCPU\) in \d+\.\d s",
           "-- it used up the CPU time that the host allows for one process"),
    Ending("XFSZ", "fixture:signal --signal=25", r"-- failed: killed by signal 25 \(XFSZ\) in \d+\.\d s",
           "-- it wrote a file larger than the host allows"),
    Ending("SEGV", "fixture:signal --signal=11", r"-- failed: killed by signal 11 \(SEGV\) in \d+\.\d s",
           "-- PHP itself crashed"),
]


@each(ENDINGS, "ending")
def test_a_command_that_ends_badly_is_explained(real, ending):
    box = real(ending.line)
    task = quote(ending.line)
    answer = box.owner(f"task={task}")
    assert answer.status == 200 and answer.lines[0] == f"Executing console {ending.line}"
    assert re.fullmatch(ending.last, answer.lines[-1]), answer
    assert ending.has in re.sub(r"\s+", " ", answer.text.replace("\n! ", " ")) or ending.has in answer.text
    end = box.owner("job=last&format=json").events[-1]
    assert end["event"] == "end" and end["state"] == "failed" and f"-- {end['text']}" == answer.lines[-1]


@pytest.mark.parametrize("line, status", [("fixture:fail --code=3", 500), ("fixture:signal", 500),
                                          ("fixture:steps --delay=0.01", 200)])
def test_the_quiet_status_tells_the_result(real, line, status):
    answer = real(line).owner(f"task={quote(line)}&quiet")
    assert answer.status == status and len(answer.lines) == 1
    assert answer.lines[0].startswith("-- done: " if status == 200 else "-- failed: ")


@pytest.mark.parametrize("code", [1, 2, 126, 127, 255])
def test_the_exit_status_of_the_console_is_told(box, code):
    (box.var / "exit").write_text(str(code))
    answer = box.run("task=cache:clear")
    assert answer.lines[-1].startswith(f"-- failed: exit {code} in ")
    assert ("the program or a library that it needs is missing" in answer.text) == (code == 127)
    assert ("PHP stopped with a fatal error" in answer.text) == (code == 255)


@pytest.mark.parametrize("number, words", [(signal.SIGKILL, "killed it without warning"), (signal.SIGTERM, "asked it to end"),
                                           (signal.SIGHUP, "a signal ended it"), (signal.SIGABRT, "PHP itself crashed")])
def test_a_command_that_somebody_else_ends_is_explained(box, number, words):
    box.start_held()
    os.kill(box.console_pids()[0], number)
    answer = box.run("job=last")
    assert answer.lines[-1].startswith(f"-- failed: killed by signal {int(number)} (") and words in answer.lines[-2], answer


def test_a_command_that_leaves_a_child_behind_ends_with_its_output_whole(box):
    """A grandchild that keeps the pipes open for ever holds nobody: what was printed before counts."""
    box.site.console_file.write_text("""<?php
echo "begun\\n";
$left = proc_open(['sleep', '600'], [], $pipes);
echo "ended\\n";
posix_kill(getmypid(), SIGKILL);
""")
    answer = box.run("task=cache:clear")
    assert answer.lines[1:3] == ["begun", "ended"] and answer.lines[-1].startswith("-- failed: killed by signal 9 (KILL)")


def test_the_time_of_a_job_is_told(real):
    answer = real("fixture:slow --lines=2 --delay=0.3").owner("task=fixture:slow+--lines%3D2+--delay%3D0.3&quiet")
    seconds = float(re.search(r"in (\d+\.\d) s", answer.text)[1])
    assert 0.6 <= seconds < 10


def test_a_site_without_a_console_says_so(box):
    box.site.console_file.unlink()
    answer = box.run("task=cache:clear")
    assert answer.status == 500 and len(answer.lines) == 1 and "console is missing" in answer.text
    assert box.run("task=cache:purge").lines[-1].startswith("-- done")


def test_a_console_that_is_no_php_is_passed_through(box):
    box.site.console_file.write_bytes(b"\x7fELF garbage\n")
    assert box.run("task=cache:clear").lines[-1].startswith("-- done: exit 0")


def test_a_console_with_a_syntax_error_is_explained(box):
    box.site.console_file.write_text("<?php this is no php;\n")
    answer = box.run("task=cache:clear")
    assert answer.lines[-1].startswith("-- failed: exit 255")
    assert "PHP stopped with a fatal error: see the lines above" in answer.text


def test_no_process_of_an_ended_job_is_left(box):
    box.owner("task=cache:clear")
    box.restart()
    process.wait_until(lambda: not process.running_below(box.folder), 30, "all processes to end")
