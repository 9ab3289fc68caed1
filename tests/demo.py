# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: a Mautic-like site on a real Apache, PHP and MariaDB, broken as a half-done update leaves it (new files, the
old release's compiled container), and its recovery through nothing but the URL. Everything is started on loopback and
stopped at the end; on a terminal it stays until Enter is pressed, to try the URL in a browser."""
import shutil
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests"))

from fixture.site import lay_over, make_site  # noqa: E402
from support import httpclient, tree, users  # noqa: E402
from support.apache import Apache  # noqa: E402
from support.mariadb import MariaDb  # noqa: E402
from support.php_fpm import PhpFpm  # noqa: E402
from support.tools import find  # noqa: E402
from support.process import run  # noqa: E402

KEY = "demo-Key-4f9wQ2mZx7Lp"
BUNDLE = TOP / "build" / "bundle" / "unstick-amd64" / "unstick"


def say(text):
    print(text, flush=True)


def shell(command):
    say(f"\n$ {command}")


def curl(url):
    """As a user would: curl, and again for the link it is told."""
    shell(f"curl '{url}'")
    followed = httpclient.follow(url)
    for seconds, line in followed.lines:
        say(f"  {seconds:6.2f} s | {line}")


def front_page(site_url):
    answer = httpclient.fetch(site_url + "/", follow=True)
    title = answer.text[answer.text.find("<title>") + 7:answer.text.find("</title>")] if "<title>" in answer.text else ""
    say(f"\nThe site {site_url}/ answers {answer.status}{' - ' + title if title else ''}")


def break_site(site):
    """Warm the old release's cache, then lay the next release over it: its container no longer fits the code."""
    site.console("cache:warmup")
    lay_over(site, "era52")


def main():
    account = users.ensure() if users.is_root() else None
    owner = account.name if account else None
    folder = Path(tree.make_folder("demo"))
    database = MariaDb().start()
    user, password = database.create_database("demo")
    site = make_site("era5", folder / "www", owner=owner,
                     db={"host": "127.0.0.1", "port": database.port, "name": "demo", "user": user, "password": password,
                         "prefix": "mt_"})
    break_site(site)
    program = site.root / "unstick"
    shutil.copytree(BUNDLE, program)
    settings = program / "unstick.ini.php"
    settings.write_text(settings.read_text().replace("\nkey =\n", f"\nkey = {KEY}\n"))
    if account:
        tree.give(site.project, account.name)
    fpm = PhpFpm(user=owner or "www-data").start()
    suexec = (account.name, account.group) if account else None
    apache = Apache(site.root, "cgid", php_fpm=fpm.port, suexec=suexec).start()
    try:
        url = f"{apache.url}/unstick/unstick.cgi?{KEY}"
        say(f"The URL: {url}")
        front_page(apache.url)
        shell(f"curl '{url}'")
        say("\n".join(httpclient.fetch(url).text.splitlines()[:9]) + "\n...")
        curl(url + "&task=cache:clear")
        say("\nThe application's own console cannot start, so it cannot clear its cache. Ours needs no PHP:")
        curl(url + "&task=cache:purge")
        front_page(apache.url)
        curl(url + "&task=cache:clear%20--no-warmup")
        say("\nThe files are the next release's: the database has to follow. A backup is made first, and can be put back.")
        curl(url + "&task=doctrine:migrations:migrate")
        curl(url + "&task=backups")
        if sys.stdin.isatty():
            input(f"\nStill serving {url}\nPress Enter to stop. ")
    finally:
        apache.stop()
        fpm.stop()
        database.stop()
        tree.remove(folder)


main()
