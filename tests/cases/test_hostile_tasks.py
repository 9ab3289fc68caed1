# SPDX-License-Identifier: GPL-3.0-or-later
"""Task names and options that want more than they may: one printable line of refusal, and nothing was run."""

import json
import os
from urllib.parse import quote

import pytest

from cases.box import BROWSER, KEY, NAVIGATION
from cases.table import cgi_only, fastcgi_only

MARK = "/tmp/unstick-case-was-here"
# What would run, given a shell, and what would run given a careless argv.
SHELL = [
    f"cache:clear; touch {MARK}", f"cache:clear && touch {MARK}", f"cache:clear | touch {MARK}",
    f"cache:clear & touch {MARK} &",
    f"cache:clear $(touch {MARK})", f"cache:clear `touch {MARK}`", f"$(touch {MARK})", f"`touch {MARK}`", f"; touch {MARK} #",
    f"cache:clear\ntouch {MARK}", f"cache:clear\r\ntouch {MARK}", f"cache:clear\0; touch {MARK}", f"cache:clear > {MARK}",
    f"cache:clear <{MARK}",
    "cache:clear; rm -rf /", "'cache:clear'", '"cache:clear"', "cache\\:clear", "cache:cl*", "cache:{clear,warmup}",
    "~/console", "!!", "%0a",
    "cache:clear ${IFS}--no-warmup", "cache:clear --no-warmup=$(id)", "mautic:segments:update -i$(id)",
    "mautic:segments:update --list-id=`id`",
]
INJECTED = [
    "cache:clear --env=dev", "cache:clear --env prod", "cache:clear -e dev", "cache:clear --no-warmup --evil",
    "cache:clear --", "cache:clear -- list",
    "cache:clear --no-warmup=1", "cache:clear --shell", "cache:clear -s", "cache:clear --process-isolation",
    "cache:clear extra",
    "--env=dev cache:clear", "-d auto_prepend_file=/etc/passwd", "-r phpinfo();", "--run=phpinfo();", "--", "-",
    "--root=/ doctor", "--job",
    "mautic:segments:update --list-id=1;2", "mautic:segments:update --list-id=-1", "mautic:segments:update --list-id=1e9",
    "mautic:segments:update --batch-limit=9999999999999", "mautic:segments:update --list-id",
    "mautic:import --file=/etc/passwd",
    "mautic:update:apply --update-package=/etc/passwd", "mautic:update:apply --update-package=../../evil.zip",
    "mautic:update:apply --update-package=..zip", "mautic:update:apply --update-package=a/b.zip",
    "mautic:update:apply --update-package=.zip",
    "doctrine:migrations:migrate first", "doctrine:migrations:migrate prev", "doctrine:migrations:migrate 0",
    "doctrine:migrations:migrate current",
    "doctrine:migrations:execute ../../x", "doctrine:database:drop", "doctrine:database:drop --force",
    "doctrine:query:sql 'drop table leads'",
    "doctrine:schema:drop --force", "mautic:install", "cache:pool:clear", "server:run", "debug:config", "help", "list evil;",
]
STRANGE = [
    "../../../etc/passwd", "..", "/bin/sh", "./console", "cache:clear/../list", "cache:purge ", " cache:purge ;",
    "cache:purge\t--x", "CACHE:PURGE",
    "cache:purge\0", "\0", "\r", "\n", "\x1b[2J\x1b[31mred", "\x07\x08\x7f", "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "нет такой задачи", "任务", "\u202egrup:ehcac", "\ufeffcache:purge", "cache\u200b:purge", "cache:purge\u00a0",
    "ca\u0441he:purge",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "é" * 300, "a" * 101, "a" * 3000,
    "cache:clear " + "-v " * 60,
    "%s%s%s%n", "{{7*7}}", "${jndi:ldap://x}", "cache:purge?x", "cache:purge&y", "cache:purge=1", "php php",
    "job:stop --yes", "job:stop job=last",
    "doctor --root /", "self:removal", "links:installed",
]
RAW = [b"%FF%FE", b"cache:purge%C0%AF", b"%ED%A0%80", b"cache%00:purge", b"%E2%82", b"cache:purge%0d%0aSet-Cookie:%20a=b",
       b"%80" * 200]


def names(tasks):
    return [ascii(task)[1:40] for task in tasks]


def check_refused(answer, task=None):
    """One printable line that names the task, shortened where it is long."""
    assert answer.status == 403, answer
    line, = answer.text.split("\n")[:-1]
    assert line.startswith("Task ") and line.endswith(" is not allowed.") and len(line) <= 1300, answer
    assert all(character.isprintable() or ord(character) > 0x9f for character in line), answer
    assert "Set-Cookie" not in answer.headers
    if task and task.isascii() and task.isprintable() and len(task) <= 100:
        assert line == f"Task {task} is not allowed."


