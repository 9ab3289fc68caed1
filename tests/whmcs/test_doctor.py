# SPDX-License-Identifier: GPL-3.0-or-later
"""What doctor says of a WHMCS: nothing of whole ones, and of each broken one its cause, with the direction in which to mend it."""
import re
import shutil
import subprocess
import sys

import pytest

from fixture.whmcs import headed, sql

NEW, OLD = "8.13.0-release.1", "8.6.2-release.1"
BEHIND = "the database is behind the files: the upgrade was not run, or did not come to its end"
OLDER = "the files are older than the database"
MIXED = "the upload or update is incomplete: files of two WHMCS releases are mixed, or some are missing"
ODD = "one file is of another release than the rest"
NUMBERS = "files of several versions of one series lie here"
CUT = "files are cut off or empty"


# ---- whole ones

@pytest.mark.parametrize("version", ["4.5.2", "5.2.15", "5.3.11", "5.3.14-release.1", "6.3.2-release.1", "7.10.3-release.1", OLD, NEW,
                                     "8.14.0-rc.1", "9.0.0-release.1"])
def test_nothing_is_wrong_with_a_whole_site_of_any_release(billing, version):
    billing.admit(version)
    assert billing.doctor() == []
    assert f"WHMCS {version} in" in billing.said
    assert "\nnothing wrong found\n" in billing.said, billing.said


def test_nothing_is_wrong_with_what_owners_and_patches_change(billing):
    site = billing.admit(NEW, place="home/www/billing", admin="office")
    folder = billing.folder / "home"
    for name in ("attachments", "compiled", "crons"):
        (folder / name).mkdir()
    (site.root / "crons/cron.php").rename(folder / "crons/cron.php")
    site.configure(more=f"""$customadminpath = "office/";
$attachments_dir = "{folder}/attachments/";
$templates_compiledir = '{folder}/compiled';
$crons_dir = '{folder}/crons/';
$ours = array('a' => 1, "b" => "2");
if (!defined('OURS')) {{ define('OURS', true); }}
""")
    site.stamp("cart.php", NEW, build="0000001.12")             # a patch
    site.stamp("creditcard.php", "7.10.3-release.1")            # left over: uploads delete nothing
    site.write("verify.php", "")                                # the owner's
    site.write("admin/index.php", "<?php header('Location: /');")  # a decoy
    site.write("index.php", "<?php // the owner's own front page\n")
    site.write("install/readme.txt", "of another program")
    assert billing.doctor() == [], billing.said
    assert "2 builds of it, as patches leave them" in billing.said
    assert billing.in_order("the admin area is where the configuration says, and nowhere else: office")


def test_a_patch_that_was_put_on_and_upgraded_is_no_finding(billing):
    site = billing.admit(NEW)
    for name in ("init.php", "cart.php", "admin/login.php", "includes/api.php"):
        site.stamp(name, "8.13.1-release.1")
    billing.sql("update tblconfiguration set value = '8.13.1-release.1' where setting = 'Version'")
    assert billing.doctor() == [], billing.said
    assert "2 numbers of one series, as patches leave them" in billing.said


def test_an_admin_folder_may_be_written_as_a_path(billing):
    site = billing.admit(NEW, admin="office")
    for value in ("/office/", "office/", "./office"):
        site.configure(more=f"$customadminpath = '{value}';\n")
        assert billing.doctor() == [], billing.said


def test_folders_that_the_storage_settings_moved_are_not_missed(billing):
    site = billing.admit(NEW)
    for name in ("attachments", "downloads"):
        (site.root / name / "index.php").unlink()
        (site.root / name).rmdir()
    assert billing.doctor() == [], billing.said
    old = billing.admit("7.6.0-release.1", place="old", with_database=False)
    (old.root / "downloads/index.php").unlink()
    (old.root / "downloads").rmdir()
    assert "folders that WHMCS writes into are not there, or cannot be written" in billing.doctor()


# ---- versions

