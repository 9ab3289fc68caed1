# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hundred requests of people who have no key: none of them changes or reveals anything."""

import json
import re
from urllib.parse import quote

import pytest

from cases.box import BROWSER, KEY, LOGIN, NAVIGATION, WRONG
from cases.table import basic
from cases.test_run_links import make

TASKS = ["php", "doctor", "list", "cache:purge", "cache:clear", "job:stop", "job:unlock", "job:resume", "self:remove",
         "report", "logs", "backups",
         "db:backup", "db:restore", "db:status", "files:verify", "undo", "kept", "update:finish", "upgrade:v3", "config:fix",
         "permissions:fix", "config:fix", "files:backup", "files:download", "files:download-own",
         "links", "links:make", "links:keep", "links:revoke", "recover", "kept:delete", "backup:delete", "backup:download",
         "links:install", "mautic:install:data", "doctrine:query:sql select 1", "../../etc/passwd", "; id", "$(id)"]
OPTIONS = ["file=backup.sql.gz", "file=../local.php", "backup=no", "backup=last", "version=7.0.0", "eula=yes", "php=yes",
           "check=yes", "tables=users", "link=all", "for=php", "for=php&days=3650",
           "lines=1000", "confirm=x", "job=last", "format=json", "format=html", "pretty", "quiet", "quiet&strict&wait=0",
           "from=0", "run=x", "apiTask=start",
           "apiTask=1", "apiTask=preUpgradeChecks", "view=x", "view=last", "view=../secret", "download=1"]
WORDS = ["admin", "root", "password", "key", "unstick", "MautiBot_Happy", "true", "1", "0", "null", "undefined", "NaN",
         "test", "debug", "phpinfo", "..", ".",
         "/", "%2e%2e%2f", "%00", "*", "'", '"', "' or '1'='1", "<script>", "${jndi:ldap://x}", "{{7*7}}", "__proto__", "\\",
         "|id", "key=", "=", "a[]=1", "a[b]=c"]
