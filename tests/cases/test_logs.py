# SPDX-License-Identifier: GPL-3.0-or-later
"""`logs`, `logs:follow` and `report`, and what doctor reads out of logs. No secret comes out of any of them."""

import json
import os
import time

import pytest

from cases.box import KEY, NAME_KEY
from support import process

PASSWORD = "geheim-Tr0ub4dor"
MAIL, CLIENT = "anna.b@example.org", "203.0.113.77"
TOKEN = "4f9a8c7b6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a"
MEMORY = "Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)"


def stamp(ago=5):
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - ago))


def logs_of(box):
    folder = box.site.root / "var/logs"
    folder.mkdir(parents=True, exist_ok=True)
    box.give(folder)
    return folder


def write(box, text, name="mautic_prod-2026-11-21.php"):
    file = logs_of(box) / name
    with file.open("a") as log:
        log.write(text)
    box.give(file)
    return file


@pytest.fixture
def noisy(box):
    """A box whose logs hold secrets of every kind."""
    write(box, "<?php die('access denied'); ?>\n"
               f"[{stamp(40)}] mautic.ERROR: STAT UPDATE: cURL error 6: Could not resolve host\n"
               f"[{stamp(30)}] mautic.ERROR: mysql://mau:{PASSWORD}@db/x for {MAIL} from {CLIENT} token={TOKEN} secret_key='{TOKEN}' [] []\n"
               f"[{stamp(20)}] mautic.ERROR: contact 12 is odd\n[{stamp(10)}] mautic.ERROR: contact 13 is odd\n")
    error_log = box.site.root / "error_log"
    error_log.write_text(time.strftime("[%d-%b-%Y %H:%M:%S UTC] ", time.gmtime()) +  # younger than the tree
                         f"PHP Fatal error:  {MEMORY} in {box.site.root}/app/x.php on line 3\n"
                         f"#0 {box.site.root}/x.php(3): PDO->__construct('mysql:', 'mau', '{PASSWORD}')\n")
    box.give(error_log)
    return box


def holds_no_secret(text):
    for secret in (PASSWORD, MAIL, CLIENT, TOKEN, KEY, NAME_KEY):
        assert secret not in text, text


def test_logs_are_grouped_newest_first_without_noise_and_secrets(noisy):
    noisy.owner()
    with noisy.nothing_changes(but=("state/attempts",)):
        answer = noisy.owner("task=logs")
    lines = answer.lines
    assert lines[:2] == ["Executing logs", "3 of 3 different errors, the newest first"], answer
    assert "once in error_log" in lines[2] and MEMORY in lines[3]
    assert "2 times, last in var/logs/mautic_prod-2026-11-21.php" in lines[4] and "contact 13 is odd" in lines[5]
    assert "read: error_log" in lines and "read: var/logs/mautic_prod-2026-11-21.php" in lines
    assert "STAT UPDATE" not in answer.text and "mysql://***@db/x" in answer.text
    holds_no_secret(answer.text)


def test_as_many_as_are_asked_for(noisy):
    assert noisy.owner("task=logs&lines=1").lines[1] == "1 of 3 different errors, the newest first"
    assert noisy.owner("task=logs&lines=x").status == 400
    events = [json.loads(line) for line in noisy.owner("task=logs&lines=2&format=json").text.splitlines()]
    assert [event["count"] for event in events if event.get("event") == "error"] == ["1", "2"], events


def test_a_short_secret_of_the_configuration_is_told_in_no_format(box):
    local = box.site.root / "app/config/local.php"
    local.write_text("<?php\n$parameters = array('db_name' => 'x', 'db_user' => 'y', 'mailer_password' => 'k9!x');\n")
    box.give(local)
    write(box, f"[{stamp(20)}] mautic.ERROR: login with k9!x was refused, {MEMORY}\n")
    for task in ("logs", "logs&format=json", "report"):
        text = box.owner(f"task={task}").text
        assert "k9!x" not in text and MEMORY in text, text


def test_a_site_without_logs_says_so(box):
    answer = box.owner("task=logs")
    assert answer.lines[1] == "no errors" and answer.lines[-1].startswith("-- done: exit 0")


