# SPDX-License-Identifier: GPL-3.0-or-later
"""An update that stopped between files and database, or was killed in the middle of either: doctor names it, recover brings it to its
end. Each case leaves the site as it was before."""
import os
import signal
import time

from .catalogue import case, note
from .files import MOMENTS, at_each_moment, kill_update_at, restoring
from .mending import drop_caches, expect_sound, found, lay_over_and_delete, mend, named_with_next_step
from .visitor import expect


@case(needs_next=True)
@restoring
def new_files_with_the_old_database_are_named_and_mended(release, visitor, exchange):
    with exchange.at_hand(exchange.next):
        lay_over_and_delete(release, exchange)
        drop_caches(release)
        seen = found(release, visitor)
        expect(any("behind" in one for one in seen), "doctor does not name the database", seen)
        ran = mend(release, visitor)
    note(f"{'; '.join(seen)}: mended in {ran.seconds:.0f} s")
    expect(not exchange.missing_columns(), "tables or columns are missing", exchange.missing_columns())
    expect_sound(release, visitor)


@case(needs_next=True)
@restoring
def old_files_with_the_new_database_are_named_and_the_next_step_mends_it(release, visitor, exchange):
    task = f"files:replace&file={exchange.next.name}"
    with exchange.at_hand(exchange.next):
        visitor.agree(task, fails=False)
    exchange.reset_files()
    named_with_next_step(release, visitor, ["newer release"], "files:replace with its package")
    with exchange.at_hand(exchange.next):
        mend(release, visitor, task)
    expect_sound(release, visitor)


@case(needs_next=True)
@restoring
def an_update_killed_at_many_moments_is_recovered(release, visitor, exchange):
    def one(number):
        exchange.reset()
        part = (number + 0.5) / MOMENTS
        when = f"at {part:.0%} of the changes, {kill_update_at(release, exchange, part):.1f} s"
        return when, lambda: seen_and_mended(release, visitor, exchange)
    at_each_moment(one)


def seen_and_mended(release, visitor, exchange):
    with exchange.at_hand(exchange.next):
        seen = found(release, visitor)
        fresh, old = exchange.progress()
        expect(seen or not fresh or not old, "a mixed tree has no finding", f"{fresh} files new, {old} old")
        if not seen:
            return "nothing wrong yet"
        ran = mend(release, visitor)
        expect_sound(release, visitor)
    return f"{'; '.join(seen)}; mended in {ran.seconds:.0f} s"


@case(needs_next=True)
@restoring
def migrations_killed_at_many_moments_are_recovered(release, visitor, exchange):
    def one(number):
        exchange.reset()
        lay_over_and_delete(release, exchange)
        drop_caches(release)
        release.console("cache:warmup", "--env=prod", "--no-debug")
        child = release.begin_console("doctrine:migrations:migrate", "--no-interaction", "--env=prod", "--no-debug")
        time.sleep(0.5 * (number + 1))
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return f"after {0.5 * (number + 1):.1f} s", lambda: migrations_mended(release, visitor, exchange)
    at_each_moment(one)


def migrations_mended(release, visitor, exchange):
    seen = found(release, visitor)
    words = f"; mended in {mend(release, visitor).seconds:.0f} s" if seen else ""
    expect_sound(release, visitor)
    expect(not exchange.missing_columns(), "tables or columns are missing", exchange.missing_columns())
    return ("; ".join(seen) or "it was through") + words
