# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's file: what it needs of a machine, and how large it is."""

import os
import re
import subprocess

import pytest

from support import tools
from support.fixtures import REPOSITORY
from system.place import MACHINE

pytestmark = pytest.mark.shipped_only

MOST_BYTES = 8_000_000
OLDEST_KERNEL = (3, 10, 0)
MACHINES = {"x86_64": "Advanced Micro Devices X86-64", "aarch64": "AArch64"}


@pytest.fixture(scope="module")
def facts(image):
    """What readelf says about headers, segments, sections and notes."""
    return subprocess.run([tools.find("readelf"), "-W", "-h", "-l", "-S", "-n", image], capture_output=True, text=True,
                          check=True, env={**os.environ, "LC_ALL": "C"}).stdout


def sections(facts):
    return set(re.findall(r"^ +\[ *\d+\] (\.\S+)", facts, re.MULTILINE))


def test_it_is_one_executable_for_this_kind_of_machine(facts):
    assert re.search(r"Type: +EXEC ", facts)
    assert f"Machine: {MACHINES[MACHINE]}" in re.sub(" +", " ", facts)


def test_it_is_static(facts):
    assert ".text" in sections(facts)  # the list is understood
    assert not sections(facts) & {".interp", ".dynamic", ".dynsym"}
    assert not re.search(r"^ +(INTERP|DYNAMIC) ", facts, re.MULTILINE)


def test_it_is_stripped(facts):
    assert not [name for name in sections(facts) if name in (".symtab", ".strtab") or name.startswith(".debug")]


def test_it_is_at_most_8_mb(image):
    assert image.stat().st_size <= MOST_BYTES


def test_it_asks_for_no_kernel_later_than_3_10(facts):
    version = re.search(r"NT_GNU_ABI_TAG.*OS: Linux, ABI: (\d+)\.(\d+)\.(\d+)", facts)
    assert version and tuple(map(int, version.groups())) <= OLDEST_KERNEL, facts


@pytest.mark.skipif(MACHINE != "x86_64", reason="the note is of x86-64")
def test_it_asks_for_no_processor_later_than_the_first_of_its_kind(facts):
    needed = re.findall(r"x86 ISA needed: (.+)", facts)
    assert set(needed) <= {"x86-64-baseline"}, needed


def test_its_stack_holds_no_code(facts):
    flags, = re.findall(r"^ +GNU_STACK( +0x\w+){5} +([RWE ]{3})", facts, re.MULTILINE)
    assert flags[1].strip() == "RW"


def test_it_names_no_folder_of_the_machine_that_built_it(image):
    assert str(REPOSITORY).encode() not in image.read_bytes()
