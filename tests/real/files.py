# SPDX-License-Identifier: GPL-3.0-or-later
"""The release exchanged for another, back and forth, and an update to it killed at many moments. Each case leaves the site
as it was before."""
import functools
import json
import os
import signal
import time

from support import httpclient, process, tools

from .catalogue import case, note
from .database import contacts, recorded
from .first_contact import expect_the_site_answers
from .packages import OWN, Exchange, contents, differing
from .release import CONTACTS, metadata_of
from .visitor import expect

MOMENTS = 10


def at_each_moment(bring_about):
    """bring_about(number): makes it happen, and returns (when, a function that looks at it and returns words for the reader)."""
    failures = []
    for number in range(MOMENTS):
        when, look = bring_about(number)
        try:
            note(f"{when}: {look()}")
        except Exception as problem:  # the other moments are tried all the same
            failures.append(f"{when}: {problem}")
    expect(not failures, f"{len(failures)} of {MOMENTS} moments", "\n".join(failures))
NO_SIGN = "no sign of a half or mixed release was found"


@functools.lru_cache
def exchange_of(release):
    return Exchange(release)


def restoring(function):
    """Whatever comes of the case, the next one finds the site as it was."""
    @functools.wraps(function)
    def run(release, visitor):
        exchange = exchange_of(release)
        try:
            function(release, visitor, exchange)
        finally:
            exchange.reset()
    return run


def expect_it_is(release, package):
    """The files say so, the pages answer, nothing of the owner's is another."""
    release.facts = metadata_of(release.root)
    expect(release.facts["version"] == package.version, f"the files are not {package.version}", release.facts)
    expect_the_site_answers(release)
    if release.php_fits():
        front = httpclient.fetch(release.url + "/", headers={"Accept": "text/html"}, timeout=120)
        expect(front.status in (200, 301, 302) and "installer" not in front.headers.get("Location", ""), "the front page fails",
               repr(front))
    lost = [name for name, data in OWN.items() if not (release.root / name).exists() or (release.root / name).read_bytes() != data]
    expect(not lost, "the owner's files are others", lost)
    expect(contacts(release) == CONTACTS, "contacts were lost", contacts(release))


def expect_whole(visitor, package):
    ran = visitor.run("files:verify", file=package.name)
    expect(ran.done, f"the tree is not that of {package.name}", ran.output[-3000:])
    return ran


def note_changes(before, now):
    """Of the configuration only Mautic's own migrations write: by hand it is seen whether they did."""
    changed = set(now.splitlines()) ^ set(before.splitlines())
    if changed:
        note("the migrations changed local.php: " + " | ".join(sorted(line.decode().strip() for line in changed)))


def replace(release, visitor, exchange):
    """(plan, Ran) of files:replace with the next release, through the link of its plan."""
    local = (release.root / "config/local.php").read_bytes()
    plan, ran = visitor.agree(f"files:replace&file={exchange.next.name}", fails=False)
    expect_it_is(release, exchange.next)
    note_changes(local, (release.root / "config/local.php").read_bytes())
    expect(not exchange.missing_columns(), "tables or columns of the release are missing", exchange.missing_columns())
    expect(recorded(release), "no migration is recorded")
    expect_whole(visitor, exchange.next)
    return plan, ran


@case(needs_next=True)
@restoring
def the_installed_tree_shows_no_sign_and_its_own_package_finds_no_damage(_release, visitor, exchange):
    ran = visitor.run("files:verify")
    expect(ran.done and NO_SIGN in ran.output, "a whole tree shows signs", ran.output)
    with exchange.at_hand(exchange.own):
        compared = expect_whole(visitor, exchange.own)
    note(f"signs {ran.seconds:.1f} s, every file {compared.seconds:.1f} s: {compared.lines[-2][1]}")


@case(needs_next=True)
@restoring
def files_replace_brings_the_release_and_undo_brings_every_byte_and_row_back(release, visitor, exchange):
    lacking = len(exchange.missing_columns())
    with exchange.at_hand(exchange.next):
        plan, ran = replace(release, visitor, exchange)
        note(plan.strip())
        note(f"replaced in {ran.seconds:.1f} s, {ran.parts} parts; before: {lacking} columns missing of its own mapping")
        note("\n".join(f"{seconds:6.1f} {text}" for seconds, text in ran.lines if not text.startswith(("  ", "["))))
        plan, ran = visitor.agree("undo", fails=False)
    note(plan.strip())
    note(f"undone in {ran.seconds:.1f} s")
    changed = differing(exchange.files, contents(release.root))
    expect(not changed, f"{len(changed)} files are not as they were", changed[:20])
    rows = exchange.sums()
    changed = differing(exchange.rows, rows)
    expect(not changed, "tables are not as they were", "\n".join(f"{name}: {release.sql(f'select * from {name}')}\nwas {exchange.saved_rows(name)}" for name in changed))
    expect_it_is(release, exchange.own)


