# SPDX-License-Identifier: GPL-3.0-or-later
"""What a web server sees of a FastCGI connection, beside the answer."""

import pytest

from cases.box import KEY
from cases.table import fastcgi_only
from support import gateway
from support.fcgi_client import FcgiRequest


@fastcgi_only
@pytest.mark.parametrize("query", [KEY, "", f"{KEY}&task=php"])
def test_a_server_that_ends_the_body_after_the_answer_began_is_not_cut_off(shared, query):
    live = FcgiRequest(shared.fastcgi().address, gateway.variables(query), ended=False)
    first, over = live.receive(30)
    assert first.startswith(b"Status: ") and not over
    live.end_body()  # an error if the connection were closed
    assert live.receive(30)[1] and live.exit == 0


@fastcgi_only
@pytest.mark.parametrize("leave", [FcgiRequest.abort, FcgiRequest.drop])
def test_requests_that_are_given_up_take_nothing_from_the_next(shared, leave):
    address = shared.fastcgi().address
    for _ in range(70):  # more than there are threads
        given_up = FcgiRequest(address, gateway.variables(KEY), ended=False)
        leave(given_up)
    live = FcgiRequest(address, gateway.variables(KEY))
    assert live.receive(30)[0].startswith(b"Status: 200 ")
    assert live.receive(30)[1] and live.exit == 0


@fastcgi_only
def test_a_body_that_is_refused_is_taken_in_before_the_connection_is_closed(shared):
    body = b"x" * (1 << 20)
    live = FcgiRequest(shared.fastcgi().address, gateway.variables("", "POST", body=body), body)
    assert live.receive(30)[0].startswith(b"Status: 413 ")
    assert live.receive(30)[1] and live.exit == 0


@fastcgi_only
def test_the_answer_to_head_is_its_head(shared):
    live = FcgiRequest(shared.fastcgi().address, gateway.variables(KEY, "HEAD"))
    head, _ = live.receive(30)
    assert head.startswith(b"Status: 200 ") and head.endswith(b"\r\n\r\n") and b"Content-Length" not in head
    assert live.receive(30)[1] and live.exit == 0
