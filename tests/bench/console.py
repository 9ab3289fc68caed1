# SPDX-License-Identifier: GPL-3.0-or-later
"""What a console command costs more when it runs through us.

The command: by CGI, executed directly, from the start of our program to the end of its answer: the key's slow hash, the job
with its own process, journal and log, and following it. Against the very argument vector that the job runs, with the job's
environment.
The first line: behind nginx, which passes on what we flush. PHP prints the monotonic clock's time, the client notes when
the line has come.
"""

import json
import re
from statistics import median

from servers.place import KEY
from support import httpclient, process
from support.nginx import Nginx
from support.spawn import SpawnFcgi

from .measure import Row, timed_by_turns

_ROUNDS = 9
_RUNS = 4
_CLOCKS = 11
_STAMP = re.compile(r"^written at ([\d.]+)$")


def overhead(stand):
    query = f"{KEY}&task=list"
    answer = stand.cgi(query)
    assert "Executing console list" in answer and "-- done: exit 0" in answer and "cache:clear" in answer, answer
    folder, *argv = json.loads(stand.newest_plan().read_text())["steps"][0]["words"]
    assert str(stand.site.console_file) in argv and "list" in argv, argv
    bare = ["env", f"--chdir={folder}", *argv]
    rounds = timed_by_turns([([stand.program], stand.cgi_variables(query)), (bare, _job_environment())], _ROUNDS, _RUNS)
    more = median(ours - peer for ours, peer in rounds) * 1000
    ours, peer = (median(column) * 1000 for column in zip(*rounds))
    return [Row("console command (list), CGI", f"{ours:.1f} ms", f"bare {peer:.1f} ms", f"{more:+.1f} ms", "at most +15 ms",
                more <= 15)]


def first_line(stand):
    with SpawnFcgi(stand.fastcgi) as program, Nginx(stand.site.root, program) as server:
        url = f"{server.url}/unstick/unstick.fcgi?{KEY}&task=doctrine:migrations:status"
        late = [_delays(httpclient.stream(url)) for _ in range(_CLOCKS)]
    first = median(each[0] for each in late) * 1000
    others = median(delay for each in late for delay in each[1:]) * 1000
    return [Row("first line after PHP wrote it", f"{first:.1f} ms", "", f"worst {max(each[0] for each in late) * 1000:.1f} ms",
                "at most 10 ms", first <= 10),
            Row("each further line", f"{others:.1f} ms", "", "")]


def _delays(answer):
    stamps = [(answer.started + seconds, float(found[1])) for seconds, text in answer.lines() if (found := _STAMP.match(text))]
    assert len(stamps) == 5 and answer.text.rstrip().split("\n")[-1].startswith("-- done"), answer
    return [arrived - written for arrived, written in stamps]


def _job_environment():
    return process.plain_environment(COLUMNS="250", TERM="dumb", HOME="/tmp")
