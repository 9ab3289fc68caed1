# SPDX-License-Identifier: GPL-3.0-or-later
"""Before anything is run: the site as it answers, the uploaded folder, the key, the list, the PHP."""
import os
import re
import stat

from support import httpclient

from .catalogue import case, note
from .release import fetch_login
from .visitor import NAVIGATION, expect


def expect_the_site_answers(release):
    """The login page, or what Mautic itself says where it does not run on this PHP."""
    answer = fetch_login(release.url)
    if release.php_fits():
        expect(answer.status == 200 and "_csrf_token" in answer.text, "the login page does not answer",
               f"{answer!r}\n{release.log()}")
    else:
        expect(answer.status == 500 and "does not support PHP version" in answer.text, "another answer than expected",
               repr(answer))
    note(f"login page: {answer.status} in {answer.seconds:.1f} s")


@case
def the_site_answers_before_anything_is_done(release, _visitor):
    expect_the_site_answers(release)


@case
def mautics_own_rules_leave_our_folder_alone_and_ours_close_it(release, _visitor):
    wanted = {"/unstick/": 200, "/unstick/index.html": 200, "/unstick/unstick.cgi": 403, "/unstick/unstick.ini.php": 403,
              "/unstick/.htaccess": 403, "/unstick/README.txt": 403, "/commands.php": 403, "/config/local.php": 403}
    seen = {path: httpclient.fetch(release.url + path).status for path in wanted}
    expect(seen == wanted, "a path answers with another status", f"wanted {wanted}\nseen   {seen}")


@case
def a_wrong_key_gets_403_and_one_sentence(_release, visitor):
    for query in ("", "?", "?wrong-key-of-some-length", "?task=list", "?list", "?--help"):
        answer = visitor.ask(url=visitor.program_url + query)
        expect((answer.status, answer.text) == (403, "The secret phrase is wrong.\n"), f"{query} is answered otherwise",
               repr(answer))


@case
def the_list_names_mautic_its_version_and_its_folder(release, visitor):
    answer = visitor.ask()
    expect(answer.status == 200 and answer.lines()[0][1] == f"Mautic {release.version} in {release.root}",
           "the first line of the list is another", answer.text[:500])
    expect("\n! " not in answer.text, "the list warns", answer.text[:1000])
    page = visitor.ask(headers=NAVIGATION)
    is_page = page.status == 200 and page.headers["Content-Type"].startswith("text/html")
    expect(is_page and f"Mautic {release.version}" in page.text,
           "a browser's page does not name it", page.text[:1000])
    note(f"text in {answer.seconds * 1000:.0f} ms, page in {page.seconds * 1000:.0f} ms")


@case
def the_first_visit_hashed_the_key_and_closed_its_file(release, visitor):
    file = release.folder / "unstick.ini.php"
    text = file.read_text()
    expect(release.key not in text and re.search(r"(?m)^key = \$scrypt\$", text), "the key stands there plainly", text)
    expect(stat.S_IMODE(file.stat().st_mode) == 0o600, "others may read the settings", oct(file.stat().st_mode))
    expect(visitor.ask().status == 200, "the key opens no more")


@case
def our_own_data_lies_outside_the_document_root_for_the_account_alone(release, _visitor):
    found = release.states()
    expect(len(found) == 1, "not one state folder", f"{os.listdir(release.home)} {os.listdir(release.place)}")
    facts = found[0].stat()
    expect(stat.S_IMODE(facts.st_mode) == 0o700 and facts.st_uid == release.root.stat().st_uid, "its rights are others",
           f"{oct(facts.st_mode)} {facts.st_uid}")


@case
def the_php_action_tells_which_php_fits(release, visitor):
    if not release.php_fits():
        ran = visitor.run("php", fails=True)
        refusal = visitor.ask("task=list")
        expect(refusal.status == 500 and f"{release.root}/bin/console list" in refusal.text,
               "a command is not refused with the line for the panel's cron page", repr(refusal))
        note(refusal.text.strip())
        release.set_php()
    ran = visitor.run("php", fails=False)
    expect(ran.lines[0][1] == "Executing php", "the first line is another", ran.lines[0][1])
    least, most = (release.facts[name] for name in ("minimum_php_version", "maximum_php_version"))
    expect(f"Mautic {release.version} runs on PHP {least} to {most}" in ran.output, "the range is another", ran.output)
    chosen = [line for _, line in ran.lines if line.startswith("* ")]
    expect(len(chosen) == 1 and release.php_version in chosen[0], "not this PHP is chosen", ran.output)
    note(chosen[0])
