# SPDX-License-Identifier: GPL-3.0-or-later
"""A site shaped like Mautic 2.16.5, names of the release and a real database, whose scripted consoles of 2 and 3 really migrate it.

The package is one of 3.0.2: names of a later release (of 3 there is no list), the console at bin/console, the rest as packages are.
"""
import gzip
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from fixture import database

HERE = Path(__file__).resolve().parent
TREES = HERE.parent / "data/mautic/trees"
NOT_PACKED = (".github/", ".ddev/", ".gitpod", "build/", "tests/", "UPGRADE", "README", ".all-contrib", ".php-cs", ".env", ".travis", ".git",
              ".php_cs", "Gruntfile", "codeception", "package", "SECURITY", "CONTRIB", "codecov", "phpstan", "rector")
PACKAGE = "3.0.2.zip"
KEY = "key-of-the-upgrade-tests-0123456789"
PHP = """#!/bin/sh
case "$*" in
  "-n -v") echo "PHP 7.3.33 (cli) (built: Nov 19 2021 06:38:23) ( NTS )" ;;
  *) exec /usr/bin/php "$@" ;;
esac
"""
MIGRATIONS = {
    2: {"20190724110039": [], "20190926120000": ["ALTER TABLE `#leads` ADD two_more INT NULL"]},
    3: {"20200220172041": ["CREATE TABLE `#three_new` (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB"],
        "20200422144300": ["ALTER TABLE `#leads` ADD three_more VARCHAR(9) NULL", "UPDATE `#leads` SET three_more = 'three'"]},
}
PARAMETERS = """
\t'mailer_transport' => 'mail',
\t'track_by_fingerprint' => 0, // mine
\t'webhook_start' => 7,
\t'dev_hosts' => null,
\t'theme' => 'Mauve',
\t'api_rate_limiter_cache' => array('type' => 'file_system'),
\t'tmp_path' => '/elsewhere/app/cache',"""
OWN = {
    "plugins/OwnBundle/OwnBundle.php": "<?php // my plugin",
    "themes/mine/config.json": '{"name": "mine"}',
    "media/files/upload.pdf": "a file",
    "media/images/mine.png": "my picture",
    "app/config/local.php.mine": "<?php // a copy",
    "shop/index.php": "<?php // another program",
    "app/logs/mautic_prod-2026-11-01.php": "old log",
    "app/spool/.gitkeep": "",
}


def names(version, major):
    """The migrations are those that the scripted console knows."""
    with gzip.open(TREES / f"{version}.tsv.gz", "rt", encoding="utf-8") as lines:
        found = [line.rstrip("\n").split("\t", 1)[1] for line in lines if not line.split("\t", 1)[1].startswith(NOT_PACKED)]
    return [name for name in found if not name.startswith("app/migrations/Version")] + [f"app/migrations/Version{one}.php" for one in MIGRATIONS[major]]


def text_of(version, name):
    return f"<?php // {version} {name}\n"


def scripted(major, version):
    return json.dumps({"version": version, "migrations": MIGRATIONS[2] | (MIGRATIONS[3] if major == 3 else {})})


