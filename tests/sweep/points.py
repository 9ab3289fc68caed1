# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of a sweep is run. `make test` takes a sample that $UNSTICK_SEED chooses (default 1, so that a failure comes back);
`make sweep` runs all of it."""

import os
import random

FULL = os.environ.get("UNSTICK_SWEEP") == "full"
SEED = os.environ.get("UNSTICK_SEED", "1")


def chosen(name, places, sample):
    """Of a list of places all, or so many of them; in order. The name lets two sweeps choose differently."""
    places = list(places)
    if FULL or sample >= len(places):
        return places
    return [places[i] for i in sorted(random.Random(f"{SEED} {name}").sample(range(len(places)), sample))]


def moments(name, full, sample):
    """Numbers from 0 to 1, thrown: `full` of them, or the first `sample`."""
    chance = random.Random(f"{SEED} {name}")
    return [round(chance.random(), 3) for _ in range(full if FULL else sample)]
