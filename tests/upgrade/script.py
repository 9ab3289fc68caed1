# SPDX-License-Identifier: GPL-3.0-or-later
"""What the script upgrade_v3.php does to a site, call by call, as far as it leaves traces: to stop it at any of them.

Read from the script (mautic/mautic, branch 2.16): replace_mautic_2_with_mautic_3, update_local_config, restore_user_data (whose
copy_directory *renames* the files of a folder), cleanup_files, and what each stage writes into its log.
"""
import os
import random
import re
import shutil
import subprocess
import zipfile

from support import tools

from .two import MIGRATIONS, PACKAGE

KEPT, UNPACKED, DUMP, LOG = "mautic-2-backup-files", "mautic-3-temp-files", "m3_upgrade_db_backup.sql", "upgrade_log.txt"
STAYS = {KEPT, UNPACKED, "upgrade_v3.php", DUMP, LOG}
RANDOM_NAME = "0123456789abcdef0123456789abcdef"


class Stopped(Exception):
    pass


class Script:
    """stages: the names that run_until() knows, in their order. A folder has no order: `seed` makes one."""

    stages = ("unpacked", "exchanged", "rewritten", "migrating", "migrated", "restored", "tidied")

    def __init__(self, two, seed=0):
        self.two, self.root, self.random = two, two.root, random.Random(seed)
        self.kept, self.unpacked = self.root / KEPT, self.root / UNPACKED
        self.left = None  # calls until it is stopped; None: it is not
        self.calls = 0
        self.steps = {"unpacked": self._unpack, "exchanged": self._exchange, "rewritten": self._rewrite, "migrating": lambda: self._migrate(1),
                      "migrated": lambda: self._migrate(2), "restored": self._restore, "tidied": self._tidy}

    def run_until(self, stage, calls=None):
        """Through `stage`; with `calls`: stopped in it before this call that changes the disk. Returns whether it was stopped."""
        names = self.stages[:self.stages.index(stage) + 1]
        try:
            for name in names:
                if name == stage:
                    self.left, self.calls = calls, 0
                self.steps[name]()
        except Stopped:
            pass
        stopped = self.left == 0
        self.left = None
        self.two.give(once=False)
        return stopped

    def log(self, text):
        with open(self.root / LOG, "a", encoding="utf-8") as file:
            file.write(f"\n[2026-11-20 10:00:00] {text}")

    # ---- calls
    def _call(self):
        self.calls += 1
        if self.left is not None:
            if self.left == 0:
                raise Stopped
            self.left -= 1

    def _rename(self, source, target):
        self._call()
        os.rename(source, target)

    def _copy(self, source, target):
        """Not at once: it may stop half way."""
        text = source.read_bytes()
        self._call()
        target.write_bytes(text[:len(text) // 2])
        self._call()
        target.write_bytes(text)

    def _listed(self, folder):
        names = sorted(os.listdir(folder))
        self.random.shuffle(names)
        return names

    # ---- stages
    def _unpack(self):
        db = self.two.db
        with open(self.root / DUMP, "wb") as out:
            subprocess.run([tools.find("mariadb-dump"), "--no-defaults", "--protocol=tcp", "-h127.0.0.1", f"-P{db['port']}", f"-u{db['user']}",
                            db["name"]], stdout=out, check=True, env={"PATH": "/usr/bin:/bin", "MYSQL_PWD": db["password"]})
        for _ in range(2):  # whenever its page is loaded
            self.log("===== STARTING MAUTIC 3 UPGRADE AT 2026-11-20 10:00:00... =====\nInstalled Mautic version:\t2.16.5\n")
        shutil.copy(self.root / PACKAGE, self.root / "mautic-3-update-package.zip")
        with zipfile.ZipFile(self.root / PACKAGE) as package:
            package.extractall(self.unpacked)

    def move_out(self):
        self.log("Moving Mautic 2 files to mautic-2-backup-files folder, then moving Mautic 3 files from mautic-3-temp-files to the root folder...")
        self.kept.mkdir(exist_ok=True)
        for name in self._listed(self.root):
            if name not in STAYS:
                self._rename(self.root / name, self.kept / name)

    def _exchange(self):
        self.move_out()
        for name in self._listed(self.unpacked):
            self._rename(self.unpacked / name, self.root / name)
        self._rename(self.root / ".htaccess", self.root / ".htaccess.m3")
        self._copy(self.kept / ".htaccess", self.root / ".htaccess")
        for file in sorted((self.kept / "app/config").glob("*local*.php")):
            self._copy(file, self.root / "app/config" / file.name)
        self.log("Successfully moved Mautic 3 files into place!")

    def _rewrite(self):
        self.log("Updating config/local.php with new configuration parameters...")
        file = self.root / "app/config/local.php"
        text = file.read_text()
        for old, new in (("'mailer_transport' => 'mail'", "'mailer_transport' => 'sendmail'"), ("'dev_hosts' => null", "'dev_hosts' => array()"),
                         ("'theme' => 'Mauve'", "'theme' => 'blank'"), ("array('type' => 'file_system')", "array('adapter' => 'cache.adapter.filesystem')"),
                         ("/app/cache", "/app/../var/cache"), ("/app/logs", "/app/../var/logs"), ("root_dir%/spool", "root_dir%/../var/spool")):
            text = text.replace(old, new)
        text = re.sub(r"\t'(track_by_fingerprint|webhook_start)' =>.*\n", "", text)
        text = re.sub(r"('db_server_version' => )'[^']*'", r"\1'5.7'", text).replace("/app/../var/cache',", "/app/../var/tmp',", 1)
        self._call()
        file.write_text("")
        self._call()
        file.write_text(text)

    def _migrate(self, number):
        self.log("Getting the amount of available Mautic 3 database migrations... This might take a while!")
        version, statements = list(MIGRATIONS[3].items())[number - 1]
        self.two.query(";".join(statement.replace("#", "mt_") for statement in statements))
        self.two.query(f"INSERT INTO mt_migrations (version) VALUES ('{version}')")

    def _restore(self):
        self.log("Restoring user data (plugins/themes/media) from Mautic 2 installation...")
        for folder in ("plugins", "themes", "media/css", "media/dashboards", "media/files", "media/images", "media/js"):
            for name in self._listed(self.kept / folder):
                source, target = self.kept / folder / name, self.root / folder / name
                if not target.exists():
                    (self._move_files if source.is_dir() else self._copy)(source, target)

    def _move_files(self, source, target):
        target.mkdir(exist_ok=True)
        for name in self._listed(source):
            (self._move_files if (source / name).is_dir() else self._rename)(source / name, target / name)

    def _tidy(self):
        self.log("Cleanup upgrade files...")
        (self.root / "critical_migrations.txt").unlink(missing_ok=True)
        self._call()
        shutil.rmtree(self.unpacked)
        (self.root / "var").mkdir(exist_ok=True)
        self._rename(self.kept, self.root / f"var/{KEPT}-{RANDOM_NAME}")
        self._rename(self.root / DUMP, self.root / f"var/m3_upgrade_db_backup_{RANDOM_NAME}.sql")