@case(needs_next=True)
@restoring
def files_rollback_alone_warns_about_the_database_and_the_way_forward_stays_open(release, visitor, exchange):
    with exchange.at_hand(exchange.next):
        replace(release, visitor, exchange)
        rows = exchange.sums()
        plan, ran = visitor.agree("files:rollback", fails=False)
        said = plan.splitlines()
        expect(any("FIRST: " in line and "`undo` takes both back" in line for line in said), "no warning", plan)
        changed = differing(exchange.files, contents(release.root))
        expect(not changed, f"{len(changed)} files are not as they were", changed[:20])
        expect(exchange.sums() == rows, "the database was changed", differing(rows, exchange.sums()))
        note(f"rolled back in {ran.seconds:.1f} s: {next(line for line in said if 'FIRST' in line)}")
        _, ran = replace(release, visitor, exchange)
        note(f"and forward again in {ran.seconds:.1f} s")


# ---- an update that dies

def begin_update(release, exchange):
    """Mautic's own update by the bare console. It deletes the package that it is given."""
    package = release.home / "update.zip"
    process.run([tools.find("cp"), exchange.next.file, package])
    release.give(package)
    return release.begin_console("mautic:update:apply", "--force", f"--update-package={package}", "--no-interaction",
                                 "--env=prod", "--no-debug")


def stamp(file):
    """Another one for another file of that name; None: it is not there."""
    try:
        facts = file.stat()
        return facts.st_ino, facts.st_mtime_ns, facts.st_size
    except OSError:
        return None


def kill_update_at(release, exchange, part):
    """Ends the update by SIGKILL when so much of the files that change is unpacked; seconds from its start."""
    entries = exchange.changing()
    file = release.root / entries[int(part * len(entries))]
    before, began = stamp(file), time.monotonic()
    child = begin_update(release, exchange)
    while stamp(file) == before and child.poll() is None:
        time.sleep(0.001)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    return time.monotonic() - began


@case(needs_next=True)
@restoring
def mautics_own_update_undisturbed_takes_its_time(release, _visitor, exchange):
    began = time.monotonic()
    child = begin_update(release, exchange)
    child.wait()
    fresh, old = exchange.progress()
    expect(child.returncode == 0 and fresh, "it does not work", (release.place / "console.log").read_text())
    note(f"{time.monotonic() - began:.1f} s, {fresh} files new, {old} old")


@case(needs_next=True)
@restoring
def an_update_killed_at_many_moments_shows_signs_and_is_finished(release, visitor, exchange):
    def one(number):
        exchange.reset()
        part = (number + 0.5) / MOMENTS
        when = f"at {part:.0%} of the changes, {kill_update_at(release, exchange, part):.1f} s"
        return when, lambda: killed(release, visitor, exchange)
    at_each_moment(one)


def killed(release, visitor, exchange):
    """What is seen after the kill and after update:finish, as a line for the reader."""
    fresh, old = exchange.progress()
    version = version_of(release)
    ran = visitor.run("files:verify")
    signs = [line for _, line in ran.lines if line.startswith("! ")]
    seen = f"{version}, {fresh} files new, {old} old, {len(signs)} signs"
    expect(signs or not fresh or not old, "a mixed tree shows no sign", f"{seen}\n{ran.output}")
    if not fresh:
        return seen
    with exchange.at_hand(exchange.next):
        answer = visitor.ask("task=update:finish")
        if "-- plan only" not in answer.text:
            raise AssertionError(f"update:finish has no plan; {seen}\n{answer.text}\n{ran.output}")
        ended = visitor.consent("update:finish", answer, fails=False)
        expect_it_is(release, exchange.next)
        expect_whole(visitor, exchange.next)
        expect(not exchange.missing_columns(), "tables or columns are missing", exchange.missing_columns())
    return f"{seen}; finished in {ended.seconds:.1f} s"


def version_of(release):
    try:
        return json.loads((release.root / "app/release_metadata.json").read_text())["version"]
    except (OSError, ValueError) as problem:
        return f"no metadata ({type(problem).__name__})"
