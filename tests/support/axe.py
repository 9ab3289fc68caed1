# SPDX-License-Identifier: GPL-3.0-or-later
"""axe-core, which finds what keeps people with a screen reader or a keyboard from using a page. One pinned release from the npm
registry, fetched once into build/axe, by npm or where that is not installed by curl; its checksum is that of the registry."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import unittest
from pathlib import Path

from . import tools

VERSION = "4.10.3"
SHA512 = "Xm7bpRXnDSX2YE2YFfBk2FnF0ep6tmG7xPh8iHee8MIcrgq762Nkce856dYtJYLkuIoYZvGfTs/PbZhideTcEg=="
_URL = f"https://registry.npmjs.org/axe-core/-/axe-core-{VERSION}.tgz"
_FOLDER = Path(__file__).resolve().parents[2] / "build" / "axe"


def source():
    """The text of axe.min.js."""
    archive = _FOLDER / f"axe-core-{VERSION}.tgz"
    if not archive.exists():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        fetch = ["npm", "pack", "--silent", f"axe-core@{VERSION}"] if shutil.which("npm") else ["curl", "-fsSO", _URL]
        done = subprocess.run(fetch, cwd=_FOLDER, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            tools.missing(f"axe-core cannot be fetched: {done.stderr.strip()[-300:]}")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
        archive.unlink()
        raise RuntimeError("axe-core: another file than the pinned one came")
    with tarfile.open(archive) as packed:
        return packed.extractfile("package/axe.min.js").read().decode()


def fetch():
    """For the set-up. Where it cannot be had only the tests that need it are left out, and say so."""
    try:
        source()
    except (tools.ToolMissing, unittest.SkipTest) as problem:
        print(problem)


def violations(driver, script):
    """What axe finds on the page that `driver` shows: "RULE (IMPACT): ELEMENTS"."""
    driver.execute_script(script)
    driver.set_script_timeout(60)
    found = driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        axe.run(document, {resultTypes: ["violations"]}).then((result) => done(result.violations), (error) => done([String(error)]));""")
    return [each if isinstance(each, str) else
            f"{each['id']} ({each['impact']}): {', '.join(node['html'][:120] for node in each['nodes'][:3])}" for each in found]


if __name__ == "__main__":
    fetch()
