# SPDX-License-Identifier: GPL-3.0-or-later
"""What all servers share: a folder of their own, start until ready, stop until nothing is left, and their logs.

A server class sets `name` (and `user`, where the process starts as another account) and defines prepare() (write
configuration into self.folder), command() (argv of a foreground process) and ready().
Life: start -> [halt -> start ...] -> stop. halt() keeps the folder, stop() removes it.
"""

import signal

from . import process, tree

_LOG_TAIL_BYTES = 8000
_running = []
_of_failures = []


def track(thing):
    """From now on thing.log() belongs to the report of a test that fails; it needs a name too."""
    _running.append(thing)


def untrack(thing, failing=False):
    """Ends track(). failing: an error is on its way out, so the log is kept for the report."""
    if thing in _running:
        _running.remove(thing)
        if failing:
            _of_failures.append(_log_of(thing))


def take_logs():
    """[(name, log)] of all that run now and of those that an error has just ended."""
    logs = [_log_of(thing) for thing in _running] + _of_failures
    _of_failures.clear()
    return logs


class Server:
    name = "server"
    user = None
    start_seconds = 15.0
    stop_signal = signal.SIGTERM
    stop_seconds = 10.0

    def __init__(self):
        self.folder = None
        self.child = None

    def prepare(self):
        """Writes what the server needs below self.folder; called before each start."""

    def command(self):
        """argv of the server as a foreground process."""
        raise NotImplementedError

    def environment(self):
        return process.plain_environment()

    def ready(self):
        """Whether requests can be sent now."""
        raise NotImplementedError

    def start(self):
        """Returns self when the server answers; RuntimeError with its logs when it ends or is not ready in time."""
        if self.folder is None:
            self.folder = tree.make_folder(self.name)
        try:
            self.prepare()
            self.child = process.Child(self.command(), self.folder / "output.log", self.environment(), user=self.user)
            process.wait_until(self._ready_or_dead, self.start_seconds, f"{self.name} to answer")
        except (RuntimeError, OSError) as error:
            text = self.log()
            self.stop()
            raise RuntimeError(f"{self.name} did not start: {error}\n{text}") from None
        except BaseException:
            self.stop()
            raise
        track(self)
        return self

    def halt(self):
        """Stops the processes and keeps the folder; returns the pids that had to be killed (normally none)."""
        return self._end(lambda child: child.stop(self.stop_signal, self.stop_seconds))

    def kill(self):
        """kill -9 of all its processes, the folder kept."""
        return self._end(lambda child: child.kill())

    def stop(self):
        """Stops the processes and removes the folder; harmless when called twice."""
        killed = self.halt()
        if self.folder is not None:
            tree.remove(self.folder)
            self.folder = None
        return killed

    def restart(self):
        self.halt()
        return self.start()

    def log_files(self):
        return sorted(self.folder.glob("*.log")) if self.folder else []

    def log(self):
        """The ends of all its log files, each under its name."""
        return "\n".join(_tail(path) for path in self.log_files())

    def __enter__(self):
        return self if self.child else self.start()

    def __exit__(self, kind, *_):
        untrack(self, failing=kind is not None)
        self.stop()

    def _ready_or_dead(self):
        if not self.child.alive():
            raise RuntimeError(f"exit {self.child.exit_status}")
        return self.ready()

    def _end(self, how):
        child, self.child = self.child, None
        untrack(self)
        return how(child) if child else []


def _log_of(thing):
    try:
        return thing.name, thing.log()
    except Exception as error:  # a log that cannot be had must not hide the failure
        return thing.name, f"no log: {error}"


def _tail(path):
    try:
        data = path.read_bytes()
    except OSError as error:
        data = str(error).encode()
    text = data[-_LOG_TAIL_BYTES:].decode("utf-8", "replace")
    return f"==> {path.name} <==\n{text}" if text.strip() else f"==> {path.name}: empty"
