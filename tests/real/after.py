# SPDX-License-Identifier: GPL-3.0-or-later
"""At the end: what is left is the site as it was, and nothing was told that must not be."""
import re

from support import httpclient, process

from .catalogue import case, note
from .first_contact import expect_the_site_answers
from .release import ADMIN, ADMIN_PASSWORD
from .visitor import expect

PAGES = ("/s/dashboard", "/s/contacts", "/s/campaigns", "/s/segments", "/s/emails", "/s/config/edit")


@case
def the_last_job_can_be_read_again(_release, visitor):
    ran = visitor.console("--version")
    again = visitor.ask("job=last")
    expect([text for _, text in again.lines()] == [text for _, text in ran.lines], "it reads otherwise", again.text)


@case
def no_answer_held_a_password(release, visitor):
    for what, word in release.secrets().items():
        leaks = [asked for asked, text in visitor.seen if word in text]
        expect(not leaks, f"{what} was told", leaks)
    note(f"{len(visitor.seen)} answers, {sum(len(text) for _, text in visitor.seen)} characters read")


@case
def the_sites_files_are_those_of_before(release, _visitor):
    """Of its configuration only Mautic's own migrations write."""
    before, now = release.files_before, release.files()
    changed = sorted(path for path in before.keys() | now.keys() 
                     if before.get(path) != now.get(path) and path != "config/local.php")
    expect(not changed, f"{len(changed)} files changed",
           "\n".join(f"{path} {before.get(path)} {now.get(path)}" for path in changed[:20]))
    note(f"{len(now)} files")


@case
def nothing_that_we_started_runs_on(release, _visitor):
    running = [pid for pid in process.running_below(release.home)]
    expect(not running, "processes are left", [open(f"/proc/{pid}/cmdline", "rb").read() for pid in running])


@case
def the_site_answers_after_all_that(release, _visitor):
    expect_the_site_answers(release)


def visit(release, pages):
    """{page: status} as the administrator sees them, logged in anew."""
    jar = {}

    def go(path, **options):
        headers = {"Accept": "text/html", "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        answer = httpclient.fetch(release.url + path, headers=headers, timeout=120, **options)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            jar[name] = value
        return answer

    token = re.search(r'name="_csrf_token" value="([^"]+)"', go("/s/login").text)
    expect(token, "the login form has no token")
    answer = go("/s/login_check", method="POST",
                body={"_username": ADMIN, "_password": ADMIN_PASSWORD, "_csrf_token": token[1]})
    expect(answer.status == 302 and "/login" not in answer.headers["Location"], "the login was refused", repr(answer))
    go("/s/dashboard")  # the first time it makes its widgets and sends the browser to itself
    return {path: go(path).status for path in pages}


@case(needs_web=True)
def the_administrator_logs_in_and_the_pages_open(release, _visitor):
    seen = visit(release, PAGES)
    expect(set(seen.values()) == {200}, "a page does not open", seen)
    note(str(seen))
