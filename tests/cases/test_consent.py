# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan first: asked without consent nothing changes, and a code consents to exactly the plan it was shown with, once."""

import json
import re

import pytest

from cases.box import BROWSER, KEY, NAVIGATION, WRONG, WRONG_KEY
from support import process

LAST_LINE = re.compile(r"^-- plan only, nothing changed; to do it: (\S+)$")
CONFIRM = re.compile(r'name="confirm" value="([^"]+)"')
PLANS = ("state/plans", "state/plans/*", "state/attempts")  # what showing a plan to the owner may change
PLAN_FIRST = ("job:stop", "job:unlock", "job:resume")


@pytest.fixture
def running(box):
    """A box whose job is held: job:stop has something to do."""
    box.start_held()
    return box


@pytest.fixture
def interrupted(running):
    """A box whose job was stopped: job:unlock and job:resume have something to do."""
    running.stop()
    return running


def link_of(answer):
    return LAST_LINE.match(answer.lines[-1])[1]


def query_of(link):
    return link.partition("?")[2]


def test_cache_purge_is_done_at_once(box):
    answer = box.run("task=cache:purge")
    assert answer.lines[0] == "Executing cache:purge" and answer.lines[-1].startswith("-- done: exit 0 in ")
    assert not box.site.cache.exists()


@pytest.mark.parametrize("task", PLAN_FIRST)
def test_the_plan_as_text_ends_with_the_link(running, task):
    box = running
    if task != "job:stop":
        box.stop()
    with box.nothing_changes(but=(*PLANS, "state/jobs/*/lease")):
        answer = box.owner(f"task={task}")
    assert (answer.status, answer.type) == (200, "text/plain; charset=utf-8")
    assert answer.lines[0] == f"Plan for {task}" and answer.lines[1].startswith("1. ")
    link = link_of(answer)
    assert link.startswith(f"http://example.test/unstick/{box.program.name}?task={task.replace(':', '%3A')}&confirm=")
    assert KEY not in answer.text


def test_the_plan_as_a_page_has_one_button(running):
    page = running.owner("task=job:stop", headers=NAVIGATION)
    assert (page.status, page.type) == (200, "text/html; charset=utf-8")
    assert page.text.count("<form") == page.text.count("<button") == len(CONFIRM.findall(page.text)) == 1
    assert '<form method="post" action="?task=job%3Astop">' in page.text
    assert page.cookie()


def test_the_plan_as_an_event_carries_the_code(running):
    answer = running.owner("task=job:stop&format=json")
    assert (answer.status, answer.type) == (200, "application/x-ndjson")
    event, = answer.events
    assert event["event"] == "plan" and event["task"] == "job:stop" and len(event["steps"]) == 1 and event["notes"]
    done = running.stranger(f"task=job:stop&confirm={event['confirm']}&format=json")
    assert [json.loads(line)["event"] for line in done.lines] == ["output"] * 3


def test_a_quiet_plan_is_409_and_the_last_line_only(running):
    answer = running.owner("task=job:stop&quiet")
    assert answer.status == 409 and len(answer.lines) == 1 and LAST_LINE.match(answer.lines[0])


@pytest.mark.parametrize("task", PLAN_FIRST)
@pytest.mark.parametrize("more", ["", "&quiet", "&format=json", "&pretty"])
def test_nothing_to_do_is_said_and_needs_no_consent(shared, task, more):
    with shared.nothing_changes(but=("state/attempts",)):
        answer = shared.owner(f"task={task}{more}")
    assert answer.status == 200 and "nothing to do" in answer.text
    assert not CONFIRM.search(answer.text) and '"confirm"' not in answer.text


def test_the_link_consents_by_itself_once(running):
    query = query_of(link_of(running.owner("task=job:stop")))
    done = running.stranger(query)
    assert done.status == 200 and done.lines[0] == "Executing job:stop" and "was asked to stop" in done.text
    assert running.run("job=last").lines[-2] == "-- stopped on request"
    running.owner("task=job:unlock&confirm=" + running.owner("task=job:unlock&format=json").events[0]["confirm"])
    running.owner("task=cache:warmup&quiet&wait=0")
    again = running.stranger(query)
    assert again.text == done.text  # its own answer, and the new job was not stopped
    assert running.owner("task=job:stop&format=json").events[0].get("confirm")


def test_the_button_consents_once_and_a_reload_shows_the_same(running):
    page = running.owner("task=job:stop", headers=NAVIGATION)
    headers = {**NAVIGATION, "Cookie": page.cookie()}
    form = {"confirm": CONFIRM.search(page.text)[1]}
    first = running.stranger("task=job%3Astop", form=form, headers=headers)
    assert first.status == 200 and "was asked to stop" in first.text
    assert running.stranger("task=job%3Astop", form=form, headers=headers).text == first.text


def test_a_code_is_for_its_own_options_only_and_nobody_gets_another_by_it(box):
    """Of a plan for one link no plan for all links is made, before the code was used and after it."""
    for _ in range(2):
        box.stranger(query_of(link_of(box.owner("task=links:make&for=php"))))
    one = re.search(r"^([0-9a-f]{12})  php", box.owner("task=links").text, re.MULTILINE)[1]
    code = box.owner(f"task=links:revoke&link={one}&format=json").events[0]["confirm"]
    others = (f"task=links:revoke&link=all&confirm={code}", f"task=links:revoke&confirm={code}",
              f"task=links:revoke&link={one}&lines=1&confirm={code}")
    for used in (False, True):
        for query in others:
            with box.nothing_changes():
                assert box.stranger(query).text == WRONG
        if not used:
            assert "is revoked" in box.stranger(f"task=links:revoke&link={one}&confirm={code}").text
    assert len(list((box.state / "links").iterdir())) == 1


