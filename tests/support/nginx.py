# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx: the docroot as static files, one FastCGI program behind fastcgi_pass with the stock fastcgi.conf parameters,
*.php to php-fpm where asked. gzip is on for text/plain too, as the stock file's commented line suggests."""

from pathlib import Path

from . import ports, tools, tree, users
from .server import Server


class Nginx(Server):
    """program: a started SpawnFcgi (or anything with .address), None for none; program_url: its URL path.

    keep_connections: nginx keeps idle FastCGI connections open (fastcgi_keep_conn). php_fpm: port of a PhpFpm.
    server_extra: lines for the server block. program_extra: lines for the program's location.
    """

    name = "nginx"

    def __init__(self, docroot, program=None, *, program_url="/unstick/unstick.fcgi", keep_connections=False, php_fpm=None,
                 server_name=(), user="www-data", port=None, server_extra="", program_extra=""):
        super().__init__()
        tree.need_traversable(docroot)
        self.docroot = Path(docroot).resolve()
        self.program = program
        self.program_url = program_url
        self.keep_connections = keep_connections
        self.php_fpm = php_fpm
        self.server_names = (server_name,) if isinstance(server_name, str) else tuple(server_name)
        self.run_as = users.effective(user)
        self.server_extra = server_extra
        self.program_extra = program_extra
        self.port = port or ports.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def prepare(self):
        (self.folder / "nginx.conf").write_text(f"""
daemon off;
{f"user {self.run_as};" if users.is_root() else ""}
worker_processes auto;
pid {self.folder}/nginx.pid;
error_log {self.folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log {self.folder}/access.log;
    gzip on;
    gzip_types text/plain text/css application/json application/javascript text/xml application/xml text/javascript;
    {self._temporary_paths()}
    upstream program {{ server {self.program.address if self.program else "127.0.0.1:1"}; {self._keepalive()} }}
    server {{
        listen 127.0.0.1:{self.port};
        server_name {" ".join(("127.0.0.1", *self.server_names))};
        root {self.docroot};
        index index.html index.php;
        {self._program_location() if self.program else ""}
        {self._php_location() if self.php_fpm else ""}
        {self.server_extra}
    }}
}}
""")

    def command(self):
        return [tools.find("nginx"), "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"]

    def ready(self):
        return ports.listening(self.port)

    def _temporary_paths(self):
        kinds = ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
        return "\n    ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)

    def _keepalive(self):
        return "keepalive 16;" if self.keep_connections else ""

    def _program_location(self):
        pattern = self.program_url.replace(".", "\\.")
        return f"""
        location ~ ^{pattern}(/|$) {{
            fastcgi_split_path_info ^({pattern})(/.*)?$;
            include /etc/nginx/fastcgi.conf;
            fastcgi_param PATH_INFO $fastcgi_path_info;
            fastcgi_pass program;
            {"fastcgi_keep_conn on;" if self.keep_connections else ""}
            {self.program_extra}
        }}"""

    def _php_location(self):
        return f"""
        location ~ \\.php$ {{
            include /etc/nginx/fastcgi.conf;
            fastcgi_pass 127.0.0.1:{self.php_fpm};
        }}"""
