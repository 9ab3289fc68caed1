# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundle goes up by FTP, as owners do it, rightly and wrongly; the page of first contact says what is to be done."""

import shutil
import subprocess
from dataclasses import dataclass

import pytest

from browser.visit import PLAIN
from servers.place import KEY
from support import apache, ftp, httpclient, process, tools, tree, users
from support.fixtures import REPOSITORY

FOLDER = "public_html/unstick"


@dataclass
class Host:
    """An account with FTP and a web server over its folder public_html."""

    ftp: ftp.Vsftpd
    web: apache.Apache
    account: users.User
    bundle: object

    @property
    def program(self):
        return self.account.home / FOLDER / "unstick.cgi"

    def upload(self, how=""):
        """how: options of lftp's mirror. Modes are not sent along: few FTP programs do."""
        shutil.rmtree(self.program.parent, ignore_errors=True)
        self.ftp.do(f"mkdir -p {FOLDER}", f"mirror -R --no-perms {how} {self.bundle} {FOLDER}")

    def chmod(self):
        self.ftp.do(f"chmod 755 {FOLDER}/unstick.cgi")


@pytest.fixture(scope="module")
def host(program):
    tools.need_root("FTP accounts")
    with users.at_work("upload", "f") as (folder, account):
        out = folder / "bundle" / "unstick.zip"
        out.parent.mkdir()
        subprocess.run([REPOSITORY / "packaging/bundle", program, REPOSITORY / "build/deps/amd64", out], check=True,
                       stdout=subprocess.DEVNULL)
        process.run([tools.find("unzip"), "-q", out, "-d", folder / "unzipped"])
        docroot = account.home / "public_html"
        docroot.mkdir()
        tree.give(docroot, account.name)
        # An ordinary host: the CGI runs as the owner of the files.
        suexec = (account.name, account.group)
        with ftp.Vsftpd(account) as server, apache.Apache(docroot, "cgi", suexec=suexec, server_name=PLAIN) as web:
            yield Host(server, web, account, folder / "unzipped" / "unstick")


@pytest.fixture
def see(host, shared_browser):
    """see(TEXT): what the page of first contact shows when it shows that."""
    def opened(text):
        shared_browser.driver.get("about:blank")
        shared_browser.driver.get(f"{host.web.url}/unstick/index.html")
        return shared_browser.wait_for_text(text, 20.0)
    return opened


def test_uploaded_rightly_it_runs_and_a_key_in_the_settings_opens_it(host, see):
    host.upload()
    host.chmod()
    assert host.program.read_bytes() == (host.bundle / "unstick.cgi").read_bytes()
    see("One step is left: a key")
    settings = host.bundle / "unstick.ini.php"
    mine = host.bundle.parent / "unstick.ini.php"
    mine.write_text(settings.read_text().replace("\nkey =\n", f"\nkey = {KEY}\n"))
    host.ftp.do(f"put {mine} -o {FOLDER}/unstick.ini.php")
    assert "Now the key, please." in see("It runs")
    answer = httpclient.fetch(f"{host.web.url}/unstick/unstick.cgi?{KEY}")
    assert answer.status == 200 and "\nActions:\n" in answer.text
    for name in ("README.txt", "HOSTING.txt", "NOTICES.txt", "unstick.ini.php", ".htaccess"):
        assert httpclient.fetch(f"{host.web.url}/unstick/{name}").status == 403, name


def test_uploaded_in_text_mode_the_page_says_binary_mode(host, see):
    host.upload("--ascii")
    host.chmod()
    assert host.program.read_bytes() != (host.bundle / "unstick.cgi").read_bytes()
    text = see("The server could not start the program (500)")
    assert "upload unstick.cgi again, in binary mode" in text and "To send to the host's support" in text


def test_without_the_permission_to_run_the_page_says_755(host, see):
    host.upload()
    assert host.program.stat().st_mode & 0o777 == 0o644
    assert "set unstick.cgi to 755" in see("The server could not start the program (500)")
    host.chmod()
    see("One step is left: a key")


def test_without_the_dotfile_the_page_names_it(host, see):
    host.upload("--exclude-glob .*")
    host.chmod()
    assert not (host.program.parent / ".htaccess").exists()
    text = see("The server sends the program instead of running it")
    assert "First look at the file .htaccess" in text and "hidden files" in text
    host.ftp.do(f"put {host.bundle}/.htaccess -o {FOLDER}/.htaccess")
    see("One step is left: a key")
