# SPDX-License-Identifier: GPL-3.0-or-later
"""What a CGI or FastCGI program answers, read without a web server: status, headers, body, and when each piece came.

fcgi_client.py and cgi_client.py make the two kinds of Live.
"""

import http.client
import io
import json
import time
from dataclasses import dataclass, field


@dataclass(repr=False)
class Answer:
    """status: 200 when the program sent no Status header, 0 when it sent no head at all. headers: http.client.HTTPMessage.
    chunks: [(seconds since the request was sent, body bytes)]. errors: what it wrote to stderr. exit: its exit status
    (CGI) or the application status (FastCGI), None when it was cut off. head: the whole head as it came."""

    status: int = 0
    headers: http.client.HTTPMessage = None
    head: bytes = b""
    chunks: list = field(default_factory=list)
    errors: bytes = b""
    exit: int = None
    seconds: float = 0.0

    @property
    def body(self):
        return b"".join(data for _, data in self.chunks)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def lines(self):
        return self.text.splitlines()

    @property
    def events(self):
        """The body as ndjson."""
        return [json.loads(line) for line in self.text.split("\n") if line]

    @property
    def type(self):
        return self.headers.get("Content-Type", "")

    def cookie(self):
        """NAME=VALUE of the cookie that it sets, None when it sets none."""
        header = self.headers.get("Set-Cookie")
        return header.split(";")[0] if header else None

    def __repr__(self):
        return f"<{self.status} {self.type}: {self.text[:600]!r} stderr {self.errors[:300]!r}>"


class Live:
    """A request under way. Subclasses define receive(timeout) -> (bytes, ended) and drop(): the client goes away."""

    def __init__(self):
        self.began = time.monotonic()
        self._pieces = []
        self._ended = False
        self.errors = b""
        self.exit = None

    def receive(self, timeout):
        raise NotImplementedError

    def drop(self):
        raise NotImplementedError

    def wait_for(self, text, timeout=15.0):
        """Reads until `text` was in the answer; returns all that came so far."""
        deadline = time.monotonic() + timeout
        while text not in (so_far := self._all().decode("utf-8", "replace")):
            if self._ended:
                raise AssertionError(f"the answer ended without {text!r}: {so_far!r}")
            self._more(deadline, f"{text!r}; so far {so_far!r}")
        return so_far

    def finish(self, timeout=60.0):
        """Reads to the end and returns the Answer."""
        deadline = time.monotonic() + timeout
        while not self._ended:
            self._more(deadline, f"the end of the answer; so far {self._all()[-500:]!r}")
        return self._answer()

    def _all(self):
        return b"".join(data for _, data in self._pieces)

    def _more(self, deadline, what):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"waited for {what}")
        data, self._ended = self.receive(left)
        if data:
            self._pieces.append((time.monotonic() - self.began, data))

    def _answer(self):
        head, found, _ = self._all().partition(b"\r\n\r\n")
        answer = Answer(head=head, errors=self.errors, exit=self.exit, seconds=time.monotonic() - self.began)
        answer.headers = http.client.parse_headers(io.BytesIO(head + b"\r\n\r\n"))
        if found:
            answer.status = int(answer.headers.get("Status", "200").split()[0])
        skip = len(head) + 4
        for seconds, data in self._pieces:
            if len(data) > skip:
                answer.chunks.append((seconds, data[skip:]))
            skip = max(0, skip - len(data))
        return answer


def variables(query="", method="GET", headers=None, body=None, **more):
    """The CGI variables of a request, as a plain web server on port 80 of example.test would set them. headers: HTTP names.

    body: bytes, or a dict that is sent as a form: use form() for its bytes.
    """
    plain = {
        "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_SOFTWARE": "Test/1.0",
        "SERVER_NAME": "example.test", "SERVER_PORT": "80", "REQUEST_SCHEME": "http", "HTTP_HOST": "example.test",
        "REMOTE_ADDR": "192.0.2.1", "REMOTE_PORT": "40000", "HTTP_ACCEPT": "*/*", "HTTP_USER_AGENT": "tests",
        "REQUEST_METHOD": method, "QUERY_STRING": query, "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    if body is not None:
        plain |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
    plain |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in (headers or {}).items()}
    return {name: value for name, value in (plain | more).items() if value is not None}
