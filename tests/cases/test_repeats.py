# SPDX-License-Identifier: GPL-3.0-or-later
"""A reload, a restored tab, a mail scanner: a GET that comes again starts nothing again, and what a browser sends by itself
never starts a change."""

import re

import pytest

from cases.box import BROWSER, KEY, NAVIGATION, WRONG
from cases.table import basic

VIEW = re.compile(r"^\?view=[A-Za-z0-9._-]+&from=0(&pretty)?$")
PLAIN_HTTP_NAVIGATION = BROWSER  # browsers send no Sec-Fetch header there
CONFIRM = re.compile(r'name="confirm" value="([^"]+)"')


def ids(box):
    return sorted(path.name for path in box.state.glob("jobs/*"))


@pytest.mark.parametrize("headers", [NAVIGATION, PLAIN_HTTP_NAVIGATION])
@pytest.mark.parametrize("task", ["cache:clear", "cache:purge"])
def test_a_navigation_that_starts_a_change_is_sent_to_its_job(box, headers, task):
    answer = box.owner(f"task={task}", headers=headers)
    link = answer.headers["Location"]
    assert answer.status == 303 and VIEW.match(link) and KEY not in link
    assert answer.cookie()
    shown = box.stranger(link.removeprefix("?"), headers=headers)
    assert (shown.status, shown.type) == (200, "text/plain; charset=utf-8")
    assert shown.lines[0].endswith(task) and shown.lines[-1].startswith("-- done: exit 0")


def test_a_routine_task_is_sent_to_its_job_too(box):
    assert VIEW.match(box.owner("task=mautic:segments:update", headers=NAVIGATION).headers["Location"])


def test_pretty_stays_pretty(box):
    link = box.owner("task=cache:clear&pretty", headers=NAVIGATION).headers["Location"]
    assert link.endswith("&pretty")
    box.owner("job=last")
    shown = box.stranger(link.removeprefix("?"), headers=NAVIGATION)
    assert shown.type == "text/html; charset=utf-8" and "begun cache:clear" in shown.text


@pytest.mark.parametrize("headers", [{}, {"Accept": "text/html", "Sec-Fetch-Mode": "cors"}, {"Accept": "text/plain"}])
def test_any_other_client_gets_the_output_itself(box, headers):
    answer = box.owner("task=cache:clear", headers=headers)
    assert answer.status == 200 and answer.lines[0] == "Executing console cache:clear"
    assert re.fullmatch(r"-- done: exit 0 in \d+\.\d s", answer.lines[-1])


def test_a_navigation_to_a_reading_task_shows_it(box):
    answer = box.owner("task=php", headers=NAVIGATION)
    assert answer.status == 200 and answer.lines[0] == "Executing php"


@pytest.mark.parametrize("task", ["cache:clear", "cache:purge"])
def test_the_same_change_asked_again_within_a_minute_joins_its_job(box, task):
    first = job_of(box.owner(f"task={task}", headers=NAVIGATION))
    for headers in (NAVIGATION, NAVIGATION, BROWSER):
        again = box.owner(f"task={task}", headers=headers)
        if task == "cache:purge" and again.status == 200:
            continue  # nothing is left to purge
        assert again.status == 303 and job_of(again) == first
    box.owner(f"task={task}")
    assert len(ids(box)) == 1 and len(box.ran()) <= 1


def test_an_old_name_of_a_task_joins_the_job_of_the_new_one(box):
    box.owner("task=doctrine:migration:migrate")
    box.owner("task=doctrine:migrations:migrate")
    assert len(ids(box)) == 1


def test_a_reload_while_the_job_runs_joins_it(box):
    box.hold()
    box.owner("task=cache:clear", headers=NAVIGATION)
    box.owner("task=cache:clear", headers=NAVIGATION)
    live = box.begin(f"{KEY}&task=cache:clear")
    live.wait_for("begun cache:clear")
    box.release()
    assert live.finish().lines[-1].startswith(("-- done", "-- still running"))
    assert len(ids(box)) == 1 and len(box.ran()) == 1