def test_newer_files_are_told_to_run_the_upgrade_of_install(billing):
    billing.admit(NEW, database=OLD, installer=NEW)
    assert billing.doctor() == [BEHIND]
    found = billing.finding(BEHIND)
    assert found["seen"][0].startswith(f"files: {NEW} (init.php, build ")
    assert found["seen"][1] == f"database: {OLD} (tblconfiguration)"
    assert "Err 2" in found["means"] and "Err 3" in found["means"]
    assert found["mend"] == "recover"
    assert "db:backup" in found["or"] and "http://127.0.0.1:1/billing/install/install.php" in found["or"]
    assert "upload" not in found["or"].replace("an upload or upgrade may still be under way", "")
    assert "first wait some minutes" in found["or"]  # the tree was made just now


def test_newer_files_without_install_ask_for_install_of_the_same_release(billing):
    site = billing.admit(NEW, database=OLD)
    assert billing.doctor() == [BEHIND]
    found = billing.finding(BEHIND)
    assert f"upload the folder install/ of the full release {NEW} (the same as the files) in binary mode" in found["do"]
    assert any("404" in one for one in found["seen"])
    site.add_installer(OLD)
    assert billing.doctor() == [BEHIND]
    assert f"install/ is of {OLD}: delete it and upload" in billing.finding(BEHIND)["do"]


def test_a_patch_whose_upgrade_was_not_run_is_behind(billing):
    site = billing.admit("8.13.1-release.1", database=NEW)
    site.stamp("cart.php", NEW)
    assert sorted(billing.doctor()) == sorted([BEHIND, NUMBERS])
    site.add_installer("8.13.1-release.1")
    assert sorted(billing.doctor()) == sorted([BEHIND, NUMBERS]) and billing.finding(BEHIND)["mend"] == "recover"
    site.stamp("index.php", NEW)  # a single file may be left over; of several nobody knows what else did not come
    assert sorted(billing.doctor()) == sorted([BEHIND, NUMBERS]) and not billing.finding(BEHIND)["mend"]
    assert "first make the files whole" in billing.finding(BEHIND)["do"]


@pytest.mark.parametrize("came", [["cart.php"], ["admin/login.php", "includes/functions.php"], ["admin/systemhealth.php"]])
def test_an_update_within_a_series_that_was_cut_off_before_init_php_is_named(billing, came):
    site = billing.admit(NEW)
    for name in came:
        site.stamp(name, "8.13.1-release.1")
    assert billing.doctor() == [NUMBERS]
    found = billing.finding(NUMBERS)
    assert f"8.13.1-release.1: {', '.join(came)}" in found["seen"] and any(one.startswith(f"{NEW}: init.php, ") for one in found["seen"])
    assert "either a patch" in found["means"] and "an update was cut off" in found["means"]
    assert "the full release 8.13.1-release.1 into the site's folder" in found["do"]


def test_an_init_php_that_is_not_of_the_databases_version_is_always_named(billing):
    site = billing.admit(NEW)
    site.stamp("init.php", "8.13.1-release.1")
    assert sorted(billing.doctor()) == sorted([BEHIND, NUMBERS])
    site.stamp("init.php", NEW)
    site.stamp("cart.php", "8.13.1-release.1")
    billing.sql("update tblconfiguration set value = '8.13.1-release.1' where setting = 'Version'")
    assert sorted(billing.doctor()) == sorted([NUMBERS, OLDER])


def test_names_of_a_newer_release_are_a_hint_and_no_finding(billing):
    site = billing.admit(OLD)
    site.write("vendor/whmcs/whmcs-foundation/lib/Updater/Version/Version8130beta1.php", "")
    assert billing.doctor() == []
    assert billing.not_looked("all files are of one release") and "are of 8.13.0-beta.1, and init.php says 8.6.2" in billing.said
    (site.root / "init.php").unlink()
    assert billing.doctor() == [MIXED]


def test_a_newer_database_is_told_to_upload_its_release_and_never_to_upgrade(billing):
    billing.admit(OLD, database="9.0.0-release.1", installer=OLD)
    assert billing.doctor() == [OLDER]
    found = billing.finding(OLDER)
    assert "bring all files of the full release 9.0.0-release.1" in found["do"] and "files:replace with file=NAME" in found["do"]
    assert "Do not run install/" in found["do"] and "configuration.php" in found["do"]
    assert "install/install.php in a browser" not in found["do"]


