# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder to upload: which files, with which modes, how large, and the same bytes each time."""

import os
import shutil
import stat
import subprocess
import sys
import zipfile

import pytest

from support import tools
from support.fixtures import REPOSITORY
from system.place import MACHINE

pytestmark = pytest.mark.shipped_only

MOST_BYTES = 3_500_000
FILES = {"unstick.cgi": 0o755, "index.html": 0o644, ".htaccess": 0o644, "unstick.ini.php": 0o644, "README.txt": 0o644,
         "HOSTING.txt": 0o644, "LICENSE.txt": 0o644, "NOTICES.txt": 0o644}
LIBRARIES = REPOSITORY / "build/deps" / {"x86_64": "amd64", "aarch64": "arm64"}[MACHINE]


def make_bundle(image, out, **environment):
    """Runs packaging/bundle as the Makefile does."""
    out.parent.mkdir(parents=True)
    subprocess.run([REPOSITORY / "packaging/bundle", image, LIBRARIES, out], check=True,
                   capture_output=True, env={**os.environ, **environment})
    return out


@pytest.fixture(scope="module")
def bundle(image, tmp_path_factory):
    return make_bundle(image, tmp_path_factory.mktemp("bundle") / "one/unstick.zip")


def test_it_is_at_most_3_5_mb(bundle):
    assert bundle.stat().st_size <= MOST_BYTES


def test_it_holds_one_folder_with_these_files_and_modes(bundle):
    with zipfile.ZipFile(bundle) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert archive.testzip() is None
        assert {entry.create_system for entry in archive.infolist()} == {3}  # Unix: the modes are read as such
    assert modes == {"unstick/": stat.S_IFDIR | 0o755,
                     **{f"unstick/{name}": stat.S_IFREG | mode for name, mode in FILES.items()}}


def test_made_again_it_is_the_same_byte_for_byte(bundle, image, tmp_path):
    copy = tmp_path / "another-name"  # a later build of the same program, elsewhere, under another clock and locale
    shutil.copyfile(image, copy)
    copy.chmod(0o700)
    os.utime(copy, (1, 1))
    again = make_bundle(copy, tmp_path / "two/unstick.zip", TZ="Pacific/Auckland", LC_ALL="C", PYTHONHASHSEED="7")
    assert again.read_bytes() == bundle.read_bytes()


def test_another_program_makes_another_bundle(bundle, tmp_path):
    other = make_bundle(sys.executable, tmp_path / "other/unstick.zip")
    assert other.read_bytes() != bundle.read_bytes()


def test_unzip_gives_the_program_that_was_tested_with_its_modes(bundle, image, tmp_path):
    subprocess.run([tools.find("unzip"), "-q", bundle, "-d", tmp_path], check=True)
    found = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "unstick").iterdir()}
    assert found == FILES
    assert (tmp_path / "unstick/unstick.cgi").read_bytes() == image.read_bytes()


def test_the_unpacked_folder_beside_it_is_the_same(bundle):
    folder = bundle.with_suffix("")
    with zipfile.ZipFile(bundle) as archive:
        inside = {entry.filename: (entry.external_attr >> 16, archive.read(entry)) for entry in archive.infolist()
                  if not entry.is_dir()}
    beside = {str(file.relative_to(folder)): (file.stat().st_mode, file.read_bytes())
              for file in folder.rglob("*") if file.is_file()}
    assert beside == inside


def test_the_settings_sample_cannot_be_read_where_htaccess_is_ignored_and_holds_no_key(bundle):
    with zipfile.ZipFile(bundle) as archive:
        lines = archive.read("unstick/unstick.ini.php").decode().splitlines()
    assert lines[0] == ";<?php exit; ?>"
    assert not [line for line in lines if line.partition("=")[0].strip() == "key" and line.partition("=")[2].strip()]


def test_the_notices_name_every_source_package_with_its_licence(bundle):
    with zipfile.ZipFile(bundle) as archive:
        notices = archive.read("unstick/NOTICES.txt").decode()
    sources = (LIBRARIES / "sources.txt").read_text().splitlines()
    assert len(sources) > 8
    for source in sources:
        assert f"\n{source}\n" in notices
        assert f"\n{'=' * 78}\n{source.split()[0]}\n{'=' * 78}\n" in notices
