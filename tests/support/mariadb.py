# SPDX-License-Identifier: GPL-3.0-or-later
"""A MariaDB server with a data folder of its own; root enters by the socket without a password.

Commits are written but not synced (innodb_flush_log_at_trx_commit=2): fast, and kill() still loses no committed row.
"""

import re
import secrets
import subprocess

from . import ports, process, tools, tree, users
from .server import Server

_ESCAPES = {"t": "\t", "n": "\n", "0": "\0", "\\": "\\"}


class MariaDb(Server):
    """options: more options for mariadbd, as words ("--sql-mode=ANSI"). kill(), halt(), restart() keep port and data."""

    name = "mariadb"
    start_seconds = 60.0

    def __init__(self, *, options=(), port=None):
        super().__init__()
        self.options = tuple(options)
        self.port = port or ports.free_port()
        self.user = users.effective("mysql")

    @property
    def socket(self):
        return self.folder / "mariadb.sock"

    def prepare(self):
        if not self._data.exists():
            tree.give(self.folder, self.user)
            process.run([tools.find("mariadb-install-db"), "--no-defaults", f"--datadir={self._data}", "--skip-test-db",
                         f"--tmpdir={self.folder}",  # a server that starts removes the temporary tables of others there
                         "--auth-root-authentication-method=normal", "--innodb-log-file-size=16M",
                         f"--user={self.user}"], env=process.plain_environment())

    def command(self):
        return [tools.find("mariadbd"), "--no-defaults", f"--datadir={self._data}", f"--socket={self.socket}",
                f"--port={self.port}", "--bind-address=127.0.0.1", f"--pid-file={self.folder}/mariadb.pid",
                f"--tmpdir={self.folder}", "--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci",
                "--innodb-flush-log-at-trx-commit=2", "--innodb-log-file-size=16M", "--innodb-buffer-pool-size=64M",
                "--max-allowed-packet=64M", *self.options]

    def ready(self):
        return ports.unix_listening(self.socket) and self._client(["-e", "select 1"]).returncode == 0

    def sql(self, text, database=None):
        """Runs the statements as root; the rows of all answers as lists of strings, NULL as the word NULL."""
        done = self._client(["--batch", "--skip-column-names", *([database] if database else [])], text)
        if done.returncode != 0:
            raise RuntimeError(f"SQL failed: {done.stderr.decode('utf-8', 'replace').strip()}")
        return [[_unescape(cell) for cell in row.split("\t")] for row in done.stdout.decode("utf-8").split("\n")[:-1]]

    def create_database(self, name, user=None):
        """A new empty utf8mb4 database (an old one of the name is dropped); returns (user, password) with all rights on it.

        The user (default: the database's name) may come by TCP and by socket; it signs in with mysql_native_password.
        """
        user = user or name
        password = secrets.token_hex(12)
        self.sql(f"""drop database if exists `{name}`; create database `{name}`;
                     create or replace user '{user}'@'%' identified by '{password}';
                     grant all privileges on `{name}`.* to '{user}'@'%';""")
        return user, password

    def load(self, database, file):
        """Feeds an SQL file to the database as root."""
        with open(file, "rb") as script:
            done = self._client([database], script)
        if done.returncode != 0:
            raise RuntimeError(f"{file}: {done.stderr.decode('utf-8', 'replace').strip()}")

    def log(self):
        """What it logged but the notes of a normal start."""
        return "\n".join(line for line in super().log().splitlines() if "[Note]" not in line)

    @property
    def _data(self):
        return self.folder / "data"

    def _client(self, arguments, script=""):
        feed = {"input": script.encode()} if isinstance(script, str) else {"stdin": script}
        return subprocess.run([tools.find("mariadb"), "--no-defaults", "-S", str(self.socket), "-uroot",
                               "--default-character-set=utf8mb4", *arguments],
                              capture_output=True, check=False, env=process.plain_environment(), **feed)


def _unescape(cell):
    return re.sub(r"\\([tn0\\])", lambda found: _ESCAPES[found[1]], cell)
