# SPDX-License-Identifier: GPL-3.0-or-later
"""A new key line, written by hand, ends what was handed out under the former one: consents, links to a job, sessions. Links for
cron are asked about instead: test_run_links.py. That the key is hashed meanwhile ends nothing."""

import re

import pytest

from cases.box import KEY, LOGIN, NAVIGATION, OTHER_KEY, WRONG

VIEW_WRONG = "This link is wrong, or it has expired.\n"
CONFIRM = re.compile(r'name="confirm" value="([^"]+)"')
MAKE = "task=links:make&for=php"


def code_of(box):
    return box.owner(f"{MAKE}&format=json").events[0]["confirm"]


def view_of(box):
    return box.owner("task=cache:clear", headers=NAVIGATION).headers["Location"].removeprefix("?")


def with_key(box, key):
    box.write_settings(key=key)
    box.key = key
    box.restart()


def test_consents_of_the_former_key_are_void(box):
    printed, used = code_of(box), code_of(box)
    button = CONFIRM.search(box.owner(f"{MAKE}&pretty", headers=NAVIGATION).text)[1]
    assert "is shown here once" in box.stranger(f"{MAKE}&confirm={used}").text
    with_key(box, OTHER_KEY)
    for code in (printed, button, used):
        assert box.stranger(f"{MAKE}&confirm={code}").text == WRONG
        assert LOGIN in box.stranger("task=links:make", headers=NAVIGATION, form={"for": "php", "confirm": code}).text
        assert "-- plan only, nothing changed" in box.owner(f"{MAKE}&confirm={code}").text
    assert len(list((box.state / "links").iterdir())) == 1
    assert "is shown here once" in box.stranger(f"{MAKE}&confirm={code_of(box)}").text


@pytest.mark.parametrize("when", ["before", "after"])
def test_links_to_a_job_are_void_with_the_key_under_which_they_were_shown(box, when):
    if when == "after":
        box.owner()  # the key is hashed by now
        assert "scrypt" in box.settings_text()
    link = view_of(box)
    assert box.stranger(link).status == 200
    with_key(box, OTHER_KEY)
    for headers in ({}, NAVIGATION):
        assert box.stranger(link, headers=headers).text == VIEW_WRONG
    assert box.owner("job=last").status == 200
    with_key(box, KEY)
    assert box.stranger(link).status == 200, "the former key, which is the present one again"


def test_that_the_key_is_hashed_ends_neither(box):
    box.write_settings(key=KEY, age=0)
    link, code = view_of(box), code_of(box)
    assert "scrypt" not in box.settings_text()
    box.write_settings(key=KEY)
    box.restart()
    box.owner()
    assert "scrypt" in box.settings_text()
    assert box.stranger(link).status == 200
    assert "is shown here once" in box.stranger(f"{MAKE}&confirm={code}").text
