# SPDX-License-Identifier: GPL-3.0-or-later
"""Following a job: by its id, as the last one, by a view link, from any offset, by any number of followers."""

import re

import pytest

from cases.box import BROWSER, KEY, NAVIGATION, WRONG
from support import process

VIEW_WRONG = "This link is wrong, or it has expired.\n"
RUNNING = re.compile(r"^-- still running: (\S+)$")
TEXT = "Executing console cache:clear\nbegun cache:clear --no-interaction --env=prod --no-debug\nended\n"


@pytest.fixture
def done(box):
    """A box with one job that is over; done.link is its view link, done.job its id."""
    box.link = box.owner("task=cache:clear", headers=NAVIGATION).headers["Location"].removeprefix("?")
    box.job = newest(box)
    box.owner("job=last")
    return box


def newest(box):
    return sorted(path.name for path in box.state.glob("jobs/*"))[-1]


def next_link(answer):
    """The query of the follow link, None where nothing follows; header and last line lead to the same."""
    found = RUNNING.match(answer.lines[-1])
    assert bool(found) == ("Refresh" in answer.headers), answer
    if not found:
        return None
    query = found[1].partition("?")[2]
    assert answer.headers["Refresh"] == f"0; url=?{query}"
    return query


@pytest.mark.parametrize("query", ["{key}&job={job}", "{key}&job=last", "{key}&job=last&from=0", "{link}", "view={view}",
                                   "view={view}&from=0"])
def test_a_job_that_is_over_is_read_again_as_it_was(done, query):
    query = query.format(key=KEY, job=done.job, link=done.link, view=done.link.split("&")[0].removeprefix("view="))
    for _ in range(2):
        answer = done.stranger(query, headers={"Accept": "*/*"})
        assert answer.status == 200 and answer.text.startswith(TEXT)
        assert re.fullmatch(r"-- done: exit 0 in \d+\.\d s", answer.lines[-1]) and next_link(answer) is None


def test_a_job_that_is_over_is_never_left_out_however_often_it_is_reloaded(done):
    """A filter may have refused the answer, so every third one is escaped; most people only press reload."""
    answers = [done.stranger(done.link) for _ in range(8)]
    plain = [answer for answer in answers if answer.text.startswith(TEXT)]
    escaped = [answer for answer in answers if answer.text.startswith("-- asked for again: sent in a form that")]
    assert len(plain) + len(escaped) == 8 and answers[0] in plain and answers[1] in plain and len(escaped) >= 2
    for answer in answers:
        assert "left out" not in answer.text
        assert answer.lines[-1].replace("\\x20", " ").startswith("-- done: exit 0 in ")


def test_every_offset_of_a_job_can_be_asked_for(done):
    whole = done.owner("job=last").text
    for offset in range(0, len(TEXT) + 1, 7):
        assert done.owner(f"job=last&from={offset}").text in (whole[offset - 1:], whole[offset:])
    assert done.owner("job=last&from=1000000").text == ""


@pytest.mark.parametrize("value", ["-1", "x", "1e3", "", "0x10", "1 ", "99999999999999999999999"])
def test_an_offset_that_is_no_number_is_400_and_starts_nothing(done, value):
    for query in (f"{KEY}&job=last&from={value}", f"{KEY}&task=cache:warmup&from={value}",
                  f"view={done.link.split('&')[0][5:]}&from={value}"):
        answer = done.stranger(query)
        assert answer.status == 400 and len(answer.lines) == 1, f"{query} {answer}"
    assert len(list(done.state.glob("jobs/*"))) == 1


@pytest.mark.parametrize("job", ["20200101-000000-aaaaaa", "20200101-000000000-aaaaaa", "x", "../secret", "", "..",
                                 "last/..", "%00", "LAST", "a" * 3000])
def test_a_job_that_is_not_there_is_404(done, job):
    answer = done.owner(f"job={job}")
    assert answer.status == 404 and len(answer.lines) == 1 and answer.text.startswith("There is no job"), answer


def test_before_any_job_there_is_no_last_one(box):
    answer = box.owner("job=last")
    assert (answer.status, answer.text) == (404, "No job was started yet.\n")


def test_job_without_the_key_is_403(done):
    for query in (f"job={done.job}", "job=last"):
        assert done.stranger(query).text == WRONG


def test_a_view_link_shows_its_job_and_nothing_else(done):
    assert done.stranger(done.link).text.startswith(TEXT)
    for more in ("&task=cache:warmup", "&job=last", "&task=php", "&task=job:stop", "&quiet", "&confirm=x"):
        answer = done.stranger(done.link + more)
        assert "php" not in answer.text.partition("begun")[0] and "\nActions:\n" not in answer.text
    assert len(done.ran()) == 1
    page = done.stranger(done.link + "&pretty", headers=BROWSER)
    assert KEY not in page.text and page.cookie() is None


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: token + "x", lambda token: "r" + token[1:],
                                    lambda token: token.upper(),
                                    lambda token: token.replace("2", "1", 1), lambda token: token.split(".")[0],
                                    lambda token: token.split(".")[0] + ".",
                                    lambda token: "", lambda token: "x", lambda token: "." * 50, lambda token: "a" * 5000,
                                    lambda token: "%00" + token])
def test_a_view_link_that_was_changed_is_403(done, change):
    token = done.link.split("&")[0].removeprefix("view=")
    with done.nothing_changes():
        for headers in ({}, NAVIGATION):
            answer = done.stranger(f"view={change(token)}&from=0", headers=headers)
            assert (answer.status, answer.text) == (403, VIEW_WRONG)


def test_a_view_link_of_another_site_is_403(done, boxes):
    other = boxes()
    other.owner("task=cache:clear")
    assert other.stranger(done.link).text == VIEW_WRONG


