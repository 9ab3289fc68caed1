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
