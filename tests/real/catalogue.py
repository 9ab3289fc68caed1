# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases in the order in which they run. Each is a function of (release, visitor) whose name is its sentence; it raises
Wrong, and note() puts a line for the reader under it."""
from dataclasses import dataclass

_cases = []
notes = []


@dataclass(frozen=True)
class Case:
    sentence: str
    run: object
    needs_web: bool
    needs_next: bool

    @property
    def module(self):
        return self.run.__module__.rpartition(".")[2]


def case(function=None, *, needs_web=False, needs_next=False):
    """needs_web: only where the release's own pages answer on this machine's PHP. needs_next: only where another release
    was given too."""
    if function is None:
        return lambda given: case(given, needs_web=needs_web, needs_next=needs_next)
    _cases.append(Case(function.__name__.replace("_", " "), function, needs_web, needs_next))
    return function


def note(text):
    notes.append(text)


def cases_for(release, words=""):
    """words: only those in whose sentence this stands, or whose module has this name, or one that begins with it: recovery for
    all of recovery_*."""
    return [one for one in _cases if (release.php_fits() or not one.needs_web) and (release.next or not one.needs_next) and
            (words in one.sentence or words == one.module or one.module.startswith(f"{words}_"))]
