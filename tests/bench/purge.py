# SPDX-License-Identifier: GPL-3.0-or-later
"""cache:purge of 20,000 files: how soon the site sees an empty cache, and how fast the space is free again.

Another thread looks all the time whether the cache is still in its place. The journal of the job says in milliseconds when
its steps began and ended. rm -rf of an equal tree is measured in the same round.
"""

import json
import os
import threading
import time
from statistics import median

from files.ground import Ground
from files.visited import served
from support import process, tools, tree

from .measure import Row, ratio_of

_ROUNDS = 5
_FOLDERS, _FILES_EACH = 400, 50  # Symfony spreads its files over folders of two letters
_TEXT = b"<?php // compiled\n" * 60
_MOST_SECONDS = 0.010
_LEAST_RATIO = 0.8


def purge(stand):
    rounds = [_round(stand.program) for _ in range(_ROUNDS)]
    unseen, ours, peer = (list(column) for column in zip(*rounds))
    ratio = ratio_of(zip(peer, ours))
    return [Row("purge a cache of 20,000 files", f"{median(unseen) * 1000:.1f} ms", "", "until it is empty", "under 10 ms",
                median(unseen) < _MOST_SECONDS),
            Row("  and free its space", f"{median(ours):.2f} s", f"rm -rf {median(peer):.2f} s", f"{ratio:.2f} x",
                f"at least {_LEAST_RATIO} x", ratio >= _LEAST_RATIO)]


def _round(program):
    """Seconds until the cache was out of the site's sight, until its files were deleted, and those of rm -rf."""
    folder = tree.make_folder("purge")
    try:
        ground = Ground(folder, program)
        cache, again = ground.root / "var/cache/prod", folder / "again"
        for top in (cache, again):
            _fill(top)
        os.sync()
        seen = []
        watcher = threading.Thread(target=_watch, args=(cache, seen))
        watcher.start()
        with served(ground):  # a cache that nobody saw replaced is kept, not deleted
            ground.good("cache:purge")
        watcher.join()
        steps = _steps(next((ground.state / "jobs").glob("*/journal")))
        assert not cache.exists() and not list((ground.state / "kept").glob("*"))
        os.sync()
        began = time.monotonic()
        process.run([tools.find("rm"), "-rf", again])
        return max(seen[0] - steps[1]["begin"], 0.0), steps[3]["end"] - steps[3]["begin"], time.monotonic() - began
    finally:
        tree.remove(folder)


def _fill(top):
    for number in range(_FOLDERS):
        place = top / f"{number:03d}"
        place.mkdir(parents=True)
        for file in range(_FILES_EACH):
            (place / f"{file}.php").write_bytes(_TEXT)


def _watch(cache, seen):
    while cache.exists():
        time.sleep(0.0002)
    seen.append(time.time())


def _steps(journal):
    """[{"begin": seconds, "end": seconds}] by number."""
    steps = {}
    for line in journal.read_text().splitlines():
        event = json.loads(line.split("\t")[0])
        if event["e"] in ("begin", "end"):
            steps.setdefault(event["step"], {})[event["e"]] = event["t"] / 1000
    return steps
