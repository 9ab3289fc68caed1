# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny FastCGI client: one request on a connection of its own, straight to the program's socket, no web server."""

import socket
import struct
import time

from .gateway import Live

_BEGIN, _ABORT, _END, _PARAMS, _STDIN, _STDOUT, _STDERR = 1, 2, 3, 4, 5, 6, 7
_RESPONDER = struct.pack(">HB5x", 1, 0)  # one request, the connection is closed after it
_RECORD_BYTES = 65535


class FcgiRequest(Live):
    """Sends the request and gives the answer as it comes. address: "127.0.0.1:PORT" or "unix:PATH" (SpawnFcgi.address).
    parameters: the CGI variables, text or bytes. ended: whether the end of the body is sent at once, or by end_body()."""

    def __init__(self, address, parameters, body=b"", timeout=30.0, ended=True):
        super().__init__()
        self._socket = _connect(address, timeout)
        self._buffer = b""
        try:
            self._send(parameters, body or b"", ended)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it answers before it has read all: what it says is read

    def receive(self, timeout):
        """The next bytes of the answer's stdout stream, and whether it has ended."""
        deadline = time.monotonic() + timeout
        while True:
            record = self._take_record()
            if record is None:
                if not self._fill(deadline):
                    return b"", True
                continue
            kind, content = record
            if kind == _STDOUT and content:
                return content, False
            if kind == _STDERR:
                self.errors += content
            if kind == _END:
                self.exit = struct.unpack(">I", content[:4])[0]
                self.drop()
                return b"", True

    def abort(self):
        """FCGI_ABORT_REQUEST, as a web server sends it when the client has gone."""
        self._socket.sendall(_record(_ABORT, b""))

    def drop(self):
        self._socket.close()

    def end_body(self):
        self._socket.sendall(_record(_STDIN, b""))

    def _send(self, parameters, body, ended):
        pairs = b"".join(_pair(name, value) for name, value in parameters.items())
        self._socket.sendall(_record(_BEGIN, _RESPONDER) + _stream(_PARAMS, pairs) + _stream(_STDIN, body, ended))

    def _fill(self, deadline):
        self._socket.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = self._socket.recv(_RECORD_BYTES)
        except ConnectionResetError:
            data = b""
        self._buffer += data
        return bool(data)

    def _take_record(self):
        if len(self._buffer) < 8:
            return None
        _, kind, _, length, padding = struct.unpack(">BBHHBx", self._buffer[:8])
        if len(self._buffer) < 8 + length + padding:
            return None
        content, self._buffer = self._buffer[8:8 + length], self._buffer[8 + length + padding:]
        return kind, content


def _connect(address, timeout):
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout)
        connection.connect(address[len("unix:"):])
        return connection
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout)


def _record(kind, content):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def _stream(kind, content, ended=True):
    """The records of a stream, the empty one at its end included if it is ended."""
    pieces = [content[at:at + _RECORD_BYTES] for at in range(0, len(content), _RECORD_BYTES)]
    return b"".join(_record(kind, piece) for piece in [*pieces, *([b""] if ended else [])])


def _pair(name, value):
    name, value = _bytes(name), _bytes(value)
    return _length(name) + _length(value) + name + value


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _length(data):
    return struct.pack(">B", len(data)) if len(data) < 128 else struct.pack(">I", len(data) | 1 << 31)