KEYLIKE = ["mautibot_happy00000", "your_secret_phrase_here", "change-me-change-me", "0123456789abcdef", "aaaaaaaaaaaaaaaa",
           KEY[:-1], KEY + "0", KEY.lower(),
           KEY[::-1], "$scrypt$aaaaaaaaaaaaaaaaaaaaaa$bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "scrypt-aaaaaaaaaaaaaaaa"]
HEADERS = [{"X-Unstick-Key": "x"}, {"X-Unstick-Key": "0123456789abcdef0"}, {"Authorization": "Bearer x"},
           {"Authorization": "Bearer 0123456789abcdef0"},
           {"Authorization": basic("admin", "admin")}, {"Authorization": basic("admin", "password12345678")},
           {"Authorization": "Basic"},
           {"Authorization": "Negotiate abc"}, {"Cookie": "unstick_session=1"}, {"Cookie": "unstick_session=9999999999.a.b"},
           {"Cookie": "a" * 5000}, {"Cookie": f"unstick_session={KEY}"}, {"Cookie": "unstick_session=9999999999.x.y"},
           {"Cookie": "unstick_session=9999999999." + "A" * 16 + "." + "A" * 27},
           {"X-Forwarded-For": "127.0.0.1"}, {"X-Original-URL": f"/?{KEY}"}, {"X-Rewrite-URL": f"/?{KEY}"},
           {"X-HTTP-Method-Override": "PUT"},
           {"Referer": f"http://example.test/unstick/unstick.cgi?{KEY}"}, {"Host": "localhost"}, {"Host": "127.0.0.1"},
           {"Origin": "null"},
           {"Accept": "application/json"}, {"Accept": "text/event-stream"}, {"Range": "bytes=0-10"}, {"If-None-Match": "*"},
           {"Expect": "100-continue"},
           {"Content-Type": "application/json"}, BROWSER, NAVIGATION]
VARIABLES = [{"PATH_INFO": "/../unstick.ini.php"}, {"PATH_INFO": f"/{KEY}"}, {"REMOTE_ADDR": "127.0.0.1"},
             {"REMOTE_ADDR": "::1"}, {"REMOTE_USER": "admin"},
             {"AUTH_TYPE": "Basic"}, {"HTTPS": "on"}, {"SERVER_SOFTWARE": "Apache"}, {"SERVER_SOFTWARE": "nginx"},
             {"UNSTICK_LIVE": "1"},
             {"DOCUMENT_ROOT": "/"}, {"DOCUMENT_ROOT": ""}, {"SCRIPT_FILENAME": "/etc/passwd"}, {"HOME": "/"},
             {"UNSTICK_PROGRAM": "x"},
             {"HTTP_PROXY": "http://x"}, {"REDIRECT_STATUS": "200"}, {"REQUEST_URI": f"/x?{KEY}"}, {"SCRIPT_NAME": f"/{KEY}"}]

# All that a stranger may be told, beside nothing.
SAID = (WRONG, "This link is wrong, or it has expired.\n", "Too many wrong keys. Wait a minute.\n")


def probes():
    """[(name, query, keywords of a request)]."""
    found = [(f"task {task}", f"task={quote(task)}", {}) for task in TASKS]
    found += [(f"task cache:purge {option}", f"task=cache:purge&{option}", {}) for option in OPTIONS]
    found += [(f"option {option}", option, {}) for option in OPTIONS]
    found += [(f"word {word}", quote(word, safe="=&"), {}) for word in WORDS + KEYLIKE]
    found += [(f"task of {word}", f"{quote(word, safe='')}&task=php", {}) for word in WORDS]
    found += [(f"headers {headers}", "task=cache:purge", {"headers": headers}) for headers in HEADERS]
    found += [(f"variables {more}", "task=cache:purge", more) for more in VARIABLES]
    found += [(f"form {task}", "", {"form": {"task": task, "confirm": "x", "key": KEY}}) for task in TASKS[:8]]
    found += [(f"login with {word}", "", {"form": {"phrase": word}, "headers": headers}) for word in WORDS for headers in ({}, NAVIGATION)]
    found += [(f"login beside {task}", "", {"form": {"task": task, "phrase": KEY}}) for task in TASKS[:4]]
    found += [(f"login by address {more}", f"phrase={KEY}{more}", {}) for more in ("", "&task=php", "&format=html")]
    found += [("logout", "", {"form": {"logout": "1"}}), ("a link and a login", "run=x", {"form": {"phrase": KEY, "task": "php"}})]
    found += [(f"link {token}", f"run={token}", {}) for token in ("x", "A" * 27, "%2e%2e/secret", "0" * 64)]
    found += [(f"method {method}", "task=cache:purge",
               {"method": method}) for method in ("HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO")]
    return found


@pytest.fixture
def used(box):
    """A box in full use: a job that is over, a job that was stopped, a plan, a session, a link."""
    make(box, "php")
    assert box.owner("task=cache:warmup&quiet").status == 200
    box.start_held()
    box.stop()
    box.owner("task=job:unlock", headers=NAVIGATION)
    box.release()
    return box


def secrets_of(box):
    """What none of the answers may hold."""
    jobs = [path.name for path in box.state.glob("jobs/*")]
    return [KEY, str(box.folder), str(box.site.root), box.account, "4.3.0", "Mautic", "cache:warmup", "scrypt", "php8", *jobs,
            box.command_line("--version").stdout.split()[1]]


def test_two_hundred_probing_requests_change_and_reveal_nothing(used):
    secrets, all_probes = secrets_of(used), probes()
    login = without_nonce(used.stranger(headers=NAVIGATION))
    assert LOGIN in login
    assert len(all_probes) >= 200
    with used.nothing_changes(but=("state/attempts",)):
        for number, (name, query, request) in enumerate(all_probes):
            request = {"REMOTE_ADDR": f"198.51.100.{number % 250}", **request}
            answer = used.stranger(query, **request)
            assert answer.status in (403, 405, 415, 429) or (answer.status,
                                                             request.get("method")) == (204, "OPTIONS"), f"{name}: {answer}"
            assert answer.text in ("", *SAID) or refused_event(answer) or without_nonce(answer) == login, f"{name}: {answer}"
            assert "Set-Cookie" not in answer.headers and "Location" not in answer.headers, name
            shown = answer.head.decode("latin-1") + answer.text
            assert not [secret for secret in secrets if secret in shown], f"{name}: {answer}"
            assert not re.search(r"unstick/?\d|\d+\.\d+\.\d+", shown), f"{name}: a version? {answer}"
    assert len(used.ran()) == 2


def without_nonce(answer):
    return re.sub(r'nonce="[^"]*"', "", answer.text) if answer.type.startswith("text/html") else answer.text


def refused_event(answer):
    return answer.type == "application/x-ndjson" and json.loads(answer.text)["text"] + "\n" in SAID


def test_the_same_probes_change_and_reveal_nothing_before_a_key_is_set(boxes):
    box = boxes(key=None)
    with box.nothing_changes():
        for name, query, request in probes()[::4]:
            answer = box.stranger(query, **request)
            assert answer.status in (403, 405, 415) or (answer.status,
                                                        request.get("method")) == (204, "OPTIONS"), f"{name}: {answer}"
            assert str(box.folder) not in answer.text and "4.3.0" not in answer.text, name
            assert "Set-Cookie" not in answer.headers, name


def test_no_program_is_started_for_a_stranger(used):
    """Not even a PHP is asked for its version."""
    asked = used.folder / "asked"
    php = used.folder / "php"
    php.write_text(f"#!/bin/sh\ntouch {asked}\n")
    php.chmod(0o755)
    used.write_settings(f"php = {php}", key=KEY)
    for query in ("", "task=php", "task=list", "task=cache:clear"):
        used.stranger(query)
    assert not asked.exists()
    used.owner("task=php")
    assert asked.exists()
