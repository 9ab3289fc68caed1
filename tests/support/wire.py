# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request over a raw socket, and the answer with the time of every byte: what httpclient.py is made of.

Every connection goes to 127.0.0.1, whatever the URL's host name is; the name travels in the Host header. Bodies are
de-chunked, and inflated when the server compressed them (a client gets compression only if it asks: Accept-Encoding).
"""

import http.client
import io
import socket
import time
import zlib
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_RECEIVE_BYTES = 65536


@dataclass(repr=False)
class Answer:
    """What came back. Times are seconds since the request was begun (before the connection is made).

    headers: http.client.HTTPMessage: headers["name"], .get("name"), .get_all("Set-Cookie"), "name" in headers, any case.
    chunks: [(seconds, bytes)] of the decoded body as it arrived. complete: False when the connection ended early.
    wire_bytes: body bytes as they came, before inflating. started: time.monotonic() of the beginning.
    """

    url: str
    started: float = 0.0
    status: int = 0
    reason: str = ""
    headers: http.client.HTTPMessage = None
    header_seconds: float = 0.0
    chunks: list = field(default_factory=list)
    complete: bool = False
    seconds: float = 0.0
    wire_bytes: int = 0

    def __repr__(self):
        return f"<{self.status} {self.reason} from {self.url}: {len(self.body)} bytes: {self.text[:300]!r}>"

    @property
    def body(self):
        return b"".join(data for _, data in self.chunks)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def first_seconds(self):
        """When the first body byte came, None without a body."""
        return self.chunks[0][0] if self.chunks else None

    def lines(self):
        """[(seconds, text)]: each line with the time its last byte came; the newline is taken off."""
        found, pending = [], b""
        for seconds, data in self.chunks:
            *whole, pending = (pending + data).split(b"\n")
            found += [(seconds, line.decode("utf-8", "replace")) for line in whole]
        if pending:
            found.append((self.chunks[-1][0], pending.decode("utf-8", "replace")))
        return found


class Request:
    """One request on a connection of its own. After begin() the answer's head is there; chunks() yields the body as it
    arrives and fills answer.chunks; close() before the end is a client that goes away."""

    def __init__(self, url, method="GET", headers=None, body=None, timeout=60.0):
        self.answer = Answer(url)
        self._head = _request_head(url, method, headers, body)
        self._method = method
        self._timeout = timeout
        self._buffer = b""

    def begin(self):
        self.answer.started = time.monotonic()
        self._socket = socket.create_connection(("127.0.0.1", urlsplit(self.answer.url).port or 80), self._timeout)
        try:
            self._send()
            self._read_head()
        except BaseException:
            self.close()
            raise
        return self

    def chunks(self):
        answer, inflate = self.answer, _inflater(self.answer.headers)
        for raw in self._raw_body():
            answer.wire_bytes += len(raw)
            data = inflate(raw)
            if data:
                answer.chunks.append((self._seconds(), data))
                yield answer.chunks[-1]
        answer.seconds = self._seconds()

    def close(self):
        self._socket.close()

    def _seconds(self):
        return time.monotonic() - self.answer.started

    def _send(self):
        """A server that answers before it has read the whole body is no error: its answer is read."""
        try:
            self._socket.sendall(self._head)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _receive(self):
        """More bytes into the buffer; False at the end of the connection."""
        try:
            data = self._socket.recv(_RECEIVE_BYTES)
        except ConnectionResetError:
            data = b""
        except TimeoutError:
            raise TimeoutError(f"{self._timeout:g} s of silence; so far {self.answer}") from None
        self._buffer += data
        return bool(data)

    def _read_head(self):
        status = 100
        while 100 <= status < 200:
            while b"\r\n\r\n" not in self._buffer:
                if not self._receive():
                    raise ConnectionError(f"{self.answer.url}: connection ended in the head: {self._buffer[:200]!r}")
            head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
            first, _, rest = head.partition(b"\r\n")
            status = int(first.split(b" ", 2)[1])
        self.answer.status = status
        self.answer.reason = first.decode("latin-1").split(" ", 2)[-1]
        self.answer.headers = http.client.parse_headers(io.BytesIO(rest + b"\r\n\r\n"))
        self.answer.header_seconds = self._seconds()

    def _raw_body(self):
        headers = self.answer.headers
        if self._method == "HEAD" or self.answer.status in (204, 304):
            self.answer.complete = True
            return iter(())
        if "chunked" in headers.get("Transfer-Encoding", ""):
            return self._chunked()
        if "Content-Length" in headers:
            return self._counted(int(headers["Content-Length"]))
        return self._until_close()

    def _until_close(self):
        while self._buffer or self._receive():
            data, self._buffer = self._buffer, b""
            yield data
        self.answer.complete = True

    def _counted(self, left):
        while left and (self._buffer or self._receive()):
            data, self._buffer = self._buffer[:left], self._buffer[left:]
            left -= len(data)
            yield data
        self.answer.complete = left == 0

    def _chunked(self):
        while True:
            while b"\r\n" not in self._buffer:
                if not self._receive():
                    return
            size, self._buffer = self._buffer.split(b"\r\n", 1)
            left = int(size.split(b";")[0], 16)
            if left == 0:
                self.answer.complete = True
                return
            left += 2  # the line end that closes the chunk
            while left:
                if not self._buffer and not self._receive():
                    return
                data, self._buffer = self._buffer[:left], self._buffer[left:]
                payload = data[:max(0, left - 2)]
                left -= len(data)
                if payload:
                    yield payload


def _request_head(url, method, headers, body):
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {"Host": parts.netloc.rsplit("@", 1)[-1], "Accept": "*/*", "User-Agent": "unstick-tests", "Connection": "close"}
    if isinstance(body, dict):
        fields["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(body)
    if isinstance(body, str):
        body = body.encode()
    if body is not None:
        fields["Content-Length"] = str(len(body))
    own = {name.lower() for name in headers or {}}
    fields = {name: value for name, value in fields.items() if name.lower() not in own} | dict(headers or {})
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return head.encode("latin-1") + b"\r\n" + (body or b"")


def _inflater(headers):
    if headers.get("Content-Encoding", "").strip() in ("gzip", "deflate"):
        return zlib.decompressobj(wbits=47).decompress
    return lambda data: data
