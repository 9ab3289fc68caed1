# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host's own limits do to a site: doctor names it with the line that is to be changed, and what can be mended is."""
import os
import shutil
import time

from .catalogue import case, note
from .files import restoring
from .mending import (REFUSED, drop_caches, expect_broken, expect_named, expect_sound, found, named_and_mended)
from .release import fetch_login
from .visitor import expect

LIMITS = ("64M", "48M", "32M", "24M")  # PHP's opcode cache saves memory: what fails once may go the second time
USER_INI_SECONDS = 1.5  # PHP reads .user.ini again each second here


@case(needs_web=True)
@restoring
def pages_without_memory_for_a_new_cache_are_named_with_the_line_to_change(release, visitor, _exchange):
    limits = release.root / ".user.ini"
    for limit in LIMITS:
        limits.write_text(f"memory_limit = {limit}\n")
        release.give(limits)
        time.sleep(USER_INI_SECONDS)
        drop_caches(release)
        seen = [fetch_login(release.url).status for _ in range(2)]
        note(f"with {limit} visitors get {seen}")
        if seen == [500, 500]:
            break
    expect_broken(release, 500)
    seen = expect_named(release, visitor, "PHP may use little memory for pages", "PHP ran out of memory")
    answer = visitor.ask("task=recover")
    expect("256M or more" in answer.text and ".user.ini" in answer.text, "recover does not name the line", answer.text)
    note("; ".join(seen))
    visitor.console("cache:warmup")
    note(f"the cache built by the command line: the login page answers {fetch_login(release.url).status} with {limit}")
    drop_caches(release)
    limits.write_text("memory_limit = 512M\n")
    expect_broken(release, 200)
    expect_sound(release, visitor)


@case
@restoring
def a_cache_folder_that_may_not_be_written_is_named_and_mended(release, visitor, _exchange):
    caches = release.root / "var/cache"
    drop_caches(release)
    os.chmod(caches, 0o555)
    expect_broken(release, 500)
    named_and_mended(release, visitor, "keep the site's own account out", also=("may not write or read some of its files",))
    shutil.rmtree(caches / "prod")
    (caches / "prod").mkdir(mode=0o555)
    release.give(caches / "prod")
    expect_broken(release, 500)
    named_and_mended(release, visitor, "keep the site's own account out", also=("may not write or read some of its files",))


@case
@restoring
def a_php_of_the_website_that_the_release_refuses_is_named(release, visitor, _exchange):
    if release.php_fits():
        return note(f"{release.version} runs on PHP {release.php_version}")
    expect_broken(release, 500)
    ran = visitor.run("doctor", php="yes")
    expect(REFUSED in ran.output and "the PHP that the website runs with does not fit" in ran.output, "doctor does not name it", ran.output)
    least, most = (release.facts[name] for name in ("minimum_php_version", "maximum_php_version"))
    expect(f"PHP {least} to {most}" in ran.output, "nor the range to choose from", ran.output)
    plain = visitor.run("doctor")
    expect("php=yes" in plain.output and not found(release, visitor), "without asking PHP it does not say how to ask it", plain.output)
    note(next(text for _, text in ran.lines if REFUSED in text))
