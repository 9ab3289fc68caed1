# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration that is broken in each way: doctor names it, config:fix mends it, undo brings the broken one back byte for byte."""

import re
import subprocess

import pytest

from fixture.site import make_site
from support import process, tree

OURS = ("config", ".htaccess", ".env", "PHP may use little memory")


class Place:
    def __init__(self, folder, program, era, layout, database, **more):
        self.program, self.state = program, folder / "state"
        self.state.mkdir(mode=0o700)
        self.site = make_site(era, folder / "site", layout, db=database, vendor="link", **more)
        self.ini = folder / "none"

    @property
    def local(self):
        return self.site.local_php

    def run(self, *words):
        done = subprocess.run([self.program, "--root", self.site.root, "--state", self.state, *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              env=process.plain_environment(), timeout=120, check=False)
        assert self.site.db is None or self.site.db["password"] not in done.stdout, "the password was told"
        assert self.site.parameters["secret_key"] not in done.stdout, "the secret key was told"
        return done.returncode, done.stdout

    def good(self, *words):
        status, text = self.run(*words)
        assert status == 0 or (status == 3 and "plan only, nothing changed" in text), text
        return text

    def needs_first(self, *words):
        """What it says where the owner has to do something before."""
        status, text = self.run("config:fix", *words)
        assert status == 1 and "NEEDED FIRST" in text, text
        return text

    def findings(self):
        """What doctor says is wrong with the configuration."""
        _, text = self.run("doctor")
        found = [one for one in re.findall(r"^\d+\. (.*)  \(", text, re.M)
                 if any(word in one for word in OURS) and "copies of the configuration lie where" not in one]
        return found, text

    def change(self, *pairs):
        text = self.local.read_text()
        for old, new in pairs:
            assert old in text, text
            text = text.replace(old, new)
        self.local.write_text(text)

    def files(self):
        """The configuration's files, their modes and bytes; what we leave beside them apart."""
        folders = {self.local.parent, self.site.project / "config", self.site.root / "app/config", self.site.project}
        return {str(path): (path.stat().st_mode & 0o7777, path.read_bytes()) for folder in folders if folder.exists()
                for path in folder.iterdir() if path.is_file() and (path.name.startswith("local.php") or path.name == ".env")}


@pytest.fixture
def folder():
    made = tree.make_folder("configuration")
    yield made
    process.kill_below(made)
    tree.remove(made)


@pytest.fixture
def make(folder, program, mariadb, database):
    name, user, password = database

    def made(era="era5", layout="zip", prefix="mt_", **more):
        return Place(folder, program, era, layout, {"name": name, "user": user, "password": password, "port": mariadb.port,
                                                    "prefix": prefix}, contacts=3, **more)
    return made


@pytest.mark.parametrize("layout", ["zip", "composer"])
@pytest.mark.parametrize("era", ["era4", "era5", "era52"])
def test_a_sound_configuration_has_no_finding_and_nothing_to_mend(make, era, layout):
    place = make(era, layout)
    found, text = place.findings()
    assert found == [], text
    assert "could not look: the configuration" not in text and "could not look: .htaccess" not in text, text
    assert "nothing to do: the configuration is as this release reads it" in place.good("config:fix")


# ---- broken ones

def lose(place):
    place.local.rename(place.local.with_name("local.php.bak"))


def empty(place):
    (place.local.parent / "local.old.php").write_bytes(place.local.read_bytes())
    place.local.write_text("")


def cut(place):
    (place.local.parent / "local.php~").write_bytes(place.local.read_bytes())
    place.local.write_bytes(place.local.read_bytes()[:400])


def put_where_4_does_not_look(place):
    (place.site.root / "config").mkdir(exist_ok=True)
    place.local.rename(place.site.root / "config/local.php")


def put_raw_percent(place):
    place.change(("'locale' => 'en_US'", "'locale' => 'en_US', // mine\n\t'sms_secret' => '50%abc%off'"))


def name_the_former_folder(place):
    place.change(("%kernel.project_dir%/var/cache", "%kernel.root_dir%/../var/cache"),
                 ("%kernel.project_dir%/media/files", "%kernel.root_dir%/../media/files"))


def put_mark_before(place):
    place.local.write_bytes(b"\xef\xbb\xbf" + place.local.read_bytes())


def put_page_before(place):
    place.local.write_text("<html>\n<p>saved by mistake</p>\n" + place.local.read_text().replace("'en_US'", "'50%abc%off'"))


def drop_address(place):
    place.change(("\t'site_url' => 'http://127.0.0.1',\n", ""))
    (place.local.parent / "local.php.bak").write_text("<?php // not one")


def drop_environment(place):
    (place.site.project / ".env").unlink()


def take_another_prefix(place):
    place.change(("'db_table_prefix' => 'mt_'", "'db_table_prefix' => 'old_'"))


BROKEN = {
    "lost": (lose, "era5", "zip", "the configuration, local.php, is missing"),
    "lost-4": (lose, "era4", "zip", "the configuration, local.php, is missing"),
    "lost-composer": (lose, "era5", "composer", "the configuration, local.php, is missing"),
    "lost-composer-4": (lose, "era4", "composer", "the configuration, local.php, is missing"),
    "empty": (empty, "era5", "zip", "the configuration, local.php, is empty"),
    "cut": (cut, "era52", "zip", "the configuration, local.php, is cut off or damaged"),
    "misplaced": (put_where_4_does_not_look, "era4", "zip", "the configuration, local.php, lies where only a newer release looks for it"),
    "percent": (put_raw_percent, "era5", "zip", "a % in the configuration is not doubled"),
    "percent-4": (put_raw_percent, "era4", "zip", "a % in the configuration is not doubled"),
    "root_dir": (name_the_former_folder, "era5", "zip", "the configuration names folders by %kernel.root_dir%, which Mautic 5 does not know any more"),
    "root_dir-composer": (name_the_former_folder, "era5", "composer",
                          "the configuration names folders by %kernel.root_dir%, which Mautic 5 does not know any more"),
    "mark": (put_mark_before, "era5", "zip", "something stands before <?php in the configuration, local.php"),
    "mark-4": (put_mark_before, "era4", "zip", "something stands before <?php in the configuration, local.php"),
    "env": (drop_environment, "era5", "zip", "the file .env is missing"),
    "env-composer": (drop_environment, "era5", "composer", "the file .env is missing"),
    "prefix": (take_another_prefix, "era5", "zip", "no table has the prefix that the configuration names"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_named_mended_and_can_be_undone(make, case):
    break_it, era, layout, what = BROKEN[case]
    place = make(era, layout)
    sound = place.files()
    break_it(place)
    broken = place.files()
    assert broken != sound
    found, text = place.findings()
    assert found == ([what] if what else []), text
    plan = place.good("config:fix")
    assert "plan only, nothing changed" in plan and place.files() == broken
    done = place.good("config:fix", "--yes")
    assert place.findings()[0] == [], done
    [kept] = place.state.glob("kept/*/swap/configuration-before")
    job = kept.parts[-3]
    path, mended = str(place.local), place.files()
    if path in broken and broken[path] != mended[path]:
        assert mended[path][0] == broken[path][0]
        if broken[path][1].startswith(b"<?php"):
            assert mended[f"{path}.unstick-{job}.php"] == broken[path]
    assert place.site.console("--version").returncode == 0
    assert "nothing to do" in place.good("config:fix")
    place.good("undo", "--yes")
    assert place.files() == broken


def test_a_page_before_the_first_line_of_php_is_cut_off_with_what_else_is_wrong(make):
    place = make()
    good = place.local.read_text()
    put_page_before(place)
    found, text = place.findings()
    assert found == ["something stands before <?php in the configuration, local.php", "a % in the configuration is not doubled"], text
    assert "bytes of other text before the first line of PHP in config/local.php" in text, text
    place.good("config:fix", "--yes")
    assert place.local.read_text() == good.replace("'en_US'", "'50%%abc%%off'") and place.findings()[0] == []


def test_a_copy_that_begins_with_a_mark_is_taken_without_it(make):
    place = make()
    good = place.local.read_bytes()
    put_mark_before(place)
    lose(place)
    place.good("config:fix", "--yes")
    assert place.local.read_bytes() == good


def test_a_huge_configuration_is_not_read_and_nobody_calls_it_damaged(make):
    place = make()
    with open(place.local, "a") as file:
        file.write("// filled up\n" * 100_000)
    found, text = place.findings()
    assert found == [], text
    assert "config/local.php is unusually large, over 1 MB, and was not read" in text and "damaged" not in text, text
    assert "unusually large" in place.needs_first() and "damaged" not in place.needs_first()


def test_only_the_bytes_that_are_wrong_change(make):
    place = make()
    put_raw_percent(place)
    before = place.local.read_text()
    place.local.chmod(0o600)
    place.good("config:fix", "--yes")
    assert place.local.read_text() == before.replace("50%abc%off", "50%%abc%%off")
    assert place.local.stat().st_mode & 0o777 == 0o600


def test_a_copy_of_4_is_made_fit_for_5(make):
    place = make()
    name_the_former_folder(place)
    (place.site.root / "app/config").mkdir(exist_ok=True)
    place.local.rename(place.site.root / "app/config/local.php.bak")
    place.good("config:fix", "--yes")
    assert "%kernel.root_dir%" not in place.local.read_text() and "'cache_path' => '%kernel.project_dir%/var/cache'" in place.local.read_text()


def test_copies_are_compared_by_their_keys_and_another_can_be_chosen(make):
    place = make()
    lose(place)
    other = place.local.with_name("local.php.orig")
    other.write_text(place.local.with_name("local.php.bak").read_text().replace("'en_US'", "'de_AT'"))
    subprocess.run(["touch", "-d", "2020-01-01", other], check=True)
    place.local.with_name("local.php.save").write_text("<?php $parameters = array('db_name' => ")
    _, text = place.findings()
    assert "a whole copy: config/local.php.orig" in text and "differs from the first in locale" in text
    assert "a copy that cannot serve: config/local.php.save" in text
    plan = place.good("config:fix")
    mark = re.search(r"local\.php\.orig, of .* differs in locale; file=(\w+) takes this one", plan).group(1)
    place.good("config:fix", f"--file={mark}", "--yes")
    assert "'de_AT'" in place.local.read_text()


def test_a_copy_in_a_backup_of_ours_serves(make):
    place = make()
    before = place.local.read_bytes()
    place.good("files:backup-own")
    place.local.unlink()
    _, text = place.findings()
    assert "config/local.php in the backup " in text
    place.good("config:fix", "--yes")
    assert place.local.read_bytes() == before


def settings(place):
    db = place.site.db
    return ["--db_host=127.0.0.1", f"--db_port={db['port']}", f"--db_name={db['name']}", f"--db_user={db['user']}", f"--db_password={db['password']}"]


def write_settings(place, program_folder, **more):
    db = place.site.db
    values = {"db_host": "127.0.0.1", "db_port": db["port"], "db_name": db["name"], "db_user": db["user"], "db_password": db["password"], **more}
    (program_folder / "unstick.ini.php").write_text(";<?php exit; ?>\n" + "".join(f"{name} = {value}\n" for name, value in values.items()))


@pytest.fixture
def own_program(folder, program):
    """The program in a folder of its own, so that a settings file lies beside it."""
    own = folder / "own"
    own.mkdir()
    process.run(["cp", str(program), str(own / "unstick.cgi")])
    return own / "unstick.cgi"


@pytest.mark.parametrize("era", ["era4", "era5"])
def test_without_a_copy_the_owner_is_asked_and_a_new_one_is_written(make, own_program, era):
    place = make(era, prefix="x1_")
    place.local.unlink()
    place.program = own_program
    text = place.needs_first()
    assert "NEEDED FIRST: there is no whole copy of local.php: write db_host, db_name, db_user and db_password" in text
    write_settings(place, own_program.parent, url="http://127.0.0.1")
    plan = place.good("config:fix")
    assert "secret_key is a NEW one" in plan, plan
    place.good("config:fix", "--yes")
    written = place.local.read_text()
    assert re.search(r"'secret_key' => '[0-9a-f]{64}'", written) and "'db_table_prefix' => 'x1_'" in written
    (own_program.parent / "unstick.ini.php").unlink()
    assert place.findings()[0] == []
    for plan in place.state.glob("jobs/*/plan.json"):
        assert place.site.db["password"] not in plan.read_text()


def test_access_data_that_work_replace_those_that_do_not(make, own_program):
    place = make()
    place.program = own_program
    place.change((f"'db_user' => '{place.site.db['user']}'", "'db_user' => 'somebody'"))
    broken = place.local.read_text()
    assert "NEEDED FIRST: the configuration is as this release reads it, but the database is not reached" in place.needs_first()
    assert place.local.read_text() == broken
    write_settings(place, own_program.parent)
    place.good("config:fix", "--yes")
    assert f"'db_user' => '{place.site.db['user']}'" in place.local.read_text()


@pytest.mark.parametrize("how", ["password", "another database"])
def test_access_data_of_a_copy_are_taken_only_where_they_lead_to_the_same_database(make, how):
    place = make()
    good = place.local.read_text()
    place.local.with_name("local.php.bak").write_text(good)
    if how == "password":
        place.change((f"'db_password' => '{place.site.db['password']}'", "'db_password' => 'wrong'"))
    else:
        place.change((f"'db_name' => '{place.site.db['name']}'", "'db_name' => 'moved'"))
    broken = place.local.read_text()
    status, plan = place.run("config:fix")
    if how == "password":
        assert "takes db_password from the copy config/local.php.bak" in plan, plan
        place.good("config:fix", "--yes")
    else:
        mark = re.search(r"file=(\w+)", plan).group(1)
        assert "lead to another database" in plan and status != 0, plan
        place.run("config:fix", "--yes")
        assert place.local.read_text() == broken
        place.good("config:fix", f"--file={mark}", "--yes")
    assert place.local.read_text() == good
    for written in place.state.glob("jobs/*/plan.json"):
        assert place.site.db["password"] not in written.read_text()
    place.good("undo", "--yes")
    assert place.local.read_text() == broken


def test_of_several_prefixes_the_owner_says_which(make):
    place = make()
    for table in ("leads", "email_stats", "form_submissions", "page_hits"):
        place.site.sql(f"create table zz_{table} (id int)")
    take_another_prefix(place)
    _, plan = place.run("config:fix")
    assert "tables=mt_leads" in plan and "tables=zz_leads" in plan, plan
    place.good("config:fix", "--tables=mt_leads", "--yes")
    assert "'db_table_prefix' => 'mt_'" in place.local.read_text()


def test_a_copy_of_another_database_is_not_used(make):
    place = make()
    text = place.local.read_text()
    place.local.unlink()
    place.local.with_name("local.php.bak").write_text(text.replace(f"'db_name' => '{place.site.db['name']}'", "'db_name' => 'gone'"))
    shown = place.needs_first("--yes")
    assert "NEEDED FIRST: the database does not answer to it" in shown and not place.local.exists()
    good = place.local.with_name("local.php.old")
    good.write_text(text)
    subprocess.run(["touch", "-d", "2020-01-01", good], check=True)
    place.good("config:fix", "--yes")
    assert place.local.read_text() == text


# ---- files of the web server

def test_htaccess(make):
    place = make()
    file = place.site.root / ".htaccess"
    stock = file.read_text()
    file.unlink()
    assert place.findings()[0] == [".htaccess is missing in the site's root"]
    file.write_text(stock[:len(stock) // 2])
    assert place.findings()[0] == [".htaccess is cut off or damaged: a section in it is not closed, or closed twice"]
    file.write_text("AddHandler application/x-httpd-ea-php74 .php .php7\n" + stock)
    found, text = place.findings()
    assert found == [".htaccess has the site run with a PHP that 5.1.0 does not run on"] and "choose PHP 8.0 to 8." in text, text
    file.write_text("AddHandler application/x-httpd-ea-php81 .php\n" + stock)
    assert place.findings()[0] == []
    file.write_text("# BEGIN Unstick\n" + stock)
    assert place.findings()[0] == ["the lines that this program put into .htaccess are not whole"]


def test_a_small_memory_limit_is_named_and_a_larger_one_is_not(make):
    place = make()
    ini = place.site.root / ".user.ini"
    ini.write_text("memory_limit = 64M\n")
    found, text = place.findings()
    assert found == ["PHP may use little memory for pages"] and "seen: .user.ini line 1: memory_limit = 64M" in text
    for enough in ("128M", "-1", "1G", '"512M"', "268435456"):
        ini.write_text(f"; memory_limit = 1M\nmemory_limit={enough} ; enough\n")
        assert place.findings()[0] == [], enough
