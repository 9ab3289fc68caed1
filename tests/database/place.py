# SPDX-License-Identifier: GPL-3.0-or-later
"""A site with a database and the program on the command line: what the owner would do by links."""

import subprocess

from fixture.site import make_site
from support import process


class Place:
    """A site, our folder, and the program on the command line."""

    def __init__(self, folder, program, database):
        self.program, self.state = program, folder / "state"
        self.state.mkdir(mode=0o700)
        self.site = make_site("era5", folder / "site", db=database, vendor="link")

    def run(self, *words):
        """(exit status, everything that was printed)."""
        done = subprocess.run([self.program, "--root", self.site.root, "--state", self.state, *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              env=process.plain_environment(), timeout=120, check=False)
        return done.returncode, done.stdout

    def backups(self):
        folder = self.state / "backups"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def newest_backup(self):
        return max((self.state / "backups").glob("*.sql.gz"))
