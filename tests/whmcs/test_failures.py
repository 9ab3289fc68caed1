# SPDX-License-Identifier: GPL-3.0-or-later
"""Every known failure of a WHMCS update is diagnosed, with the direction in which to mend it; and nothing else is said beside it."""
import subprocess

import pytest

from .billing import damage

NEW, OLD = "8.13.0-release.1", "8.6.2-release.1"
BEHIND = "the database is behind the files: the upgrade was not run, or did not come to its end"
OLDER = "the files are older than the database"
MIXED = "the upload or update is incomplete: files of two WHMCS releases are mixed, or some are missing"
INSTALLER = "[{iso}][WHMCS Installer] ERROR: PDOException: SQLSTATE[23000]: Integrity constraint violation: {what}\n"
FATAL = "[{stamp}] PHP Fatal error:  {what}\n"
UPDATER = "Uncaught Exception: {what} in {root}/vendor/whmcs/whmcs-foundation/lib/Updater/x.php:3"


def date(form):
    return subprocess.run(["date", "-u", "-d", "now + 5 seconds", form], capture_output=True, text=True, check=True).stdout.strip()


def logged(what, form=FATAL, name="error_log"):
    def breaks(billing):
        site = billing.admit(NEW) if form is FATAL else billing.admit(NEW, database=OLD, installer=NEW)
        site.write(name, form.format(stamp=date("+%d-%b-%Y %H:%M:%S UTC"), iso=date("+%Y-%m-%dT%H:%M:%S.000000+00:00"),
                                     what=what.format(root=site.root)))
    return breaks


def updated(what):
    return logged(UPDATER.replace("{what}", what))


def killed_update(billing):
    site = billing.admit(OLD, database=OLD)
    for name in ("init.php", "cart.php", "contact.php"):
        site.stamp(name, NEW)


def stray_admin(billing):
    billing.admit(NEW, admin="office").stamp("admin/index.php", NEW)


# The failure, how it comes, what is found, what is advised.
ROWS = {
    "err 2 or 3 after a killed auto-update": (killed_update, [MIXED, BEHIND], f"the full release {NEW} into the site's folder"),
    "err 2 or 3 after files alone": (lambda billing: billing.admit(NEW, database=OLD, installer=NEW), [BEHIND], "to mend it: recover"),
    "/install is 404": (lambda billing: billing.admit(NEW, database=OLD), [BEHIND], f"upload the folder install/ of the full release {NEW}"),
    "install/ of another release": (lambda billing: billing.admit(NEW, database=OLD, installer=OLD), [BEHIND], f"install/ is of {OLD}: delete it"),
    "the database is newer": (lambda billing: billing.admit(OLD, database=NEW), [OLDER], f"bring all files of the full release {NEW}"),
    "updater: mkdir": (updated("mkdir(): Permission denied"), ["an update could not write into the site"], "writable for its own account"),
    "updater: delete": (updated("Could not delete {root}/cart.php"), ["an update could not write into the site"], "permissions:fix"),
    "updater: copy": (updated("Unable to copy {root}/a to {root}/b"), ["an update could not write into the site"], "full release"),
    "updater: chmod": (updated("chmod(): Operation not permitted"), ["an update could not write into the site"], "full release"),
    "updater: quota": (updated("ZipArchive::extractTo({root}/x): failed to open stream: Disk quota exceeded"),
                       ["the disk, or the account's part of it, was full"], "ask the host for more room"),
    "updater: disabled functions": (updated("chmod() has been disabled for security reasons"),
                                    ["the host does not allow what the automatic updater needs"], "update by hand"),
    "ioncube: no loader": (logged("Script error: the ionCube Loader for PHP needs to be installed. in {root}/init.php on line 3"),
                           ["a PHP without the ionCube Loader ran WHMCS's files"], "switch the ionCube Loader on"),
    "ioncube: old loader": (logged("The file {root}/cart.php encoded as type [1/71] cannot be decoded by this version of the ionCube Loader."),
                            ["the ionCube Loader is older than what the files were encoded with"], "current ionCube Loader"),
    "ioncube: a module of others after a PHP switch": (
        logged("The file {root}/modules/addons/x/x.php cannot be run by the ionCube Loader. Please use an encoded file that can run on your version of PHP, 7.4"),
        ["an encoded file carries nothing for the PHP that ran it"], "bring the module that is named up to date first"),
    "an old module after a PHP switch": (logged("Uncaught Error: Call to undefined function mysql_query() in {root}/modules/addons/old/old.php:12"),
                                         ["a module or hook of somebody else does not fit this PHP"], "until there is a version for this PHP"),
    "ioncube: corrupted upload": (logged("The file {root}/includes/functions.php is corrupted."), ["an encoded file is damaged"], "in binary mode"),
    "installer: 1062": (logged("1062 Duplicate entry '1' for key 'PRIMARY'", INSTALLER, "install/log/installer.log"),
                        [BEHIND, "the installer was run as for a new site, over a database that is not empty"], "run the upgrade, not the installation"),
    "installer: run twice": (logged("1060 Duplicate column name 'x'", INSTALLER, "install/log/installer.log"),
                             [BEHIND, "an upgrade found its own changes in the database already"], "right before the first attempt"),
    "stray admin/": (stray_admin, ["a second admin area lies in admin/, beside that of the configuration"], "to mend it: recover"),
    "install/ left behind": (lambda billing: billing.admit(NEW, installer=NEW), ["install/ is left over: files and database are of one version"],
                             "to mend it: recover"),
}


@pytest.mark.parametrize("failure", ROWS)
def test_the_failure_is_diagnosed(billing, failure):
    breaks, found, advice = ROWS[failure]
    breaks(billing)
    assert sorted(billing.doctor()) == sorted(found), billing.said
    assert advice in billing.said, billing.said


def test_errors_of_years_ago_are_history(billing):
    ROWS["ioncube: corrupted upload"][0](billing)
    log = billing.site.root / "error_log"
    log.write_text(log.read_text().replace(date("+%d-%b-%Y"), "01-Jan-2020"))
    assert "01-Jan-2020" in log.read_text() and billing.doctor() == []


def test_installer_errors_of_an_upgrade_that_went_well_later_are_history(billing):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    site.write("install/log/installer.log", INSTALLER.format(iso=date("+%Y-%m-%dT%H:%M:%S.000000+00:00"), what="1060 Duplicate column name 'x'"))
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    billing.run("recover", "--yes")
    assert billing.doctor() == [], billing.said


def test_a_damaged_table_is_named_and_repair_is_tried(billing, mariadb):
    billing.admit(NEW)
    billing.sql("alter table tbltickets engine=MyISAM; insert into tbltickets (userid, title) values (1, 'a'), (2, 'b')")
    damage(mariadb, billing.db["name"], "tbltickets")
    assert billing.doctor() == ["tables of the database are damaged"], billing.said
    assert any(one.startswith("tbltickets: ") for one in billing.finding("tables of the database")["seen"])
    # No backup holds what cannot be read; and what the server cannot mend it says.
    assert billing.run("db:repair", "--backup=no", "--yes") == 1 and "REPAIR TABLE `tbltickets`" in billing.said
    assert "the table could not be mended (Corrupt)" in billing.said and "visitors and cron lines reach the site again" in billing.said


def test_the_site_is_asked_at_its_own_address(billing):
    billing.admit(NEW)
    billing.run("cache:purge")
    assert "http://127.0.0.1:1/billing/" in billing.said, billing.said
    billing.sql("update tblconfiguration set value = 'nowhere' where setting = 'SystemURL'")
    billing.run("cache:purge")
    assert "nowhere" not in billing.said
