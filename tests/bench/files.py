# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacking and comparing a package of the size of a release: some 23,000 files in 5,000 folders, 230 MB, 53 MB packed.

The contents are pieces of the texts that this machine has (programs, headers, documentation), which pack about as well as
PHP does. Each unpacking goes to a filesystem made anew; as root that is a file of its own, else a new folder. Sync is
shown beside it: unzip and bsdtar leave it to chance.
"""

import json
import os
import random
import subprocess
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from support import process, tools, tree

from .measure import Row, ratio_of

_ROUNDS = 5
_FILES = 20_000
_TOPS = ["vendor"] * 60 + ["app"] * 25 + ["plugins"] * 7 + ["media"] * 4 + ["themes"] * 3 + ["translations"]
_NAMES = ["Bundle", "Core", "Form", "Model", "Entity", "Event", "src", "lib", "Resources", "views", "Config", "Controller", "Command"]
_TEXTS = ("/usr/include", "/usr/lib/python3", "/usr/share/perl", "/usr/share/perl5", "/usr/share/doc", "/usr/lib/python3.11")


def unpack(_stand):
    with _release() as (folder, package):
        rounds = [_unpacking(folder, package) for _ in range(_ROUNDS)]
    ours, unzip, bsdtar, sync, peak = (list(column) for column in zip(*rounds))
    by_unzip, by_bsdtar = ratio_of(zip(unzip, ours)), ratio_of(zip(bsdtar, ours))
    return [Row("unpack a release", f"{median(ours):.2f} s", f"unzip {median(unzip):.2f} s", f"{by_unzip:.2f} x", "at least 2 x", by_unzip >= 2),
            Row("", "", f"bsdtar {median(bsdtar):.2f} s", f"{by_bsdtar:.2f} x", "at least 1.4 x", by_bsdtar >= 1.4),
            Row("  its one sync beside that", f"{median(sync):.2f} s", "", ""),
            Row("  memory", f"{max(peak) / 1024:.0f} MB", "", "", "at most 48 MB", max(peak) <= 48 * 1024)]


def verify(_stand):
    with _release() as (folder, package):
        process.run([tools.find("unzip"), "-q", package, "-d", folder / "tree"])
        rounds = [(_seconds([_tool(), "compare", package, folder / "tree"]), _seconds([tools.find("unzip"), "-tq", package]) +
                   _seconds([tools.find("bash"), "-c", 'find "$1" -type f -print0 | xargs -0 md5sum', "bash", folder / "tree"]))
                  for _ in range(_ROUNDS)]
    ours, peer = zip(*rounds)
    result = ratio_of(zip(peer, ours))
    return [Row("compare a site with its package", f"{median(ours):.2f} s", f"unzip -t, md5sum {median(peer):.2f} s", f"{result:.1f} x",
                "at least 6 x", result >= 6)]


def _tool():
    return Path(__file__).resolve().parents[2] / "build/unit/amd64/file_tool"


@contextmanager
def _release():
    subprocess.run(["make", "-s", "file-tool"], cwd=Path(__file__).resolve().parents[2], check=True, stdout=subprocess.DEVNULL)
    folder = tree.make_folder("release")
    try:
        yield folder, _make_package(folder / "release.zip")
    finally:
        tree.remove(folder)


def _make_package(archive):
    chance = random.Random(5)
    text = _some_text()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        count = 0
        for folder in sorted({_folder(chance) for _ in range(5500)}):
            for number in range(chance.randint(1, 8)):
                size = min(max(int(chance.lognormvariate(8.2, 1.45)), 60), 3_000_000, len(text) // 2)
                begin = chance.randrange(len(text) - size)
                out.writestr(f"{folder}/File{number}.php", text[begin:begin + size])
                count += 1
    assert count > _FILES
    return archive


def _folder(chance):
    middle = [chance.choice(_NAMES) + str(chance.randrange(4)) for _ in range(chance.randint(0, 2))]
    return "/".join([chance.choice(_TOPS), *middle, chance.choice(_NAMES) + str(chance.randrange(99))])


def _some_text(most=60 << 20):
    endings = {".h", ".hpp", ".py", ".pm", ".pl", ".txt", ".js", ".css", ".html", ".php"}
    text = bytearray()
    for top in _TEXTS:
        for path in sorted(Path(top).rglob("*")):
            if path.suffix in endings and path.is_file() and not path.is_symlink():
                text += path.read_bytes()
            if len(text) > most:
                return bytes(text)
    return bytes(text)


@contextmanager
def _fresh_disk(folder):
    place = folder / "disk"
    place.mkdir()
    image = folder / "disk.img"
    if os.geteuid() == 0:
        with open(image, "wb") as file:
            file.truncate(2 << 30)
        process.run([tools.find("mkfs.ext4"), "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image])
        process.run(["mount", "-o", "loop", image, place])
    try:
        yield place
    finally:
        if os.geteuid() == 0:
            process.run(["umount", place])
            image.unlink()
        tree.remove(place)


def _seconds(argv):
    began = time.monotonic()
    subprocess.run([str(word) for word in argv], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def _unpacking(folder, package):
    """Seconds of ours (its sync left out), of unzip, of bsdtar, of our sync; our memory in KB."""
    with _fresh_disk(folder) as disk:
        began = time.monotonic()
        said = json.loads(subprocess.run([_tool(), "extract", package, disk / "new"], stdout=subprocess.PIPE, check=True).stdout)
        ours = time.monotonic() - began - said["sync_seconds"]
    with _fresh_disk(folder) as disk:
        unzip = _seconds([tools.find("unzip"), "-q", package, "-d", disk])
    with _fresh_disk(folder) as disk:
        bsdtar = _seconds([tools.find("bsdtar"), "-xf", package, "-C", disk])
    return ours, unzip, bsdtar, said["sync_seconds"], said["peak_kb"]