@pytest.mark.parametrize("files, stored, words", [
    ("8.13.0-rc.1", "8.13.0-release.1", OLDER), ("8.13.0-release.1", "8.13.0-beta.2", BEHIND), ("8.9.0-release.1", "8.10.0-release.1", OLDER),
    ("8.13.0-release.2", "8.13.0-release.1", BEHIND), ("5.3.11", "5.2.15", BEHIND)])
def test_versions_are_compared_as_whmcs_orders_them(billing, files, stored, words):
    billing.admit(files, database=stored)
    assert billing.doctor() == [words]


@pytest.mark.parametrize("files, stored", [("8.6.2-release.1", "8.6.2"), ("5.3.11", "5.3.11-release.1"), ("4.5.2", "4.5.2")])
def test_a_version_without_its_suffix_is_the_same(billing, files, stored):
    billing.admit(files, database=stored)
    assert billing.doctor() == [] and billing.in_order("files and database are of one version"), billing.said


def test_a_database_without_whmcs_is_named(billing):
    billing.admit(NEW)
    billing.sql("drop table tblconfiguration")
    assert billing.doctor() == ["the database has no tables of WHMCS"]


def test_a_database_that_names_no_version_is_no_finding(billing):
    billing.admit(NEW)
    billing.sql("update tblconfiguration set value = 'soon' where setting = 'Version'")
    assert billing.doctor() == []
    assert "tblconfiguration names no version: soon" in billing.said


# ---- an upgrade that runs now

def test_while_an_installer_runs_nothing_else_is_told_of_the_versions(billing):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    script = site.write("install/bin/installer.php", "import time\ntime.sleep(120)\n")
    who = {"user": billing.owner.uid, "group": billing.owner.gid, "extra_groups": []} if billing.owner else {}
    installer = subprocess.Popen([sys.executable, script, "--", "-u", "-n"], **who)
    try:
        assert billing.doctor() == ["an upgrade is running now"]
        assert f"process {installer.pid}: " in billing.said and "start no second one" in billing.said
        assert billing.not_looked("files and database are of one version")
    finally:
        installer.kill()
        installer.wait()
    assert billing.doctor() == [BEHIND]


PREPARED = """$at = new PDO("mysql:host=$argv[1];port=$argv[2];dbname=$argv[3]", $argv[4], $argv[5], [PDO::ATTR_EMULATE_PREPARES => false]);
$at->prepare($argv[6])->execute();"""


@pytest.mark.parametrize("statement, prepared", [("alter table tblclients add column x int", False), ("alter table tblclients add column x int", True),
                                                 ("/* a comment */ update tblclients set firstname = 'x'", False)])
def test_a_statement_that_changes_tables_is_an_upgrade_too(billing, mariadb, statement, prepared):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    name, user, password = (billing.db[key] for key in ("name", "user", "password"))
    # A lock that the statement has to wait for.
    holder = subprocess.Popen(["mariadb", "--no-defaults", "-S", mariadb.socket, "-uroot", name, "-e",
                               "lock tables tblclients write; select sleep(60)"], stdout=subprocess.DEVNULL)
    changer = None
    try:
        wait_for(mariadb, "info like '%sleep(60)%'")
        words = (["php", "-r", PREPARED, billing.db["host"], str(billing.db["port"]), name, user, password, statement] if prepared else
                 ["mariadb", "--no-defaults", "--comments", "-S", mariadb.socket, "-u", user, f"-p{password}", name, "-e", statement])
        changer = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        wait_for(mariadb, f"info like '%tblclients%' and time >= 5 and command = '{'Execute' if prepared else 'Query'}' and user = '{user}'")
        assert billing.doctor() == ["an upgrade is running now"]
        assert statement in billing.said
        billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
        assert billing.doctor() == ["an upgrade is running now"]  # its last statements come after the version
        shutil.rmtree(site.root / "install")
        assert billing.doctor() == []  # then it is no upgrade's
    finally:
        for child in (changer, holder):
            if child:
                child.kill()
                child.wait()


