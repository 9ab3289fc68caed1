# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown to be copied begins with the address that the browser has, whatever a proxy on the way made of it."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from servers.place import KEY


class Proxy(ThreadingHTTPServer):
    """Passes every request on under another host, and does not say so."""

    daemon_threads = True

    def __init__(self, upstream):
        class Handler(BaseHTTPRequestHandler):
            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
                there = http.client.HTTPConnection(upstream)
                there.request(self.command, self.path, body, {**headers, "Host": upstream})
                answer = there.getresponse()
                data = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length", "server", "date"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = pass_on

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def behind(visit):
    """(a visitor behind such a proxy, the proxy's own origin, that of the server behind it)."""
    visitor = visit()
    upstream = urlsplit(visitor.place.served.base_url)
    with Proxy(upstream.netloc) as proxy:
        here = f"http://127.0.0.1:{proxy.server_port}"
        yield visitor, here, f"http://{upstream.netloc}", upstream.path
        proxy.shutdown()


def test_the_lines_for_cron_and_the_link_for_a_helper_begin_with_the_browsers_own_address(behind):
    visitor, here, there, path = behind
    visitor.driver.get(f"{here}{path}?{KEY}&task=links:make&for=list&pretty")
    visitor.press("Do it")
    visitor.see("A link for list")
    lines = [each.text for each in visitor.driver.find_elements("css selector", "pre")]
    assert len(lines) == 8 and all(f"{here}{path}?run=" in line and there not in line for line in lines), lines
    assert not visitor.driver.find_element("id", "plain-http").is_displayed()
    visitor.driver.get(f"{here}{path}?{KEY}&task=list&pretty")
    visitor.see("The output as text")  # which comes when the job is over, with a new link for a helper
    link = visitor.script("return document.querySelector('pre[data-origin]').textContent")
    assert link.startswith(f"{here}{path}?view="), link
    assert visitor.browser.console() == []