def test_another_task_line_is_another_task(box):
    box.owner("task=cache:clear")
    box.owner("task=cache:clear --no-warmup")
    assert len(ids(box)) == 2


def test_reading_tasks_run_each_time(box):
    for _ in range(3):
        box.owner("task=list")
    assert len(box.ran()) == 3


@pytest.mark.parametrize("way", ["cookie", "basic"])
@pytest.mark.parametrize("task", ["cache:purge", "cache:clear", "mautic:segments:update", "mautic:plugins:reload"])
@pytest.mark.parametrize("headers", [{}, BROWSER, NAVIGATION])
def test_what_a_browser_sends_by_itself_never_starts_a_change(shared, way, task, headers):
    headers = {**headers, **credential(shared, way)}
    with shared.nothing_changes(but=("state/plans", "state/plans/*", "state/attempts", "state/php.json")):
        answer = shared.stranger(f"task={task.replace(' ', '+')}", headers=headers)
    assert answer.status == 200, answer
    if headers.get("Accept"):
        assert '<form method="post" action="?task=' in answer.text and CONFIRM.search(answer.text)
    else:
        assert answer.lines[-1].startswith("-- plan only, nothing changed; to do it: ")
    assert shared.ran() == []


@pytest.mark.parametrize("way", ["cookie", "basic"])
def test_what_a_browser_sends_by_itself_may_look(box, way):
    headers = credential(box, way)
    assert "\nActions:\n" in box.stranger(headers=headers).text
    assert box.stranger("task=php", headers=headers).lines[0] == "Executing php"
    assert box.stranger("task=list", headers=headers).lines[-1].startswith("-- done")
    assert box.stranger("job=last", headers=headers).lines[0] == "Executing console list"


@pytest.mark.parametrize("way", ["cookie", "basic"])
def test_quiet_with_what_a_browser_sends_is_409_and_a_link(box, way):
    answer = box.stranger("task=cache:purge&quiet", headers=credential(box, way))
    assert answer.status == 409 and len(answer.lines) == 1
    assert answer.lines[0].startswith("-- plan only, nothing changed; to do it: ")


@pytest.mark.parametrize("way", ["cookie", "basic"])
@pytest.mark.parametrize("task", ["cache:purge", "cache:clear"])
def test_the_button_of_the_plan_works_by_post_once(box, way, task):
    headers = {**NAVIGATION, **credential(box, way)}
    page = box.stranger(f"task={task}", headers=headers)
    form = {"confirm": CONFIRM.search(page.text)[1]}
    first = box.stranger(f"task={task}", form=form, headers=headers)
    assert first.status == 303 and VIEW.match(first.headers["Location"])
    box.stranger(first.headers["Location"].removeprefix("?"))
    again = box.stranger(f"task={task}", form=form, headers=headers)
    assert again.status == 303 and job_of(again) == job_of(first)
    assert len(ids(box)) == 1


@pytest.mark.parametrize("way", ["cookie", "basic"])
def test_a_post_without_a_code_starts_nothing(box, way):
    headers = {**NAVIGATION, **credential(box, way)}
    for form in ({"x": "1"}, {"confirm": ""}, {"confirm": "made-up"}):
        answer = box.stranger("task=cache:purge", form=form, headers=headers)
        assert answer.status == 200 and CONFIRM.search(answer.text)
    assert ids(box) == []


def test_a_code_without_a_credential_is_403_when_it_is_made_up(box):
    box.owner()
    with box.nothing_changes():
        assert box.stranger("task=cache:purge&confirm=made-up").text == WRONG
        assert box.stranger("task=cache:purge", form={"confirm": "made-up"}).text == WRONG


def job_of(answer):
    """The job that a redirection leads to: each follower's link is another one."""
    return re.search(r"view=a(\d{8}-\d+-\w{6})", answer.headers["Location"])[1]


def credential(box, way):
    if way == "basic":
        return {"Authorization": basic("owner", KEY)}
    return {"Cookie": box.owner(headers=NAVIGATION).cookie()}
