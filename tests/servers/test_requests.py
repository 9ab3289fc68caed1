# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that the web servers themselves treat in odd ways: queries that become arguments, bodies that nobody reads."""

import socket
from pathlib import Path

import pytest

from servers.place import KEY
from support import httpclient, matrix, process
from support.process import wait_until

WITHOUT_KEY = ("doctor", "--help", "--version", "self:remove+--root+/", "cache:purge", "--job+/tmp+x", "")


@pytest.fixture(scope="module", params=("apache-cgi", "apache-cgid"))
def with_arguments(request, open_place):
    """The two servers that make arguments of a query without =."""
    with open_place(request.param) as made:
        yield made


@pytest.mark.parametrize("query", WITHOUT_KEY)
def test_a_query_that_became_arguments_is_a_wrong_key_and_nothing_else(with_arguments, query):
    answer = httpclient.fetch(f"{with_arguments.served.base_url}?{query}")
    assert (answer.status, answer.text) == (403, "The secret phrase is wrong.\n")
    assert with_arguments.newest_job() is None
    assert (with_arguments.served.folder / "unstick.cgi").exists()


def test_the_key_alone_opens_the_list_although_it_became_an_argument(with_arguments):
    answer = httpclient.fetch(f"{with_arguments.served.base_url}?{KEY}")
    assert answer.status == 200
    assert answer.text.startswith("Mautic 5.1.0 in ")


def test_the_key_does_not_stay_in_the_process_list(with_arguments):
    """Looked at while the program waits for a form that its client never sends."""
    here = with_arguments
    head = (f"POST /unstick/unstick.cgi?{KEY} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 40\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
    with socket.create_connection(("127.0.0.1", here.served.server.port)) as client:
        client.sendall(head.encode())
        pid = wait_until(lambda: process.running_below(here.served.folder), 30, "the program")[0]
        blank = " " * len(KEY)
        wait_until(lambda: _arguments(pid)[1:] == [blank], 30, "the argument to be blanked: the server gave the key as one")
        assert KEY not in " ".join(_arguments(pid))


def _arguments(pid):
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]


@pytest.mark.parametrize("row", matrix.NAMES)
def test_a_form_of_70000_bytes_is_answered_413_also_where_nobody_reads_it(open_place, row):
    """A server whose program does not read the body may cut the connection instead of passing on the answer."""
    options = {"extra": "SecRequestBodyNoFilesLimit 1000000"} if "modsecurity" in row else {}
    with open_place(row, **options) as here:
        for _ in range(3):
            answer = httpclient.fetch(here.url(), "POST", body={"task": "x" * 70000})
            assert answer.status == 413, answer
            assert answer.text == "The form is larger than 64 KiB.\n"
        if "modsecurity" not in row:  # it refuses by itself what is no form
            answer = httpclient.fetch(here.url(), "POST", headers={"Content-Type": "text/plain"}, body="y" * 70000)
            assert answer.status == 415, answer
        assert httpclient.fetch(here.url(), "POST", body={"format": "json"}).status == 200
