# SPDX-License-Identifier: GPL-3.0-or-later
"""After sleep_days without the owner's key it opens nothing; links go on; a line that the owner writes wakes it."""

import os
import shutil
import time

import pytest

from cases.box import KEY, NAME_KEY, NAVIGATION, OTHER_KEY, WRONG
from cases.test_run_links import make

DAY = 86400
SLEEPS = "This program sleeps"


def age(path, days):
    os.utime(path, (time.time() - days * DAY,) * 2)


def forget(box, days):
    """As if nobody had come for so many days."""
    age(box.settings_file, days)
    age(box.state / "owner-seen", days)


def test_it_sleeps_after_thirty_days_and_says_so_to_the_owner_alone(box):
    box.owner()
    forget(box, 29)
    assert box.owner().status == 200
    forget(box, 31)
    box.restart()
    for query in ("", "task=php", "task=cache:purge", "job=last"):
        for headers in ({}, NAVIGATION):
            answer = box.owner(query, headers=headers)
            assert answer.status == 403 and answer.text.startswith(SLEEPS) and "Set-Cookie" not in answer.headers
            assert box.stranger(f"{OTHER_KEY}&{query}", headers=headers).text == WRONG
    assert box.stranger("format=html", form={"phrase": KEY}, headers=NAVIGATION).text.startswith(SLEEPS)
    assert box.ran() == []


def test_using_it_keeps_it_awake(box):
    box.owner()
    forget(box, 20)
    assert box.owner().status == 200
    assert time.time() - (box.state / "owner-seen").stat().st_mtime < 60
    age(box.settings_file, 100)
    assert box.owner().status == 200


def test_links_go_on_while_it_sleeps(box):
    link = make(box)
    forget(box, 40)
    assert box.stranger(f"{link}&quiet").status == 200 and len(box.ran()) == 1
    assert box.owner().text.startswith(SLEEPS)


def test_a_key_line_written_anew_wakes_it(box):
    box.owner()
    forget(box, 40)
    assert box.owner().status == 403
    box.write_settings(key=OTHER_KEY)
    assert box.stranger(OTHER_KEY).status == 200 and box.stranger(KEY).text == WRONG


@pytest.mark.parametrize("days, asleep", [("1", True), ("10", False), ("0", False)])
def test_the_days_are_a_setting(boxes, days, asleep):
    box = boxes(settings=f"sleep_days = {days}")
    box.owner()
    forget(box, 5)
    assert (box.owner().status == 403) == asleep


def test_with_the_key_in_the_programs_name_an_upload_wakes_it(boxes, mode):
    box = boxes(file=f"unstick-{NAME_KEY}.{'fcgi' if mode == 'fastcgi' else 'cgi'}", key="")
    copy = box.program.with_name("copy")  # the other boxes share the file
    shutil.copy2(box.program, copy)
    copy.rename(box.program)
    box.give(box.program)
    box.stranger()
    forget(box, 40)
    age(box.program, 40)
    assert box.stranger().text.startswith(SLEEPS)
    box.restart()
    os.utime(box.program)
    assert box.stranger().status == 200


def test_the_command_line_never_sleeps(box):
    box.owner()
    forget(box, 40)
    assert box.command_line("php").returncode in (0, 1)
