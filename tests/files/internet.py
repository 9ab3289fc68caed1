#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small internet of its own, for one command: internet.py SCENARIO.json COMMAND...

Runs as root in a network and a mount namespace of its own (unshare -mn). Loopback gets the address of GitHub, /etc/hosts and the
system's certificate store are the scenario's, one server answers https as it says, and a proxy listens on 127.0.0.1:3128. Prints
JSON: exit, out, err, what was asked, host and path, and what is left in the scenario's small disk. Nothing of it can reach or
change the machine outside.
"""
import json
import socket
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ADDRESS = "140.82.112.3"
STORE = "/etc/ssl/certs/ca-certificates.crt"


def enter(scenario):
    for words in (["link", "set", "lo", "up"], ["addr", "add", f"{ADDRESS}/32", "dev", "lo"]):
        subprocess.run(["ip", *words], check=True)
    folder = Path(scenario["folder"])
    (folder / "hosts").write_text("".join(f"{address} {name}\n" for name, address in scenario["hosts"].items()))
    subprocess.run(["mount", "--bind", folder / "hosts", "/etc/hosts"], check=True)
    subprocess.run(["mount", "--bind", scenario["store"], STORE], check=True)
    if "small_disk" in scenario:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "small", scenario["small_disk"]], check=True)


class Server(ThreadingHTTPServer):
    """Answers host/path as the scenario says; each host with the certificate of its name, where there is one."""

    daemon_threads = True

    def __init__(self, scenario):
        super().__init__(("0.0.0.0", 443), Handler)
        self.routes = scenario["routes"]
        self.asked = []
        contexts = {name: self.context(file) for name, file in scenario["certificates"].items()}
        fallback = contexts["*"]

        def choose(connection, name, _):
            connection.context = contexts.get(name, fallback)

        fallback.sni_callback = choose
        self.socket = fallback.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @staticmethod
    def context(file):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def handle_error(self, request, client_address):
        pass  # a client that does not like our certificate


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        key = self.headers["Host"] + self.path
        self.server.asked.append({"url": key, **{name: self.headers[name] for name in ("Range", "User-Agent", "Cookie", "Authorization")
                                                 if self.headers[name]}})
        route = self.server.routes.get(key, {"status": 404})
        if isinstance(route, list):  # one answer after the other, the last for ever
            route = route.pop(0) if len(route) > 1 else route[0]
        self.answer(route)

    def answer(self, route):
        body = Path(route["file"]).read_bytes() if "file" in route else route.get("body", "").encode()
        status, start = route.get("status", 200), 0
        wanted = self.headers["Range"]
        if wanted and route.get("ranges"):
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            status = 206 if start < len(body) else 416
        self.send_response(status)
        self.send_header("Set-Cookie", "session=1")
        if "location" in route:
            self.send_header("Location", route["location"])
        if status == 206:
            self.send_header("Content-Range", f"bytes {start + route.get('shift', 0)}-{len(body) - 1}/{len(body)}")
        if status == 416:
            body, start = b"", 0
        self.send_header("Content-Length", str(route.get("length", len(body) - start)))
        self.end_headers()
        self.wfile.write(body[start:route.get("cut_at", len(body))])
        if "cut_at" in route:
            self.close_connection = True

    def log_message(self, *_):
        pass


class Proxy(BaseHTTPRequestHandler):
    """Passes bytes on to where it is told, and nothing else."""

    def do_CONNECT(self):
        self.server.asked.append({"url": f"CONNECT {self.path}"})
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=self.pump, args=(there, self.connection), daemon=True)
            back.start()
            self.pump(self.connection, there)
            back.join()

    @staticmethod
    def pump(source, target):
        try:
            while received := source.recv(65536):
                target.sendall(received)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def main(file, *command):
    scenario = json.loads(Path(file).read_text())
    enter(scenario)
    server = Server(scenario)
    proxy = ThreadingHTTPServer(("127.0.0.1", 3128), Proxy)
    proxy.asked = server.asked
    for one in (server, proxy):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=scenario.get("environment"))
    left = sorted(path.name for path in Path(scenario["small_disk"]).iterdir()) if "small_disk" in scenario else None
    print(json.dumps({"exit": done.returncode, "out": done.stdout, "err": done.stderr, "asked": server.asked, "left": left}))


if __name__ == "__main__":
    main(*sys.argv[1:])
