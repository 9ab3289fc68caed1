# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP client that knows when each byte came, and one that follows a job as curl or a browser would.

All go to 127.0.0.1 whatever the URL's host name is (see wire.py).
"""

import re
import time
from dataclasses import dataclass
from urllib.parse import urljoin

from .wire import Answer, Request

__all__ = ["Answer", "Followed", "Request", "fetch", "follow", "stream"]

_REDIRECTS = (301, 302, 303, 307, 308)
_STILL_RUNNING = re.compile(r"^-- still running: (\S+)\s*$")
_REFRESH = re.compile(r"^\s*[\d.]+\s*[;,]\s*url\s*=\s*['\"]?([^'\"]*)", re.IGNORECASE)


@dataclass
class Followed:
    """A job followed over several answers. lines: [(seconds since the first request, text)] without the
    `-- still running:` lines; parts: the answers; ended: False when max_parts or the time ran out first."""

    parts: list
    lines: list
    ended: bool

    @property
    def texts(self):
        return [text for _, text in self.lines]


def stream(url, headers=None, method="GET", body=None, timeout=60.0):
    """The Answer with the time of every piece. timeout: seconds of silence that raise TimeoutError."""
    request = Request(url, method, headers, body, timeout).begin()
    try:
        for _ in request.chunks():
            pass
    finally:
        request.close()
    return request.answer


def fetch(url, method="GET", headers=None, body=None, follow=False, timeout=60.0):
    """The Answer. body: bytes, str, or a dict sent as a form. follow: go on at redirects, at most 10 (302, 303 by GET)."""
    for _ in range(11):
        answer = stream(url, headers, method, body, timeout)
        if not follow or answer.status not in _REDIRECTS:
            return answer
        url = urljoin(url, answer.headers["Location"])
        if answer.status in (302, 303):
            method, body = "GET", None
    raise RuntimeError(f"{url}: more than 10 redirects")


def follow(url, headers=None, method="GET", body=None, by="either", max_parts=500, max_seconds=120.0, timeout=60.0):
    """Reads a job to its end over as many answers as it takes; an answer that names no link ends it.

    by: "line" follows the last line `-- still running: LINK` (curl), "refresh" the Refresh header (a browser without
    JavaScript), "either" the line, else the header.
    """
    started, parts, lines = time.monotonic(), [], []
    while len(parts) < max_parts and time.monotonic() - started < max_seconds:
        answer = fetch(url, method, headers, body, follow=True, timeout=timeout)
        method, body = "GET", None
        parts.append(answer)
        offset = answer.started - started
        lines += [(offset + seconds, text) for seconds, text in answer.lines() if not _STILL_RUNNING.match(text)]
        url = _next_link(answer, by)
        if url is None:
            return Followed(parts, lines, True)
    return Followed(parts, lines, False)


def _next_link(answer, by):
    lines = answer.text.rstrip("\n").rsplit("\n", 1)
    line = _STILL_RUNNING.match(lines[-1]) if by in ("either", "line") else None
    refresh = _REFRESH.match(answer.headers.get("Refresh", "")) if by in ("either", "refresh") else None
    link = line or refresh
    return urljoin(answer.url, link[1].strip()) if link else None
