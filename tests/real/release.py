# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of a real Mautic release as a shared host keeps it: an ordinary account, its own MariaDB, PHP-FPM and Apache.

The tree that is given is only read. Everything else lies in one folder below /tmp and is gone after stop(): the account
(made when run as root), its home with public_html, the servers and whatever still runs in there.
"""
import json
import os
import re
import secrets
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from support import httpclient, ports, process, tools, tree, users
from support.apache import Apache
from support.mariadb import MariaDb
from support.php_fpm import PhpFpm

TOP = Path(__file__).resolve().parents[2]
BUNDLE = TOP / "build" / "bundle" / "unstick-amd64" / "unstick"
ADMIN, ADMIN_PASSWORD = "admin", "Maut1cR0cks!"
CONTACTS = 200
# Of a tree that was used before, what belongs to that use; and what no release zip holds.
LEFT_OUT = ("node_modules", ".git", "unstick", "var/cache", "var/logs", "var/tmp", "config/local.php")
MADE_BY_INSTALL = ("var/logs", "var/cache", "media/files")


class NotARelease(Exception):
    """The folder holds no complete release; the text says what is missing."""


def metadata_of(source):
    """release_metadata.json of a complete tree, the version as a tuple added as "numbers"."""
    for name in ("app/release_metadata.json", "bin/console", "vendor/autoload.php", "index.php", ".htaccess"):
        if not (Path(source) / name).is_file():
            raise NotARelease(f"{source}/{name} is missing: a complete release tree with vendor/ is needed")
    facts = json.loads((Path(source) / "app/release_metadata.json").read_text())
    facts["numbers"] = numbers(facts["version"])
    return facts


def numbers(version):
    return tuple(int(part) for part in re.match(r"\d+(\.\d+)*", version)[0].split("."))


class Release:
    """root: the document root; folder: what we uploaded; url: the site's; home: the account's; facts: the metadata; next:
    folder or zip of another release, or None."""

    def __init__(self, source, next_release=None):
        self.source = Path(source).resolve()
        self.next = Path(next_release).resolve() if next_release else None
        if self.next and self.next.is_dir():
            metadata_of(self.next)
        self.facts = metadata_of(self.source)
        self.version = self.facts["version"]
        self.key = "real-" + secrets.token_urlsafe(18)
        self.place = tree.make_folder("real")
        self.home = self.place / "home"
        self.root = self.home / "public_html"
        self.folder = self.root / "unstick"
        self.php_log = self.home / "logs/php-error.log"  # where hosts put it
        self.account = None
        self.servers = []
        self.database = None
        self.php = tools.find("php")
        self.php_version = process.run([self.php, "-n", "-r", "echo PHP_VERSION;"])

    def php_fits(self):
        """Whether the release says that it runs on this machine's PHP; its console runs all the same."""
        least, most = (numbers(self.facts[name]) for name in ("minimum_php_version", "maximum_php_version"))
        return least <= numbers(self.php_version) <= most

    # ---- life
    def start(self):
        try:
            self._make_account()
            self._copy()
            self.database = self._started(MariaDb())
            fpm = self._started(PhpFpm(user=self._owner(), ini={"error_log": self.php_log, "user_ini.cache_ttl": 1}))
            port = ports.free_port()
            self.url = f"http://127.0.0.1:{port}"
            self._install()
            self._upload()
            self._own()
            self.apache = self._started(Apache(self.root, "cgid", php_fpm=fpm.port, port=port, **self._identity()))
            self.files_before = self.files()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        process.kill_below(self.place)
        while self.servers:
            self.servers.pop().stop()
        if self.account:
            users.remove(self.account.name)
        tree.remove(self.place)

    def arrangement(self):
        if not self.account:
            return f"CGI as {self._owner()}"
        return f"suEXEC as {self.account.name}" if self._has_suexec() else f"Apache as {self.account.name}"

    # ---- what a case asks
    def console(self, *words, check=True):
        """The bare console as the account runs it: CompletedProcess with text in stdout and stderr."""
        argv = [self.php, "-d", "memory_limit=512M", "bin/console", *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, **self._shell())
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def begin_console(self, *words):
        """The same, not waited for: a Popen that leads a session of its own, its output in console.log."""
        argv = [self.php, "-d", "memory_limit=512M", "bin/console", *words]
        with open(self.place / "console.log", "wb") as log:
            return subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True, **self._shell())

    def sql(self, text):
        return self.database.sql(text, "mautic")

    def states(self):
        """The program's own state folders of this site: one, once it was asked."""
        return [path for path in (*self.home.glob(".unstick-*"), self.place / "state") if path.is_dir()]

    def set_php(self):
        """The owner writes `php =` into the settings: the release then runs on a PHP out of its range."""
        settings = self.folder / "unstick.ini.php"
        settings.write_text(f"{settings.read_text()}\nphp = {os.path.realpath(self.php)}\n")

    @contextmanager
    def settings_saying(self, **lines):
        """The owner writes these lines into the settings, and takes them out again."""
        settings = self.folder / "unstick.ini.php"
        before = settings.read_text()
        settings.write_text(before + "".join(f"\n{name} = {value}" for name, value in lines.items()) + "\n")
        try:
            yield
        finally:
            settings.write_text(before)

    def secrets(self):
        """Words that must never be seen: the database's password, and Mautic's own key."""
        found = re.search(r"'secret_key' => '([^']+)'", (self.root / "config/local.php").read_text())
        return {"the database's password": self.database_password, "Mautic's secret_key": found[1]}

    def files(self):
        """{path: (size, mode, owner)} of all files of the site but caches, logs and our folder."""
        found = {}
        for parent, folders, files in os.walk(self.root):
            place = os.path.relpath(parent, self.root)
            if place in (".", "var"):
                folders[:] = [name for name in folders if name not in ("unstick", "cache", "logs", "tmp")]
            for name in files:
                facts = os.lstat(os.path.join(parent, name))
                found[os.path.normpath(os.path.join(place, name))] = (facts.st_size, facts.st_mode, facts.st_uid)
        return found

    def log(self):
        errors = [path.read_text(errors="replace")[-3000:] for path in (*self.place.glob("*.log"), *self.php_log.parent.glob("*"))]
        return "\n".join([*errors, *(server.log()[-3000:] for server in self.servers)])

    # ---- steps of start()
    def _started(self, server):
        self.servers.append(server)
        return server.start()

    def _make_account(self):
        if users.is_root():
            self.account = users.ensure(f"{users.PREFIX}-real{os.getpid()}", home=self.home)
        self.root.mkdir(parents=True)
        self.php_log.parent.mkdir()

    def _owner(self):
        return self.account.name if self.account else users.effective("nobody")

    def give(self, path):
        """To the account, with all below it."""
        if self.account:
            tree.give(path, self.account.name, self.account.group)

    def _own(self):
        self.give(self.root)
        if self.account:
            self.php_log.touch()
            self.give(self.php_log.parent)

    def _shell(self):
        return {"cwd": self.root, "stdin": subprocess.DEVNULL, "env": process.plain_environment(HOME=str(self.home)),
                **self._as_account()}

    def _as_account(self):
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if self.account else {}

    def _has_suexec(self):
        return Path("/usr/lib/apache2/suexec-custom").exists()

    def _identity(self):
        """Apache's arguments that make our program run as the owner of the files."""
        if not self.account:
            return {}
        if self._has_suexec():
            return {"suexec": (self.account.name, self.account.group)}
        return {"user": self.account.name}

    def _copy(self):
        def left_out(parent, names):
            place = os.path.relpath(parent, self.source)
            return [name for name in names if os.path.normpath(os.path.join(place, name)) in LEFT_OUT]

        shutil.copytree(self.source, self.root, symlinks=True, ignore=left_out, dirs_exist_ok=True)
        for name in MADE_BY_INSTALL:
            (self.root / name).mkdir(parents=True, exist_ok=True)
        self._own()

    def _install(self):
        name, self.database_password = self.database.create_database("mautic")
        done = self.console(
            "mautic:install", self.url, "-f", "--db_driver=pdo_mysql", "--db_host=127.0.0.1",
            f"--db_port={self.database.port}", "--db_name=mautic", f"--db_user={name}",
            f"--db_password={self.database_password}", "--admin_firstname=Real", "--admin_lastname=Case",
            f"--admin_username={ADMIN}", "--admin_email=admin@example.com", f"--admin_password={ADMIN_PASSWORD}", "-n")
        if "Install complete" not in done.stdout:
            raise RuntimeError(f"mautic:install did not complete:\n{done.stdout}\n{done.stderr}")
        self.sql("insert into leads (is_published, points, internal, social_cache, email, firstname, date_added) select 1, 0,"
                 f" 'a:0:{{}}', 'a:0:{{}}', concat('user', seq, '@example.com'), 'N', now() from seq_1_to_{CONTACTS}")

    def _upload(self):
        """The bundle as its zip unpacks, the key written in; its date is that of an upload a while ago."""
        shutil.copytree(BUNDLE, self.folder)
        program = TOP / os.environ.get("UNSTICK_PROGRAM", "build/unstick.cgi")
        tree.install_program(program, self.folder, ["unstick.cgi"])
        settings = self.folder / "unstick.ini.php"
        text = settings.read_text().replace("\nkey =\n", f"\nkey = {self.key}\n")
        if not self.account:
            text += f"\nstate = {self.place / 'state'}\n"
        settings.write_text(text)
        long_ago = settings.stat().st_mtime - 3600
        os.utime(settings, (long_ago, long_ago))


def fetch_login(url):
    """The login page as a browser that knows nothing yet gets it."""
    return httpclient.fetch(url + "/s/login", headers={"Accept": "text/html"}, follow=True, timeout=120)
