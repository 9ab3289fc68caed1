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


def case(function=None, *, needs_web=False):
    """needs_web: only where the release's own pages answer on this machine's PHP."""
    if function is None:
        return lambda given: case(given, needs_web=needs_web)
    _cases.append(Case(function.__name__.replace("_", " "), function, needs_web))
    return function


def note(text):
    notes.append(text)


def cases_for(release):
    return [one for one in _cases if release.php_fits() or not one.needs_web]
