# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases as the tests of dump and restore see them: written by the tool or the mariadb client, and compared."""

import gzip
import json
import re
import subprocess
from pathlib import Path

from support import process, tools

EVERYTHING = Path(__file__).with_name("everything.sql")
SHOW = {"BASE TABLE": "TABLE", "SYSTEM VERSIONED": "TABLE", "VIEW": "VIEW", "SEQUENCE": "SEQUENCE"}


class Dumper:
    """Runs the dump tool, which restores too, for one database and account of a server."""

    def __init__(self, tool, server, database, user="root", password="", place="socket"):
        self.server, self.database = server, database
        where = [server.socket, "localhost", "0"] if place == "socket" else ["", "127.0.0.1", str(server.port)]
        self._words = [tool, None, *where, database, user]
        self._environment = {"PATH": "/usr/bin:/bin", "DUMP_PASSWORD": password}

    def start(self, file, **environment):
        words = [str(word) for word in (self._words[0], file, *self._words[2:])]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=self._environment | environment)

    def dump(self, file, **environment):
        """The manifest of a dump that must succeed."""
        done = self.start(file, **environment)
        out, errors = done.communicate(timeout=300)
        assert done.returncode == 0, errors
        return json.loads(out)

    def run(self, action, file, **environment):
        """The last line that an action ("survey", "restore", "check") prints, read as JSON; it must succeed."""
        done = subprocess.run([str(word) for word in (self._words[0], file, *self._words[2:], action)], text=True,
                              capture_output=True, env=self._environment | environment, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def failure(self, action, file, **environment):
        """What is said by an action that must fail."""
        done = subprocess.run([str(word) for word in (self._words[0], file, *self._words[2:], action)], text=True,
                              capture_output=True, env=self._environment | environment, timeout=300, check=False)
        assert done.returncode == 1, done.stdout
        return done.stderr

    def begin(self, action, file, **environment):
        """An action under way; reports come on its stderr."""
        return subprocess.Popen([str(word) for word in (self._words[0], file, *self._words[2:], action)], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=self._environment | {"DUMP_PROGRESS": "1"} | environment)

    def refusal(self, file):
        """What is said by a dump that must fail; nothing of it may be left."""
        done = self.start(file)
        out, errors = done.communicate(timeout=300)
        assert done.returncode == 1, out
        assert not list(Path(file).parent.glob(Path(file).name + "*"))
        return errors


def foreign_dump(server, database, file, *options, program="mariadb-dump"):
    """What mariadb-dump writes of a database as root."""
    words = [tools.find(program), "--no-defaults", "-S", str(server.socket), "-uroot", "--routines", "--triggers", "--events",
             "--default-character-set=utf8mb4", *options, f"--result-file={file}"]
    words += [] if "--databases" in options else [database]
    subprocess.run(words, check=True, capture_output=True, env=process.plain_environment())


def restore(server, file, database):
    """What the mariadb client has to say while it reads the dump into a new database; nothing when all went well."""
    server.sql(f"drop database if exists `{database}`; create database `{database}`")
    return run_script(server, gzip.open(file).read(), database)


def run_script(server, script, database):
    words = [tools.find("mariadb"), "--no-defaults", "-S", str(server.socket), "-uroot", "--comments", database]
    done = subprocess.run(words, input=script, capture_output=True, env=process.plain_environment(), check=False)
    return done.stderr.decode()


def state(server, name):
    """Everything that can be asked about a database; in few questions, as each is a process."""
    found = {}
    kinds = dict(server.sql("show full tables", name))
    shown = _shown(server, name, [f"{SHOW[kind]} {quoted(table)}" for table, kind in kinds.items()])
    summed = []
    for (table, kind), row in zip(kinds.items(), shown, strict=True):
        found[kind, table] = re.sub(r" AUTO_INCREMENT=\d+(?=[^\n]*$)", "", row[1])
        if "WITH SYSTEM VERSIONING" in row[1]:  # the checksum counts the times of its history
            found["rows", table] = server.sql(f"select * from {quoted(table)}", name)
        elif kind != "VIEW":
            summed.append(table)
    if summed:
        for table, row in zip(summed, server.sql(f"checksum table {', '.join(quoted(table) for table in summed)} extended", name), strict=True):
            found["sum", table] = row[1]
    for table, number in server.sql(f"select table_name, auto_increment from information_schema.tables where table_schema='{name}'"):
        if table in summed:
            found["next", table] = number
    for kind, schema in (("trigger", "trigger_schema"), ("event", "event_schema")):
        names = [row[0] for row in server.sql(f"select {kind}_name from information_schema.{kind}s where {schema}='{name}'")]
        for one, row in zip(names, _shown(server, name, [f"{kind} {quoted(one)}" for one in names]), strict=True):
            found[kind, one] = row[1:6]
    routines = server.sql(f"select routine_name, routine_type from information_schema.routines where routine_schema='{name}'")
    for (routine, kind), row in zip(routines, _shown(server, name, [f"{kind} {quoted(routine)}" for routine, kind in routines]), strict=True):
        found[kind, routine] = row[1:5]
    return found


def _shown(server, name, things):
    """A row of SHOW CREATE for each."""
    return server.sql("".join(f"show create {thing};" for thing in things), name) if things else []


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def literal(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def same(server, one, other):
    before, after = state(server, one), state(server, other)
    assert before.keys() == after.keys()
    differing = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert not differing


def tables_alike(server, one, other):
    """SHOW CREATE and CHECKSUM EXTENDED of every table are equal; for databases of many tables and nothing else."""
    assert _tables(server, one) == _tables(server, other)


def _tables(server, name):
    names = [row[0] for row in server.sql("show tables", name)]
    assert names
    shown = server.sql("".join(f"show create table {quoted(table)};" for table in names), name)
    sums = server.sql(f"checksum table {', '.join(quoted(table) for table in names)} extended", name)
    return shown, [(table.split(".", 1)[1], value) for table, value in sums]
