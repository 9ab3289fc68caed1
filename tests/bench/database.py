# SPDX-License-Identifier: GPL-3.0-or-later
"""Backup and restore of a database, against what people type who have a shell.

Backup: `db:backup` on the command line, from the start of the program to its end: the job with its process, the file written,
synced, read back and verified. Against `mariadb-dump --single-transaction --quick | gzip` into a file, which is neither synced
nor read again. Both come by TCP with the site's account.
Restore: the engine's survey and restore of such a file into an empty database (as tests/database runs them), against
`gunzip | mariadb` of the same file.
Memory is asked in a run that is not timed: looking costs time.
"""

import os
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from support import process, tools

from . import data_sets
from .measure import Row, ratio_of
from .memory import job_processes, peak_while
from .stand import account

_ROUNDS = 5
_GROWTH_ROUNDS = 3
_RESTORE_ROUNDS = 3
_MOST_MEMORY = 64  # MB, and the largest value once
_LARGE_VALUE = 30  # MB
_PATIENCE = 600.0
_SETS = {"contacts": data_sets.contacts, "page hits": data_sets.hits}
_TOOL = Path(__file__).resolve().parents[2] / "build/unit/amd64/dump_tool"


class Subject:
    """One database on a server, which the stand's site uses from now on."""

    def __init__(self, stand, server, name):
        self.stand, self.server, self.name = stand, server, name
        self.user, self.password = server.create_database(name)
        stand.site.write_local_php(db_host="127.0.0.1", db_port=server.port, db_name=name, db_user=self.user,
                                   db_password=self.password)
        self.theirs = stand.state / "theirs.sql.gz"

    @property
    def ours(self):
        return max((self.stand.state / "backups").glob("*.sql.gz"))

    def start_backup(self):
        self.forget_backups()
        words = [self.stand.program, "db:backup", "--root", self.stand.site.root, "--state", self.stand.state]
        return subprocess.Popen(words, env=process.plain_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, **account())

    def backup(self):
        """Seconds."""
        began = time.monotonic()
        child = self.start_backup()
        text, _ = child.communicate(timeout=_PATIENCE)
        assert child.returncode == 0 and "read back and verified" in text, text
        return time.monotonic() - began

    def backup_memory(self):
        child = self.start_backup()
        peak = peak_while(child, lambda: job_processes(self.stand.program), _PATIENCE)
        assert child.wait() == 0 and peak > 0, child.stdout.read()
        return peak

    def peer_backup(self):
        dump = self._words("mariadb-dump", "--single-transaction", "--quick", self.name)
        return self._timed(f"{dump} | gzip > '{self.theirs}'")

    def restore(self, file, database):
        words = [_TOOL, file, "", "127.0.0.1", self.server.port, database, self.user, "restore"]
        began = time.monotonic()
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=_PATIENCE, check=False,
                              env=process.plain_environment(DUMP_PASSWORD=self.password))
        assert done.returncode == 0, done.stderr
        return time.monotonic() - began

    def peer_restore(self, file, database):
        return self._timed(f"gunzip < '{file}' | {self._words('mariadb', '--default-character-set=utf8mb4', database)}")

    def forget_backups(self):
        for file in (self.stand.state / "backups").glob("*"):
            file.unlink()

    def _words(self, program, *more):
        return " ".join([tools.find(program), "--no-defaults", "-h127.0.0.1", f"-P{self.server.port}", f"-u{self.user}", *more])

    def _timed(self, script):
        began = time.monotonic()
        done = subprocess.run(["bash", "-o", "pipefail", "-c", script], capture_output=True, text=True, timeout=_PATIENCE,
                              check=False, env=process.plain_environment(MYSQL_PWD=self.password), **account())
        assert done.returncode == 0, done.stderr
        return time.monotonic() - began


