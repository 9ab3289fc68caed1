# SPDX-License-Identifier: GPL-3.0-or-later
"""A missing PHP, an unreadable root, a state folder that cannot be: the right status, one clear sentence, and whatever needs
none of it goes on."""

import contextlib
import os
import pwd

import pytest

from cases.box import KEY, NAVIGATION, WRONG_KEY
from support import process, tools


def one_sentence(answer, status, *parts):
    assert answer.status == status and len(answer.lines) == 1 and answer.text.endswith("\n"), answer
    assert all(part in answer.text for part in parts), answer
    return answer


@contextlib.contextmanager
def mode_of(path, mode):
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


@pytest.fixture
def without_php(box):
    """A box on a machine on which no PHP lies: in a mount namespace of its own each is covered."""
    tools.need_root("to cover PHP in a mount namespace")
    script = ('for php in /usr/bin/php* /usr/local/bin/php*; do '
              'if [ -f "$php" ]; then mount --bind /dev/null "$(readlink -f "$php")"; fi; done; exec "$@"')
    account = pwd.getpwnam(box.account)
    box.wrapper = (tools.find("unshare"), "--mount", "--propagation", "private", "--", "sh", "-c", script, "without-php",
                   tools.find("setpriv"), f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--")
    box.wrapper_needs_root = True
    return box


@pytest.mark.parametrize("settings", ["", "php = /nowhere/php", "php = /etc/passwd"])
def test_without_any_php_a_console_command_says_so_and_gives_the_cron_line(without_php, settings):
    without_php.write_settings(settings, key=KEY)
    for query in ("task=cache:clear", "task=mautic:segments:update&quiet"):
        answer = one_sentence(without_php.owner(query), 500, "no PHP for the command line was found", "cron")
    assert f"php {without_php.site.console_file} mautic:segments:update --no-interaction" in answer.text
    assert not list(without_php.state.glob("jobs/*")) and not (without_php.state / "current").exists()


def test_without_any_php_everything_that_needs_none_goes_on(without_php):
    assert "\nActions:\n" in without_php.owner().text
    answer = without_php.run("task=php")
    assert "no PHP command line was found on this server" in answer.text and answer.lines[-1].startswith("-- failed: exit 1")
    assert without_php.owner("task=php&quiet").status == 500
    assert without_php.run("task=cache:purge").lines[-1].startswith("-- done: exit 0")


def test_a_path_without_php_is_no_hindrance_where_php_lies_in_its_usual_place(box):
    assert box.run("task=cache:clear", PATH="/nowhere").lines[-1].startswith("-- done")
    box.restart()
    assert box.run("task=list", PATH=None).lines[-1].startswith("-- done")


def test_a_php_of_the_settings_that_is_not_there_leads_to_another_and_is_said(boxes):
    box = boxes(settings="php = /nowhere/php")
    assert "the PHP of the settings, /nowhere/php, cannot be used: there is no such program" in box.owner("task=php").text
    assert box.run("task=cache:clear").lines[-1].startswith("-- done")


def test_a_php_that_does_not_fit_is_not_used(boxes):
    box = boxes()
    metadata = box.site.root / "app/release_metadata.json"
    metadata.write_text(metadata.read_text().replace("9.9.99", "7.4.99"))
    one_sentence(box.owner("task=cache:clear"), 500, "no PHP that fits 7.4.0 to 7.4.99 was found, only PHP 8.")
    assert box.ran() == []


def test_a_php_that_hangs_holds_nobody_for_long(boxes):
    box = boxes()
    slow = box.folder / "php"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    box.write_settings(f"php = {slow}", key=KEY)
    answer = box.owner("task=php")
    assert "it did not answer within 2 s" in answer.text and answer.seconds < 6
    assert box.owner("task=php").seconds < 2  # asked once, remembered: it does not wait again


@pytest.mark.parametrize("where", ["root", "above"])
def test_an_unreadable_root_is_said_and_nothing_started(boxes, where):
    box = boxes(place=None)
    site = box.site.root
    (box.folder / "program").mkdir()
    box.give(box.folder / "program")
    box.program.rename(box.folder / "program" / box.program.name)
    box.settings_file.rename(box.folder / "program" / box.settings_file.name)
    box.program, box.settings_file = (box.folder / "program" / path.name for path in (box.program, box.settings_file))
    above = box.folder / "above"
    above.mkdir()
    site.rename(above / "site")
    box.write_settings(f"root = {above}/site", key=KEY)
    with mode_of(above / "site" if where == "root" else above, 0):
        answer = box.owner()
        assert answer.status == 200 and "Permission denied" in answer.lines[0] and "\nActions:\n" in answer.text
        one_sentence(box.owner("task=cache:purge"), 500, "Permission denied", str(above))
        one_sentence(box.owner("task=cache:clear"), 500, "Permission denied", str(above))
        one_sentence(box.owner("task=cache:nonsense"), 403, "Task cache:nonsense is not allowed.")
        assert box.stranger(WRONG_KEY).text == "The secret phrase is wrong.\n"
        assert box.owner(headers=NAVIGATION).status == 200
    assert not list(box.state.glob("jobs/*"))
    assert box.run("task=cache:purge").lines[-1].startswith("-- done")


def test_a_root_that_is_not_there_is_said(boxes):
    box = boxes(settings="root = /nowhere/at/all")
    assert box.owner().lines[0] == "there is no application that we know in /nowhere/at/all: no such folder"
    for task in ("cache:purge", "cache:clear", "mautic:segments:update&quiet"):
        one_sentence(box.owner(f"task={task}"), 500, "/nowhere/at/all: no such folder")


def test_unreadable_settings_are_said_without_a_path(box):
    with mode_of(box.settings_file, 0):
        answer = box.stranger(KEY)
    assert answer.status == 403
    assert answer.lines[0].startswith("The settings file beside the program cannot be read (Permission denied)")
    assert str(box.folder) not in answer.text


IMPOSSIBLE = ["/proc/unstick", "/nowhere/unstick", "/dev/null/unstick", "/etc/passwd", "/etc/unstick-state", "relative/path"]


@pytest.mark.parametrize("place", IMPOSSIBLE)
def test_a_state_folder_in_an_impossible_place_is_said(boxes, place):
    box = boxes(settings=f"state = {place}", state=None)
    answer, named = box.owner(), os.path.dirname(place)
    assert answer.status == 200 and any(line.startswith("! ") and named in line for line in answer.lines), answer
    for query in ("task=cache:clear", "task=cache:purge&quiet", "task=job:stop"):
        one_sentence(box.owner(query), 500, "cannot", named)
    assert box.run("task=php").lines[-1].startswith("-- done")
    assert box.ran() == [] and box.site.cache.exists()
    assert not os.path.lexists("/etc/unstick-state")


@pytest.mark.parametrize("used", [False, True])
def test_a_read_only_state_folder_is_said(box, used):
    box.state.mkdir() if not used else box.owner("task=cache:warmup")
    box.give(box.state)
    box.restart()
    with mode_of(box.state, 0o555):
        assert any(line.startswith("! ") and "cannot be written" in line for line in box.owner().lines)
        one_sentence(box.owner("task=cache:clear"), 500, str(box.state), "cannot be written")
        one_sentence(box.owner("task=cache:clear&quiet"), 500, "cannot be written")
        one_sentence(box.owner("task=job:stop"), 500, "cannot be written")
        assert box.run("task=php").lines[-1].startswith("-- done")
        assert box.stranger(WRONG_KEY).status == 403
    assert len(box.ran()) == used
    assert box.run("task=cache:clear").lines[-1].startswith("-- done")


@pytest.mark.parametrize("entry", ["jobs", "starts", "plans", "secret", "start.lock"])
def test_a_part_of_the_state_that_cannot_be_used_is_said(box, entry):
    box.owner("task=cache:warmup")
    (box.state / "plans").mkdir(exist_ok=True)
    box.restart()
    task = "job:stop" if entry == "plans" else "cache:clear"
    if entry == "plans":
        box.start_held("cache:clear")
    with mode_of(box.state / entry, 0):
        answer = box.owner(f"task={task}")
        one_sentence(answer, 500, str(box.state / entry))
    assert len(box.ran()) == 1 + (entry == "plans")


def test_a_state_folder_of_a_newer_version_is_refused_and_not_rewritten(box):
    box.owner("task=cache:warmup")
    (box.state / "version").write_text("2\n")
    box.restart()
    with box.nothing_changes():
        answer = box.owner()
        assert any(line.startswith("! ") and "written by a newer version" in line for line in answer.lines)
        for query in ("task=cache:clear", "task=cache:purge&quiet", "job=last", "task=job:unlock"):
            one_sentence(box.owner(query), 500, "was written by a newer version of this program",
                         "upload that newer version again")
        assert box.command_line("cache:purge").returncode == 1
    assert len(box.ran()) == 1


@pytest.mark.parametrize("text", ["", "nonsense\n", "-1\n", "99999999999999999999\n"])
def test_a_damaged_version_file_is_refused(box, text):
    box.owner("task=cache:warmup")
    (box.state / "version").write_text(text)
    box.restart()
    answer = box.owner("task=cache:clear")
    assert answer.status == 500 and len(box.ran()) == 1


def test_a_state_folder_below_the_document_root_is_closed_to_the_web(boxes):
    box = boxes(state="site/media/state")
    box.owner("task=cache:clear")
    assert box.state.stat().st_mode & 0o777 == 0o700
    assert "Require all denied" in (box.state / ".htaccess").read_text()


def test_by_default_the_state_lies_in_the_home_of_the_account(boxes, ground):
    box = boxes(state=None)
    box.owner("task=cache:clear")
    home = [path for path in ground[1].iterdir() if path.name.startswith(".unstick-")] if os.geteuid() == 0 else [None]
    assert len(home) == 1 and not list(box.folder.rglob(".unstick-*"))
    if home[0]:
        assert home[0].stat().st_mode & 0o777 == 0o700
        process.run(["rm", "-rf", home[0]])
