# SPDX-License-Identifier: GPL-3.0-or-later
"""What doctor says of trees of which a part is of another release or did not come, and that recover runs no upgrade on them; what an
intact tree may hold all the same."""
import shutil

import pytest

from fixture.whmcs import headed

from .test_doctor import BEHIND, MIXED, NEW, NUMBERS, ODD, OLD

VERSION = "select value from tblconfiguration where setting = 'Version'"
NO_AREA = "the folder of the admin area is not there, or holds nothing of WHMCS"
CRONS = "the folder of cron.php is of another release than the site"


def stamp_all(site, folder, version):
    for file in (site.root / folder).glob("*.php"):
        site.stamp(f"{folder}/{file.name}", version)


def need_no_upgrade(billing):
    """The installer is there and would work: recover does not run it."""
    assert not billing.finding(BEHIND)["mend"] and "first make the files whole" in billing.finding(BEHIND)["do"]
    billing.run("recover", "--eula=yes", "--yes")
    assert billing.sql(VERSION) == [OLD]


# ---- parts of another release

@pytest.mark.parametrize("folder, admin", [("admin", "admin"), ("office", "office"), ("includes", "admin"), ("crons", "admin")])
def test_a_folder_of_another_release_is_named_and_bars_the_upgrade(billing, folder, admin):
    site = billing.admit(NEW, database=OLD, admin=admin)
    site.add_installer(NEW, steps=[0])
    stamp_all(site, folder, OLD)
    assert sorted(billing.doctor()) == sorted([MIXED, BEHIND])
    count = len(list((site.root / folder).glob("*.php")))
    assert f"{folder}/: {count} of {count} files are of {OLD}" in billing.finding(MIXED)["seen"]
    need_no_upgrade(billing)


def test_an_update_that_brought_its_first_files_only_is_named(billing):
    site = billing.admit(OLD)
    for name in ("admin/index.php", "admin/login.php"):
        site.stamp(name, NEW)
    assert billing.doctor() == [MIXED]
    assert f"{NEW}: admin/index.php, admin/login.php" in billing.finding(MIXED)["seen"]
    assert f"the full release {NEW} into" in billing.finding(MIXED)["do"]


def test_a_new_root_over_an_old_tree_bars_the_upgrade(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0])
    for folder in ("admin", "includes", "crons"):
        stamp_all(site, folder, OLD)
    (site.root / "resources/sql/upgrade8130release1.sql").rename(site.root / "resources/sql/upgrade862release1.sql")
    site.write("vendor/whmcs/whmcs-foundation/lib/Updater/Version/Version862release1.php", "")
    assert sorted(billing.doctor()) == sorted([MIXED, BEHIND])
    assert f"the newest names in resources/sql and vendor are of {OLD}, and init.php says {NEW}" in billing.finding(MIXED)["seen"]
    need_no_upgrade(billing)


def test_names_of_an_older_series_alone_bar_the_upgrade_and_those_of_this_series_do_not(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0])
    (site.root / "resources/sql/upgrade8130release1.sql").rename(site.root / "resources/sql/upgrade862release1.sql")
    assert sorted(billing.doctor()) == sorted([MIXED, BEHIND])
    need_no_upgrade(billing)
    site.write("resources/sql/upgrade8130beta1.sql", "")
    assert billing.doctor() == [BEHIND] and billing.finding(BEHIND)["mend"] == "recover"


def test_an_installer_of_two_releases_is_named(billing):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    site.stamp("install/bin/installer.php", OLD)
    assert sorted(billing.doctor()) == sorted([MIXED, BEHIND])
    assert f"install/: {OLD}: install/bin/installer.php" in billing.finding(MIXED)["seen"]
    need_no_upgrade(billing)


def test_crons_that_were_moved_and_forgotten_are_named_and_bar_nothing(billing):
    site = billing.admit(NEW, database=OLD, installer=NEW)
    home = billing.folder / "home"
    home.mkdir(exist_ok=True)
    (site.root / "crons").rename(home / "crons")
    site.configure(more=f"$crons_dir = '{home}/crons/';\n")
    assert billing.doctor() == [BEHIND]
    (home / "crons/cron.php").write_text(headed(OLD))
    assert sorted(billing.doctor()) == sorted([CRONS, BEHIND]) and billing.finding(BEHIND)["mend"] == "recover"
    assert f"into {home}/crons, over what is there" in billing.finding(CRONS)["do"]


# ---- parts that did not come

