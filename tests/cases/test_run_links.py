# SPDX-License-Identifier: GPL-3.0-or-later
"""Links that may start one task: made with a consent, told once, kept as a hash; they start their own task, show its output and
nothing else, never consent, and remember how they went."""

import fcntl
import hashlib
import json
import os
import re
import time

import pytest

from cases.box import BROWSER, KEY, NAME_KEY, NAVIGATION, OTHER_KEY, WRONG
from support import process

REFUSED = "This link is wrong, or it has expired.\n"
TOKEN = re.compile(r"\?run=([\w-]{27})\b")


def consented(box, query):
    """What comes of a plan-first task, by the link that its plan prints."""
    plan = box.owner(query).text
    assert plan.rstrip().split("\n")[-1].startswith("-- plan only, nothing changed; to do it: "), plan
    return box.stranger(plan.rstrip().rpartition("?")[2])


def make(box, task="cache:clear", more=""):
    """run=TOKEN of a new link."""
    answer = consented(box, f"task=links:make&for={task.replace(' ', '+')}{more}")
    assert answer.lines[-1].startswith("-- done: exit 0"), answer
    return f"run={TOKEN.search(answer.text)[1]}"


def file_of(box, link):
    return box.state / "links" / hashlib.sha256(link.removeprefix("run=").encode()).hexdigest()


def record(box, link):
    return json.loads(file_of(box, link).read_text())


def test_a_link_is_told_once_as_bookmark_and_cron_lines_and_only_its_hash_is_kept(box):
    plan = box.owner("task=links:make&for=cache:clear&days=30").text
    assert "make a link that starts cache:clear for 30 days" in plan and not (box.state / "links").exists()
    code = plan.rstrip().rpartition("?")[2]
    answer = box.stranger(code)
    [token] = set(TOKEN.findall(answer.text))
    for words in ("Bookmark", "wget -q -O /dev/null", "curl -fsS", "cPanel", "Plesk", "DirectAdmin", "ISPConfig", "cron-job.org", f"?run={token}&quiet"):
        assert words in answer.text
    assert "told once" in box.stranger(code).text and token not in box.stranger(code).text
    assert [file.name for file in (box.state / "links").iterdir()] == [hashlib.sha256(token.encode()).hexdigest()]
    for file in box.state.rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes(), file
    kept = record(box, token)
    assert kept["task"] == "cache:clear" and abs(kept["expires"] - time.time() - 30 * 86400) < 60
    assert token not in box.owner("task=links").text and KEY not in answer.text


def test_it_starts_its_task_and_shows_its_output_to_whoever_has_it(box):
    link = make(box)
    box.key = ""  # run() asks without it, and follows
    answer = box.run(link)
    box.key = KEY
    assert answer.status == 200 and answer.lines[0] == "Executing console cache:clear" and answer.lines[-1].startswith("-- done: exit 0")
    assert [argv[0] for argv in box.ran()] == ["cache:clear"] and KEY not in answer.text
    assert record(box, link)["good"] and record(box, link)["failures"] == 0
    process.wait_until(lambda: not box.is_running(), what="the job to end")
    assert "last time done" in box.owner("task=links").text


@pytest.mark.parametrize("headers", [{}, BROWSER, NAVIGATION])
def test_it_opens_nothing_else(box, headers):
    link = make(box)
    for more in ("", "&task=cache:purge", "&job=last", "&confirm=x", "&from=0", "&view=x", "&apiTask=x", "&backup=no", "&php=yes", "&for=php"):
        answer = box.stranger(link + more, headers=headers)
        assert answer.status == (400 if more else 303 if headers else 200), (more, answer)
        assert "Set-Cookie" not in answer.headers
    process.wait_until(lambda: box.ran() and not box.is_running(), what="the job to end")
    assert len(box.ran()) == 1
    token = link.removeprefix("run=")
    for query in (token, f"{token}&task=php", f"confirm={token}&task=links:make", f"view={token}&from=0"):
        assert box.stranger(query).status == 403
    if headers:
        page = box.stranger(f"{link}&pretty", headers=headers)
        page = box.stranger(page.headers["Location"].removeprefix("?"), headers=headers)
        assert page.status == 200 and "Back</a>" not in page.text and "Executing console cache:clear" in page.text


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT"])
def test_only_get_and_post_start_it(box, method):
    link = make(box)
    assert box.stranger(link, method=method).status in (204, 405) and box.ran() == []
    assert box.stranger(link, headers={"Sec-Purpose": "prefetch"}).status == 403 and box.ran() == []