@contextmanager
def _subject(stand, fill):
    with data_sets.server() as server:
        subject = Subject(stand, server, "measured")
        fill(server, "measured")
        server.sql("ANALYZE TABLE " + ", ".join(row[0] for row in server.sql("show tables", "measured")), "measured")
        try:
            yield subject
        finally:
            subject.forget_backups()
            subject.theirs.unlink(missing_ok=True)


def backup(stand):
    for words, fill in _SETS.items():
        with _subject(stand, fill) as subject:
            memory = subject.backup_memory()
            subject.peer_backup()
            rounds = [(subject.peer_backup(), subject.backup()) for _ in range(_ROUNDS)]
            ratio, share = ratio_of(rounds), subject.ours.stat().st_size / subject.theirs.stat().st_size
            peer, ours = (median(column) for column in zip(*rounds))
            yield Row(f"db:backup, {words}", f"{ours:.2f} s", f"dump|gzip {peer:.2f} s", f"{ratio:.2f} x faster",
                      "at least 2.5 x", ratio >= 2.5)
            yield Row("  its file", _megabytes(subject.ours), f"gzip {_megabytes(subject.theirs)}", f"{share:.3f} x",
                      "at most 1.02 x", share <= 1.02)
            yield _memory_row("  its memory, at the most", memory, _MOST_MEMORY)
    with _subject(stand, partial(data_sets.one_large_value, megabytes=_LARGE_VALUE)) as subject:
        yield _memory_row(f"db:backup, a value of {_LARGE_VALUE} MB: memory", subject.backup_memory(),
                          _MOST_MEMORY + _LARGE_VALUE)


def restore(stand):
    _need_tool()
    for words, fill in _SETS.items():
        with _subject(stand, fill) as subject:
            subject.backup()
            file = subject.ours
            rounds = [(_into_new(subject, subject.peer_restore, file), _into_new(subject, subject.restore, file))
                      for _ in range(_RESTORE_ROUNDS)]
            ratio = ratio_of(rounds)
            peer, ours = (median(column) for column in zip(*rounds))
            yield Row(f"restore, {words}", f"{ours:.2f} s", f"gunzip|mariadb {peer:.2f} s", f"{ratio:.2f} x as fast",
                      "at least 0.95 x", ratio >= 0.95)


def growth(stand):
    """Seconds, memory and size from 10 thousand to 10 million rows; the peer once each."""
    most = int(os.environ.get("BENCH_ROWS", 10_000_000))
    seconds = {}
    for rows in (count for count in (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000) if count <= most):
        with _subject(stand, partial(data_sets.narrow, rows=rows)) as subject:
            memory = subject.backup_memory()
            seconds[rows] = median(subject.backup() for _ in range(_GROWTH_ROUNDS))
            peer = subject.peer_backup()
            yield Row(f"db:backup, {rows:,} narrow rows", f"{seconds[rows]:.2f} s", f"dump|gzip {peer:.2f} s",
                      f"{_megabytes(subject.ours)} file")
            yield _memory_row("  its memory, at the most", memory, _MOST_MEMORY)
    counts = sorted(seconds)
    if len(counts) > 1:
        times = seconds[counts[-1]] / seconds[counts[-2]]
        yield Row("  the last 10 x the rows", f"{times:.1f} x the time", "", "", "at most 12 x", times <= 12)


def _into_new(subject, how, file):
    """The server's own work on what was dropped before ends outside of the measured time."""
    subject.server.sql("drop database if exists `measured-copy`")
    subject.server.sql(f"create database `measured-copy`; grant all privileges on `measured-copy`.* to '{subject.user}'@'%'")
    return how(file, "measured-copy")


def _memory_row(words, megabytes, most):
    return Row(words, f"{megabytes:.0f} MB", "", "", f"at most {most} MB", megabytes <= most)


def _need_tool():
    if not _TOOL.exists():
        raise RuntimeError("build it first: make dump-tool")


def _megabytes(file):
    return f"{file.stat().st_size / 1e6:.1f} MB"
