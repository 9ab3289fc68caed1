# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases as data: a request, and what must come of it in the answer and on the disk."""

import base64
from dataclasses import dataclass, field

import pytest


@dataclass(frozen=True)
class Case:
    """name: what makes this request special. request: keywords of Box.stranger. text: the whole body, has/lacks: parts of
    it; changes: patterns below the box's folder of all that may change on the disk."""

    name: str
    query: str = ""
    request: dict = field(default_factory=dict)
    status: int = 200
    text: str = None
    has: tuple = ()
    lacks: tuple = ()
    changes: tuple = ()

    def try_on(self, box):
        with box.nothing_changes(but=self.changes):
            answer = box.stranger(self.query, **self.request)
        assert answer.status == self.status, answer
        assert self.text is None or answer.text == self.text, answer
        for part in self.has:
            assert part in answer.text, answer
        for part in self.lacks:
            assert part not in answer.head.decode("latin-1") + answer.text, answer
        return answer


# For what is tried in one mode only: a sweep over system calls of a process that serves one request, say.
cgi_only = pytest.mark.parametrize("mode", ["cgi"], indirect=True)
fastcgi_only = pytest.mark.parametrize("mode", ["fastcgi"], indirect=True)


def each(cases, argument="case"):
    """Parametrizes a test with a table of Case, or with a table of anything that has a name."""
    return pytest.mark.parametrize(argument, cases, ids=[case.name for case in cases])


def headers(**fields):
    """headers(X_Unstick_Key="...") as keywords for a request."""
    return {"headers": {name.replace("_", "-"): value for name, value in fields.items()}}


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