@pytest.mark.parametrize("token", ["", "x", "A" * 27, "../secret", "A" * 5000, "%00", "."])
def test_no_other_token_does_anything(box, token):
    make(box)
    with box.nothing_changes():
        answer = box.stranger(f"run={token}")
    assert (answer.status, answer.text) == (403, REFUSED) and box.ran() == []


def test_revoked_alone_all_together_and_expired(box):
    one, two, three, four = make(box), make(box), make(box, "list"), make(box, "php")
    ids = {link: file_of(box, link).name[:12] for link in (one, two, three, four)}
    listed = box.owner("task=links").text
    assert all(number in listed for number in ids.values())
    assert "is revoked" in consented(box, f"task=links:revoke&link={ids[one]}").text
    assert box.stranger(one).text == REFUSED and box.stranger(two).status == 200
    kept = record(box, four)
    file_of(box, four).write_text(json.dumps({**kept, "expires": time.time() - 1}))
    assert box.stranger(four).text == REFUSED and "expired" in box.owner("task=links").text
    assert consented(box, "task=links:revoke&link=all").text.count("is revoked") == 3
    assert {box.stranger(link).status for link in (one, two, three, four)} == {403}
    assert "there is no link yet" in box.owner("task=links").text


def test_revoking_never_says_that_a_link_is_gone_which_a_call_could_bring_back(box):
    link = make(box)
    with (box.state / "links.lock").open("a") as lock:
        box.give(lock.name)
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = consented(box, "task=links:revoke&link=all").text
    assert "is writing into the links" in answer and "is revoked" not in answer and file_of(box, link).exists()
    assert "is revoked" in consented(box, "task=links:revoke&link=all").text


@pytest.mark.parametrize("task, reason", [
    ("recover", "never consents"), ("job:stop", "never consents"), ("db:restore", "never consents"),
    ("doctrine:migrations:migrate&backup=no", "takes no option backup"),
    ("backup:download", "shows the output of a task only"), ("files:download", "shows the output of a task only"),
    ("links", "shows the output of a task only"), ("links:make", "never consents"),
    ("no:such:task", "Task no:such:task is not allowed"), ("mautic:install:data", ""), ("", "")])
def test_no_link_is_made_for(box, task, reason):
    answer = box.owner(f"task=links:make&for={task}")
    assert answer.status in (400, 403, 500) and reason in answer.text
    assert not (box.state / "links").exists()


@pytest.mark.parametrize("days", ["0", "-1", "3651", "x", "1.5"])
def test_the_days_are_a_number_up_to_ten_years(box, days):
    assert box.owner(f"task=links:make&for=php&days={days}").status == 400


def test_the_options_are_those_of_the_link(box):
    link = make(box, "doctor", "&php=yes")
    assert "only PHP can tell" not in box.stranger(link).text
    assert "only PHP can tell" in box.stranger(make(box, "doctor")).text


def test_a_link_of_a_task_that_no_longer_goes_at_once_never_hands_out_a_consent(box):
    link = make(box)
    for task in ("job:stop", "db:restore", "links:make", "backup:download"):
        file_of(box, link).write_text(json.dumps({**record(box, link), "task": task}))
        for more in ("", "&quiet", "&format=json", "&pretty"):
            answer = box.stranger(link + more)
            assert answer.status == 409 and "confirm" not in answer.text, answer
        assert not (box.state / "plans").exists() or len(list((box.state / "plans").iterdir())) <= 2


def test_with_the_key_in_the_programs_name_there_are_none(boxes, mode):
    box = boxes(file=f"unstick-{NAME_KEY}.{'fcgi' if mode == 'fastcgi' else 'cgi'}", key="")
    answer = box.stranger("task=links:make&for=php")
    assert answer.status == 500 and "no link can be made" in answer.text
    page = box.stranger(headers=NAVIGATION).text
    assert "Make a link" not in page


# ---- cron

