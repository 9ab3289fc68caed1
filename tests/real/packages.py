# SPDX-License-Identifier: GPL-3.0-or-later
"""Two releases as zips, the site as it was before they met, and what is in a tree byte for byte."""
import functools
import hashlib
import json
import os
import re
import stat
import subprocess
import zipfile
from contextlib import contextmanager
from pathlib import Path

from support import process, tools, tree

from .release import LEFT_OUT, fetch_login, metadata_of
from .saved_tree import SavedTree

# What comes and goes while a site runs, and what is ours.
PASSING = ("unstick", "var/cache", "var/logs", "var/tmp", "var/spool")
# The owner's own. The plugin and the theme are whole ones: Mautic loads them.
OWN = {
    "media/files/report.pdf": b"%PDF-1.4 a report\n", "media/files/forms/7/photo ü.jpg": bytes(range(256)) * 40,
    "media/images/mine.png": b"\x89PNG mine",
    "plugins/OwnBundle/OwnBundle.php": b"<?php\n\nnamespace MauticPlugin\\OwnBundle;\n\nuse Mautic\\PluginBundle\\Bundle\\"
                                       b"PluginBundleBase;\n\nclass OwnBundle extends PluginBundleBase\n{\n}\n",
    "plugins/OwnBundle/Config/config.php": b"<?php\n\nreturn ['name' => 'Own', 'description' => '', 'version' => '1.0', "
                                           b"'author' => 'me'];\n",
    "themes/mine/config.json": b'{"name": "Mine", "author": "me", "authorUrl": "", "builder": ["legacy"], "features": ["page"]}',
    "themes/mine/html/base.html.twig": b"<html><body>{% block content %}{% endblock %}</body></html>",
    "translations/de_XX/config.json": b'{"name": "Mein Deutsch", "locale": "de_XX"}',
    "translations/de_XX/CoreBundle/messages.ini": b'mautic.core.yes="Jawohl"\n',
    "config/own-notes.txt": b"mine",
}


def contents(root):
    """{path: (mode, owner, digest or target)} of every file and link but PASSING and packages at the top."""
    found = {}
    for parent, folders, files in os.walk(root):
        place = os.path.relpath(parent, root)
        folders[:] = [name for name in folders if os.path.normpath(os.path.join(place, name)) not in PASSING]
        for name in files:
            path = os.path.join(parent, name)
            facts = os.lstat(path)
            if stat.S_ISLNK(facts.st_mode):
                what = os.readlink(path)
            else:
                what = hashlib.sha1(Path(path).read_bytes()).hexdigest()
            if place != "." or not name.endswith(".zip"):
                found[os.path.normpath(os.path.join(place, name))] = (facts.st_mode, facts.st_uid, what)
    return found


def differing(one, other):
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


class Package:
    """A release's zip. digests: {path: digest}, read once."""

    def __init__(self, file):
        self.file = file
        with zipfile.ZipFile(file) as archive:
            self.facts = json.loads(archive.read("app/release_metadata.json"))
            self.digests = {name: hashlib.sha1(archive.read(name)).hexdigest() for name in archive.namelist()
                            if not name.endswith("/")}
        self.version = self.facts["version"]
        self.name = f"{self.version}.zip"


def pack(source, folder):
    """The zip of a tree, as releases are packed; of a zip a link to it."""
    if source.is_file():
        return Package(source)
    version = json.loads((source / "app/release_metadata.json").read_text())["version"]
    file = folder / f"{version}.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for parent, folders, files in os.walk(source):
            place = os.path.relpath(parent, source)
            folders[:] = [name for name in folders if os.path.normpath(os.path.join(place, name)) not in LEFT_OUT]
            for name in files:
                path = os.path.normpath(os.path.join(place, name))
                if path not in LEFT_OUT:
                    archive.write(source / path, path)
    return Package(file)


