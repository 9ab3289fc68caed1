# SPDX-License-Identifier: GPL-3.0-or-later
"""One upload of the bundle behind one web server: its settings, its state folder, its URLs."""

import json
import os
import re
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fixture.site import make_site
from support import httpclient, matrix, process, tools, tree

WWW = Path(__file__).resolve().parents[2] / "www"
KEY = "key-of-the-server-tests-0123456789"
_JOB = re.compile(r"\bjob (\d{8}-\d+-\w+)")


@dataclass
class Place:
    """served: see matrix.Served. state: the folder that the setting state = names, None when it was not set."""

    served: matrix.Served
    state: Path | None

    @property
    def row(self):
        return self.served.row

    @property
    def settings(self):
        return self.served.folder / "unstick.ini.php"

    def url(self, query=""):
        """The program's URL with the key and what follows it."""
        return f"{self.served.base_url}?{KEY}{query}"

    def task(self, line, more=""):
        """The URL that runs a console line; one that the application's own table does not have is allowed first."""
        if line.startswith("fixture:"):
            self.allow(line)
        return self.url(f"&task={quote(line, safe='')}{more}")

    def allow(self, line):
        """Adds `command = LINE` to the settings, as an upload does: a new file under the old name."""
        text = self.settings.read_text()
        if f"\ncommand = {line}\n" not in text:
            write_as(self.settings, f"{text}command = {line}\n")

    def start(self, line):
        """Starts the line without following it; the job's id."""
        answer = httpclient.fetch(self.task(line, "&quiet&wait=0"))
        assert answer.status == 202, answer
        return _JOB.search(answer.text)[1]

    def job(self, job, more=""):
        return self.url(f"&job={job}{more}")

    def read(self, job):
        """The whole log of a job, followed to its end: a Followed."""
        return httpclient.follow(self.job(job))

    def stop(self, job):
        """Stops the job if it runs, as its owner would: by the plan's consent."""
        plan = httpclient.fetch(self.url(f"&task=job:stop&job={job}&format=json")).text
        code = json.loads(plan).get("confirm")
        if code:
            httpclient.fetch(f"{self.served.base_url}?task=job:stop&job={job}&confirm={code}")
        process.wait_until(lambda: self.runner(job) is None, 30, "the end of the job")

    def connections(self):
        """How many connections the web server has to the spawned FastCGI program now."""
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        port = f":{self.served.program.port:04X}"
        return sum(row[1].endswith(port) and row[3] == "01" for row in rows)

    def newest_job(self):
        """The id of the newest job in the state folder, None before the first."""
        return max(self.jobs(), default=None)

    def jobs(self):
        """The ids of all jobs in the state folder."""
        folder = self.state / "jobs"
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def runner(self, job):
        """The pid of the job's process, None when there is none."""
        return next((pid for pid in process.all_pids() if job.encode() in _words(pid) and b"--job" in _words(pid)), None)


def settings_text(**values):
    """The bundle's own settings file with the key, and the values named."""
    sample = (WWW / "unstick.ini.php").read_text()
    assert "\nkey =\n" in sample
    lines = "".join(f"{name} = {value}\n" for name, value in values.items() if value is not None)
    return sample.replace("\nkey =\n", f"\nkey = {KEY}\n") + lines


def write_as(path, text):
    """Replaces the file by a rename and keeps its owner and mode."""
    before = path.stat()
    fresh = path.with_name(path.name + ".upload")
    fresh.write_text(text)
    os.chown(fresh, before.st_uid, before.st_gid)
    fresh.chmod(before.st_mode & 0o7777)
    fresh.rename(path)


def upload(folder, text):
    """What the bundle holds beside the program."""
    for name in ("index.html", "README.txt"):
        shutil.copyfile(WWW / name, folder / name)
    shutil.copyfile(WWW / "htaccess", folder / ".htaccess")
    (folder / "unstick.ini.php").write_text(text)
    for name in os.listdir(folder):
        (folder / name).chmod(0o644)


@contextmanager
def site_of(owner, folder=None):
    """A Mautic-like site that belongs to the account, its cache warm; folder: an empty one to use."""
    tools.need_root("the web servers run as other users")
    folder = folder or tree.make_folder("site", below=_memory())
    try:
        yield make_site("era5", folder, owner=owner, warm=True)
    finally:
        process.kill_below(folder)
        tree.remove(folder)


@contextmanager
def place(row, site, program, *, inside=False, state=True, settings=None, owner="www-data", **options):
    """Serves the bundle by a row of the matrix, and what it ran is gone afterwards.

    inside: in the site's own document root, as users have it; else in a document root of its own, with root = SITE, so
    that several may be open at once. state: with a state folder of its own (else where the program finds a place).
    owner: who owns the uploaded files; None: the caller. settings: more settings. options: for matrix.serve.
    """
    folder = tree.make_folder("state") if state else None
    docroot = site.root if inside else tree.make_folder("docroot")
    values = {"root": None if inside else site.root, "state": folder, **(settings or {})}
    try:
        if folder and owner:
            tree.give(folder, owner)
        with matrix.serve(row, lambda target: upload(target, settings_text(**values)), program, docroot=docroot, owner=owner,
                          **options) as served:
            yield Place(served, folder)
    finally:
        shutil.rmtree(site.root / "unstick", ignore_errors=True) if inside else tree.remove(docroot)
        if folder:
            tree.remove(folder)


def _memory():
    """A folder in memory where programs may run: a site is thousands of small files. None where there is none."""
    shm = Path("/dev/shm")
    if not shm.is_dir() or not tree.traversable(shm):
        return None
    facts = os.statvfs(shm)
    return shm if facts.f_bavail * facts.f_frsize > 512 << 20 and not facts.f_flag & os.ST_NOEXEC else None


class Background:
    """A client in a thread: result() waits for what `work` returns, or raises what it raised."""

    def __init__(self, work, *arguments, **options):
        self._result, self._error = None, None
        self._thread = threading.Thread(target=self._run, args=(work, arguments, options), daemon=True)
        self._thread.start()

    def _run(self, work, arguments, options):
        try:
            self._result = work(*arguments, **options)
        except BaseException as error:
            self._error = error

    def result(self, timeout=120):
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError(f"a client was not done after {timeout} s")
        if self._error:
            raise self._error
        return self._result


def _words(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