def wait_for(mariadb, condition):
    for _ in range(300):
        if mariadb.sql(f"select 1 from information_schema.processlist where {condition} and id <> connection_id()"):
            return
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError(f"no statement with {condition}")


# ---- files

def test_a_mixed_tree_names_the_release_to_upload(billing):
    site = billing.admit(OLD)
    for name in ("init.php", "cart.php"):
        site.stamp(name, NEW)
    found = billing.doctor()
    assert MIXED in found and BEHIND in found
    mixed = billing.finding(MIXED)
    assert f"{NEW}: init.php, cart.php" in mixed["seen"]
    assert any(one.startswith(f"{OLD}: index.php, clientarea.php") for one in mixed["seen"])
    assert f"put the zip of the full release {NEW} into the site's folder and ask files:replace" in mixed["do"]
    behind = billing.finding(BEHIND)
    assert not behind["mend"] and "first make the files whole" in behind["do"]
    site.add_installer(NEW, steps=[0])  # an upgrade that half of another release ran would leave the database half changed
    assert billing.doctor() and not billing.finding(BEHIND)["mend"]
    billing.run("recover", "--eula=yes", "--yes")
    assert billing.sql("select value from tblconfiguration where setting = 'Version'") == [OLD]


def test_a_mixed_tree_below_a_newer_database_asks_for_the_release_of_the_database(billing):
    site = billing.admit(OLD, database="9.0.0-release.1")
    for name in ("cart.php", "admin/login.php"):
        site.stamp(name, NEW)
    assert sorted(billing.doctor()) == sorted([MIXED, OLDER])
    assert "the full release 9.0.0-release.1 into" in billing.finding(MIXED)["do"]


def test_entrances_that_are_missing_are_named(billing):
    site = billing.admit(NEW)
    (site.root / "init.php").unlink()
    (site.root / "vendor/whmcs/whmcs-foundation").rename(site.root / "vendor/whmcs/away")
    assert billing.doctor() == [MIXED]
    assert billing.finding(MIXED)["seen"] == ["init.php is missing", "vendor/whmcs/whmcs-foundation is missing"]


def test_files_that_were_cut_off_are_named(billing):
    site = billing.admit(NEW)
    text = headed(NEW)
    site.write("cart.php", "")
    site.write("supportpin.php", text[: text.rindex("?>") + 3])
    site.write("admin/clients.php", text.replace("82:80", "82:ffff"))
    assert billing.doctor() == [CUT]
    seen = billing.finding(CUT)["seen"]
    assert "cart.php is empty" in seen and any(one.startswith("supportpin.php ends after ") for one in seen)
    assert any(one.startswith("admin/clients.php has ") and "65535" in one for one in seen)
    assert f"full release {NEW}, in binary mode" in billing.finding(CUT)["do"]


def test_an_admin_folder_that_an_update_brought_again(billing):
    site = billing.admit(NEW, admin="office")
    stray = "a second admin area lies in admin/, beside that of the configuration"
    site.stamp("admin/index.php", NEW)
    assert billing.doctor() == [stray]
    assert billing.finding(stray)["mend"] == "recover"
    for name in ("index.php", "login.php", "clients.php", "systemhealth.php"):
        site.stamp(f"office/{name}", OLD)
    assert billing.doctor() == [stray]
    assert "move all that lies in admin into office" in billing.finding(stray)["do"]


def test_an_admin_area_that_is_not_where_the_configuration_says(billing):
    site = billing.admit(NEW)
    missing = "the folder of the admin area is not there, or holds nothing of WHMCS"
    site.configure(more="$customadminpath = 'office';\n")
    assert billing.doctor() == [missing]
    assert billing.finding(missing)["do"] == "rename the folder admin to office"
    site.configure(more="$customadminpath = getenv('ADMIN');\n")
    assert billing.doctor() == []
    assert "$customadminpath in configuration.php is code" in billing.said


