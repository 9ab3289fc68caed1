# SPDX-License-Identifier: GPL-3.0-or-later
"""Places whose program is the aarch64 one: UNSTICK_PROGRAM=build/arm64/unstick.cgi."""

import pytest

from emulation import qemu
from system.conftest import ground, image, make_place, places  # noqa: F401
from system.place import who_of

_ways = []


@pytest.fixture(scope="session")
def way(image, ground):  # noqa: F811
    machine = image.read_bytes()[18:20]
    if machine != b"\xb7\x00":
        pytest.fail("this is no aarch64 program: make emulate builds one and names it", pytrace=False)
    _ways.append(qemu.find_way(image, who_of(ground[0])))
    return _ways[0]


@pytest.fixture
def place(places, way):  # noqa: F811
    return places(way.wrapper)


@pytest.fixture
def jobs(way):
    """For tests that need the program to start itself again."""
    if not way.jobs:
        pytest.skip(way.words)


def pytest_terminal_summary(terminalreporter):
    for way in _ways:
        terminalreporter.write_line(f"aarch64: {way.words}")
