# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the rooms in src/, and what may be seen or called where (DESIGN, "Rooms").

Each rule is a function from a file's path below src/ and its text to the offences in it; each is tried on a bad file
of its own too.
"""
import re
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
FILES = sorted(path for path in SRC.rglob("*") if path.suffix in (".cpp", ".h"))

# A file includes from its own room and those before it. web and cli stand side by side.
ROOMS = ("base", "platform", "storage", "steps", "apps", "jobs", "actions")
DOORS = ("web", "cli")
# Headers of libraries that one room alone may see.
KEPT_BY = {"storage": ("mysql.h", "zip.h"), "web": ("fcgi", "cgicc/")}
MOST_LINES = 400

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|(R"(\w*)\(.*?\)\2"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')', re.DOTALL)


def without_comments(text):
    return COMMENT.sub(lambda match: match.group(1) or " ", text)


def without_strings(text):
    return COMMENT.sub(lambda match: '""' if match.group(1) else " ", text)


def room_of(name):
    return name.split("/")[0] if "/" in name else "main"


def visible_from(room):
    if room == "main":
        return {*ROOMS, *DOORS}
    if room in DOORS:
        return {*ROOMS, room}
    return set(ROOMS[: ROOMS.index(room) + 1]) if room in ROOMS else set()


def includes_out_of_order(name, text):
    for ours, _ in INCLUDE.findall(without_comments(text)):
        if ours and room_of(ours) not in visible_from(room_of(name)):
            yield f"{name} includes {ours}"


def library_headers_elsewhere(name, text):
    for ours, theirs in INCLUDE.findall(without_comments(text)):
        if room_of(ours) in (*ROOMS, *DOORS):
            continue  # a header of our own, which may have the same name
        header = ours or theirs
        for room, kept in KEPT_BY.items():
            seen = any(header.startswith(word) or header.split("/")[-1] == word for word in kept)
            if seen and room_of(name) != room:
                yield f"{name} includes {header}, which only {room}/ may see"


def shells(name, text):
    for call in re.findall(r"\b(?:system|popen|wordexp|exec[lv]p|execvpe|posix_spawnp)\s*\(", without_strings(text)):
        yield f"{name} calls {call}"
    for shell in re.findall(r'"[^"\n]*/bin/(?:ba|da)?sh\b[^"\n]*"', without_comments(text)):
        yield f"{name} names {shell}"


def environment_readers(name, text):
    if room_of(name) in ("web", "main"):
        return
    if re.search(r"\b(?:secure_)?getenv\s*\(|\benviron\b", without_strings(text)):
        yield f"{name} reads the environment"


def long_files(name, text):
    lines = text.count("\n")
    if lines > MOST_LINES:
        yield f"{name} has {lines} lines"


def files_without_licence(name, text):
    if not text.startswith("// SPDX-License-Identifier: GPL-3.0-or-later\n"):
        yield f"{name} does not begin with its licence"


RULES = {
    includes_out_of_order: [
        ("base/a.cpp", '#include "platform/disk.h"\n'),
        ("platform/a.cpp", '#include "storage/names.h"\n'),
        ("apps/mautic/a.cpp", '#include "jobs/job.h"\n'),
        ("web/a.cpp", '#include "cli/command_line.h"\n'),
        ("cli/a.cpp", '#  include "web/request.h"\n'),
        ("actions/a.h", '#include "web/request.h"\n'),
        ("web/a.cpp", '#include "request.h"\n'),
        ("attic/a.cpp", '#include "base/text.h"\n'),
    ],
    library_headers_elsewhere: [
        ("jobs/a.cpp", "#include <mysql.h>\n"),
        ("web/a.cpp", "#include <mariadb/mysql.h>\n"),
        ("actions/a.cpp", "#include <zip.h>\n"),
        ("main.cpp", "#include <fcgiapp.h>\n"),
        ("cli/a.cpp", "#include <cgicc/Cgicc.h>\n"),
        ("jobs/a.cpp", '#include "zip.h"\n'),
    ],
    shells: [
        ("base/a.cpp", "int x = system(command);\n"),
        ("base/a.cpp", "FILE* x = ::popen (command, mode);\n"),
        ("platform/a.cpp", "::execvp(name, argv);\n"),
        ("platform/a.cpp", 'const char* shell = "/bin/sh";\n'),
    ],
    environment_readers: [("jobs/a.cpp", 'auto home = ::getenv("HOME");\n'), ("base/a.cpp", "extern char** environ;\n")],
    long_files: [("base/a.cpp", "\n" * (MOST_LINES + 1))],
    files_without_licence: [("base/a.cpp", "// A file.\n")],
}

INNOCENT = [
    ("web/a.cpp", '#include "web/b.h"\n#include "jobs/job.h"\n#include <fcgiapp.h>\n#include <cgicc/Cgicc.h>\n'),
    ("storage/a.cpp", '#include "platform/disk.h"\n#include <mysql.h>\n#include <zip.h>\n#include <zlib.h>\n'),
    ("actions/a.cpp", '#include "storage/mysql.h"\n'),
    ("main.cpp", '#include "web/cgi.h"\n#include "cli/command_line.h"\nauto x = std::getenv("A");\n'),
    ("base/a.cpp", '// system("x"), getenv("y"), #include "web/a.h"\n/* popen(z) */ auto t = "system(";\n'),
    ("platform/a.cpp", 'auto& clock = system_clock();\nthrow system_failure("cannot start", errno);\n'),
    ("web/a.cpp", "std::string getenv(const char* name) override;\n"),
]


def name_of(path):
    return path.relative_to(SRC).as_posix()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_file_of_the_program_breaks_the_rule(rule):
    assert len(FILES) > 50
    assert [offence for path in FILES for offence in rule(name_of(path), path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("rule, name, text", [(rule, *bad) for rule, files in RULES.items() for bad in files])
def test_a_file_that_breaks_the_rule_is_found(rule, name, text):
    assert list(rule(name, text))


@pytest.mark.parametrize("name, text", INNOCENT)
def test_a_file_that_keeps_the_rules_is_let_be(name, text):
    rules = set(RULES) - {files_without_licence}
    assert [offence for rule in rules for offence in rule(name, text)] == []


def test_every_folder_of_the_program_is_a_room():
    assert {path.name for path in SRC.iterdir() if path.is_dir()} <= {*ROOMS, *DOORS}
