# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a command prints arrives: binary, without a last newline, on stderr only, huge; control characters escaped in every
format. Run on a real Symfony console."""

import html
import re

import pytest

from cases.box import KEY, NAVIGATION
from support import process

# What fixture:bytes --kind=binary prints, as it may be shown: every byte value, cut-off and overlong UTF-8, terminal escapes.
BINARY = [
    "".join(f"\\x{byte:02x}" for byte in range(9)) + "\t",
    "".join(f"\\x{byte:02x}" for byte in range(0x0b, 0x20)) + "".join(map(chr, range(0x20, 0x7f)))
    + "".join(f"\\x{byte:02x}" for byte in range(0x7f, 0x100)),
    "\\xe2\\x82",
    "\\xc0\\xaf",
    "\\x1b[31mred\\x1b[0m\\x1b]0;title\\x07",
    "\u20ac\U0001f600",
]
MB = 1 << 20
OURS_MB = 32  # what a process of ours may take, whatever a command prints


def printed(answer):
    """The lines between the first and the last, which are ours."""
    assert answer.lines[0].startswith("Executing console fixture:") and answer.lines[-1].startswith("-- "), answer
    return answer.text.split("\n")[1:-2]


def test_binary_output_is_shown_escaped(real):
    box = real("fixture:bytes --kind=binary")
    text = box.run("task=fixture:bytes+--kind%3Dbinary")
    assert printed(text) == BINARY
    assert text.type == "text/plain; charset=utf-8" and no_control_characters(text.text)


def test_binary_output_is_shown_escaped_in_events(real):
    box = real("fixture:bytes --kind=binary")
    box.run("task=fixture:bytes+--kind%3Dbinary")
    answer = box.owner("job=last&format=json")
    events = [event for event in answer.events if event.get("stream") == "out"]
    assert "".join(event["text"] for event in events).split("\n")[:-1] == BINARY
    assert no_control_characters(answer.text)


def test_binary_output_is_shown_escaped_on_a_page(real):
    box = real("fixture:bytes --kind=binary")
    link = box.owner("task=fixture:bytes+--kind%3Dbinary&pretty", headers=NAVIGATION).headers["Location"].removeprefix("?")
    box.owner("job=last")
    page = box.stranger(link, headers=NAVIGATION)
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", page.text, re.DOTALL)[1]
    assert html.unescape(re.sub(r"<span class=\"\w+\">|</span>", "", shown)).split("\n")[1:-2] == BINARY
    assert no_control_characters(page.text)


def test_binary_output_is_shown_escaped_on_the_command_line(real):
    done = real("fixture:bytes --kind=binary").command_line("fixture:bytes", "--kind=binary")
    assert done.stdout.split("\n")[1:-2] == BINARY


def no_control_characters(text):
    return not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", text)


def test_a_quiet_answer_has_one_line_whatever_was_printed(real):
    answer = real("fixture:bytes --kind=binary").owner("task=fixture:bytes+--kind%3Dbinary&quiet")
    assert answer.status == 200 and re.fullmatch(r"-- done: exit 0 in \d+\.\d s\n", answer.text)


def test_output_without_a_last_newline_is_whole_and_our_line_stands_apart(real):
    box = real("fixture:bytes --kind=nonewline")
    assert box.owner("task=fixture:bytes+--kind%3Dnonewline&quiet").status == 200
    assert followed(box)[1:-2] == ["n" * MB] and followed(box)[-2].startswith("-- done: exit 0")


def test_output_on_stderr_is_marked_and_in_order(real):
    box = real("fixture:bytes --kind=stderr")
    lines = printed(box.run("task=fixture:bytes+--kind%3Dstderr"))
    assert lines == [line for number in range(1, 6) for line in (f"out {number}", f"! err {number} <b>&amp;")]
    page = box.owner("job=last&pretty").text
    assert '<span class="err">err 3 &lt;b&gt;&amp;amp;' in page
    events = box.owner("job=last&format=json").events
    errors = [event["text"] for event in events if event.get("stream") == "err"]
    assert errors == [f"err {number} <b>&amp;\n" for number in range(1, 6)]


def test_a_progress_that_ends_no_line_arrives(real):
    lines = printed(real("fixture:steps --delay=0.05").run("task=fixture:steps+--delay%3D0.05"))
    assert len(lines) == 5 and all(line.startswith("! Step ") for line in lines)
    assert lines[0].endswith("Loading update package...") and lines[4].endswith("Clearing the cache")


@pytest.mark.shipped_only
def test_huge_output_keeps_its_beginning_and_its_end_and_memory_stays_small(real):
    """200 MB from a command; the log keeps 8 MB at each end and says how much lies between."""
    box = real("fixture:bytes --kind=huge --mb=200")
    assert box.owner("task=fixture:bytes+--kind%3Dhuge+--mb%3D200&quiet&wait=0").status == 202
    peak = Peak(box)
    process.wait_until(lambda: peak.look() or "-- done: exit 0" in last_segment(box), 60, "the end of 200 MB")
    assert peak.seen >= (1 if box.mode == "cgi" else 2) and peak.kilobytes <= OURS_MB << 10, f"{peak.kilobytes} kB"
    stored = sum(file.stat().st_size for file in box.state.glob("jobs/*/log/*"))
    assert 15 * MB <= stored <= 18 * MB
    body = followed(box, peak.look)
    assert peak.kilobytes <= OURS_MB << 10, f"{peak.kilobytes} kB"
    line = "0123456789abcdef" * 8
    notes = [text for text in body if text.startswith("-- ")]
    left_out = r"-- 1[89]\d MB of output left out here: the log keeps the first and the last 8 MB"
    assert len(notes) == 2 and re.fullmatch(left_out, notes[0]) and notes[1].startswith("-- done: exit 0")
    at = body.index(notes[0])
    assert set(body[1:at - 1]) == {line} and set(body[at + 2:-3]) == {line} and body[-3] == "the end"
    assert 7.8 * MB < sum(map(len, body[:at])) < 8 * MB and 7.8 * MB < sum(map(len, body[at:])) < 9 * MB
    around = box.owner(f"job=last&from={8 * MB - 1000}").lines
    assert notes[0] in around and around[0] != line and around[1] == line
    whole = [part.rpartition("\n-- still running: ")[0] for part in parts_of_text(box)][1:5]
    assert whole and all(part.endswith(line) for part in whole)  # who joins them sees no line broken


class Peak:
    """The highest memory of any process of the program, asked often enough: VmHWM is what it ever had."""

    def __init__(self, box):
        self.box, self.kilobytes, self.pids = box, 0, set()

    @property
    def seen(self):
        return len(self.pids)

    def look(self):
        for pid in process.running_below(self.box.folder):
            try:
                with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                    found = re.search(r"^VmHWM:\s+(\d+) kB", file.read(), re.MULTILINE)
            except (FileNotFoundError, ProcessLookupError):
                continue
            if found:
                self.pids.add(pid)
                self.kilobytes = max(self.kilobytes, int(found[1]))


def last_segment(box):
    files = sorted(box.state.glob("jobs/*/log/*"))
    return files[-1].read_bytes()[-200:].decode("latin-1") if files else ""


def followed(box, meanwhile=lambda: None):
    """All lines that a follower of the newest job's events is given, the last one empty."""
    texts, query = [], f"{KEY}&job=last&format=json"
    while query:
        live = box.begin(query)
        meanwhile()
        events = live.finish().events
        meanwhile()
        texts += [event["text"] if event["event"] == "output" else f"\n{event['text']}\n"
                  for event in events if "text" in event]
        query = events[-1]["link"].partition("?")[2] if events[-1]["event"] == "more" else None
        texts = texts if query else texts[:-1]
    return "".join(texts).split("\n")