def test_a_log_that_may_not_be_read_is_named(noisy):
    if os.geteuid() != 0:
        pytest.skip("another account's files need root")
    file = write(noisy, "x\n", "prod-2026-11-20.php")
    os.chown(file, 0, 0)
    file.chmod(0o600)
    assert any(line.startswith("not read: cannot read ") and "Permission denied" in line for line in noisy.owner("task=logs").lines)


def test_doctor_names_the_cause_that_a_log_tells(noisy):
    text = noisy.owner("task=doctor").text
    assert "PHP ran out of memory" in text and "the limit was 128M" in text and "once, in error_log" in text
    holds_no_secret(text)


def test_errors_that_were_before_the_last_change_are_no_finding(box):
    write(box, f"[{stamp(900)}] mautic.ERROR: Class \"Symfony\\X\" not found in {box.site.root}/vendor/a.php:1\n"
               f"[{stamp(10 * 86400)}] mautic.CRITICAL: {MEMORY}\n")
    text = box.owner("task=doctor").text
    assert "ok: the error logs name no cause" in text, text


def test_errors_of_another_application_are_no_finding(box):
    file = box.site.root / "error_log"
    file.write_text(time.strftime("[%d-%b-%Y %H:%M:%S UTC] ", time.gmtime()) + f"PHP Fatal error:  {MEMORY} in {box.folder}/blog/wp-load.php on line 3\n")
    box.give(file)
    assert "ok: the error logs name no cause" in box.owner("task=doctor").text


def test_new_lines_are_followed_through_a_rotation_until_a_stop(noisy):
    live = noisy.begin(noisy.with_key("task=logs:follow&format=text"))
    process.wait_until(lambda: "waiting for new lines in" in noisy.log(), what="the following to begin")
    file = write(noisy, f"[{stamp()}] mautic.ERROR: first for {MAIL}\n")
    process.wait_until(lambda: "first for" in noisy.log(), what="the first line")
    file.rename(file.with_name("away"))
    write(noisy, f"[{stamp()}] mautic.ERROR: second, password={PASSWORD}\n")
    process.wait_until(lambda: "second, " in noisy.log(), what="the line of the new file")
    write(noisy, f"[{stamp()}] mautic.ERROR: third\n", "mautic_prod-2026-11-22.php")
    process.wait_until(lambda: "third" in noisy.log(), what="the line of the next day's file")
    assert noisy.command_line("job:stop", "--yes").returncode == 0
    process.wait_until(lambda: not noisy.is_running(), what="the job to end")
    live.finish(60)
    text = noisy.owner("job=last").text
    assert "==> var/logs/mautic_prod-2026-11-21.php" in text and "==> var/logs/mautic_prod-2026-11-22.php" in text
    assert "contact 12" not in text and text.count("first for ***@***") == 1 and "-- ended on request" in text
    assert "-- done: exit 0" in text
    holds_no_secret(text)


def test_a_report_has_what_helpers_ask_for_and_no_secret(noisy):
    noisy.run("task=cache:clear")
    write(noisy, f"[{stamp(-3)}] mautic.CRITICAL: {MEMORY} in {noisy.site.root}/app/y.php\n")  # after what was done
    answer = noisy.owner("task=report", SERVER_SOFTWARE="Apache/2.4.57 (Debian)")
    text = answer.text
    for words in ("My Mautic version is: 4.3.0 (zip layout)", "My PHP version is: ", "My web server is: Apache/2.4.57", "My database server is: ",
                  "My browser is: ", "What I was doing", MEMORY, "PHP ran out of memory", "cache:clear: "):
        assert words in text, text
    holds_no_secret(text)
    assert str(noisy.state) not in text and f"/home/{noisy.account}" not in text, text


def test_a_report_does_not_name_a_program_whose_name_is_the_key(boxes, mode):
    ending = "fcgi" if mode == "fastcgi" else "cgi"
    box = boxes(key=None, file=f"unstick-{NAME_KEY}.{ending}")
    write(box, f"[{stamp()}] mautic.ERROR: {box.program} was here\n")
    text = box.stranger("task=report").text
    holds_no_secret(text)
    assert f"unstick-....{ending}" in text
