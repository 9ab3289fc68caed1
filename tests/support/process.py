# SPDX-License-Identifier: GPL-3.0-or-later
"""Child processes: started in a session of their own, remembered by pid, stopped exactly.

A Child is a foreground process whose output goes to a file. stop() asks it to end, then ends what is left of its session;
afterwards no process of it exists. Should the test run itself be killed, the kernel sends each Child SIGTERM (that is the
death of the *thread* that started it: start from the main thread), and a normal exit stops all that are left.
Processes that left the session on purpose (a job of the program under test) are found by where they live: running_below().
"""

import atexit
import os
import pwd
import signal
import subprocess
import time

from . import tools

_POLL_SECONDS = 0.01
_children = set()


def wait_until(predicate, timeout=30.0, what="the condition"):
    """Polls until predicate() is true and returns what it returned; TimeoutError naming `what` after timeout seconds."""
    deadline = time.monotonic() + timeout
    while True:
        result = predicate()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {timeout:g} s for {what}")
        time.sleep(_POLL_SECONDS)


class Child:
    """One process and the session it leads.

    log: the file that gets stdout and stderr (appended). env: the whole environment (default: a small fixed one, not the
    tester's). user: name of the account to run as (needs root), None for the caller's.
    """

    def __init__(self, argv, log, env=None, cwd="/", user=None):
        self.argv = [str(part) for part in argv]
        environment = plain_environment() if env is None else env
        with open(log, "ab") as output:
            self._popen = subprocess.Popen(
                [*_start_prefix(user), *self.argv], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=environment, cwd=cwd, start_new_session=True)
        self.pid = self._popen.pid
        _children.add(self)

    def alive(self):
        return self._popen.poll() is None

    @property
    def exit_status(self):
        """The exit status, negative for a signal, None while it runs."""
        return self._popen.poll()

    def wait(self, timeout=10.0):
        return self._popen.wait(timeout)

    def send(self, signal_number):
        """Sends a signal to the process alone; nothing when it has ended."""
        self._popen.send_signal(signal_number)

    def processes(self):
        """Pids of all live processes of the session, the child included."""
        return session_members(self.pid)

    def stop(self, signal_number=signal.SIGTERM, timeout=10.0):
        """Ends it politely, then what is left of its session by SIGKILL; returns the pids that needed that."""
        self.send(signal_number)
        try:
            self._popen.wait(timeout)
            wait_until(lambda: not self.processes(), 2.0)
        except (subprocess.TimeoutExpired, TimeoutError):
            pass
        return self.kill()

    def kill(self):
        """SIGKILL for the whole session; returns the pids that were alive."""
        alive = self.processes()
        wait_until(self._killed, 30.0, f"the end of {self.argv[0]} ({self.pid})")
        self._popen.wait()
        _children.discard(self)
        return alive

    def _killed(self):
        left = self.processes()
        for pid in left:
            kill_if(pid, lambda pid: _session_of(pid) == self.pid)
        return not left


def plain_environment(**more):
    """The environment a service manager would give, and nothing of the tester's."""
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **more}


def run(argv, **options):
    """Runs a short command to its end; returns its output as text, raises RuntimeError with the output when it fails."""
    done = subprocess.run([str(part) for part in argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(done.args)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def session_members(session):
    """Pids of the live processes (zombies do not count) of a session."""
    return [pid for pid in all_pids() if _session_of(pid) == session]


def descendants(pid):
    """Pids of the live processes below pid, itself not included."""
    parents = {other: fields[1] for other in all_pids() if (fields := _stat(other))}
    found = []
    wanted = {pid}
    while wanted:
        wanted = {other for other, parent in parents.items() if int(parent) in wanted}
        found += wanted
    return found


def start_time(pid):
    """The process's start in clock ticks since boot, which tells it from a later one of the same pid; None when gone."""
    fields = _stat(pid)
    return fields[19] if fields else None


def running_below(folder):
    """Pids of the live processes whose program file or working directory lies in the folder."""
    prefix = os.path.realpath(folder) + "/"
    return [pid for pid in all_pids() if pid != os.getpid() and _lives_below(pid, prefix)]


def kill_below(folder):
    """Ends (SIGKILL) every process of running_below(folder); returns the pids that were alive.

    One that forks and ends while /proc is read hides its child from that reading, so three in a row must find nobody.
    """
    prefix = os.path.realpath(folder) + "/"
    seen, quiet = set(), 0

    def gone():
        nonlocal quiet
        left = running_below(folder)
        seen.update(left)
        for pid in left:
            kill_if(pid, lambda pid: _lives_below(pid, prefix))
        quiet = 0 if left else quiet + 1
        return quiet == 3

    wait_until(gone, 30.0, f"the end of the processes in {folder}")
    return sorted(seen)


def kill_if(pid, condition):
    """SIGKILL for pid if condition(pid) still holds once the process is pinned: a pid that was reused is never hit."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if condition(pid):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid):
    """state, ppid, pgrp, session, ... as words; None for a process that has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields


def _session_of(pid):
    fields = _stat(pid)
    return int(fields[3]) if fields else None


def _lives_below(pid, prefix):
    if _stat(pid) is None:
        return False
    for link in ("exe", "cwd"):
        try:
            if (os.readlink(f"/proc/{pid}/{link}") + "/").startswith(prefix):
                return True
        except OSError:
            pass
    return False


def _start_prefix(user):
    """setpriv execs, so the pid stays; the death signal must be set after the user changed, or the kernel forgets it."""
    prefix = [tools.find("setpriv"), "--pdeathsig=TERM"]
    if user is not None and user != pwd.getpwuid(os.geteuid()).pw_name:
        account = pwd.getpwnam(user)
        prefix += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--init-groups"]
    return [*prefix, "--"]


@atexit.register
def _stop_all():
    for child in list(_children):
        child.stop()
