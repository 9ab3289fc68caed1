# SPDX-License-Identifier: GPL-3.0-or-later
"""Apache httpd as Debian ships it: the stock module files and their configuration, DEFLATE by type included.

Modes: `cgi` (prefork + mod_cgi), `cgid` (event + mod_cgid), `fcgid` (event + mod_fcgid), `proxy_fcgi` (event + ProxyPass
to a FastCGI program on a TCP port). No handler is set for .cgi or .fcgi: the bundle's .htaccess brings them.

suEXEC: the helper program serves only below the folder that /etc/apache2/suexec/www-data names. Apache is started in a
mount namespace where that file and /var/log/apache2 are its own, so nothing of the system is changed. What a test mounts
itself (a small filesystem) must be mounted before start(), or this Apache may not see it.
"""

from pathlib import Path

from . import ports, tools, tree, users
from .server import Server

MODS = Path("/etc/apache2/mods-available")
MODES = {
    "cgi": ("mpm_prefork", "cgi"),
    "cgid": ("mpm_event", "cgid"),
    "fcgid": ("mpm_event", "fcgid"),
    "proxy_fcgi": ("mpm_event", "proxy", "proxy_fcgi"),
}
# What Debian enables by itself, and the two that every shared host adds: rewrite and headers.
STOCK_MODULES = ("access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user autoindex deflate "
                 "dir env filter headers mime negotiation reqtimeout rewrite setenvif").split()
# Their stock files name places of the system, or set handlers that a test must not get unasked.
OWN_CONFIGURATION = ("cgid", "fcgid", "security2")


