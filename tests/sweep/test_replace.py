# SPDX-License-Identifier: GPL-3.0-or-later
"""The exchange of files, its way back, the end of a broken update and an emptied cache: killed at each system call that changes
something, and each of these calls refused. After the next visit the site is wholly the old one or wholly the new one.

The command line and the job are swept one after the other, the job as the program starts it (platform/process, jobs/runner):
under one strace only the lower numbers of the one that comes first would be met.
"""

import fcntl
import itertools
import os
import re
import shutil
import subprocess

import pytest

from files.ground import NO_PHP, OWN, STUB, Ground, leave_half_moved, release
from support import process, tools
from sweep.points import chosen

KINDS = ("mkdir,mkdirat,openat,write,pwrite64,fallocate,ftruncate,fsync,fdatasync,syncfs,rename,renameat2,link,unlink,unlinkat,rmdir,"
         "fchmod,fchmodat")
STARTS = "vfork,fork,clone,clone3"
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)", re.MULTILINE)
ERRORS = {"ENOSPC": "No space left on device", "EDQUOT": "Disk quota exceeded", "EACCES": "Permission denied",
          "EXDEV": "Invalid cross-device link", "EIO": "Input/output error"}
WAYS = ("resume", "rollback", "unlock")
PACKAGE = "5.2.0.zip"
REPLACE = ("files:replace", f"--file={PACKAGE}", "--yes")


def with_package(ground):
    ground.package(files=release(**NO_PHP))


def replaced(ground):
    with_package(ground)
    ground.good(*REPLACE)


def finished(ground):
    leave_half_moved(ground)
    ground.good("update:finish", "--yes")


ACTIONS = {
    "files:replace": (with_package, REPLACE),
    "files:rollback": (replaced, ("files:rollback", "--yes")),
    "cache:purge": (with_package, ("cache:purge",)),
    "update:finish": (leave_half_moved, ("update:finish", "--yes")),
    "undo": (finished, ("undo", "--yes")),
}


