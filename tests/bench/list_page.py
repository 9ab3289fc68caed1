# SPDX-License-Identifier: GPL-3.0-or-later
"""The list that curl gets at ?KEY, against the list page of a gist-like commands.php; and the console page that a browser gets there,
which examines the whole site each time: that has a figure and no target, for the peer's page looks at nothing.

What they do is not the same. commands.php compares the key as plain text and prints a fixed list. Ours checks a slow hash
(FastCGI: once a process), counts attempts, finds the site and its version, asks for an unfinished job, and says what each is for.

CGI: both are executed directly, not by a web server: what Apache adds is the same for both, and would only hide the
difference. php-cgi runs with Debian's stock php.ini and the extensions that Mautic needs.
FastCGI: the same nginx, one location each; php-fpm with a static pool of 4 and OPcache, ours by spawn-fcgi.
"""

import os
import re
import subprocess
from contextlib import ExitStack
from statistics import median

from servers.place import KEY
from support import httpclient, tools
from support.nginx import Nginx
from support.php_fpm import PhpFpm
from support.spawn import SpawnFcgi

from .measure import Row, ratio_of, timed_by_turns

_ROUNDS = 9
_RUNS = 12
_CONNECTIONS = 8
_SECONDS = 1
_MARK = "cache%3Aclear"


def by_cgi(stand):
    php_cgi = tools.find("php-cgi")
    for text in (stand.cgi(KEY), stand.cgi(KEY, stand.gist, php_cgi)):
        assert _MARK in text, text
    assert "checks found nothing wrong" in stand.cgi(KEY), "the browser's page does not examine the site"
    rounds = timed_by_turns([([php_cgi], stand.cgi_variables(KEY, stand.gist)),
                             ([stand.program], {**stand.cgi_variables(KEY), "HTTP_ACCEPT": "*/*"}),
                             ([stand.program], stand.cgi_variables(KEY))], _ROUNDS, _RUNS)
    ratio, page_ratio = (ratio_of([(each[0], each[column]) for each in rounds]) for column in (1, 2))
    peer, ours, page = (median(column) for column in zip(*rounds))
    php = f"php-cgi {peer * 1000:.1f} ms"
    return [Row("list page, CGI", f"{ours * 1000:.1f} ms", php, f"{ratio:.1f} x faster", "at least 8 x", ratio >= 8),
            Row("console page with doctor, CGI", f"{page * 1000:.1f} ms", php, f"{page_ratio:.1f} x faster", "(the peer looks at nothing)")]


def by_fastcgi(stand):
    with ExitStack() as running:
        programs = {}
        for socket in ("tcp", "unix"):
            programs["ours", socket] = running.enter_context(SpawnFcgi(stand.fastcgi, socket=socket))
            programs["php", socket] = running.enter_context(PhpFpm(socket=socket))
        locations = "".join(_location(stand, name, program) for name, program in programs.items())
        server = running.enter_context(Nginx(stand.site.root, server_extra=locations))
        urls = {name: f"{server.url}/{'-'.join(name)}?{KEY}" for name in programs}
        for url in urls.values():
            answer = httpclient.fetch(url, headers={"Accept": "*/*"})
            assert answer.status == 200 and _MARK in answer.text, answer
        rounds = [{name: _load(url, programs[name].child) for name, url in urls.items()} for _ in range(_ROUNDS)]
    return [_row("TCP", "tcp", rounds, 1.0), _row("Unix socket", "unix", rounds, 1.3)]


def _location(stand, name, program):
    """Both get the same variables; ours does not look at SCRIPT_FILENAME."""
    script = f"fastcgi_param SCRIPT_FILENAME {stand.gist};"
    return f"location = /{'-'.join(name)} {{ include /etc/nginx/fastcgi_params; {script} fastcgi_pass {program.address}; }}\n"


def _load(url, child):
    """(requests a second, microseconds of processor time a request) under wrk."""
    before = _processor_seconds(child)
    text = subprocess.run([tools.find("wrk"), "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", url],
                          capture_output=True, text=True, check=True, timeout=60).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    count = int(re.search(r"(\d+) requests in", text)[1])
    return float(re.search(r"Requests/sec: +([\d.]+)", text)[1]), (_processor_seconds(child) - before) / count * 1e6


def _processor_seconds(child):
    ticks = 0
    for pid in child.processes():
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _row(words, socket, rounds, target):
    pairs = [(each["ours", socket][0], each["php", socket][0]) for each in rounds]
    ratio = ratio_of(pairs)
    ours, peer = (median(column) for column in zip(*pairs))
    own_time, peer_time = (median(each[name, socket][1] for each in rounds) for name in ("ours", "php"))
    return Row(f"list page, FastCGI, {words}", f"{ours:.0f}/s {own_time:.0f} us", f"php-fpm {peer:.0f}/s {peer_time:.0f} us",
               f"{ratio:.2f} x", f"at least {target:g} x", ratio >= target)
