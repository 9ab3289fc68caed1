# SPDX-License-Identifier: GPL-3.0-or-later
"""The binary alone, its key in its own name: one upload, nothing else. The path is then the secret."""

import re

import pytest

from cases.box import KEY, NAME_KEY, NAVIGATION, WRONG_KEY

LINK = re.compile(r"^    (\S+)$", re.MULTILINE)


@pytest.fixture
def alone(boxes, mode):
    """alone(key) -> a box whose program is called unstick-KEY.cgi; its settings only say where the state is."""
    ending = "fcgi" if mode == "fastcgi" else "cgi"
    return lambda key=NAME_KEY, **options: boxes(key=None, file=f"unstick-{key}.{ending}", **options)


def test_who_knows_the_name_needs_nothing_else(alone):
    box = alone()
    answer = box.stranger()
    assert (answer.status, answer.lines[0].split(" in ")[0]) == (200, "Mautic 4.3.0"), answer


def test_the_key_of_the_name_may_be_presented_too(alone):
    assert "\nActions:\n" in alone().stranger(NAME_KEY).text


def test_a_task_runs_by_the_name_alone(alone):
    box = alone()
    assert box.stranger("task=cache:clear").lines[-1].startswith("-- done: exit 0")
    assert len(box.ran()) == 1


def test_every_printed_link_is_relative(alone):
    box = alone()
    links = LINK.findall(box.stranger(NAME_KEY).text)
    assert len(links) > 20 and all(link.startswith("?") and "=" in link for link in links)


def test_no_answer_names_the_program(alone):
    box = alone()
    box.hold()
    queries = ["", "task=php", "task=nonsense", "task=cache:clear", "job=last", "format=json", "task=job:stop"]
    for query in queries:
        for headers in ({}, NAVIGATION):
            answer = box.stranger(f"{NAME_KEY}&{query}", headers=headers, timeout=30)
            shown = answer.text.replace(f"?{NAME_KEY}&", "?")  # the bookmark of a page that was opened with it
            assert NAME_KEY not in shown and "example.test" not in shown, answer
    box.release()


def test_the_cookie_does_not_carry_the_key(alone):
    value, _, attributes = alone().stranger(NAME_KEY, headers=NAVIGATION).headers["Set-Cookie"].partition(";")
    assert NAME_KEY not in value and "HttpOnly" in attributes


@pytest.mark.parametrize("key, reason", [("g8Kx3ZtRb6WmQp2Vn9YcHd5", "too short: it needs 24 or more"),
                                         ("x", "too short"), ("a" * 30, "repeats")])
def test_a_name_that_can_be_guessed_is_refused_with_the_reason(alone, key, reason):
    box = alone(key)
    with box.nothing_changes():
        answer = box.stranger(key)
    assert answer.status == 403 and reason in answer.text


def test_a_key_of_the_settings_counts_more_than_the_name(boxes, mode):
    box = boxes(file=f"unstick-{NAME_KEY}.{'fcgi' if mode == 'fastcgi' else 'cgi'}")
    assert "\nActions:\n" in box.stranger(KEY).text
    assert box.stranger(NAME_KEY).status == 403
    assert box.stranger().status == 403


def test_an_empty_key_line_of_the_sample_settings_leaves_the_name_in_charge(alone):
    assert "\nActions:\n" in alone(settings="key =").stranger(NAME_KEY).text


def test_the_name_is_never_written_into_the_settings(alone):
    box = alone()
    before = box.settings_text()
    box.stranger(NAME_KEY)
    box.stranger(WRONG_KEY)
    assert box.settings_text() == before
