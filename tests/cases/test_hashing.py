# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain key is replaced by its hash after its first use: nothing else of the owner's file changes, no use of it breaks."""

import os
import re
import shutil
import stat

import pytest

from cases.box import KEY, NAVIGATION, OTHER_KEY, WRONG, WRONG_KEY
from cases.table import cgi_only
from support import tools

HASHED = re.compile(r"^key = \$scrypt\$10\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$", re.MULTILINE)
OWN_LINES = """; password of the mailbox: 12 ; 34
# another comment
[section]

url = https://www.example.test ; no comment
command = fixture:slow --lines=10
  db_password = "a ; b = c'"
no setting at all"""


def mode_of(file):
    return stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("name", ["unstick.ini.php", "unstick.ini"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_first_use_hashes_the_key_and_keeps_every_other_byte(boxes, name, line_end):
    box = boxes(settings=OWN_LINES, settings_name=name)
    text = box.settings_text().replace("\n", line_end)
    box.settings_file.write_bytes(text.encode())
    os.utime(box.settings_file, (1_700_000_000, 1_700_000_000))
    assert box.owner().status == 200
    after = box.settings_file.read_bytes().decode()
    hashed = HASHED.search(after.replace("\r\n", "\n"))
    assert hashed and after.replace(hashed[0], f"key = {KEY}") == text
    assert mode_of(box.settings_file) == 0o600
    assert sorted(path.name for path in box.place.iterdir()) == sorted([box.program.name, name])


@pytest.mark.parametrize("written", [f"key={KEY}", f'key = "{KEY}"', f"   key   =   '{KEY}'   ", f"key = {KEY}"])
def test_the_line_is_found_however_it_was_written(boxes, written):
    box = boxes(key=None, settings=written)
    box.stranger(KEY)
    assert KEY not in box.settings_text() and HASHED.search(box.settings_text())


def test_of_two_key_lines_neither_stays_readable(boxes):
    box = boxes(key=None, settings=f"key = {OTHER_KEY}\nkey = {KEY}")
    box.stranger(KEY)
    assert KEY not in box.settings_text() and OTHER_KEY not in box.settings_text()
    assert box.stranger(KEY).status == 200 and box.stranger(OTHER_KEY).text == WRONG


def test_after_hashing_the_same_key_opens_and_the_file_is_left_alone(box):
    box.owner()
    hashed = box.settings_text()
    for _ in range(3):
        assert box.owner().status == 200
        box.restart()
    assert box.stranger(WRONG_KEY).text == WRONG
    assert box.settings_text() == hashed


def test_the_hash_itself_is_no_key(box):
    box.owner()
    stored = HASHED.search(box.settings_text())[0].removeprefix("key = ")
    for guess in (stored, stored.split("$")[-1], stored.replace("$", "%24")):
        assert box.stranger(guess).text == WRONG


def test_two_boxes_with_one_key_have_different_hashes(boxes):
    texts = []
    for box in (boxes(), boxes()):
        box.owner()
        texts.append(HASHED.search(box.settings_text())[0])
    assert texts[0] != texts[1]


@pytest.mark.parametrize("request_of", [lambda box: box.stranger(), lambda box: box.stranger(WRONG_KEY),
                                        lambda box: box.stranger(KEY[:-1]), lambda box: box.stranger(method="HEAD")])
def test_only_who_presents_the_whole_key_has_it_hashed(box, request_of):
    request_of(box)
    assert f"key = {KEY}\n" in box.settings_text()


def test_a_file_that_is_younger_than_5_seconds_is_an_upload_under_way(box):
    box.write_settings(key=KEY, age=0)
    assert box.owner().status == 200
    assert f"key = {KEY}\n" in box.settings_text()
    os.utime(box.settings_file, (box.settings_file.stat().st_mtime - 6,) * 2)
    box.restart()
    assert box.owner().status == 200
    assert HASHED.search(box.settings_text())


def test_the_file_is_closed_to_others_on_first_contact_even_while_it_is_young(box):
    box.write_settings(key=KEY, age=0)
    box.settings_file.chmod(0o644)
    box.owner()
    assert mode_of(box.settings_file) == 0o600


def warned(box):
    return [line for line in box.owner().lines if line.startswith("! ") and "key" in line]


def test_in_a_folder_that_cannot_be_written_the_key_goes_on_working_with_a_warning(box):
    box.place.chmod(0o555)
    for _ in range(2):
        assert box.owner().status == 200
        box.restart()
    assert f"key = {KEY}\n" in box.settings_text()
    assert warned(box)
    box.place.chmod(0o755)


def test_a_file_of_another_user_is_left_alone_and_works_with_a_warning(box):
    tools.need_root("to give a file to another user")
    os.chown(box.settings_file, 65534, 65534)
    box.settings_file.chmod(0o644)
    before = box.take()[str(box.settings_file)]
    for _ in range(2):
        assert box.owner().status == 200
        box.restart()
    assert box.take()[str(box.settings_file)] == before
    assert warned(box)


def test_a_key_that_was_hashed_is_not_warned_about(box):
    box.owner()
    assert not warned(box)


def test_a_symlinked_settings_file_works_and_stays_a_link(boxes):
    box = boxes()
    real = box.folder / "elsewhere.ini"
    shutil.move(box.settings_file, real)
    box.settings_file.symlink_to(real)
    assert box.owner().status == 200 and box.owner().status == 200
    assert box.settings_file.is_symlink()


def test_a_session_stays_valid_across_hashing(box):
    box.write_settings(key=KEY, age=0)
    cookie = box.owner(headers=NAVIGATION).cookie()
    assert f"key = {KEY}\n" in box.settings_text()
    os.utime(box.settings_file, (box.settings_file.stat().st_mtime - 60,) * 2)
    box.restart()
    box.owner()
    assert HASHED.search(box.settings_text())
    assert box.stranger(headers={"Cookie": cookie}).status == 200


@pytest.mark.parametrize("hashed_first", [False, True])
def test_a_new_plain_key_ends_all_sessions_and_the_old_key(box, hashed_first):
    cookie = box.owner(headers=NAVIGATION).cookie()
    if not hashed_first:
        box.write_settings(key=KEY)
    box.write_settings(key=OTHER_KEY)
    assert box.stranger(headers={"Cookie": cookie}).text == WRONG
    assert box.owner().text == WRONG
    assert box.stranger(OTHER_KEY).status == 200
    assert box.stranger(headers={"Cookie": cookie}).text == WRONG
    assert OTHER_KEY not in box.settings_text()


def test_a_session_outlives_the_program_and_its_replacement(box, image):
    cookie = box.owner(headers=NAVIGATION).cookie()
    staged = box.program.with_name("upload")
    shutil.copy2(image, staged)
    staged.rename(box.program)
    box.restart()
    assert box.stranger(headers={"Cookie": cookie}).status == 200


@cgi_only
@pytest.mark.parametrize("call", ["openat", "write", "fsync", "rename", "fchmod", "chmod"])
def test_killed_at_any_call_of_hashing_the_file_is_the_old_one_or_the_new_one(boxes, call):
    box = boxes(settings=OWN_LINES)
    box.owner()  # the state folder is there
    kills = 0
    for number in range(1, 100):
        box.write_settings(OWN_LINES, key=KEY)
        box.settings_file.chmod(0o644)
        plain = box.settings_text()
        box.wrapper = (tools.find("strace"), "-qq", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={number}")
        answer = box.begin(KEY).finish()
        box.wrapper = ()
        text = box.settings_text()
        hashed = HASHED.search(text)
        assert text == plain or (hashed and text.replace(hashed[0], f"key = {KEY}") == plain), f"{call} {number}"
        assert box.owner().status == 200  # nothing of it is left that stops the next visitor
        if answer.exit == 0:
            break
        kills += 1
    assert kills and hashed, f"{kills} kills"
