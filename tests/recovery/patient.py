# SPDX-License-Identifier: GPL-3.0-or-later
"""A site of an ordinary account that is broken on purpose, asked and mended by the program on its command line.

    patient.admit("era52", state=False)       a site, its database in that state
    patient.doctor()                          what it found, one sentence each; the whole text is patient.said
    patient.recover()                         exit status of recover --yes
"""
import os
import re
import shutil
import subprocess

from fixture.site import lay_over, make_old_site, make_site, package
from support import process, tree


class Patient:
    def __init__(self, folder, program, db, owner):
        self.folder, self.db, self.owner = folder, db, owner
        self.state = folder / "state"
        self.said = ""
        self.site = None
        self.program = folder / "unstick.cgi"
        shutil.copy(program, self.program)
        if owner:
            tree.give(folder, owner.name, owner.group)

    def admit(self, era, layout="zip", state=True, warm=False, **options):
        """era: era4, era5, era52 (real consoles), or a version below 4.4 (scripted)."""
        place = self.folder / "site"
        if era.startswith("era"):
            self.site = make_site(era, place, layout, self.db, migrated=state, contacts=5, **options)
            if warm:
                self.site.console("cache:warmup")
        else:
            self.site = make_old_site(era, place, self.db)
        return self.site

    def write(self, name, text):
        file = self.site.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def log(self, line, name="mautic_prod-2026-11-21.php"):
        """An error in Mautic's own log, of this minute."""
        stamp = subprocess.run(["date", "-u", "+%Y-%m-%dT%H:%M:%S.000000+00:00"], capture_output=True, text=True, check=True).stdout.strip()
        self.site.logs.mkdir(parents=True, exist_ok=True)
        with open(self.site.logs / name, "a") as log:
            log.write(f"[{stamp}] mautic.CRITICAL: {line} [] []\n")

    def upload(self, version):
        shutil.copy(package(version), self.site.root / f"{version}.zip")

    def lay_over(self, era):
        lay_over(self.site, era)

    # ---- asking
    def start(self, *words):
        if self.owner:  # breaking it may have been root's work
            tree.give(self.folder, self.owner.name, self.owner.group)
        who = {"user": self.owner.uid, "group": self.owner.gid, "extra_groups": []} if self.owner else {}
        argv = [self.program, *words, "--root", self.site.root, "--state", self.state]
        return subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, errors="replace", cwd=self.folder, **who,
                                env={**process.plain_environment(), "HOME": str(self.folder), "PATH": os.environ["PATH"]})

    def run(self, *words):
        child = self.start(*words)
        self.said, _ = child.communicate(timeout=170)
        return child.returncode

    def doctor(self, *words):
        status = self.run("doctor", *words)
        found = re.findall(r"^\d+\. (.*)  \((?:broken|in the way|open to strangers)\)$", self.said, re.MULTILINE)
        assert status == (1 if found else 0), self.said
        return found

    def recover(self, *words):
        return self.run("recover", "--yes", *words)