def test_a_view_link_whose_job_was_deleted_is_403(done):
    process.run(["rm", "-rf", done.state / "jobs"])
    assert done.stranger(done.link).status == 403


def test_each_part_of_a_running_job_names_the_next_one(box):
    box.hold()
    first = box.owner("task=cache:clear")
    query, parts = next_link(first), [first]
    assert query.startswith("view=") and KEY not in first.text.partition("Executing")[0] + query
    box.release()
    while query:
        parts.append(box.stranger(query))
        query = next_link(parts[-1])
    lines = [line for part in parts for line in part.lines if not RUNNING.match(line)]
    held = [line for line in lines if line.startswith("still held")]
    assert lines[:2] == TEXT.split("\n")[:2] and lines[-2] == "ended" and lines[-1].startswith("-- done")
    assert len(held) == len(set(held)) and len(lines) == len(held) + 4


def test_a_follower_that_came_before_the_end_sees_it(box):
    box.start_held()
    live = [box.begin(f"{KEY}&job=last") for _ in range(5)]
    for each in live:
        each.wait_for("begun")
    box.release()
    for each in live:
        assert each.finish().lines[-1].startswith(("-- done", "-- still running"))


def test_events_tell_the_way_on_and_the_end(box):
    box.hold()
    events = box.owner("task=cache:clear&format=json").events
    assert events[0] == {"event": "output", "stream": "unstick", "text": "Executing console cache:clear\n"}
    assert events[1]["stream"] == "out" and events[-1]["event"] == "more"
    box.release()
    while events[-1]["event"] == "more":
        query = events[-1]["link"].partition("?")[2]
        assert query.startswith("view=") and query.endswith("&format=json")
        events = box.stranger(query).events
    end = events[-1]
    assert (end["event"], end["state"], end["exit"]) == ("end", "done", "0") and end["text"].startswith("done: exit 0 in ")


def test_a_page_of_a_running_job_refreshes_itself_without_scripts(box):
    box.hold()
    link = box.owner("task=cache:clear&pretty", headers=NAVIGATION).headers["Location"].removeprefix("?")
    page = box.stranger(link, headers=NAVIGATION)
    assert re.search(r'<noscript><meta http-equiv="refresh" content="2; url=\?view=[^"]+"></noscript>', page.text)
    assert 'data-next="?view=' in page.text
    box.release()
    box.owner("job=last")
    page = box.stranger(link, headers=NAVIGATION)
    assert "http-equiv" not in page.text and "data-next" not in page.text and "done: exit 0" in page.text


def test_a_client_that_goes_away_harms_nothing(box):
    box.hold()
    live = box.begin(f"{KEY}&task=cache:clear", SERVER_SOFTWARE="nginx/1.22" if box.mode == "fastcgi" else "Apache",
                     UNSTICK_LIVE="1")
    live.wait_for("begun")
    live.drop()
    box.release()
    answer = box.run("job=last")
    assert answer.lines[-1].startswith("-- done: exit 0") and len(box.ran()) == 1


def test_the_job_page_leads_who_may_see_more_back_and_nobody_else(done):
    cookie = done.owner(headers=NAVIGATION).cookie()
    way = re.compile(r'<a href="\?format=html">Back</a>')
    assert way.search(done.stranger(done.link + "&pretty", headers={**NAVIGATION, "Cookie": cookie}).text)
    assert not way.search(done.stranger(done.link + "&pretty", headers=NAVIGATION).text)


def test_the_job_page_shows_its_owner_what_can_be_done_and_a_helper_the_output_only(box):
    box.start_held()
    cookie = box.owner(headers=NAVIGATION).cookie()
    as_owner = {**NAVIGATION, "Cookie": cookie}
    page = box.stranger("job=last&pretty", headers=as_owner).text
    assert "task=job%3Astop&amp;job=" in page and "task=undo" not in page
    helper = re.search(r"<pre[^>]*>(http\S+?)</pre>", page)[1].replace("&amp;", "&").partition("?")[2]
    shown = box.stranger(helper, headers=NAVIGATION)
    assert shown.status == 200 and "Executing console cache:clear" in shown.text
    assert "task=" not in shown.text and "Show it to a helper" not in shown.text
    box.stop()
    page = box.stranger("job=last&pretty", headers=as_owner).text
    assert "task=job%3Aresume&amp;job=" in page and "task=job%3Aunlock&amp;job=" in page
    assert "task=" not in box.stranger(helper, headers=NAVIGATION).text
    box.release()


def test_the_job_page_lists_the_steps_with_how_far_each_is(box):
    cookie = box.owner(headers=NAVIGATION).cookie()
    box.owner("task=cache:purge&quiet")
    page = box.stranger("job=last&pretty", headers={**NAVIGATION, "Cookie": cookie}).text
    steps = re.findall(r'<li class="(\w*)"[^>]*>([^<]+) <span class="tag">([^<]+)</span>', page)
    assert len(steps) >= 2 and all((css, state) == ("done", "done") for css, _, state in steps)
    assert "task=undo" not in page, "undo takes nothing back that did not show its plan first"
    assert "The output as text" in page


def test_the_page_of_a_job_that_showed_its_plan_first_offers_to_take_it_back(box):
    cookie = box.owner(headers=NAVIGATION).cookie()
    box.site.local_php.chmod(0o000)
    plan = box.owner("task=permissions:fix").text
    assert "-- plan only" in plan, plan
    box.stranger(plan.rstrip().rpartition("?")[2] + "&quiet&wait=60")
    page = box.stranger("job=last&pretty", headers={**NAVIGATION, "Cookie": cookie}).text
    assert "permissions:fix" in page and "task=undo&amp;pretty" in page, page
