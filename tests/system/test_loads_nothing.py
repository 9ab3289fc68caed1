# SPDX-License-Identifier: GPL-3.0-or-later
"""The program loads nothing of the host: a trace of every way to start it shows no library, no configuration of a library,
no locale, no NSS module; and all it opens of the machine is one short list."""

import re

import pytest

from support import process
from system import trace
from system.place import KEY, text_of

pytestmark = pytest.mark.shipped_only

# No call of ours may even name one of these.
FORBIDDEN = re.compile(
    r"\.so(\.|$)|ld-linux|/ld\.so|openssl|/etc/ssl|/usr/lib/ssl|my\.cnf|mysql|mariadb|/locale|locale\.alias|gconv|"
    r"charset|libnss|host\.conf|resolv\.conf|/etc/hosts|/lib/|/lib64|/usr/share/(?!zoneinfo)")
# What it may open of the host, besides the folders that it looks through for a PHP.
HARMLESS = {
    "/dev/null", "/dev/urandom",
    "/etc/passwd",         # the account's home
    "/etc/nsswitch.conf",  # read by glibc when it is told not to follow it
    "/etc/localtime",      # read by glibc's gmtime_r
    "/proc/self/exe", "/proc/self/fd", "/proc/sys/kernel/random/boot_id", "/sys/devices/system/cpu/online"}
OF_A_PROCESS = re.compile(r"/proc/\d+/(stat|comm|cmdline|cwd|fd|exe)$")


def host_opens(calls, place):
    """What was opened outside the place, but for the harmless."""
    own = str(place.folder)
    return {call.path for call in calls
            if call.opens and call.good and not call.folder and not call.path.startswith(own + "/") and call.path != own
            and call.path not in HARMLESS and not OF_A_PROCESS.match(call.path)}


def forbidden(calls, place):
    own = str(place.folder)
    return {(call.name, call.path) for call in calls if not call.path.startswith(own) and FORBIDDEN.search(call.path)}


class Traced:
    """A place whose program runs under strace. calls(): those of our processes, when all of them have ended."""

    def __init__(self, places):
        self.place = places()
        self.output = self.place.folder / "trace"
        self.place.wrapper = trace.wrapper(self.output)

    def calls(self):
        process.wait_until(self._complete, what="strace to end")
        text = self.output.read_text(errors="replace")
        calls = trace.our_calls(text, self.place.program)
        assert [call for call in calls if call.path == str(self.place.settings)], "no trace of our own settings file"
        return calls

    def check(self):
        calls = self.calls()
        assert forbidden(calls, self.place) == set()
        assert host_opens(calls, self.place) == set()
        return calls

    def _complete(self):
        return self.output.exists() and not process.running_below(self.place.folder)


@pytest.fixture
def traced(places):
    return Traced(places)


def test_a_program_of_the_host_would_be_found_out(places, tmp_path):
    """The trace of a dynamic program shows its libraries."""
    place = places()
    output = place.folder / "trace"
    process.run([*trace.wrapper(output), "/bin/ls", "/"])
    calls = trace.our_calls(output.read_text(), "/bin/ls")
    assert {name for name, _ in forbidden(calls, place)} & {"openat", "open"}
    assert any(re.search(r"libc\.so", path) for path in host_opens(calls, place))


@pytest.mark.parametrize("words", [[], ["--help"], ["php"], ["cache:purge"], ["nonsense"]], ids=" ".join)
def test_on_a_command_line(traced, words):
    done = traced.place.command_line(*words)
    assert done.stdout or done.stderr
    if words == ["--help"]:  # reads no settings
        calls = trace.our_calls(traced.output.read_text(), traced.place.program)
        assert calls and forbidden(calls, traced.place) == set() == host_opens(calls, traced.place)
    else:
        traced.check()


@pytest.mark.parametrize("query", ["", "task=php", "task=nonsense", "task=job:stop", "job=last", "view=x", "format=json"])
def test_as_a_cgi_with_the_key(traced, query):
    assert traced.place.ask(query).status in (200, 403, 404)
    traced.check()


def test_as_a_cgi_with_a_wrong_key_and_for_a_browser(traced):
    assert traced.place.ask(KEY[::-1], key=False, HTTP_ACCEPT="text/html").status == 403
    traced.check()


def test_a_job_from_its_first_request_to_its_end(traced):
    text = text_of(traced.place.run("lines 15"))
    assert "line 15 of 15\nended lines\n-- done: exit 0" in text
    calls = traced.check()
    jobs = {call.pid for call in calls if call.path.endswith("/journal") and call.opens}
    assert len(jobs) > 1  # the request's process and the job's are both in the trace
    assert {call.path for call in calls if call.name == "execve"} >= {str(traced.place.program)}


def test_the_php_child_is_told_from_our_processes(traced):
    traced.place.run("lines 15")
    everything = traced.output.read_text(errors="replace")
    assert re.search(r'open\w*\([^"]*"[^"]*/libc\.so', everything)  # PHP loads libraries, and the trace shows it
    traced.check()


def test_as_fastcgi_over_several_requests(traced):
    with traced.place.fastcgi() as server:
        for query in ("", "", "task=php", "format=json"):
            assert traced.place.ask(query, server=server).status == 200
        assert traced.place.ask(key=False, server=server).status == 403
        text = text_of(traced.place.run("lines 15", server=server))
        assert "-- done: exit 0 in " in text
        traced.place.close()  # then strace ends by itself: it does not hear a TERM
    traced.check()
