# SPDX-License-Identifier: GPL-3.0-or-later
"""How late each line of a job reached its client, and the table of server x mode that `make test` shows."""

import json
import re
import statistics
import time
from dataclasses import dataclass

from support import httpclient

_STAMPED = re.compile(r"^line (\d+) of \d+ at (\d+\.\d+)$")
_TABLE = []


@dataclass
class Delays:
    """Seconds. first: from the request to the first line of the answer; lines: from the writing of each line to its
    arrival; numbers: which lines came, in order; texts: every line as text; parts: the answers it took;
    latest: for each answer but the last, its end minus the writing of its first new line."""

    first: float
    lines: list
    numbers: list
    texts: list
    parts: int
    latest: list

    @property
    def median(self):
        return statistics.median(self.lines)

    @property
    def worst(self):
        return max(self.lines)


def measure(url, events=False, **options):
    """Follows the URL as curl would and measures. events: it answers ndjson."""
    to_wall = time.time() - time.monotonic()
    followed = httpclient.follow(url, by="refresh" if events else "line", **options)
    assert followed.ended, followed.parts[-1]
    start = followed.parts[0].started + to_wall
    lines = [(start + seconds, text) for seconds, text in followed.lines]
    if events:
        lines = [(at, text) for at, line in lines for text in _texts_of(json.loads(line))]
    stamped = [(at, _STAMPED.match(text)) for at, text in lines]
    return Delays(
        first=lines[0][0] - start,
        lines=[at - float(match[2]) for at, match in stamped if match],
        numbers=[int(match[1]) for _, match in stamped if match],
        texts=[text for _, text in lines],
        parts=len(followed.parts),
        latest=[late for part in followed.parts[:-1] for late in _age_at_end(part, to_wall, events)])


def tell(row, mode, passing, delays):
    """A line of the table."""
    _TABLE.append((row, mode, passing, delays.first, delays.median, delays.worst))


def table():
    """The whole table as lines; empty when nothing was measured."""
    if not _TABLE:
        return []
    head = f"{'server':<24}{'mode':<12}{'output is':<12}{'first line':>12}{'median':>12}{'worst':>12}"
    return [head] + [f"{row:<24}{mode:<12}{passing:<12}" + "".join(f"{1000 * value:>9.0f} ms" for value in values)
                     for row, mode, passing, *values in _TABLE]


def _texts_of(event):
    """The text lines that stand for an event."""
    return event["text"].splitlines() if event["event"] in ("output", "note") else []


def _age_at_end(part, to_wall, events):
    """How old the first new line of an answer was when the answer had ended; nothing when it brought none."""
    texts = [text for _, text in part.lines()]
    if events:
        texts = [text for line in texts for text in _texts_of(json.loads(line))]
    written = [float(match[2]) for match in map(_STAMPED.match, texts) if match]
    return [part.started + part.seconds + to_wall - written[0]] if written else []
