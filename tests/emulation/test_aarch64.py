# SPDX-License-Identifier: GPL-3.0-or-later
"""The aarch64 program answers as the other does: key, list, consent, command line, jobs, FastCGI."""

import pytest

from support import process
from system.place import KEY, text_of

# Made by the x86-64 program. The format is one for ever: a site that moves keeps its key.
HASH = "$scrypt$10$zm_3vfbjaBaGQ3oUAuDrBw$RPjHQoSWGeBYR-n_zZLbs1f85Q1Y87zm64GWlZcDtUQ"


def test_without_the_key_it_says_nothing(place):
    answer = place.ask(key=False)
    assert (answer.status, answer.text) == (403, "The secret phrase is wrong.\n")


def test_the_key_opens_and_is_hashed(place):
    for _ in range(2):
        answer = place.ask()
        assert answer.status == 200 and answer.lines[0].startswith("Mautic 4.3.0 in "), answer
    assert "key = $scrypt$" in place.settings.read_text()
    assert place.ask(KEY[::-1], key=False).status == 403


def test_a_hash_that_the_other_architecture_made_opens(place):
    place.write_settings(f"key = {HASH}", f"state = {place.state}")
    place.settings.write_text(place.settings.read_text().replace(f"key = {KEY}\n", ""))
    assert "\nActions:\n" in place.ask().text
    assert place.ask(KEY[::-1], key=False).status == 403


def test_a_browser_gets_the_page(place):
    answer = place.ask(HTTP_ACCEPT="text/html", HTTP_SEC_FETCH_MODE="navigate")
    assert answer.status == 200 and answer.text.lower().startswith("<!doctype html>") and answer.cookie(), answer


@pytest.mark.parametrize("words, status, text", [
    (["--version"], 0, "unstick "), (["--help"], 0, "Exit status: 0 done"), ([], 0, "cache:purge"),
    (["php"], 0, "\n* /"), (["nonsense"], 2, "not allowed")])
def test_the_command_line(place, words, status, text):
    done = place.command_line(*words)
    assert done.returncode == status and text in done.stdout + done.stderr, done


def test_fastcgi_serves_several_requests_at_once(place):
    with place.fastcgi() as server:
        requests = [place.begin(server=server) for _ in range(6)]
        assert all("\nActions:\n" in request.finish().text for request in requests)
        assert place.ask(key=False, server=server).status == 403


def test_an_action_without_php_runs_as_a_job(place, jobs):
    answer = place.run("cache:purge")[-1]
    assert answer.lines[-1].startswith("-- done: exit 0 in "), answer
    assert not place.cache.exists()


def test_a_console_command_is_followed_to_its_end(place, jobs):
    answers = place.run("lines 30")
    lines = "".join(f"line {number} of 30\n" for number in range(1, 31))
    assert text_of(answers).startswith(f"Executing console lines 30\n{lines}ended lines\n-- done: exit 0 in "), answers
    assert len(answers) > 1


def test_a_job_of_the_command_line_ends_with_its_status(place, jobs):
    done = place.command_line("lines 15")
    assert done.returncode == 0 and "line 15 of 15\nended lines\n-- done: exit 0 in " in done.stdout, done


def test_a_plan_is_done_with_its_code_and_only_then(place, jobs):
    place.ask("task=lines%20600")
    plan = place.ask("task=job:stop")
    assert "-- plan only, nothing changed; to do it: " in plan.lines[-1], plan
    assert "-- still running: " in place.ask("job=last").lines[-1]
    place.ask(plan.lines[-1].partition("?")[2], key=False)
    process.wait_until(lambda: "-- stopped on request" in place.ask("job=last").text, what="the job to stop")
