# SPDX-License-Identifier: GPL-3.0-or-later
"""Guessing is hopeless, and cannot lock the owner out."""

import time

import pytest

from cases.box import KEY, NAVIGATION, OTHER_KEY, WRONG, WRONG_KEY
from cases.table import basic

TRIES = 10  # wrong keys a client may present within a minute


def guess(box, times, address="192.0.2.1", **more):
    return [box.stranger(f"{WRONG_KEY}{number}", REMOTE_ADDR=address, **more).status for number in range(times)]


def login(box, address="192.0.2.1", **more):
    return box.stranger(KEY, REMOTE_ADDR=address, **more).status


def wait_for_a_new_second():
    """All clients together may cause 20 slow hashes in each second of the clock: counts begin anew."""
    now = time.time()
    time.sleep(1.02 - now % 1)


@pytest.fixture
def hashed(box):
    """A box whose key is hashed already, and whose counters know nobody."""
    box.owner()
    (box.state / "attempts").unlink(missing_ok=True)
    box.restart()
    return box


def test_after_ten_wrong_keys_a_client_is_told_to_wait(hashed):
    assert guess(hashed, TRIES) == [403] * TRIES
    answer = hashed.stranger(WRONG_KEY)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    assert answer.text == "Too many wrong keys. Wait a minute.\n"
    assert guess(hashed, 5) == [429] * 5


def test_who_is_told_to_wait_is_answered_before_anything_is_hashed(hashed):
    guess(hashed, TRIES)
    assert login(hashed) == 429  # nobody looked at the key
    began = time.monotonic()
    guess(hashed, 20)
    assert time.monotonic() - began < 2.0  # and nobody sleeps


def test_the_counters_are_shared_by_all_processes(hashed):
    for _ in range(2):
        guess(hashed, TRIES // 2)
        hashed.restart()
    assert guess(hashed, 1) == [429]


def test_other_clients_are_not_told_to_wait(hashed):
    guess(hashed, TRIES + 1)
    assert login(hashed, "192.0.2.2") == 200


def test_a_request_without_a_key_is_no_guess(hashed):
    assert {hashed.stranger(query).status for query in ["", "task=php", "admin", "a=b"] * 10} == {403}
    assert login(hashed) == 200


def test_a_right_key_ends_the_count(hashed):
    for _ in range(3):
        guess(hashed, TRIES - 1)
        assert login(hashed) == 200
        hashed.restart()


@pytest.mark.parametrize("how", [{"headers": {"X-Unstick-Key": WRONG_KEY}},
                                 {"headers": {"Authorization": f"Bearer {WRONG_KEY}"}},
                                 {"headers": {"Authorization": basic("a", WRONG_KEY)}}])
def test_every_way_in_is_counted(hashed, how):
    assert [hashed.stranger("", **how).status for _ in range(TRIES + 1)] == [403] * TRIES + [429]


def test_a_session_is_not_touched_by_the_limit(hashed):
    cookie = hashed.stranger(KEY, headers=NAVIGATION).cookie()
    guess(hashed, TRIES + 5)
    assert hashed.stranger(headers={"Cookie": cookie}).status == 200


def test_a_view_link_is_not_touched_by_the_limit(hashed):
    link = hashed.stranger(f"{KEY}&task=cache:clear", headers=NAVIGATION).headers["Location"]
    guess(hashed, TRIES + 5)
    assert hashed.stranger(link.removeprefix("?")).status == 200
    wrong_basic = {"Authorization": basic("site", WRONG_KEY)}
    assert hashed.stranger(link.removeprefix("?"), headers=wrong_basic).status == 200


def test_a_consent_code_is_not_touched_by_the_limit(hashed):
    code = next(event["confirm"] for event in stopped_job_plan(hashed).events if "confirm" in event)
    guess(hashed, TRIES + 5)
    answer = hashed.stranger(f"task=job:unlock&confirm={code}", headers={"Authorization": basic("site", WRONG_KEY)})
    assert answer.status == 200 and "was given up" in answer.text, answer


def stopped_job_plan(box):
    """The plan to unlock a job that was stopped."""
    box.hold()
    box.stranger(f"{KEY}&task=cache:clear&quiet&wait=0")
    box.command_line("job:stop", "--yes")
    box.stranger(f"{KEY}&job=last")
    return box.stranger(f"{KEY}&task=job:unlock&format=json")


def test_a_client_that_logged_in_is_never_locked_out(hashed):
    assert login(hashed) == 200
    hashed.restart()
    guess(hashed, TRIES + 5)
    assert login(hashed) == 200


@pytest.mark.shipped_only  # an instrumented build does not make so many requests a second
def test_all_unknown_clients_together_cause_twenty_slow_hashes_a_second(hashed):
    """And that keeps no client out that logged in before."""
    assert login(hashed, "203.0.113.9") == 200
    hashed.restart()
    for _ in range(60):
        wait_for_a_new_second()
        began = int(time.time())
        statuses = [guess(hashed, 1, f"198.51.100.{number}")[0] for number in range(22)]
        known = login(hashed, "203.0.113.9")
        if int(time.time()) == began:
            break
        hashed.restart()
    else:
        pytest.fail("this machine does not make 23 requests within a second")
    assert statuses == [403] * 20 + [429] * 2
    assert known == 200


def test_of_ipv6_the_network_of_64_bits_counts(hashed):
    same = ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff:ffff:ffff:ffff"]
    statuses = [guess(hashed, 1, same[number % 3])[0] for number in range(TRIES + 1)]
    assert statuses == [403] * TRIES + [429]
    assert guess(hashed, 1, "2001:db8:1:3::1") == [403]
    assert login(hashed, "2001:db8:1:3::1") == 200


def test_an_ipv4_address_counts_alone_and_also_in_its_ipv6_form(hashed):
    guess(hashed, TRIES, "192.0.2.1")
    assert guess(hashed, 1, "::ffff:192.0.2.1") == [429]
    assert guess(hashed, 1, "::ffff:192.0.2.2") == [403]


def test_without_a_place_for_the_counters_the_key_still_decides(boxes):
    box = boxes()
    box.folder.chmod(0o555)
    assert guess(box, TRIES + 5) == [403] * (TRIES + 5)
    assert login(box) == 200
    box.folder.chmod(0o755)


def test_a_damaged_counter_file_stops_nobody(hashed):
    for damage in (b"", b"x", b"\xff" * 100_000):
        (hashed.state / "attempts").write_bytes(damage)
        hashed.give(hashed.state / "attempts")
        assert login(hashed) == 200
        hashed.restart()


def test_the_counters_hold_no_address_and_no_key(hashed):
    guess(hashed, 3, "198.51.100.77")
    login(hashed)
    data = (hashed.state / "attempts").read_bytes()
    for text in (b"198.51", bytes([198, 51, 100, 77]), bytes([77, 100, 51, 198]), WRONG_KEY.encode(), KEY.encode()):
        assert text not in data


def test_a_wrong_key_costs_a_slow_hash_and_a_right_one_too_in_a_new_process(hashed):
    assert guess(hashed, 1) == [403] and hashed.stranger(OTHER_KEY).text == WRONG
