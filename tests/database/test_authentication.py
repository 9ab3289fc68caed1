# SPDX-License-Identifier: GPL-3.0-or-later
"""caching_sha2_password, the default of MySQL 8, which no Debian package serves: a server that knows this much of the
protocol (dev.mysql.com, "Caching_sha2 authentication") and hangs up behind it."""

import hashlib
import os
import socket
import struct
import subprocess
import threading

import pytest

from support import tools

PASSWORD = "pässword-6f1a"
OK = b"\x00\x00\x00\x02\x00\x00\x00"
REFUSED = b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied for user 'shop'@'here'"
FAST, FULL, WANTS_KEY = b"\x01\x03", b"\x01\x04", b"\x02"


def scrambled(password, nonce):
    """What the client must answer: SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce)."""
    once = hashlib.sha256(password.encode()).digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + nonce).digest()
    return bytes(a ^ b for a, b in zip(once, mask))


class Server:
    """Listens on a port of loopback. A refused client comes once more and asks for TLS, which is not here. full: it does not know the password's hash yet, so the client must send
    the password itself, encrypted with the server's RSA key. `proved`: what the client answered first was right; `overheard`:
    what it said in the clear instead."""

    def __init__(self, folder, full):
        self._full, self._key, self.proved, self.overheard = full, folder / "key", None, b""
        subprocess.run([tools.find("openssl"), "genrsa", "-out", self._key, "2048"], check=True, capture_output=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._nonce = bytes(os.urandom(20)).replace(b"\x00", b"\x01")
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._serve_client(client)

    def _serve_client(self, client):
        with client, client.makefile("rwb") as stream:
            self._stream, self._number = stream, 0
            self._send(self._greeting())
            if (answer := self._receive()) is None:
                return
            right = scrambled(PASSWORD, self._nonce) in answer and b"caching_sha2_password" in answer
            right = self._ask_for_password() if self._full else right
            self.proved = right if self.proved is None else self.proved
            if not self._full and right:
                self._send(FAST)
            self._send(OK if right else REFUSED)

    def _ask_for_password(self):
        self._send(FULL)
        if (asked := self._receive()) != WANTS_KEY:
            self.overheard += asked or b""
            return False
        public = subprocess.run([tools.find("openssl"), "rsa", "-in", self._key, "-pubout"], check=True, capture_output=True)
        self._send(b"\x01" + public.stdout)
        plain = subprocess.run([tools.find("openssl"), "pkeyutl", "-decrypt", "-inkey", self._key, "-pkeyopt",
                                "rsa_padding_mode:oaep"], input=self._receive(), check=True, capture_output=True).stdout
        length = len(plain)
        mask = (self._nonce * (length // len(self._nonce) + 1))[:length]
        return bytes(a ^ b for a, b in zip(plain, mask)) == PASSWORD.encode() + b"\x00"

    def _greeting(self):
        # LONG_PASSWORD, CONNECT_WITH_DB, PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH, PLUGIN_AUTH_LENENC; no TLS
        abilities = 0x1 | 0x8 | 0x200 | 0x8000 | 0x80000 | 0x200000
        return (b"\x0a8.0.36\x00" + struct.pack("<I", 7) + self._nonce[:8] + b"\x00" + struct.pack("<H", abilities & 0xffff) +
                b"\xff\x02\x00" + struct.pack("<H", abilities >> 16) + bytes([21]) + bytes(10) + self._nonce[8:] + b"\x00" +
                b"caching_sha2_password\x00")

    def _send(self, payload):
        self._stream.write(struct.pack("<I", len(payload))[:3] + bytes([self._number % 256]) + payload)
        self._stream.flush()
        self._number += 1

    def _receive(self):
        head = self._stream.read(4)
        if not head:
            return None
        self._number = head[3] + 1
        return self._stream.read(int.from_bytes(head[:3], "little"))


@pytest.fixture
def server(folder, request):
    made = Server(folder, request.param)
    yield made
    made.close()


def said_to(dump_tool, server, folder, password):
    words = [dump_tool, folder / "file.sql.gz", "", "127.0.0.1", str(server.port), "shop", "shop"]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60, check=False,
                          env={"PATH": "/usr/bin:/bin", "DUMP_PASSWORD": password})
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize("server", [False, True], indirect=True, ids=["known", "not known yet"])
def test_the_password_of_a_mysql_8_account_is_proved_without_being_sent_in_the_clear(server, dump_tool, folder):
    said = said_to(dump_tool, server, folder, PASSWORD)
    assert server.proved is True and server.overheard == b""
    assert "access denied" not in said.lower() and PASSWORD not in said  # it hung up behind that


@pytest.mark.parametrize("server", [False, True], indirect=True, ids=["known", "not known yet"])
def test_a_wrong_password_is_refused_and_named_nowhere(server, dump_tool, folder):
    said = said_to(dump_tool, server, folder, "wrong-9d2c")
    assert server.proved is False and server.overheard == b""
    assert "access denied" in said.lower() and "wrong-9d2c" not in said
