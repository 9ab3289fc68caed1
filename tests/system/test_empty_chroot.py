# SPDX-License-Identifier: GPL-3.0-or-later
"""In an empty chroot the program answers in all three ways; what cannot work there is one clear sentence."""

import shutil
import sys
from pathlib import Path

import pytest

from support import tree
from support.fcgi_client import FcgiRequest
from system.cell import Cell
from system.place import KEY

pytestmark = pytest.mark.shipped_only

WRONG = "The secret phrase is wrong.\n"


@pytest.fixture
def cells(ground, image):
    """Makes cells; keywords as for Cell."""
    made = []

    def make(**options):
        made.append(Cell(tree.make_folder("cell"), image, **options))
        return made[-1]

    yield make
    for cell in made:
        cell.close()
        tree.remove(cell.folder)


@pytest.fixture
def cell(cells):
    return cells()


@pytest.fixture
def old(ground):
    copy = ground[1] / "old_kernel.py"
    shutil.copyfile(Path(__file__).with_name("old_kernel.py"), copy)
    return sys.executable, "-I", str(copy)


def check_is_one_sentence(answer, *parts):
    """One line, and no crash's."""
    assert answer.status == 500, answer
    assert len(answer.lines) == 1 and len(answer.text) < 400, answer
    for part in parts:
        assert part in answer.text, answer


def test_the_cell_holds_the_program_and_its_settings_only(cell):
    files = sorted(str(path.relative_to(cell.folder)) for path in cell.folder.rglob("*"))
    assert files == ["unstick", "unstick/unstick.cgi", "unstick/unstick.ini.php"]


def test_version_and_help_are_told(cell):
    version = cell.command_line("--version")
    assert (version.returncode, version.stderr) == (0, "") and version.stdout.startswith("unstick "), version
    usage = cell.command_line("--help")
    assert (usage.returncode, usage.stderr) == (0, "") and "Exit status: 0 done" in usage.stdout, usage


def test_the_command_line_says_that_there_is_no_site(cell):
    listed = cell.command_line()
    assert listed.returncode == 1, listed
    assert listed.stdout.startswith("no application that we know was found in /unstick or above it: "), listed


def test_a_cgi_request_without_the_key_is_refused(cell):
    answer = cell.ask(key=False)
    assert (answer.status, answer.text) == (403, WRONG)


def test_a_cgi_request_with_the_key_gets_the_list_and_the_key_is_hashed(cell):
    for _ in range(3):
        cell.age_settings()  # the first visit writes `state =` into it
        answer = cell.ask()
        assert answer.status == 200 and "\nActions:\n" in answer.text, answer
    assert "key = $scrypt$" in (cell.home / "unstick.ini.php").read_text()


def test_fastcgi_requests_are_answered(cell):
    with cell.fastcgi() as address:
        for key, status in ((False, 403), (True, 200), (True, 200)):
            answer = FcgiRequest(address, cell.variables("", key)).finish()
            assert answer.status == status, answer


def test_an_action_within_the_request_works(cell):
    cell.add_site()
    answer = cell.ask("task=php")
    assert answer.status == 200 and "no PHP command line was found" in answer.text, answer


def test_a_console_command_without_any_php_is_one_sentence_with_the_cron_line(cell):
    cell.add_site()
    answer = cell.ask("task=cache:clear")
    check_is_one_sentence(answer, "no PHP for the command line was found", "php /site/bin/console cache:clear")


def test_a_job_without_dev_null_is_refused_in_one_sentence_and_changes_nothing(cell):
    cache = cell.add_site()
    check_is_one_sentence(cell.ask("task=cache:purge"), "cannot open /dev/null")
    assert (cache / "twig/page.php").exists()


def test_a_job_without_proc_runs_by_execveat_to_its_end(cell):
    cache = cell.add_site()
    cell.add_file("dev/null")
    answer = cell.ask("task=cache:purge")
    assert answer.status == 200 and answer.lines[-1].startswith("-- done: exit 0 in "), answer
    assert not cache.exists()
    assert cell.ask("job=last").text == answer.text


def test_a_job_of_the_command_line_runs_too(cell):
    cache = cell.add_site()
    cell.add_file("dev/null")
    done = cell.command_line("cache:purge")
    assert (done.returncode, done.stderr) == (0, "") and "-- done: exit 0 in " in done.stdout, done
    assert not cache.exists()


def test_without_any_random_numbers_the_key_is_refused_in_one_sentence(cells, old):
    cell = cells(before=old)  # no getrandom, no /dev/urandom
    check_is_one_sentence(cell.ask(), "no source of random numbers", "/dev/urandom")
    assert KEY not in cell.ask().text


def test_on_an_old_kernel_dev_urandom_is_enough_for_the_key(cells, old):
    cell = cells(before=old)
    cell.add_file("dev/urandom", bytes(range(256)) * 64)
    assert "\nActions:\n" in cell.ask().text


def test_without_proc_and_execveat_a_job_is_refused_in_one_sentence_and_changes_nothing(cells, old):
    cell = cells(before=old)
    cache = cell.add_site()
    cell.add_file("dev/null")
    cell.add_file("dev/urandom", bytes(range(256)) * 64)
    check_is_one_sentence(cell.ask("task=cache:purge"), "cannot start", "/proc")
    assert (cache / "twig/page.php").exists()
