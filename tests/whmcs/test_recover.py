# SPDX-License-Identifier: GPL-3.0-or-later
"""recover of a WHMCS whose files are newer than its database: the plan, the agreement, the upgrade from the command line or by the owner,
its proof, what is tidied up, failures in the middle, and the way back."""
import hashlib
import json
import re
import subprocess
import time

import pytest

from fixture.whmcs import release_files, release_zip
from support import process

NEW, OLD = "8.13.0-release.1", "8.6.2-release.1"
BEHIND = "the database is behind the files: the upgrade was not run, or did not come to its end"
HALF = "an upgrade did not come to its end, and may have left the database half changed"
AGREED = ("recover", "--eula=yes", "--yes")
VERSION = "select value from tblconfiguration where setting = 'Version'"


@pytest.fixture
def behind(billing):
    """behind(**behave): a site to upgrade, its installer for the command line behaving so; without words it has none."""
    def make(**behave):
        site = billing.admit(NEW, database=OLD)
        site.add_installer(NEW, **behave)
        return site
    return make


def columns(billing):
    return billing.sql("select column_name from information_schema.columns where table_schema = database() and table_name = 'tblclients' "
                       "and column_name like 'update_%' order by 1")


def backup_of(billing):
    """The backup that doctor advises."""
    billing.doctor()
    return re.search(r"db:restore with backup=(\S+)", billing.finding(HALF)["mend"])[1]