def test_install_that_is_left_over_is_moved_out_by_recover_and_comes_back_with_undo(billing):
    site = billing.admit(NEW, installer=NEW)
    words = "install/ is left over: files and database are of one version"
    assert billing.doctor() == [words]
    assert billing.finding(words)["mend"] == "recover"
    assert billing.recover() == 0, billing.said
    assert not (site.root / "install").exists()
    assert billing.doctor() == []
    assert billing.run("undo", "--yes") == 0, billing.said
    assert (site.root / "install/install.php").read_text() == headed(NEW)


def test_folders_that_are_missing_or_closed(billing):
    site = billing.admit(NEW)
    outside = billing.folder / "attachments"
    outside.mkdir(mode=0o500)
    site.configure(more=f"$attachments_dir = '{outside}';\n")
    for file in (site.root / "templates_c").iterdir():
        file.unlink()
    (site.root / "templates_c").rmdir()
    (site.root / "downloads").chmod(0o555)
    words = "folders that WHMCS writes into are not there, or cannot be written"
    found = billing.doctor()
    assert words in found
    assert "templates_c is missing" in billing.finding(words)["seen"]
    assert f"{outside} has mode 500" in billing.finding(words)["seen"]
    closed = "permissions keep the site's own account out of its files"
    assert closed in found and billing.finding(closed)["seen"] == ["downloads has mode 555"]


# ---- the configuration

@pytest.mark.parametrize("text, words", [
    (None, "the configuration, configuration.php, is missing"), ("", "the configuration, configuration.php, is empty"),
    ("<?php\n$license = 'x';\n$db_password = 'y", "the configuration, configuration.php, is cut off or damaged")])
def test_a_configuration_that_is_lost_or_damaged(billing, text, words):
    site = billing.admit(NEW)
    (site.root / "configuration.php").unlink()
    if text is not None:
        site.write("configuration.php", text, 0o400)
    assert billing.doctor() == [words]
    assert "$cc_encryption_hash" in billing.finding(words)["do"] and "Welcome to WHMCS" in billing.finding(words)["means"]


def test_the_sample_of_a_release_that_returns_before_its_values(billing):
    site = billing.admit(NEW)
    text = (site.root / "configuration.php").read_text()
    site.configure(text.replace("<?php\n", "<?php\nreturn;\n"))
    found = billing.doctor()
    assert "the configuration names no licence key" in found and "the configuration does not say where the database is" in found
    assert "return;" in billing.finding("names no licence key")["do"]


def test_values_that_code_makes_are_refused_and_named(billing):
    site = billing.admit(NEW)
    text = (site.root / "configuration.php").read_text()
    site.configure(text + "$db_password = trim(file_get_contents('/run/secrets/db'));\n$db_host = getenv('DB_HOST') ?: 'db';\n")
    assert billing.doctor() == []
    assert "nothing wrong found as far as could be looked" in billing.said
    assert "write db_password = ... into the settings file" in billing.said and "write db_host = ... into the settings file" in billing.said
    assert billing.run("--db_host=127.0.0.1", f"--db_password={billing.db['password']}", "doctor") == 0, billing.said
    assert billing.in_order("files and database are of one version: " + NEW), billing.said


@pytest.mark.parametrize("mode, wrong", [(0o400, False), (0o440, False), (0o444, False), (0o640, False), (0o644, True), (0o604, True)])
def test_permissions_of_the_configuration(billing, mode, wrong):
    site = billing.admit(NEW)
    site.configure(mode=mode)
    words = "every account of this server may read the configuration"
    assert billing.doctor() == ([words] if wrong else [])
    if wrong:
        assert billing.finding(words)["seen"] == [f"configuration.php has mode {mode:o}"]
        site.root.chmod(0o750)  # nobody else gets in
        assert billing.doctor() == []


def test_a_copy_of_the_configuration_that_can_be_downloaded(billing):
    site = billing.admit(NEW)
    text = (site.root / "configuration.php").read_text()
    site.write("configuration.php.bak", text, 0o600)
    site.write("configuration.old.php", text, 0o600)
    words = "a copy of the configuration lies where everybody can download it"
    assert billing.doctor() == [words]
    assert billing.finding(words)["seen"] == ["configuration.php.bak"]