class Sweep:
    """One action on a site that is put back for each try. before, after: the site's tree, as it is and as the action leaves it."""

    def __init__(self, folder, program, action):
        prepare, self.words = ACTIONS[action]
        self.ground = Ground(folder, program)
        self._trace, self._saved = folder / "trace", folder / "saved"
        prepare(self.ground)
        self.ground.run("php")  # makes the state folder, and remembers which PHPs there are
        self._save("idle")
        self.before = self._facts()
        command_line = self._calls(self._command_line)
        self.wait()
        self.after = self._facts()
        assert self.after != self.before
        self.restore("idle")
        self._command_line(STARTS, "signal=KILL", 1)
        self.job = (self.ground.state / "current").read_text().strip()
        self._save("begun")
        job = self._calls(self._job)
        assert self._facts() == self.after
        self.places = [("idle", call) for call in command_line] + [("begun", call) for call in job]

    def restore(self, name):
        """The package stays the same file: a job knows it by its number."""
        package = self.ground.root / PACKAGE
        if package.exists():
            package.rename(self.ground.folder / PACKAGE)
        for part in (self.ground.root, self.ground.state):
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(self._saved / name / part.name, part, symlinks=True)
        if package.exists():
            (self.ground.folder / PACKAGE).rename(package)

    def meet(self, place, what, when=""):
        """(exit status, what was said, whether the fault was met)"""
        start, (call, number) = place
        self.restore(start)
        run = self._command_line if start == "idle" else self._job
        status, text = run(call, what, f"{number}{when}")
        self.wait()
        seen = self._trace.read_text()
        return status, text, "INJECTED" in seen or "killed by SIGKILL" in seen

    def visit(self, way):
        """What the owner does next, in one of the ways that are offered: until nothing is left to do."""
        for word in (way, "unlock"):
            _, said = self.ground.run(f"job:{word}", "--yes")
            if "interrupted while it exchanged" in said:
                assert word == "unlock"
                _, said = self.ground.run("job:rollback", "--yes")
            self.wait()
        for word in WAYS:
            said = self.ground.good(f"job:{word}", "--yes")
            assert "nothing to do: no job is running or interrupted" in said, said

    def check_own(self, where):
        for name, text in OWN.items():
            assert self.ground.text(name) == text, f"{where}: {name}"

    def check(self, where, text, half_caches):
        """The old tree or the new one, nothing else. A job that was given up, or refused a cache, has not emptied them all."""
        now = self._facts()
        differences = [sorted(path for path in {*now, *tree} if now.get(path) != tree.get(path)
                              and not (path == "caches" and half_caches)) for tree in (self.before, self.after)]
        assert [] in differences, f"{where}: {differences}\n{text}"
        assert not [path for path in now if ".unstick" in path or ".new-" in path], f"{where}: {text}"

    def check_works(self, where, way):
        if not (self.ground.root / PACKAGE).exists():
            with_package(self.ground)
        status, text = self.ground.run(*REPLACE)
        assert status == 0 and "5.2.0" in self.ground.text("index.php"), f"{where}: {text}"
        self.check_own(where)
        half = [path.name for path in (self.ground.state / "staged").iterdir() if path.suffix in (".partial", ".reserve")]
        assert not half or way == "unlock", f"{where}: {half}"

    def _facts(self):
        """The tree, and of each cache its name: a cache is emptied whole."""
        facts = {path: what for path, what in self.ground.tree().items() if STUB not in str(what)}
        stubs = [path for path in self.ground.tree() if path not in facts]
        caches = [path for path in ("var/cache/prod", "var/tmp/twig") if (self.ground.root / path).exists()]
        return {**facts, "stubs": stubs, "caches": caches}

    def _save(self, name):
        for part in (self.ground.root, self.ground.state):
            shutil.copytree(part, self._saved / name / part.name, symlinks=True)

    def _calls(self, run):
        """(system call, its number among those of its kind) of all in this process that change a file; of the log's none."""
        status, text = run(KINDS if run == self._job else f"{KINDS},{STARTS}", None, None)
        assert status == 0, text
        counts, found = {}, []
        for name, arguments, result in CALL.findall(self._trace.read_text()):
            if name in STARTS.split(","):
                break  # the job is on its way
            counts[name] = counts.get(name, 0) + 1
            creates = name != "openat" or "O_CREAT" in arguments
            to_a_file = name != "write" or "</" in arguments.split(",")[0]
            if creates and to_a_file and int(result) >= 0 and "/log/" not in arguments:
                found.append((name, counts[name]))
        return found

    def _strace(self, call, what, number):
        inject = ["-e", f"inject={call}:{what}:when={number}"] if what else []
        return [tools.find("strace"), "-qq", "-y", "-o", self._trace, "-e", f"trace={call}", *inject]

    def _command_line(self, call, what, number):
        """Without -f: the job that it starts goes undisturbed."""
        self.ground.wrapper = self._strace(call, what, number)
        try:
            return self.ground.run(*self.words)
        finally:
            self.ground.wrapper = ()

    def _job(self, call, what, number):
        """The job that a command line was about to start. What it says is in its log."""
        folder = self.ground.state / "jobs" / self.job
        with open(folder / "runner", "r+b") as runner, open(folder / "busy", "r+b") as busy:
            locks = (runner.fileno(), busy.fileno())
            for lock in locks:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            argv = [*self._strace(call, what, number), self.ground.program, "--job", self.ground.state, self.job, *locks, "detached", 0]
            done = subprocess.run([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, env=process.plain_environment(), cwd="/", pass_fds=locks, timeout=60)
        said = b"".join(path.read_bytes() for path in sorted((folder / "log").iterdir()))
        return done.returncode, (said + done.stdout).decode(errors="replace")

    def wait(self):
        """Until no job runs: one goes on when the command line that started it was killed."""
        process.wait_until(lambda: not self._runs(), 60, "the job")

    def _runs(self):
        return any(is_locked(lock) for lock in self.ground.state.glob("jobs/*/[rb]u*") if lock.name in ("runner", "busy"))


def is_locked(path):
    with open(path, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.fixture(params=ACTIONS)
def sweep(folder, program, request):
    made = Sweep(folder, program, request.param)
    assert len(made.places) > 20 and {"write", "rename"} <= {call for _, (call, _) in made.places}, made.places
    made.name = request.param
    yield made
    process.kill_below(folder)


def test_killed_at_any_call_the_site_is_wholly_the_old_or_the_new_one(sweep):
    # What lies in memory when a process dies is not lost: a kill at a sync is one at the next call.
    places, killed = [place for place in sweep.places if place[1][0] != "fsync"], 0
    for place, way in zip(chosen(f"kill {sweep.name}", places, 12), itertools.cycle(WAYS)):
        status, text, happened = sweep.meet(place, "signal=KILL")
        where = f"killed at {place}, then {way}"
        assert status in (-9, 137) if happened else status == 0, f"{where}: {status} {text}"
        killed += happened
        sweep.check_own(where)
        sweep.visit(way)
        sweep.check(where, text, way == "unlock")
        sweep.check_works(where, way)
    assert killed > 5


@pytest.mark.shipped_only  # a sanitizer that cannot write ends the process
def test_with_any_call_refused_the_site_is_wholly_the_old_or_the_new_one_and_the_reason_is_said(sweep):
    refused = 0
    for (place, (error, lasting)), way in zip(chosen(f"refuse {sweep.name}", refusals(sweep.places), 12), itertools.cycle(WAYS)):
        status, text, happened = sweep.meet(place, f"error={error}", lasting)
        where = f"{place} refused with {error}{lasting}, then {way}"
        assert status in (0, 1) if happened else status == 0, f"{where}: {status} {text}"
        assert "terminate called" not in text, f"{where}: {text}"
        mute = lasting and place[1][0] == "write"  # then nothing can be said either
        assert status == 0 or mute or ERRORS[error] in text, f"{where}: {text}"
        refused += status
        sweep.check_own(where)
        sweep.visit(way)
        sweep.check(where, text, status == 1 or way == "unlock")
        sweep.check_works(where, way)
    assert refused > 2


def refusals(places):
    """Each place with one of the errors, in turn; one of them stays until the next visit, as a full disk does."""
    errors = [*((error, "") for error in ERRORS), ("ENOSPC", "+")]
    return list(zip(places, itertools.cycle(errors)))