@pytest.mark.parametrize("task, look", [("job:stop", "danger"), ("links:make&for=php", "main")])
def test_danger_looks_like_danger(running, task, look):
    page = running.owner(f"task={task}", headers=NAVIGATION)
    assert f'<button class="{look}">Do it</button>' in page.text


def test_a_code_is_for_its_own_task_only(interrupted):
    code = interrupted.owner("task=job:unlock&format=json").events[0]["confirm"]
    for query in (f"task=job:resume&confirm={code}", f"task=cache:purge&confirm={code}", f"task=php&confirm={code}",
                  f"confirm={code}", f"job=last&confirm={code}"):
        with interrupted.nothing_changes():
            assert interrupted.stranger(query).text == WRONG
    assert "was given up" in interrupted.stranger(f"task=job:unlock&confirm={code}").text


def test_a_code_is_for_its_own_options_only(interrupted):
    code = interrupted.owner("task=job:unlock&format=json").events[0]["confirm"]
    job = next(interrupted.state.glob("jobs/*")).name
    with interrupted.nothing_changes(but=PLANS):
        answer = interrupted.stranger(f"task=job:unlock&job={job}&confirm={code}")
    assert answer.status in (200, 403) and "was given up" not in answer.text


def test_options_travel_in_the_link(interrupted):
    job = next(interrupted.state.glob("jobs/*")).name
    query = query_of(link_of(interrupted.owner(f"task=job:unlock&job={job}")))
    assert f"&job={job}" in query
    assert "was given up" in interrupted.stranger(query).text


CODES = ["made-up", "", "a" * 22, "../secret", "%00", "a" * 5000, "%0A"]


@pytest.mark.parametrize("code", CODES, ids=[code[:10] for code in CODES])
def test_an_unknown_code_is_403_without_the_key_and_a_plan_with_it(interrupted, code):
    with interrupted.nothing_changes():
        assert interrupted.stranger(f"task=job:unlock&confirm={code}").text == WRONG
    with interrupted.nothing_changes(but=PLANS):
        assert LAST_LINE.match(interrupted.owner(f"task=job:unlock&confirm={code}").lines[-1])


def test_an_expired_code_is_403_without_the_key_and_a_new_plan_with_it(interrupted):
    query = query_of(link_of(interrupted.owner("task=job:unlock")))
    for file in interrupted.state.glob("plans/*"):
        facts = json.loads(file.read_text())
        assert 500 < facts["expires"] - file.stat().st_mtime <= 601  # ten minutes
        file.write_text(json.dumps({**facts, "expires": facts["expires"] - 601}))
    with interrupted.nothing_changes(but=PLANS):
        assert interrupted.stranger(query).text == WRONG
        answer = interrupted.stranger(f"{KEY}&{query}")
    assert query_of(link_of(answer)) != query


def test_a_used_code_that_has_expired_is_403_without_the_key(interrupted):
    query = query_of(link_of(interrupted.owner("task=job:unlock")))
    interrupted.stranger(query)
    file, = [file for file in interrupted.state.glob("plans/*") if file.suffix != ".used"]
    file.write_text(json.dumps({**json.loads(file.read_text()), "expires": 1}))
    assert interrupted.stranger(query).text == WRONG


def test_if_the_findings_changed_the_new_plan_is_shown(running):
    query = query_of(link_of(running.owner("task=job:stop")))
    stale_unlock = running.owner("task=job:stop&format=json").events[0]["confirm"]
    running.stop()
    assert "nothing to do" in running.stranger(query).text
    running.command_line("job:unlock", "--yes")
    running.owner("task=cache:warmup&quiet&wait=0")
    process.wait_until(lambda: len(running.ran()) == 2)
    answer = running.stranger(f"task=job:stop&confirm={stale_unlock}")
    assert link_of(answer) and "cache:warmup" in answer.text and "was asked" not in answer.text
    assert "was asked to stop" in running.stranger(query_of(link_of(answer))).text


def test_a_cookie_gets_the_plan_of_an_at_once_action_and_new_findings_make_a_new_plan(box):
    cookie = box.owner(headers=NAVIGATION).cookie()
    page = box.stranger("task=cache:purge", headers={**BROWSER, "Cookie": cookie})
    (box.var / "tmp" / "twig").mkdir(parents=True)
    again = box.stranger("task=cache:purge", form={"confirm": CONFIRM.search(page.text)[1]},
                         headers={**NAVIGATION, "Cookie": cookie})
    assert again.status == 200 and "var/tmp/twig" in again.text and CONFIRM.search(again.text)
    assert box.site.cache.exists()


def test_a_wrong_key_beside_a_code_does_not_matter(interrupted):
    query = query_of(link_of(interrupted.owner("task=job:unlock")))
    assert "was given up" in interrupted.stranger(f"{WRONG_KEY}&{query}").text


def test_codes_are_stored_as_hashes_only(interrupted):
    codes = [interrupted.owner("task=job:unlock&format=json").events[0]["confirm"] for _ in range(3)]
    assert len(set(codes)) == 3 and all(len(code) >= 22 for code in codes)
    stored = "\n".join(file.name + file.read_text() for file in interrupted.state.glob("plans/*"))
    assert not any(code in stored for code in codes)