def test_quiet_tells_the_result_by_its_status_and_the_streak_is_counted(box):
    link = make(box, "mautic:segments:update")
    assert box.stranger(f"{link}&quiet").status == 200
    console = box.site.console_file.read_text()
    box.site.console_file.write_text("<?php fwrite(STDERR, 'no'); exit(3);\n")
    for failures in (1, 2, 3):
        answer = box.stranger(f"{link}&quiet")
        assert answer.status == 500 and len(answer.lines) == 1
        assert (record(box, link)["good"], record(box, link)["failures"]) == (False, failures)
    page = box.owner(headers=NAVIGATION).text
    assert "3 times in a row" in page.partition("<nav")[0], "not at the top of the page"
    box.site.console_file.write_text(console)
    assert box.stranger(f"{link}&quiet").status == 200
    assert (record(box, link)["good"], record(box, link)["failures"]) == (True, 0)
    assert "in a row" not in box.owner(headers=NAVIGATION).text


def test_while_it_runs_a_second_call_is_skipped_and_hears_of_the_last_result(box):
    link = make(box, "mautic:segments:update")
    box.stranger(f"{link}&quiet")
    box.hold(silent=True)
    began = time.monotonic()
    answer = box.stranger(f"{link}&quiet&wait=1")
    assert answer.status == 202 and answer.lines[0].startswith("-- still running") and time.monotonic() - began < 10
    assert answer.lines[1].startswith("-- last time done")
    answer = box.stranger(f"{link}&quiet")
    assert answer.status == 202 and "skipped" in answer.lines[0] and "last time done" in answer.lines[1]
    assert box.stranger(f"{link}&quiet&strict").status == 409
    assert len(box.ran()) == 2
    box.release()
    process.wait_until(lambda: not box.is_running(), what="the job to end")
    assert record(box, link)["job"]
    assert box.stranger(f"{link}&quiet").status == 200


def test_the_end_of_a_job_that_nobody_waited_for_is_known_to_the_page_and_the_next_call(box):
    link = make(box, "mautic:segments:update")
    console = box.site.console_file.read_text()
    box.site.console_file.write_text("<?php usleep(600000); exit(3);\n")
    assert box.stranger(f"{link}&quiet&wait=0").status == 202
    process.wait_until(lambda: not box.is_running(), what="the job to end")
    assert "A link that cron or a bookmark calls fails" in box.owner(headers=NAVIGATION).text
    box.site.console_file.write_text(console)
    box.hold(silent=True)
    answer = box.stranger(f"{link}&quiet&wait=0")
    assert answer.status == 202 and record(box, link)["failures"] == 1
    box.release()
    process.wait_until(lambda: not box.is_running(), what="the job to end")


def test_a_repair_holds_it_off_and_that_is_no_failure(box):
    link = make(box, "cache:warmup")
    box.start_held("cache:clear")
    answer = box.stranger(f"{link}&quiet")
    assert answer.status == 202 and "the site belongs to job" in answer.text
    assert record(box, link)["failures"] == 0 and not record(box, link)["job"]
    box.release()
    process.wait_until(lambda: not box.is_running(), what="the job to end")


def test_a_link_that_waits_for_an_interrupted_job_is_shown_as_waiting_until_that_is_settled(box):
    link = make(box, "cache:warmup")
    box.start_held("cache:clear")
    assert record(box, link)["waits"] == 0
    box.stop()
    job = (box.state / "current").read_text().strip()
    page = box.owner(headers=NAVIGATION).text
    assert "waits, and does nothing" not in page
    for times in ("once", "2 times in a row", "3 times in a row"):
        answer = box.stranger(f"{link}&quiet")
        assert answer.status == 202 and f"the site belongs to job {job}" in answer.text
        top = box.owner(headers=NAVIGATION).text.partition("<nav")[0]
        assert f"waits, and does nothing: cache:warmup, skipped {times} since 20" in top and job in top
        assert "A job was interrupted" in top and "job%3Aunlock" in top, "what can be done about it stands there"
    assert "skipped 3 times in a row since 20" in box.owner("task=links").text
    event, = box.owner("task=links&format=json").events[:1]
    assert (event["skipped_in_a_row"], event["waits_for"], event["failures_in_a_row"]) == ("3", job, "0")
    consented(box, f"task=job:unlock&job={job}")
    assert "waits, and does nothing" not in box.owner(headers=NAVIGATION).text
    box.release()
    assert box.stranger(f"{link}&quiet&wait=60").status == 200
    assert (record(box, link)["waits"], record(box, link)["waits_for"]) == (0, "")