def parts_of_text(box):
    """The first six answers to a follower of the newest job."""
    parts, query = [], f"{KEY}&job=last"
    while len(parts) < 6:
        parts.append(box.stranger(query).text)
        query = parts[-1].rpartition("-- still running: ")[2].partition("?")[2].strip()
    return parts


@pytest.mark.parametrize("server, variables", [("nginx/1.22.1", {}), ("Apache/2.4", {"UNSTICK_LIVE": "1"}), ("Test/1.0", {})])
def test_the_first_line_and_every_other_arrive_while_the_command_runs(real, mode, server, variables):
    """Streamed where the server passes text on, else in parts that end soon after a new line."""
    box = real("fixture:slow --lines=3 --delay=0.3")
    live = box.begin(f"{KEY}&task=fixture:slow+--lines%3D3+--delay%3D0.3", SERVER_SOFTWARE=server, **variables)
    answer = live.finish()
    first = answer.chunks[0]
    assert first[0] < 2.0 and first[1].startswith(b"Executing console fixture:slow"), answer
    streams = (server.startswith("nginx") and mode == "fastcgi") or (server.startswith("Apache") and mode == "cgi")
    if streams:
        times = {line: seconds for seconds, data in answer.chunks for line in data.decode().splitlines()}
        assert times["line 1 of 3"] < times["line 2 of 3"] < times["line 3 of 3"] and answer.lines[-1].startswith("-- done")
    else:
        assert answer.seconds < 3.0 and answer.lines[-1].startswith(("-- done", "-- still running"))
