# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that HOSTING.txt tells administrators to write, each on its server: the program answers, and nothing else is
given out."""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest

from servers.place import KEY, settings_text, upload
from support import httpclient, process, tree
from support.apache import Apache
from support.caddy import Caddy
from support.lighttpd import Lighttpd
from support.nginx import Nginx
from support.spawn import SpawnFcgi

GUIDE = Path(__file__).resolve().parents[2] / "packaging/HOSTING.txt"
PRIVATE = ("README.txt", "HOSTING.txt", "unstick.ini.php", ".htaccess", "unstick.cgi.bak", "sub/file.txt")


def lines_for(server, docroot, socket=""):
    """The indented lines of the section, with the places of this test."""
    section = re.search(rf"^{server}\n(.*?)(?=^\S)", GUIDE.read_text(), re.MULTILINE | re.DOTALL)[1]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    assert lines, f"no lines for {server}"
    text = "\n".join(lines).replace("/var/www/site", str(docroot))
    # nginx takes a path behind "unix:", Caddy one behind "unix/".
    return text.replace("/run/unstick.sock", str(socket))


class _PlainLighttpd(Lighttpd):
    def _program_lines(self):
        return ""


def _server(name, docroot, socket):
    lines = lines_for(name, docroot, socket)
    if name == "Apache":
        return Apache(docroot, "cgid", allow_override="None", exec_cgi=False, extra=lines)
    if name == "nginx":
        return Nginx(docroot, server_extra=lines.replace("fastcgi.conf", "/etc/nginx/fastcgi.conf"))
    return _PlainLighttpd(docroot, "cgi", extra=lines) if name == "lighttpd" else Caddy(lines)


@contextmanager
def served(name, program):
    """(server, the program's file name) with a bundle as the guide says."""
    docroot = tree.make_folder("hosting")
    try:
        folder = docroot / "unstick"
        (folder / "sub").mkdir(parents=True)
        upload(folder, settings_text(state=docroot.with_name(docroot.name + "-state")))
        for private in PRIVATE[4:]:
            (folder / private).write_text("private\n")
        (folder / "HOSTING.txt").write_bytes(GUIDE.read_bytes())
        tree.install_program(program, folder)
        state = docroot.with_name(docroot.name + "-state")
        state.mkdir()
        for path in (docroot, state):
            tree.give(path, "www-data")
        file = "unstick.fcgi" if name in ("nginx", "Caddy") else "unstick.cgi"
        with SpawnFcgi(folder / file, socket="unix") as spawned, _server(name, docroot, spawned.socket) as server:
            yield server, file
    finally:
        process.kill_below(docroot)
        tree.remove(docroot)
        tree.remove(docroot.with_name(docroot.name + "-state"))


@pytest.mark.parametrize("name", ["Apache", "nginx", "lighttpd", "Caddy"])
def test_with_the_guides_lines_the_program_answers_and_nothing_else_is_given_out(uploaded, name):
    with served(name, uploaded) as (server, file):
        base = f"{server.url}/unstick"
        page = httpclient.fetch(f"{base}/index.html")
        assert page.status == 200 and "Does Unstick run here?" in page.text
        assert httpclient.fetch(f"{base}/").status in (200, 302)
        program = f"{base}/{file}"
        assert httpclient.fetch(program).text == "The secret phrase is wrong.\n"
        listed = httpclient.fetch(f"{program}?{KEY}")
        assert listed.status == 200 and f"{program}?{KEY}&task=doctor\n" in listed.text, listed
        assert httpclient.fetch(f"{program}?task=php&pretty", headers={"X-Unstick-Key": KEY}).status == 200
        for private in PRIVATE:
            answer = httpclient.fetch(f"{base}/{private}")
            assert answer.status in (403, 404) and KEY not in answer.text, (private, answer)