def wait_until(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


# ---- the plan and the agreement

def test_without_the_agreement_there_is_a_plan_and_no_way_to_consent(billing, behind):
    behind(steps=[0, 0])
    for words in (("recover",), ("recover", "--yes")):
        assert billing.run(*words) == 3, billing.said
        assert "install/bin/installer.php -u -n" in billing.said and "back up" in billing.said
        assert "see first that no upload and no upgrade is still under way" in billing.said  # the tree was made just now
        assert "https://www.whmcs.com/license/" in billing.said.splitlines()[-1] and "--eula=yes" in billing.said.splitlines()[-1]
        assert "--confirm=" not in billing.said
    assert billing.sql(VERSION) == [OLD]
    assert billing.run("recover", "--eula=yes") == 3
    assert "--confirm=" in billing.said and billing.sql(VERSION) == [OLD]


def test_while_an_upgrade_runs_nothing_can_be_consented_to(billing, behind):
    site = behind(steps=[0])
    script = site.write("install/bin/sleep.py", "import time\ntime.sleep(60)\n")
    who = {"user": billing.owner.uid, "group": billing.owner.gid, "extra_groups": []} if billing.owner else {}
    running = subprocess.Popen(["/usr/bin/python3", script, site.root / "install/bin/installer.php"], **who)
    try:
        billing.run(*AGREED)
        assert "an upgrade is running now" in billing.said and "-- step" not in billing.said
        assert billing.sql(VERSION) == [OLD]
    finally:
        running.kill()
        running.wait()


# ---- the upgrade from the command line

def test_one_click_upgrades_proves_and_tidies_up(billing, behind):
    site = behind(steps=[0.2, 0.2])
    compiled = site.root / "templates_c/1a2b^header.tpl.php"
    assert billing.run(*AGREED) == 0, billing.said
    said = billing.said
    order = [said.index(words) for words in ("was accepted (eula=yes) on 20", "close the site", "backup ", "run the upgrade: ", "Applying update 0",
                                             "Upgrade Complete", f"the database says {NEW}", "move install/", "open the site",
                                             "examine the site again", "the admin area: http://127.0.0.1:1/billing/admin/")]
    assert order == sorted(order), said
    assert "compare your theme ours" in said and "https://docs.whmcs.com/releases/" in said
    assert billing.sql(VERSION) == [NEW] and columns(billing) == ["update_0", "update_1"]
    assert not (site.root / "install").exists() and not compiled.exists()
    assert (site.root / "templates_c/index.php").exists() and (site.root / "templates_c/.htaccess").exists()
    assert billing.doctor() == []


def test_undo_brings_database_and_install_back(billing, behind):
    site = behind(steps=[0])
    (site.root / "templates_c/1a2b^header.tpl.php").unlink()  # a cache, for which there is no way back
    before = {path.relative_to(site.root): path.read_bytes() for path in site.root.rglob("*") if path.is_file()}
    assert billing.run(*AGREED) == 0, billing.said
    assert billing.run("undo", "--yes") == 0, billing.said
    assert billing.sql(VERSION) == [OLD] and columns(billing) == []
    assert {path.relative_to(site.root): path.read_bytes() for path in site.root.rglob("*") if path.is_file()} == before
    assert billing.doctor() == [BEHIND]


@pytest.mark.parametrize("listed", ["  -u, --upgrade\n  -n, --non-interactive\n", "-n|--silent asks nothing\n-u|--update Upgrade a WHMCS that is there\n"])
def test_the_options_themselves_are_looked_for_in_the_help(billing, behind, listed):
    behind(steps=[0], help=listed)
    assert billing.run(*AGREED) == 0 and "run the upgrade: " in billing.said and billing.sql(VERSION) == [NEW], billing.said


@pytest.mark.parametrize("files, stored", [("8.13.0-release.1", "8.13.0"), ("5.3.11", "5.3.11-release.1")])
def test_a_version_without_its_suffix_proves_the_upgrade_too(billing, files, stored):
    site = billing.admit(files, database="5.2.15")
    site.add_installer(files, steps=[0])
    site.write("install/bin/behave.json", json.dumps({"steps": [0], "version": stored}))
    assert billing.run(*AGREED) == 0, billing.said
    assert billing.sql(VERSION) == [stored] and billing.doctor() == []


def test_an_exit_status_proves_nothing(billing, behind):
    behind(steps=[0], exit=7)
    assert billing.run(*AGREED) == 0, billing.said
    assert "the installer ended with exit 7" in billing.said and billing.sql(VERSION) == [NEW]


def test_an_upgrade_that_fails_in_the_middle_leaves_a_backup_and_an_open_site(billing, behind):
    site = behind(steps=[0, 0, 0], fails_at=1, exit=0)
    front = (site.root / "index.php").read_text()
    assert billing.run(*AGREED) == 1, billing.said
    assert f"the database says {OLD}, and not {NEW}" in billing.said and "undo" in billing.said
    assert (site.root / "install/install.php").exists() and (site.root / "index.php").read_text() == front
    assert columns(billing) == ["update_0"]
    assert sorted(billing.doctor()) == sorted([BEHIND, HALF, "an upgrade found its own changes in the database already"])
    assert "first put the database back" in billing.said
    backup = backup_of(billing)
    assert billing.run(*AGREED) == 1 and f"FIRST ask db:restore with backup={backup}" in billing.said and "-- step" not in billing.said, billing.said
    assert billing.run("db:restore", f"--backup={backup}", "--yes") == 0, billing.said
    assert columns(billing) == [] and billing.sql(VERSION) == [OLD]
    assert HALF not in billing.doctor()
    site.add_installer(NEW, steps=[0])
    assert billing.run(*AGREED) == 0, billing.said


def test_killed_in_the_middle_it_is_named_and_the_backup_brings_the_database_back(billing, behind):
    site = behind(steps=[0, 60])
    front = (site.root / "index.php").read_text()
    child = billing.start(*AGREED)
    wait_until(lambda: columns(billing) == ["update_0", "update_1"])
    process.kill_below(billing.folder)
    child.wait(timeout=60)
    assert (site.root / "index.php").read_text() != front
    found = billing.doctor()
    assert "the site is closed by a job of this program that did not come to its end" in found and BEHIND in found and HALF in found
    assert billing.run("job:unlock", "--yes") == 0, billing.said
    assert (site.root / "index.php").read_text() == front
    assert billing.run("db:restore", f"--backup={backup_of(billing)}", "--yes") == 0, billing.said
    assert columns(billing) == [] and billing.sql(VERSION) == [OLD]


def test_without_a_backup_none_is_promised(billing, behind):
    behind(steps=[0, 0], fails_at=1)
    billing.run("recover", "--eula=yes", "--backup=no", "--yes")
    code = re.search(r"--confirm=(\S+)", billing.said)
    if code:
        billing.run("recover", "--eula=yes", "--backup=no", f"--confirm={code[1]}")
    assert "This job made no backup" in billing.said and "brings it back" not in billing.said, billing.said
    billing.doctor()
    assert "there is no backup from right before it" in billing.said and "put the database back" not in billing.said


# ---- what to review afterwards

def test_templates_that_the_owner_changed_in_their_places_are_named(billing, behind):
    site = behind(steps=[0])
    files = release_files(NEW)
    for name in ("templates/six/header.tpl", "templates/orderforms/standard_cart/products.tpl"):
        site.write(name, files[name])
    site.write("templates/six/header.tpl", "{* ours *}\n")
    release_zip(site.root / "whmcs_v8130_full.zip", NEW)
    assert billing.run(*AGREED) == 0, billing.said
    review, = (line for line in billing.said.splitlines() if "review these templates" in line)
    assert "templates/six/header.tpl" in review and "products.tpl" not in review and "whmcs_v8130_full.zip" in review


def test_the_releases_own_hashes_tell_what_was_changed(billing, behind):
    site = behind(steps=[0])
    files = {name: text for name, text in release_files(NEW).items() if name.startswith("templates/") or name == "init.php"}
    for name, text in files.items():
        site.write(name, text)
    hashes = {name: hashlib.md5(text.encode()).hexdigest() for name, text in files.items()}
    site.write("resources/templates.md5", "".join(f"{digest}  ./{name}\n" for name, digest in hashes.items()))
    assert billing.run(*AGREED) == 0 and "no template of WHMCS itself was changed in its place (the hashes in resources/templates.md5)" in billing.said
    assert billing.run("undo", "--yes") == 0, billing.said
    (site.root / "resources/templates.md5").unlink()
    site.write("resources/file-hashes.json", json.dumps({name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}))
    site.write("templates/six/header.tpl", "{* ours *}\n")
    assert billing.run(*AGREED) == 0, billing.said
    assert "not as the hashes in resources/file-hashes.json has them: templates/six/header.tpl\n" in billing.said, billing.said


def test_where_nothing_tells_that_is_said(billing, behind):
    behind(steps=[0])
    assert billing.run(*AGREED) == 0
    assert "whether templates of WHMCS itself were changed in their places cannot be told" in billing.said


# ---- the upgrade in a browser

@pytest.mark.parametrize("behave, why", [({}, "this release brings no installer for the command line"), ({"loader": False}, "it has no ionCube Loader"),
                                         ({"help": "-i install"}, "its help does not name the upgrade"),
                                         ({"help": "  -u  cannot upgrade from here\n  -n  silent\n"}, "its help does not name the upgrade"),
                                         ({"help": "  -i, --no-upgrade  new site\n  -n  silent\nTo upgrade, see -u.\n"}, "its help does not name"),
                                         ({"help": "  -u  upgrade\n"}, "its help does not name the upgrade")])
def test_where_the_command_line_cannot_the_owner_does_it_and_the_job_waits(billing, behind, behave, why):
    site = behind(**behave) if behave else (billing.admit(NEW, database=OLD, installer=NEW))
    if not behave:
        assert not (site.root / "install/bin").exists()
    front, installer = (site.root / "index.php").read_text(), (site.root / "install/install.php").read_text()
    child = billing.start(*AGREED)
    wait_until(lambda: (site.root / "index.php").read_text() != front)
    assert (site.root / "install/install.php").read_text() == installer  # the one way in that is left
    time.sleep(2)
    assert child.poll() is None
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 0, said
    assert why in said and "1. open http://127.0.0.1:1/billing/install/install.php" in said
    assert f"waiting: the database says {OLD}" in said and f"the database says {NEW}" in said
    assert (site.root / "index.php").read_text() == front and not (site.root / "install").exists()
    assert billing.doctor() == []


def test_a_stop_ends_the_waiting_and_opens_the_site(billing):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    front = (site.root / "index.php").read_text()
    child = billing.start(*AGREED)
    wait_until(lambda: (site.root / "index.php").read_text() != front)
    time.sleep(2)
    billing.run("job:stop", "--yes")
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 1 and "stopped on request" in said, said
    assert (site.root / "index.php").read_text() == front and (site.root / "install/install.php").exists()
    assert billing.doctor() == [BEHIND]
