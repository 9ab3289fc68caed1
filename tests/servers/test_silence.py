# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that prints nothing for long: a stream beats, and no server's stock time limit ends anything."""

import re
import time


def test_a_silent_task_that_is_streamed_shows_a_heartbeat_every_15_seconds(long_silent_stream):
    answer = long_silent_stream.result(60)
    beats = [at for at, text in answer.lines() if text == "-- no output for 15 s, still running"]
    before = max(at for at, text in answer.lines() if text.startswith(("Executing ", "! ")))
    assert len(beats) == 1
    assert 14.5 < beats[0] - before < 17
    assert re.search(r"\nline 1 of 1 at [\d.]+\nall lines printed\n-- done: exit 0 in 1\d\.\d s\n\Z", answer.text)


def test_fifty_silent_seconds_under_mod_fcgid_are_followed_to_the_end(long_silent_fcgid):
    to_wall = time.time() - time.monotonic()
    followed = long_silent_fcgid.result(90)
    assert followed.ended
    assert {part.status for part in followed.parts} == {200}
    assert max(part.seconds for part in followed.parts) < 15, "every answer is well within mod_fcgid's limit"
    assert all(part.complete for part in followed.parts)
    (at, text), = [(at, text) for at, text in followed.lines if text.startswith("line 1 of 1 at ")]
    assert followed.parts[0].started + to_wall + at - float(text.split()[-1]) < 2
    assert re.fullmatch(r"-- done: exit 0 in [56]\d\.\d s", followed.texts[-1])
