# SPDX-License-Identifier: GPL-3.0-or-later
"""A site, our program on the command line, and what must hold of its backups whatever went wrong."""

import gzip
import hashlib
import json
import subprocess

from fixture.site import make_site
from support import process


class Place:
    """state: the state folder, made by the program. wrapper: words in front of its command line."""

    def __init__(self, folder, program, database, port):
        self.folder, self.program, self.state = folder, program, folder / "state"
        self.wrapper = ()
        name, user, password = database
        self.site = make_site("era5", folder / "site", vendor="link",
                              db={"name": name, "user": user, "password": password, "port": port})
        self.secret = password

    def start(self, *words):
        argv = [*self.wrapper, self.program, *words, "--root", self.site.root, "--state", self.state]
        return subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env=process.plain_environment(), cwd=self.folder)

    def run(self, *words):
        """(exit status, everything that was printed)."""
        return ended(self.start(*words))

    def files(self):
        folder = self.state / "backups"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def check_files(self):
        """No half file under a final name, no manifest without its file; returns the ids of the complete backups."""
        complete = []
        for file in sorted((self.state / "backups").glob("*.sql.gz")):
            packed = file.read_bytes()
            assert gzip.decompress(packed)[-200:].count(b"-- Dump completed") == 1, f"{file} is not whole"
            manifest = file.with_name(file.name.replace(".sql.gz", ".json"))
            if manifest.exists():
                said = json.loads(manifest.read_text())
                assert (said["file_bytes"], said["sha256"]) == (len(packed), hashlib.sha256(packed).hexdigest())
                complete.append(manifest.stem)
        for manifest in (self.state / "backups").glob("2*.json"):
            assert manifest.stem in complete, f"{manifest} without its file"
        return complete

    def check_list(self):
        """`backups` calls complete what is, and nothing else."""
        complete = self.check_files()
        status, text = self.run("backups")
        assert status == 0, text
        for line in text.splitlines():
            if line[:8].isdigit():
                assert (line.split()[0] in complete) == ("NOT COMPLETE" not in line), text

    def backup_again(self):
        """Once all is well again it works, whatever a kill left; an interrupted job is given up first, as the page says."""
        status, text = self.run("db:backup")
        if status != 0 and "interrupted" in text:
            self.run("job:unlock", "--yes")
            status, text = self.run("db:backup")
        assert status == 0 and "read back and verified" in text, text
        assert not [name for name in self.files() if name.endswith(".partial") and name[:25] in text], self.files()


def ended(child, patience=60):
    text, _ = child.communicate(timeout=patience)
    return child.returncode, text
