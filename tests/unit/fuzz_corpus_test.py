# SPDX-License-Identifier: GPL-3.0-or-later
"""The kept inputs of the fuzz targets, and changes of them, keep every promise that the targets check. `make fuzz` looks for
new ones."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from support.fixtures import REPOSITORY

FUZZ = REPOSITORY / "tests/fuzz"
PROGRAMS = Path(os.environ.get("UNSTICK_UNIT_TESTS", REPOSITORY / "build/unit/amd64/tests")).parent
TARGETS = sorted(path.name.removesuffix("_fuzz.cpp") for path in FUZZ.glob("*_fuzz.cpp"))


def replay(target, *places):
    return subprocess.run([PROGRAMS / f"replay_{target}", *places], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("target", TARGETS)
def test_the_kept_inputs_break_no_promise(target):
    corpus = FUZZ / "corpus" / target
    done = replay(target, corpus)
    assert done.returncode == 0, done.stdout + done.stderr
    inputs, runs = map(int, re.fullmatch(r"(\d+) inputs, (\d+) runs\n", done.stdout).groups())
    assert inputs == len(list(corpus.iterdir())) >= 6 and runs > 10 * inputs


def test_the_samples_of_configurations_are_among_them():
    samples = REPOSITORY / "tests/data/mautic/local_php"
    kept = {path.read_bytes() for path in (FUZZ / "corpus/php_literal").iterdir()}
    assert kept >= {path.read_bytes() for path in samples.glob("*.php")}


def test_an_empty_corpus_is_no_success(tmp_path):
    assert replay(TARGETS[0], tmp_path).returncode != 0