def test_a_site_that_is_gone_is_a_failure_that_is_remembered(box):
    link = make(box)
    box.site.console_file.unlink()
    assert box.stranger(f"{link}&quiet").status == 500
    assert record(box, link)["failures"] == 1


def test_the_command_line_makes_and_revokes_them_too(box):
    assert box.command_line("links:make", "--for=cache:clear").returncode == 3
    made = box.command_line("links:make", "--for=cache:clear", "--yes")
    assert made.returncode == 0 and TOKEN.search(made.stdout)
    assert box.stranger(f"run={TOKEN.search(made.stdout)[1]}").status == 200
    assert "last time done" in box.command_line("links").stdout
    assert box.command_line("links:revoke", "--link=all", "--yes").returncode == 0
    assert box.stranger(f"run={TOKEN.search(made.stdout)[1]}").text == REFUSED


def test_from_the_page_a_button_makes_it_and_shows_it_once(box):
    cookie = box.owner(headers=NAVIGATION).cookie()
    headers = {**NAVIGATION, "Cookie": cookie}
    plan = box.stranger("task=links:make&for=cache%3Aclear&days=7&pretty=1", headers=headers).text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', plan))
    assert fields["for"] == "cache:clear" and fields["days"] == "7"
    page = box.stranger("task=links:make", headers=headers, form=fields)
    token = TOKEN.search(page.text)[1]
    assert page.status == 200 and "A link for cache:clear" in page.text and page.text.count("data-copies=") == 8
    assert token not in box.stranger("task=links:make", headers=headers, form=fields).text
    assert "cache:clear" in box.stranger("format=html", headers=headers).text.partition('id="links"')[2]
    assert box.stranger(f"run={token}&quiet").status == 200


def test_the_files_of_links_are_for_the_account_alone(box):
    make(box)
    for path in ((box.state / "links"), *(box.state / "links").iterdir()):
        assert os.stat(path).st_mode & 0o077 == 0


def test_without_the_key_nobody_makes_or_lists_them(box):
    make(box)
    for query in ("task=links", "task=links:make&for=php", "task=links:revoke&link=all"):
        assert box.stranger(query).text == WRONG


# ---- a new key

QUESTION = "Do the links of the former key stay?"


def with_a_new_key(box):
    box.write_settings(key=OTHER_KEY)
    box.key = OTHER_KEY
    return box


def page_of(box):
    return box.owner(headers=NAVIGATION).text


def test_a_new_key_asks_whether_links_stay_and_they_work_meanwhile(box):
    one, two = make(box), make(box, "list")
    assert QUESTION not in page_of(box)
    with_a_new_key(box)
    page = page_of(box)
    assert QUESTION in page and "2 links that were made with a former key still work" in page.partition("<nav")[0]
    assert "links:keep keeps them" in box.owner().text
    assert box.stranger(f"{one}&quiet").status == 200
    assert "stays" in consented(box, "task=links:keep").text
    assert QUESTION not in page_of(box) and "links:keep keeps them" not in box.owner().text
    assert box.stranger(f"{two}&quiet").status == 200
    assert "nothing to do" in box.owner("task=links:keep").text


def test_the_other_answer_revokes_them_and_nothing_is_asked_any_more(box):
    one = make(box)
    with_a_new_key(box)
    assert "a link that was made with a former key still works" in page_of(box)
    assert "is revoked" in consented(box, "task=links:revoke&link=all").text
    assert QUESTION not in page_of(box) and box.stranger(one).text == REFUSED


def test_links_of_the_new_key_and_the_hashing_of_a_key_raise_no_question(box):
    box.write_settings(key=KEY, age=0)
    make(box)  # the key is still plain
    box.write_settings(key=KEY)
    box.restart()
    assert QUESTION not in page_of(box) and "scrypt" in box.settings_text() and QUESTION not in page_of(box)
    with_a_new_key(box)
    assert QUESTION in page_of(box)
    consented(box, "task=links:revoke&link=all")
    make(box, "php")
    assert QUESTION not in page_of(box)


def test_a_link_never_answers_that_question(box):
    link = make(box, "php")
    with_a_new_key(box)
    for task in ("links:keep", "links:revoke"):
        file_of(box, link).write_text(json.dumps({**record(box, link), "task": task}))
        assert box.stranger(link).status == 409
