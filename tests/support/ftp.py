# SPDX-License-Identifier: GPL-3.0-or-later
"""An FTP server and a client, as an owner has them: vsftpd with Debian's PAM rules for one throw-away account; lftp."""

import secrets

from . import ports, process, tools
from .server import Server

_SHELL = "/bin/sh"  # Debian's PAM rules for vsftpd let in whose shell is listed


class Vsftpd(Server):
    """account: a users.User whose home is what he may reach. A stock server: it takes TYPE A and converts nothing."""

    name = "vsftpd"

    def __init__(self, account):
        super().__init__()
        tools.need_root("vsftpd")
        self.account = account
        self.password = secrets.token_urlsafe(12)
        self.port = ports.free_port()

    def prepare(self):
        process.run([tools.find("usermod"), "--shell", _SHELL, self.account.name])
        process.run([tools.find("chpasswd")], input=f"{self.account.name}:{self.password}\n")
        empty = self.folder / "empty"
        empty.mkdir(exist_ok=True)
        (self.folder / "vsftpd.conf").write_text(f"""listen=YES
listen_address=127.0.0.1
listen_port={self.port}
background=NO
anonymous_enable=NO
local_enable=YES
write_enable=YES
local_umask=022
chroot_local_user=YES
allow_writeable_chroot=YES
pam_service_name=vsftpd
secure_chroot_dir={empty}
vsftpd_log_file={self.folder}/vsftpd.log
xferlog_enable=YES
seccomp_sandbox=NO
""")

    def command(self):
        return [tools.find("vsftpd"), self.folder / "vsftpd.conf"]

    def ready(self):
        return ports.listening(self.port)

    def do(self, *commands, cwd="/"):
        """Runs commands of lftp in one session; RuntimeError with what it says when one fails."""
        settings = ["set cmd:fail-exit yes", "set net:max-retries 2", "set net:timeout 20", "set ftp:ssl-allow no"]
        log_in = f"open -u {self.account.name},{self.password} -p {self.port} 127.0.0.1"
        return process.run([tools.find("lftp"), "--norc", "-c", "; ".join([*settings, log_in, *commands])], cwd=cwd)
