# SPDX-License-Identifier: GPL-3.0-or-later
"""Free TCP ports on 127.0.0.1.

Ports come from below the kernel's ephemeral range, so that no outgoing connection takes one between here and the
server's bind(). A port is claimed for the life of this process by an abstract socket of its name: test runs side by side
never get the same one.
"""

import random
import socket

_FIRST, _LAST = 20000, 31999
_LISTEN = "0A"
_claims = {}


def free_port():
    """A port that nobody uses and that no other test process will be given while this one lives."""
    for port in random.sample(range(_FIRST, _LAST + 1), 500):
        if _claim(port):
            if _bindable(port):
                return port
            release(port)
    raise RuntimeError(f"no free port between {_FIRST} and {_LAST} on 127.0.0.1")


def release(port):
    """Lets go of a claim; a port that was never claimed is no error."""
    claim = _claims.pop(port, None)
    if claim:
        claim.close()


def listening(port):
    """Whether some process listens on the TCP port. Read from the kernel: no connection is made, no log line written."""
    return any(_listens(table, port) for table in ("/proc/net/tcp", "/proc/net/tcp6"))


def unix_listening(path):
    """Whether some process listens on the Unix socket of this path."""
    with open("/proc/net/unix", encoding="utf-8", errors="replace") as table:
        rows = [line.split() for line in table]
    return any(len(row) > 7 and row[7] == str(path) and int(row[3], 16) & 0x10000 for row in rows[1:])


def _listens(table, port):
    with open(table, encoding="ascii") as lines:
        rows = [line.split() for line in lines][1:]
    return any(row[3] == _LISTEN and int(row[1].rsplit(":", 1)[1], 16) == port for row in rows)


def _claim(port):
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        claim.bind(f"\0unstick-test-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims[port] = claim
    return True


def _bindable(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
