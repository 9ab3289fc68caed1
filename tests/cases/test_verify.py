# SPDX-License-Identifier: GPL-3.0-or-later
"""An action that reads answers within the request where it needs no job: `files:verify` without a package."""

import json

import pytest

from cases.box import NAVIGATION

SIGN = "! parts of the autoloader are missing:"


@pytest.fixture(autouse=True)
def half_an_autoloader(shared):
    """The site is whole again for the other tests."""
    part = shared.site.root / "vendor/composer/autoload_static.php"
    aside = part.with_name("aside")
    part.rename(aside)
    yield
    aside.rename(part)


def test_signs_are_told_in_the_answer_and_no_job_is_made(shared):
    with shared.nothing_changes(but=("state/*", "site/unstick/*")):
        answer = shared.owner("task=files:verify")
    lines = answer.text.splitlines()
    assert answer.status == 200 and lines[0] == "Executing files:verify" and lines[-1].startswith("-- failed: exit 1 in ")
    assert SIGN in lines and lines[-2].startswith("to mend it: files:replace with the full package 4.3.0.zip (https://github.com/")
    assert "job=" not in answer.text and not list(shared.state.glob("jobs/*"))


def test_its_result_is_the_status_of_a_quiet_answer(shared):
    answer = shared.owner("task=files:verify&quiet")
    assert answer.status == 500 and answer.text.startswith("-- failed: exit 1 in ")


def test_machines_get_events_and_browsers_a_page(shared):
    events = [json.loads(line) for line in shared.owner("task=files:verify&format=json").text.splitlines()]
    assert SIGN + "\n" in [event.get("text") for event in events]
    page = shared.owner("task=files:verify&pretty", headers=NAVIGATION)
    assert page.status == 200 and SIGN in page.text


def test_a_package_is_a_bare_name(shared):
    assert shared.owner("task=files:verify&file=../5.1.0.zip").status == 400
    answer = shared.owner("task=files:verify&file=5.1.0.zip")
    assert answer.status == 500 and answer.text.startswith("there is no file 5.1.0.zip in ")