class Exchange:
    """The site with the owner's files in it, kept so that reset() brings it back whole, and the packages `own` and, where
    another release was given, `next`.

    The table of migrations is not there, as the installer leaves it.
    """

    def __init__(self, release):
        self.release = release
        self._plant()
        release.sql("drop table if exists migrations")
        (release.place / "packages").mkdir()
        self.files = contents(release.root)
        self._tree = SavedTree(release.root, release.place / "saved")
        self._dump = release.place / "saved.sql"
        with open(self._dump, "wb") as file:
            subprocess.run([tools.find("mariadb-dump"), "--no-defaults", "-S", str(release.database.socket), "-uroot",
                            "--single-transaction", "mautic"], stdout=file, check=True, env=process.plain_environment())
        self.reset()
        self.rows = self.sums()

    @functools.cached_property
    def own(self):
        return pack(self.release.source, self.release.place / "packages")

    @functools.cached_property
    def next(self):
        return pack(self.release.next, self.release.place / "packages")

    def _plant(self):
        release = self.release
        for name, data in OWN.items():
            file = release.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        for name in ("media/files", "media/images", "plugins/OwnBundle", "themes/mine", "translations/de_XX", "config"):
            release.give(release.root / name)
        before = release.files()
        release.files_before |= {path: before[path] for path in OWN}
        release.console("cache:clear", "--env=prod", "--no-debug")
        fetch_login(release.url)  # the first pages enter integrations into the database
        release.console("doctrine:schema:update", "--dump-sql", "--env=prod", "--no-debug", check=False)

    def sums(self):
        """{table: checksum} of all tables."""
        tables = [row[0] for row in self.release.sql("show full tables where table_type = 'BASE TABLE'")]
        rows = self.release.sql("checksum table " + ", ".join(f"`{table}`" for table in tables) + " extended")
        return {name.partition(".")[2]: value for name, value in rows}

    def saved_rows(self, table):
        """The table's definition and rows as they were, in SQL."""
        lines = self._dump.read_text(encoding="utf-8", errors="replace").partition(f"CREATE TABLE `{table}`")[2]
        return lines.partition("UNLOCK TABLES")[0]

    def deleted(self):
        """The files that the next release's own list says are gone."""
        with zipfile.ZipFile(self.next.file) as archive:
            return json.loads(archive.read("deleted_files.txt"))

    @contextmanager
    def at_hand(self, package):
        """The package lies in the site's folder, as the owner uploads it."""
        there = self.release.root / package.name
        process.run([tools.find("cp"), package.file, there])
        self.release.give(there)
        try:
            yield package
        finally:
            there.unlink(missing_ok=True)

    def reset(self):
        """The site as it was in the beginning; what our program keeps of the trees is let go."""
        self.reset_files()
        self.release.facts = metadata_of(self.release.root)
        self.release.sql("drop database mautic; create database mautic")
        self.release.database.load("mautic", self._dump)
        self.release.php_log.write_text("")
        for state in self.release.states():
            process.run(["rm", "-rf", *(state / "kept").glob("*")])

    def reset_files(self):
        self._tree.put_back()

    def progress(self):
        """(files that are the next release's, files that are still the former one's) of those that differ between them."""
        now, changed = contents(self.release.root), self.changing()
        fresh = sum(path in now and now[path][2] == self.next.digests[path] for path in changed)
        return fresh, len(changed) - fresh

    def changing(self):
        """The paths of the next release that the former one has not, or has another of, as they follow in the zip."""
        return [path for path, digest in self.next.digests.items() if path not in self.files or self.files[path][2] != digest]

    def missing_columns(self):
        """What the release's own mapping would add to the database: tables and columns."""
        text = self.release.console("doctrine:schema:update", "--dump-sql", "--env=prod", "--no-debug", check=False).stdout
        return re.findall(r"CREATE TABLE \w+|ALTER TABLE \w+ ADD (?!INDEX|CONSTRAINT|PRIMARY|UNIQUE|FULLTEXT)\w+", text)
