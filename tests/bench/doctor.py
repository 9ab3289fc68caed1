# SPDX-License-Identifier: GPL-3.0-or-later
"""doctor on a site of 30,000 files with its database, warm, from its start to its last line; and the console page that a browser gets at
?KEY, which is the same examination and a page around it. For comparison what `find` takes to look at every file of the tree once."""
import os
import shutil
import time
from statistics import median

from fixture.site import make_site
from servers.place import KEY, settings_text
from support import process, tools, tree
from support.mariadb import MariaDb

from .measure import Row

_ROUNDS = 7
_FILES, _FILES_EACH = 30_000, 20
_MOST_SECONDS = 1.0


def doctor(stand):
    folder = tree.make_folder("doctor")
    try:
        with MariaDb() as server:
            user, password = server.create_database("bench")
            site = make_site("era52", folder / "site", db={"name": "bench", "user": user, "password": password, "port": server.port})
            site.console("cache:warmup")
            files = _fill(site.root)
            program, variables = _uploaded(stand, site, folder / "page-state")
            ours, page, peer = zip(*[(_seconds([stand.program, "doctor", "--root", site.root, "--state", folder / "state"]),
                                      _seconds([program], env=variables),
                                      _seconds([tools.find("find"), site.root, "-type", "f", "-size", "+1G"])) for _ in range(_ROUNDS)])
        find, target = f"find -size {median(peer) * 1000:.0f} ms", f"under {_MOST_SECONDS:.0f} s"
        return [Row(f"doctor on {files:,} files", f"{median(ours) * 1000:.0f} ms", find, "warm", target, median(ours) < _MOST_SECONDS),
                Row("console page of that site, CGI", f"{median(page) * 1000:.0f} ms", find, "warm", target, median(page) < _MOST_SECONDS)]
    finally:
        tree.remove(folder)


def _uploaded(stand, site, state):
    """(the program beside this site, the environment of a browser's request); the key is hashed, as after first contact."""
    place = site.root / "unstick"
    place.mkdir()
    program = place / "unstick.cgi"
    shutil.copy2(stand.program, program)
    settings = place / "unstick.ini.php"
    settings.write_text(settings_text(state=state))
    os.utime(settings, (time.time() - 60,) * 2)
    variables = {**stand.cgi_variables(KEY), "DOCUMENT_ROOT": str(site.root), "SCRIPT_FILENAME": str(program)}
    for _ in range(3):
        text = process.run([program], env=variables)
    assert "checks found nothing wrong" in text and "scrypt" in settings.read_text(), text[:2000]
    return program, variables


def _fill(root):
    """As many files as a large site has, in packages of an own plugin; how many there are now."""
    count = sum(1 for path in root.rglob("*") if path.is_file())
    for number in range((_FILES - count) // _FILES_EACH + 1):
        place = root / "plugins" / "OwnBundle" / f"part{number // 40}" / f"{number}"
        place.mkdir(parents=True)
        for file in range(_FILES_EACH):
            (place / f"File{file}.php").write_text("<?php // mine\n")
        count += _FILES_EACH
    return count


def _seconds(argv, **options):
    began = time.monotonic()
    process.run([str(word) for word in argv], **options)
    return time.monotonic() - began
