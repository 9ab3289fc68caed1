# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites out of a container's image: on an overlay filesystem a folder of the image cannot be renamed (EXDEV)."""

import json
import subprocess

import pytest

from files.conftest import KEPT, NEW, OLD, pack, read, write
from support import process, tools

KEEP = ("app/config/local.php",)


@pytest.fixture
def image(folder):
    """A place whose site lies in the layer below."""
    tools.need_root("to mount an overlay filesystem")
    base = folder / "base"
    base.mkdir()
    process.run(["mount", "-t", "tmpfs", "unstick-test", base])  # overlays do not stack on every filesystem
    try:
        for name in ("lower", "upper", "work", "merged"):
            (base / name).mkdir()
        write(base / "lower/site", OLD)
        options = f"lowerdir={base}/lower,upperdir={base}/upper,workdir={base}/work,redirect_dir=off"
        process.run(["mount", "-t", "overlay", "-o", options, "unstick-test", base / "merged"])
        try:
            yield base / "merged"
        finally:
            process.run(["umount", base / "merged"])
    finally:
        process.run(["umount", base])


def test_a_site_out_of_an_image_is_swapped_entry_by_entry_and_back(file_tool, folder, image):
    site, state = image / "site", image / "state"
    state.mkdir()
    swap = [file_tool, "swap", pack(folder / "new.zip", NEW), site, state, *KEEP]
    done = subprocess.run(swap, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert (done.returncode, read(site)) == (0, {**NEW, **KEPT}), done.stdout
    assert "\nmake " in (state / "swap/list").read_text() or "\nput app/bundles/" in (state / "swap/list").read_text()
    assert json.loads(done.stdout)["entries"] > 5
    done = subprocess.run([file_tool, "swap-back", state], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert (done.returncode, read(site)) == (0, OLD), done.stdout


def test_a_site_on_another_disk_than_its_state_is_refused_untouched(file_tool, folder, image):
    site, state = image / "site", folder / "state"
    state.mkdir()
    done = subprocess.run([file_tool, "swap", pack(folder / "new.zip", NEW), site, state, *KEEP], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60)
    assert done.returncode == 1
    assert "a trial rename failed: Invalid cross-device link - set `state = ` to a folder on the same disk" in done.stdout
    assert read(site) == OLD