@pytest.mark.parametrize("folder", ["includes", "modules", "templates", "vendor", "crons"])
def test_a_folder_that_is_missing_is_named_and_bars_the_upgrade(billing, folder):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0])
    shutil.rmtree(site.root / folder)
    assert sorted(billing.doctor()) == sorted([MIXED, BEHIND])
    assert billing.finding(MIXED)["seen"][0] == f"{'vendor/whmcs/whmcs-foundation' if folder == 'vendor' else folder} is missing"
    need_no_upgrade(billing)


def test_an_admin_area_that_did_not_come_bars_the_upgrade(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0])
    shutil.rmtree(site.root / "admin")
    assert sorted(billing.doctor()) == sorted([NO_AREA, BEHIND])
    assert billing.finding(NO_AREA)["do"] == "upload the folder admin of the release"
    need_no_upgrade(billing)


def test_an_admin_area_that_was_renamed_by_hand_is_found(billing):
    site = billing.admit(NEW)
    (site.root / "admin").rename(site.root / "office")
    assert billing.doctor() == [NO_AREA]
    found = billing.finding(NO_AREA)
    assert found["seen"] == ["configuration.php names no other folder than admin, and the admin area lies in office"]
    assert found["do"] == "rename the folder office to admin, or write the line $customadminpath = 'office'; into configuration.php"
    site.configure(more="$customadminpath = 'office';\n")
    assert billing.doctor() == []


def test_folders_that_older_releases_do_not_have_are_not_missed(billing):
    site = billing.admit("5.3.14-release.1")
    assert not (site.root / "crons").exists() and not (site.root / "vendor").exists()
    assert billing.doctor() == [], billing.said


# ---- what uploads leave behind

@pytest.mark.parametrize("release", ["7.10.3-release.1", "9.0.0-release.1"])
def test_a_single_file_that_was_left_over_bars_no_upgrade(billing, release):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0])
    site.stamp("dl.php", release)
    assert sorted(billing.doctor()) == sorted([ODD, BEHIND])
    assert billing.finding(ODD)["seen"] == [f"dl.php is of {release}, the rest of {NEW}"]
    assert billing.finding(BEHIND)["mend"] == "recover"
    assert billing.run("recover", "--eula=yes", "--yes") == 0, billing.said
    assert billing.sql(VERSION) == [NEW]


def test_files_that_a_newer_release_has_no_more_are_no_finding(billing):
    site = billing.admit(NEW)
    for name in ("admin/old1.php", "admin/old2.php", "admin/old3.php", "includes/old.php", "includes/older.php", "crons/domainsync.php", "old.php"):
        site.stamp(name, "7.10.3-release.1")
    assert billing.doctor() == [], billing.said
    assert billing.in_order(f"all files are of one release: {NEW}"), billing.said


def test_a_left_over_file_of_the_series_before_the_patch_is_no_finding(billing):
    site = billing.admit("8.13.1-release.1")
    site.stamp("admin/old.php", NEW)
    assert billing.doctor() == [], billing.said
    site.stamp("admin/systemhealth.php", "8.13.2-release.1")
    assert billing.doctor() == [NUMBERS]


# ---- what owners close, and how a configuration may begin

def test_folders_that_are_closed_where_nothing_is_written_are_no_finding(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0])
    for folder in ("includes", "modules", "lang"):
        (site.root / folder).chmod(0o555)
    assert billing.doctor() == [BEHIND], billing.said
    assert "3 folders are closed against changes" in billing.said
    (site.root / "attachments").chmod(0o555)
    words = "permissions keep the site's own account out of its files"
    assert sorted(billing.doctor()) == sorted([words, BEHIND])
    assert billing.finding(words)["seen"] == ["attachments has mode 555"]
    (site.root / "attachments").chmod(0o755)
    assert billing.run("recover", "--eula=yes", "--yes") == 0, billing.said
    assert billing.sql(VERSION) == [NEW]


def test_a_folder_that_the_account_cannot_read_is_a_finding(billing):
    site = billing.admit(NEW)
    (site.root / "lang").chmod(0o355)
    assert billing.doctor() == ["permissions keep the site's own account out of its files"]


def test_a_configuration_that_begins_with_a_short_tag_is_named_as_that(billing):
    site = billing.admit(NEW)
    text = (site.root / "configuration.php").read_text()
    site.configure(text.replace("<?php", "<?"))
    short = "the configuration, configuration.php, begins with the short tag <?"
    assert billing.doctor() == [short]
    assert "short_open_tag" in billing.finding(short)["means"] and "write <?php instead of <?" in billing.finding(short)["do"]
    assert billing.in_order(f"files and database are of one version: {NEW}"), billing.said
    site.configure(text.replace("<?php", "<?")[:-10])
    assert billing.doctor() == ["the configuration, configuration.php, is cut off or damaged"]