@pytest.mark.parametrize("change, words", [
    (("$db_password = '", "$db_password = 'no-"), "the database server does not accept the user and password of the configuration"),
    (("$db_name = '", "$db_name = 'no_"), "the user of the configuration may not use its database"),
    (("$db_port = '", "$db_port = '1"), None)])
def test_a_database_that_cannot_be_reached(billing, change, words):
    site = billing.admit(NEW)
    text = (site.root / "configuration.php").read_text()
    if words is None:
        words, change = "no database server answers where the configuration says", (f"$db_port = '{billing.db['port']}'", "$db_port = '1'")
    site.configure(text.replace(*change))
    assert billing.doctor() == [words]
    means_to_mend = "only the host can start it" if "no database server" in words else "into the configuration"
    assert means_to_mend in billing.finding(words)["do"] and not billing.finding(words)["mend"]


def test_a_server_that_wants_a_certificate_is_not_taken_for_a_wrong_password(billing, mariadb):
    site = billing.admit(NEW)
    hosts = mariadb.sql(f"select host from mysql.user where user = '{billing.db['user']}'")
    for host in hosts if isinstance(hosts, list) else hosts.split():
        host = host[0] if isinstance(host, (tuple, list)) else host
        mariadb.sql(f"alter user '{billing.db['user']}'@'{host}' require x509")
    assert billing.doctor() == ["the database server does not accept the user and password of the configuration"]
    site.configure(more="$db_tls_cert = '/etc/ssl/shop.pem';\n$db_tls_key = '/etc/ssl/shop.key';\n")
    assert billing.doctor() == []
    assert billing.not_looked("the database can be reached") and "db_user and db_password" in billing.said


# ---- PHP and logs

def test_a_php_of_the_command_line_without_the_loader(billing):
    billing.admit(NEW)
    words = "the command line's PHP has no ionCube Loader"
    assert billing.doctor("--php=yes") == [words]
    assert "exit status 199" in billing.finding(words)["means"] and "does not list it" in billing.said


def test_the_php_that_the_files_are_encoded_for(billing):
    billing.admit(NEW, encoded=("55", "56"))
    assert "no PHP for the command line fits the application" in billing.doctor("--php=yes")
    assert "PHP 5.5 or later (to 5.x)" in billing.said


def test_an_installation_over_a_full_database_is_told_from_its_own_log_only(billing):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    stamp = subprocess.run(["date", "-u", "-d", "now + 5 seconds", "+%Y-%m-%dT%H:%M:%S.000000+00:00"], capture_output=True, text=True, check=True).stdout.strip()
    line = (f"[{stamp}][WHMCS Installer] ERROR: PDOException: SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '1' for "
            "key 'PRIMARY'\n")
    site.write("error_log", line)
    assert billing.doctor() == [BEHIND]
    (site.root / "error_log").unlink()
    site.write("install/log/installer.log", line)
    assert sorted(billing.doctor()) == sorted([BEHIND, "the installer was run as for a new site, over a database that is not empty"])


# ---- the rest of the program on such a site

def test_reading_changes_nothing(billing):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    before = {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file()}
    for words in (["doctor"], ["doctor", "--php=yes"], ["report"], ["recover"], ["db:status"]):
        billing.run(*words)
    assert {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file()} == before
    assert sql(billing.db, "select value from tblconfiguration where setting = 'Version'") == [OLD]


def test_a_backup_of_the_database_is_made_and_put_back(billing):
    billing.admit(NEW)
    assert billing.run("db:backup") == 0, billing.said
    billing.sql("update tblconfiguration set value = '1.0.0' where setting = 'Version'; delete from tblclients")
    billing.run("backups")
    backup = re.search(r"[0-9]{8}-[0-9]{9}-[a-z0-9]+", billing.said)[0]
    assert billing.run("db:restore", f"--backup={backup}", "--yes") == 0, billing.said
    assert billing.sql("select value from tblconfiguration where setting = 'Version'") == [NEW]
    assert billing.sql("select count(*) from tblclients") == ["2"]
