# SPDX-License-Identifier: GPL-3.0-or-later
"""No key yet, or one that everybody could guess: the answer says what to upload, with a fresh suggestion, and nothing else."""

import re

import pytest

from cases.box import BROWSER, KEY, NAVIGATION, OTHER_KEY, WRONG
from cases.table import Case, each

SUGGESTION = re.compile(r"^key = ([A-Za-z0-9._~-]+)$", re.MULTILINE)

REFUSED = [
    Case("fifteen characters", "aB3dE5gH7jK9mN1", text="too short: it needs 16 or more"),
    Case("one character", "x", text="too short"),
    Case("the gist's example", "MautiBot_Happy", text="too short"),
    Case("an example of 16", "0123456789abcdef", text="published example"),
    Case("an example in other letters", "0123456789ABCDEF", text="published example"),
    Case("a guide's example", "your_secret_phrase_here", text="published example"),
    Case("one letter", "a" * 32, text="repeats"),
    Case("two letters", "abababababababababab", text="repeats"),
    Case("five letters", "abcdeabcdeabcdeabcde", text="repeats"),
    Case("a blank inside", "aB3dE5gH7 jK9mN1pQ3", text="letters, digits and . _ ~ - only"),
    Case("an umlaut", "aB3dE5gH7jK9mN1pQ3ü", text="letters, digits and . _ ~ - only"),
    Case("a percent sign", "aB3dE5gH7jK9%41N1pQ3", text="letters, digits and . _ ~ - only"),
    Case("an ampersand", "aB3dE5gH7&jK9mN1pQ3", text="letters, digits and . _ ~ - only"),
    Case("201 characters", "aB3dE5gH7j" * 20 + "x", text="longer than 200"),
]


def suggestions(answer):
    return SUGGESTION.findall(answer.text) if "html" not in answer.type else re.findall(r"key = ([\w.~-]+)", answer.text)


@pytest.mark.parametrize("settings", ["", "key =", "key = \n", "; key = kR7vT2mWq9ZxB4nLp8sD"])
def test_without_a_key_the_text_says_what_to_upload(boxes, settings):
    box = boxes(key=None, settings=settings)
    with box.nothing_changes():
        answer = box.stranger()
    assert (answer.status, answer.type) == (403, "text/plain; charset=utf-8")
    assert answer.lines[0].startswith("No key is set yet.") and "unstick.ini.php" in answer.lines[0]
    assert len(suggestions(answer)) == 1
    assert str(box.folder) not in answer.text and "4.3.0" not in answer.text


def test_without_a_key_a_browser_gets_a_page_with_a_suggestion(boxes):
    box = boxes(key=None)
    with box.nothing_changes():
        answer = box.stranger(headers=NAVIGATION)
    assert (answer.status, answer.type) == (403, "text/html; charset=utf-8")
    assert "unstick.ini.php" in answer.text and len(suggestions(answer)) == 1
    assert answer.cookie() is None
    assert str(box.folder) not in answer.text and "4.3.0" not in answer.text


def test_without_a_settings_file_the_answer_is_the_same(boxes):
    box = boxes(key=None)
    box.settings_file.unlink()
    assert box.stranger().lines[0].startswith("No key is set yet.")


def test_each_suggestion_is_a_new_one_and_works_as_a_key(boxes):
    box = boxes(key=None)
    made = [suggestions(box.stranger(headers=more))[0] for more in ({}, BROWSER, {}, BROWSER)]
    assert len(set(made)) == 4 and all(len(key) >= 24 for key in made)
    box.write_settings(key=made[-1])
    box.restart()
    assert "\nActions:\n" in box.stranger(made[-1]).text
    assert box.stranger(made[0]).text == WRONG


@pytest.mark.parametrize("query", ["task=php", KEY, "view=abc", "job=last", "task=job%3Astop&confirm=abc",
                                   f"{KEY}&task=cache:purge"])
def test_without_a_key_nothing_else_is_answered(boxes, query):
    box = boxes(key=None)
    with box.nothing_changes():
        answer = box.stranger(query)
    assert answer.status == 403 and answer.lines[0].startswith("No key is set yet.")


def test_without_a_key_head_has_no_body(boxes):
    assert boxes(key=None).stranger(method="HEAD").status == 403


@each(REFUSED)
def test_a_key_that_can_be_guessed_is_refused_with_the_reason(boxes, case):
    box = boxes(key=case.query)
    for query in ("", case.query.replace(" ", "+").replace("%", "%25").replace("&", "%26")):
        for headers in ({}, BROWSER):
            with box.nothing_changes():
                answer = box.stranger(query, headers=headers)
            assert answer.status == 403 and case.text in answer.text, answer
            assert len(suggestions(answer)) == 1
            assert case.query not in suggestions(answer) and f"key = {case.query}\n" not in answer.text


@pytest.mark.parametrize("name", ["unstick.ini.php", "unstick.ini"])
def test_both_names_of_the_settings_file_are_read(boxes, name):
    box = boxes(settings_name=name)
    assert "\nActions:\n" in box.owner().text


def test_of_two_settings_files_the_one_that_php_protects_counts(boxes):
    box = boxes()
    (box.place / "unstick.ini").write_text(f"key = {OTHER_KEY}\nstate = {box.state}\n")
    assert "\nActions:\n" in box.owner().text
    assert box.stranger(OTHER_KEY).text == WRONG


@pytest.mark.parametrize("line", [f"key={KEY}", f"key   =   {KEY}  ", f'key = "{KEY}"', f"key = '{KEY}'", f"\tkey = {KEY}\r",
                                  f"[unstick]\nkey = {KEY}", f"\nkey = {OTHER_KEY}\nkey = {KEY}"])
def test_the_key_is_read_however_people_write_it(boxes, line):
    box = boxes(key=None, settings=line)
    assert "\nActions:\n" in box.stranger(KEY).text
    assert box.stranger(OTHER_KEY).text == WRONG


def test_a_settings_file_from_a_windows_editor_is_read(boxes):
    box = boxes()
    box.settings_file.write_bytes(b"\xef\xbb\xbf" + box.settings_text().replace("\n", "\r\n").encode())
    assert "\nActions:\n" in box.owner().text