class Apache(Server):
    """docroot: an existing folder that other users can enter.

    program_url, program_port, program_path: for mode proxy_fcgi: the URL path that is passed on, the port of the FastCGI
    program, and its file (SCRIPT_FILENAME is made of it).
    php_fpm: port of a PhpFpm for *.php. suexec: (user, group). server_name: one name or several, beside 127.0.0.1.
    allow_override: what stands after AllowOverride. server_handlers: AddHandler for .cgi and .fcgi in the server's
    configuration. extra: lines at the end of the virtual host.
    """

    name = "apache"

    def __init__(self, docroot, mode="cgi", *, program_url="/unstick/unstick.fcgi", program_port=None, program_path=None,
                 modsecurity=False, php_fpm=None, suexec=None, server_name=(), allow_override="All", exec_cgi=True,
                 server_handlers=False, user="www-data", port=None, extra=""):
        super().__init__()
        tree.need_traversable(docroot)
        self.docroot = Path(docroot).resolve()
        self.mode = mode
        self.program = (program_url, program_port, program_path)
        self.modsecurity = modsecurity
        self.php_fpm = php_fpm
        self.suexec = suexec
        self.server_names = (server_name,) if isinstance(server_name, str) else tuple(server_name)
        self.allow_override = allow_override
        self.exec_cgi = exec_cgi
        self.server_handlers = server_handlers
        self.run_as = users.effective(user)
        self.extra = extra
        self.port = port or ports.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def prepare(self):
        for name in ("run", "modsecurity", "suexec", "system-log"):
            (self.folder / name).mkdir(exist_ok=True)
        tree.give(self.folder / "modsecurity", self.run_as)
        lines = [*self._server_lines(), *self._module_lines(), *self._mode_lines(), *self._modsecurity_lines(),
                 *self._site_lines()]
        self._configuration.write_text("\n".join(lines) + "\n")
        if self.suexec:
            (self.folder / "suexec" / self.run_as).write_text(f"{self.docroot}\npublic_html/cgi-bin\n")

    def command(self):
        start = [tools.find("apache2"), "-DFOREGROUND", "-f", self._configuration]
        return [*self._private_view(), *start] if self.suexec else start

    def ready(self):
        return ports.listening(self.port)

    def log_files(self):
        suexec_log = [self.folder / "system-log" / "suexec.log"] if self.suexec and self.folder else []
        return [*super().log_files(), *suexec_log]

    @property
    def _configuration(self):
        return self.folder / "apache.conf"

    def _private_view(self):
        tools.need_root("suEXEC")
        tools.need_file("/usr/lib/apache2/suexec-custom")
        script = 'mount --bind "$1" /etc/apache2/suexec && mount --bind "$2" /var/log/apache2 && shift 2 && exec "$@"'
        return [tools.find("unshare"), "--mount", "--propagation", "slave", "--", "sh", "-c", script, "suexec-view",
                self.folder / "suexec", self.folder / "system-log"]

    def _server_lines(self):
        return [
            f"ServerRoot {self.folder}", f"DefaultRuntimeDir {self.folder}/run", f"PidFile {self.folder}/run/apache.pid",
            f"Define APACHE_RUN_DIR {self.folder}/run", f"Define APACHE_LOG_DIR {self.folder}",
            f"User {self.run_as}", f"Group {users.group_of(self.run_as)}", f"Listen 127.0.0.1:{self.port}",
            "ServerName 127.0.0.1", "Timeout 300", "KeepAlive On", "HostnameLookups Off", "AccessFileName .htaccess",
            f"ErrorLog {self.folder}/error.log",
        ]

    def _module_lines(self):
        names = [*MODES[self.mode], *STOCK_MODULES]
        names += ["suexec"] if self.suexec else []
        names += ["proxy", "proxy_fcgi"] if self.php_fpm else []
        names += ["unique_id", "security2"] if self.modsecurity else []
        names = list(dict.fromkeys(names))
        # All .load files first, as in Debian: deflate.conf asks whether mod_filter is there.
        files = [MODS / f"{name}.load" for name in names]
        files += [conf for name in names if name not in OWN_CONFIGURATION and (conf := MODS / f"{name}.conf").exists()]
        files.append("/etc/apache2/conf-available/security.conf")
        return [f"Include {tools.need_file(file)}" for file in files] + [
            'LogFormat "%h %t \\"%r\\" %>s %B" plain', f"CustomLog {self.folder}/access.log plain"]

    def _mode_lines(self):
        run = self.folder / "run"
        url, port, path = self.program
        return {
            "cgi": [],
            "cgid": [f"ScriptSock {run}/cgisock"],
            "fcgid": ["FcgidConnectTimeout 20", f"FcgidIPCDir {run}/fcgid", f"FcgidProcessTableFile {run}/fcgid_shm"],
            "proxy_fcgi": [f"ProxyPass {url} fcgi://127.0.0.1:{port}{path}"],
        }[self.mode]

    def _modsecurity_lines(self):
        """The recommended configuration switched on, its log kept here, and the core rules."""
        if not self.modsecurity:
            return []
        text = Path(tools.need_file("/etc/modsecurity/modsecurity.conf-recommended")).read_text()
        for old, new in (("SecRuleEngine DetectionOnly", "SecRuleEngine On"),
                         ("/var/log/apache2/modsec_audit.log", f"{self.folder}/modsecurity-audit.log"),
                         ("SecUnicodeMapFile unicode.mapping", "SecUnicodeMapFile /etc/modsecurity/unicode.mapping")):
            if old not in text:
                raise RuntimeError(f"modsecurity.conf-recommended no longer has: {old}")
            text = text.replace(old, new)
        own = self.folder / "modsecurity.conf"
        own.write_text(f"{text}\nSecDataDir {self.folder}/modsecurity\n")
        return [f"Include {own}", f"Include {tools.need_file('/usr/share/modsecurity-crs/owasp-crs.load')}"]

    def _site_lines(self):
        options = "Indexes FollowSymLinks" + (" ExecCGI" if self.exec_cgi else "")
        handlers = ["AddHandler cgi-script .cgi", "AddHandler fcgid-script .fcgi"] if self.server_handlers else []
        php = ['<FilesMatch "\\.php$">', f'SetHandler "proxy:fcgi://127.0.0.1:{self.php_fpm}"', "</FilesMatch>"]
        return [
            "<Directory />", "Options FollowSymLinks", "AllowOverride None", "Require all denied", "</Directory>",
            '<FilesMatch "^\\.ht">', "Require all denied", "</FilesMatch>",
            f"<VirtualHost 127.0.0.1:{self.port}>", "ServerName 127.0.0.1",
            *(f"ServerAlias {name}" for name in self.server_names),
            f"DocumentRoot {self.docroot}",
            *([f"SuexecUserGroup {self.suexec[0]} {self.suexec[1]}"] if self.suexec else []),
            f"<Directory {self.docroot}>", f"Options {options}", f"AllowOverride {self.allow_override}",
            "Require all granted", *handlers, "</Directory>", *(php if self.php_fpm else []),
            self.extra, "</VirtualHost>",
        ]