@pytest.mark.parametrize("task", SHELL + INJECTED + STRANGE, ids=names(SHELL + INJECTED + STRANGE))
def test_a_task_that_is_not_on_the_list_is_refused_by_name_and_nothing_runs(shared, task):
    with shared.nothing_changes(but=("state/attempts",)):
        check_refused(shared.owner(f"task={quote(task, safe='')}"), task)
        check_refused(shared.owner(form={"task": task}), task)
        check_refused(shared.owner(f"task={quote(task, safe='')}&quiet"), task)
        event, = shared.owner(f"task={quote(task, safe='')}&format=json").events or [None]
    assert event["event"] == "refused" and event["status"] == "403"
    assert shared.ran() == [] and not list(shared.state.glob("jobs/*")) and not mark_exists()


@pytest.mark.parametrize("task", RAW, ids=names(RAW))
def test_bytes_that_are_no_text_are_shown_escaped(shared, task):
    for headers in ({}, BROWSER, NAVIGATION):
        check_refused(shared.owner(f"task={task.decode()}", headers=headers))
    assert shared.ran() == []


@pytest.mark.parametrize("headers", [BROWSER, NAVIGATION])
def test_a_browser_gets_no_markup_of_a_task_name(shared, headers):
    answer = shared.owner("task=" + quote("<script>alert(1)</script>") + "&pretty", headers=headers)
    assert answer.type.startswith("text/plain") or "<script>alert" not in answer.text
    assert answer.status == 403


@pytest.mark.parametrize("task", ["mautic:install:data", "mautic:install:data --force", "doctrine:schema:update --force",
                                  "doctrine:schema:update -f", "doctrine:schema:update --dump-sql --force"])
def test_what_is_known_and_harmful_is_refused_with_the_reason_and_what_to_use(shared, task):
    answer = shared.owner(f"task={quote(task)}")
    assert answer.status == 403 and "is not run here" in answer.text and "doctrine:migrations:migrate" in answer.text
    assert len(answer.lines) == 1 and shared.ran() == []


def test_a_settings_line_cannot_allow_what_is_refused(boxes):
    box = boxes(settings="command = mautic:install:data\ncommand = doctrine:schema:update --force")
    for task in ("mautic:install:data", "doctrine:schema:update --force"):
        assert box.owner(f"task={quote(task)}").status == 403
    assert box.ran() == []


def test_a_settings_line_allows_exactly_itself(boxes):
    box = boxes(settings="command = fixture:any --thing=1")
    for task in ("fixture:any", "fixture:any --thing=2", "fixture:any --thing=1 --more", "fixture:any --thing=1;id",
                 "FIXTURE:any --thing=1"):
        check_refused(box.owner(f"task={quote(task)}"), task)
    assert box.ran() == []
    assert box.run("task=fixture:any++--thing=1").lines[-1].startswith("-- done")
    assert box.ran() == [["fixture:any", "--thing=1", "--no-interaction", "--env=prod", "--no-debug"]]


def test_every_word_reaches_the_console_as_it_was_given(boxes):
    odd = "fixture:any --a=$(id) `x` ;|&<>*?~ 'q' \"d\" \\ ünï #c"
    box = boxes(settings=f"command = {odd}")
    assert box.run(f"task={quote(odd)}").lines[-1].startswith("-- done")
    assert box.ran()[0][:-3] == odd.split(" ")


@pytest.mark.parametrize("option", ["file=../x", "file=/etc/passwd", "file=.htaccess", "file=a/b", "version=1;2",
                                    "backup=../x", "job=../../x",
                                    "job=1", "php=no", "tables=a;b", "lines=-1", "lines=1e9", "check=1", "eula=maybe",
                                    "file=%00"])
def test_an_option_that_an_action_does_not_take_or_of_another_form_is_refused(shared, option):
    for task in ("cache:purge", "php", "job:stop"):
        with shared.nothing_changes(but=("state/attempts",)):
            answer = shared.owner(f"task={task}&{option}")
        assert 400 <= answer.status < 500 and len(answer.lines) == 1, answer


@fastcgi_only
def test_ten_megabytes_in_the_query_are_414(shared):
    for query in (f"{KEY}&task=" + "a" * (10 << 20), "a" * (10 << 20)):
        with shared.nothing_changes():
            assert shared.stranger(query, REQUEST_URI="/unstick/unstick.fcgi").status == 414
    assert shared.owner("task=php").status == 200  # and it lives


def test_ten_megabytes_in_a_form_are_413(shared):
    body = b"task=" + b"a" * (10 << 20)
    for query in (KEY, ""):
        with shared.nothing_changes():
            assert shared.stranger(query, method="POST", body=body).status == 413
    assert shared.owner("task=php").status == 200


@cgi_only
def test_json_of_any_task_name_is_json(shared):
    for task in [quote(task, safe="") for task in STRANGE] + [task.decode() for task in RAW]:
        for line in shared.owner(f"task={task}&format=json").text.splitlines():
            assert json.loads(line)["event"] == "refused"


def mark_exists():
    return os.path.exists(MARK)