class TwoSite:
    def __init__(self, patient):
        self.patient, self.folder, self.given = patient, patient.folder, False
        self.site = patient.admit("2.16.5")
        self.root, self.db, self.state = self.site.root, patient.db, patient.state
        for name in names("2.16.5", 2):
            self.put(name, text_of("2.16.5", name))
        for name, text in OWN.items():
            self.put(name, text, over=True)
        for number in range(40):
            self.put(f"vendor/firm/package{number}/Class.php", text_of("2.16.5", str(number)))
        shutil.copy(HERE / "console.php", self.site.console_file)
        self.put("app/scripted.json", scripted(2, "2.16.5"), over=True)
        local = self.root / "app/config/local.php"
        local.write_text(local.read_text().replace("array(", "array(" + PARAMETERS, 1))
        self.query("DELETE FROM `mt_migrations` WHERE version > '20190724110039'")
        self.php = self.folder / "php7.3"
        self.php.write_text(PHP)
        self.php.chmod(0o755)
        (self.folder / "unstick.ini.php").write_text(f";<?php exit; ?>\nkey = {KEY}\nroot = {self.root}\nstate = {self.state}\nphp = {self.php}\n")
        self.package()

    def put(self, name, text, over=False):
        file = self.root / name
        if over or not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            if self.given:
                os.chown(file, self.patient.owner.uid, self.patient.owner.gid)
                os.chown(file.parent, self.patient.owner.uid, self.patient.owner.gid)

    def package(self, without="(nothing)", **changed):
        files = {name: text_of("3.0.2", name) for name in names("4.4.13", 3) if not name.startswith(("app/assets", "app/scripted"))}
        files |= {f"vendor/firm/new{number}/Class.php": text_of("3.0.2", str(number)) for number in range(40)}
        files |= {"bin/console": (HERE / "console.php").read_text(), "bin/scripted.json": scripted(3, "3.0.2"),
                  "vendor/autoload.php": "<?php // 3", "favicon.ico": "icon", "app/AppKernel.php": "<?php // 3", "index.php": "<?php // front 3.0.2",
                  ".htaccess": "# rules of 3.0.2\n",
                  "app/release_metadata.json": json.dumps({"version": "3.0.2", "minimum_php_version": "7.2.21", "maximum_php_version": "7.3.99",
                                                           "minimum_mautic_version": "3.0.0-alpha"})}
        files |= {name.replace("__", "/"): text for name, text in changed.items()}
        files = {name: text for name, text in files.items() if not name.startswith(without)}
        with zipfile.ZipFile(self.root / PACKAGE, "w", zipfile.ZIP_DEFLATED) as out:
            for name, text in files.items():
                out.writestr(name, text)
        if self.given:
            os.chown(self.root / PACKAGE, self.patient.owner.uid, self.patient.owner.gid)
        return files

    def query(self, text):
        return database.query(self.db, text)

    def rows(self):
        """All of the database, as text: {table: [how it is made, its rows in order]}."""
        found, of_table = {}, []
        tables = [row[0] for row in self.query("SHOW TABLES")]
        for row in self.query("".join(f"SELECT '-- begins', '{table}'; SHOW CREATE TABLE `{table}`; SELECT * FROM `{table}`;" for table in tables)):
            if row[0] == "-- begins":
                of_table = found.setdefault(row[1], [])
            else:
                of_table.append(row)
        return {table: [rows[0], *sorted(rows[1:])] for table, rows in found.items()}

    def tree(self):
        """{path: content} without the caches."""
        found = {}
        for parent, _, files in os.walk(self.root):
            for name in files:
                place = os.path.relpath(os.path.join(parent, name), self.root)
                if not place.startswith(("app/cache/", "var/")):
                    found[place] = Path(parent, name).read_bytes()
        return found

    def run(self, *words):
        status = self.patient.run(*words)
        self.said = self.patient.said
        return status

    def upgrade(self, *words):
        return self.run("upgrade:v3", "--yes", *words)

    def job(self):
        return re.search(r"\d{8}-\d{9}-[a-z0-9]{6}", self.said)[0]

    def give(self, once=True):
        """To the account, what tests wrote; not while a job runs, which moves files about."""
        if self.patient.owner and not (once and self.given):
            self.given = True
            subprocess.run(["chown", "-hR", f"{self.patient.owner.uid}:{self.patient.owner.gid}", self.folder], check=True)

    # ---- through the web, as the page of the script asks
    def ask(self, query, key=KEY, **headers):
        """(status, body) of a GET with this query."""
        who = {"user": self.patient.owner.uid, "group": self.patient.owner.gid, "extra_groups": []} if self.patient.owner else {}
        variables = {"GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_SOFTWARE": "Apache",
                     "QUERY_STRING": (f"{key}&" if key else "") + query, "SCRIPT_NAME": "/upgrade_v3.php", "HTTP_HOST": "127.0.0.1",
                     "REMOTE_ADDR": "127.0.0.1", "PATH": os.environ["PATH"], "HOME": str(self.folder),
                     **{f"HTTP_{name.upper()}": value for name, value in headers.items()}}
        self.give()
        done = subprocess.run([self.patient.program], env=variables, stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=self.folder, **who)
        head, body = done.stdout.decode().split("\r\n\r\n", 1)
        return int(re.search(r"Status: (\d+)", head)[1]) if "Status:" in head else 200, body

    def task(self, code):
        status, body = self.ask(f"apiTask={code}")
        assert status == 200, body
        answer = json.loads(body)
        assert set(answer) == {"status", "message", "nextTaskCode", "nextTaskLabel"}
        return answer

    def follow(self, code="startUpgrade", most=200):
        """As executeApiTask of the page: the codes that were asked, and the last answer."""
        asked = []
        while code and len(asked) < most:
            answer = self.task(code)
            asked.append(code)
            if answer["status"] != "success" or not answer["nextTaskCode"]:
                break
            code = answer["nextTaskCode"]
        return asked, answer
