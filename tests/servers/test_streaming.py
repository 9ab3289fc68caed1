# SPDX-License-Identifier: GPL-3.0-or-later
"""A job's lines reach the client soon after they were written, whatever the web server, with its stock configuration."""

import re
import subprocess
import time

import pytest

from servers import delays
from support import matrix, tools

LINES = 4
MODES = ("text/plain", "ndjson")


@pytest.fixture(scope="module", params=matrix.NAMES)
def here(request, open_place):
    with open_place(request.param, inside=True) as made:
        yield made


def _line(tag):
    return f"fixture:slow --lines={LINES} --delay=0.5 --stamp --tag={tag}"


@pytest.mark.parametrize("mode", MODES)
def test_the_first_line_and_every_further_one_arrive_within_two_seconds(here, mode):
    events = mode == "ndjson"
    seen = delays.measure(here.task(_line(mode[:4]), "&format=json" if events else ""), events)
    at_once = here.row.ndjson if events else here.row.streams
    delays.tell(here.row.name, mode, "streamed" if seen.parts == 1 else "followed", seen)
    assert seen.texts[0] == f"Executing console {_line(mode[:4])}"
    assert seen.numbers == list(range(1, LINES + 1))
    assert "all lines printed" in seen.texts
    assert re.fullmatch(r"-- done: exit 0 in [\d.]+ s", seen.texts[-1])
    assert seen.first < 2
    assert seen.worst < 2
    assert (seen.parts == 1) == at_once
    if at_once:
        assert seen.median < 0.1
        assert seen.worst < 1
    else:
        assert max(seen.latest) < 1.5, "a part ends at most 1.5 s after its first new line"


@pytest.mark.parametrize("here", ("apache-fcgid", "nginx-fastcgi"), indirect=True, scope="module")
def test_curl_can_follow_the_printed_links_by_itself(here):
    """No client of ours: curl -N, and the last line's link given to the next curl; our own client does the same on all
    rows. (The console warns on stderr that there is no database.)"""
    curl, line = tools.find("curl"), _line("curl")
    link, texts, late = here.task(line), [], []
    while link:
        running = subprocess.Popen([curl, "-sS", "-N", "--max-time", "30", link], stdout=subprocess.PIPE, text=True)
        link = None
        for text in running.stdout:
            stamp = re.search(r" at (\d+\.\d+)$", text.rstrip("\n"))
            late += [time.time() - float(stamp[1])] if stamp else []
            follow = re.match(r"-- still running: (\S+)", text)
            link = follow[1] if follow else None
            texts += [] if follow or text.startswith("! ") else [text.rstrip("\n")]
        assert running.wait() == 0
    assert texts[0] == f"Executing console {line}"
    assert [text.split(" at ")[0] for text in texts[1:-2]] == [f"line {i} of {LINES}" for i in range(1, LINES + 1)]
    assert texts[-1].startswith("-- done: exit 0 in ")
    assert max(late) < 2
