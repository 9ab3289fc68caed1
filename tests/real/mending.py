# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cases of recovery share: break the site, see it as a visitor does, ask doctor, have recover mend it, see that it is well.

On a PHP of the website that the release refuses, its pages say so before and after: then that is the answer that counts as well.
"""
import re
import shutil
import subprocess
import time

from support import tools

from .after import PAGES, visit
from .catalogue import note
from .database import contacts
from .first_contact import expect_the_site_answers
from .release import CONTACTS, fetch_login, metadata_of
from .visitor import expect

FOUND = re.compile(r"^\d+\. (.*?)  \(", re.MULTILINE)
NO_PHP = "no PHP for the command line fits"
REFUSED = "does not support PHP version"
MOST_LATE_SECONDS = 15  # until PHP sees that a file of the site changed


def found_in(release, ran):
    return [one for one in FOUND.findall(ran.output) if release.php_fits() or NO_PHP not in one]


def found(release, visitor):
    """What doctor finds, a sentence each; without PHP's command line where it is known that none fits."""
    return found_in(release, visitor.run("doctor"))


def expect_named(release, visitor, *words, also=()):
    """Doctor names every one of `words` and nothing else; `also`: what it may name too, from a visitor's error in a log. Its sentences."""
    ran = visitor.run("doctor")
    seen = found_in(release, ran)
    missing = [word for word in words if not any(word in one for one in seen)]
    more = [one for one in seen if not any(word in one for word in (*words, *also))]
    expect(not missing, f"doctor does not name {missing}", ran.output)
    expect(not more, f"doctor names {more} too", ran.output)
    return seen


def expect_broken(release, *statuses):
    """What the visitor sees of it."""
    until = time.monotonic() + MOST_LATE_SECONDS
    while (answer := fetch_login(release.url)).status not in statuses and time.monotonic() < until:
        time.sleep(0.5)
    expect(answer.status in statuses, "the site is not broken as it should be", repr(answer))
    note(f"visitors get {answer.status}, {len(answer.body)} bytes")


def mend(release, visitor, query="recover"):
    """The task through the link of its plan, which must do it. What came of it."""
    plan, ran = visitor.agree(query)
    release.facts = metadata_of(release.root)
    refused = not release.php_fits() and REFUSED in ran.output
    expect(ran.done or refused, f"{query} failed", f"{plan}\n{ran.output[-4000:]}")
    return ran


def expect_sound(release, visitor):
    release.facts = metadata_of(release.root)
    ran = visitor.run("doctor")
    expect(not found_in(release, ran), "doctor still finds something", ran.output)
    expect(contacts(release) == CONTACTS, "contacts were lost", contacts(release))
    expect_the_site_answers(release)
    if release.php_fits():
        seen = visit(release, PAGES)
        expect(set(seen.values()) == {200}, "a page does not open", seen)


def named_and_mended(release, visitor, *words, also=()):
    """Doctor names `words` (see expect_named) and recover mends it."""
    seen = expect_named(release, visitor, *words, also=also)
    ran = mend(release, visitor)
    note(f"{'; '.join(seen)}: mended in {ran.seconds:.0f} s")
    expect_sound(release, visitor)


def named_with_next_step(release, visitor, words, step, also=()):
    """Doctor names `words` (see expect_named); recover changes nothing, and says the `step` that the owner has to do."""
    seen = expect_named(release, visitor, *words, also=also)
    answer = visitor.ask("task=recover")
    expect(step in answer.text and "-- plan only" not in answer.text, f"recover does not say: {step}", answer.text)
    note(f"{'; '.join(seen)}: " + next(line for line in answer.text.splitlines() if step in line))


def edit(release, name, old, new):
    file = release.root / name
    text = file.read_text()
    expect(old in text, f"{name} does not hold {old}", text[:2000])
    file.write_text(text.replace(old, new))


def lay_over(release, package, *names):
    """The package unpacked over the site, nothing deleted, as people do it over FTP; `names`: only these."""
    subprocess.run([tools.find("unzip"), "-qo", package.file, *names, "-d", release.root], check=True)
    release.give(release.root)


def lay_over_and_delete(release, exchange):
    """The next release's files, and none left that it deletes."""
    lay_over(release, exchange.next)
    for name in exchange.deleted():
        (release.root / name).unlink(missing_ok=True)


def drop_caches(release):
    for name in ("var/cache/prod", "var/tmp/twig"):
        shutil.rmtree(release.root / name, ignore_errors=True)
