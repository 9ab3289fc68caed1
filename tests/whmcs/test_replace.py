# SPDX-License-Identifier: GPL-3.0-or-later
"""files:replace of a WHMCS: the release comes in, all that is the owner's stays byte for byte, the admin area keeps its name; the ways
back, what verify says, and the zips that are refused."""
import zipfile

import pytest

from fixture.whmcs import headed, release_files, release_zip

NEW, OLD = "8.13.0-release.1", "8.6.2-release.1"
NAME = "whmcs_v8130_full.zip"
REPLACE = ("files:replace", f"--file={NAME}", "--yes")
BEHIND = "the database is behind the files: the upgrade was not run, or did not come to its end"
OWN = {"configuration.php.bak.php": "<?php // a copy\n", "attachments/ticket.pdf": "pdf", "downloads/a.zip.txt": "zip", "lang/overrides/english.php": "ours",
       "templates/ours/header.tpl": "{* ours *}", "templates/six/custom.css": "ours", "templates/orderforms/ours/a.tpl": "ours",
       "modules/addons/ours/ours.php": "<?php", "modules/gateways/ours.php": "<?php", "modules/servers/cpanel/logo.png": "logo",
       "includes/hooks/ours.php": "<?php // a hook\n", "crons/config.php": "<?php $whmcspath = '..';\n", "assets/img/logo.png": "ours",
       ".htaccess": "# of the host\n", "robots.txt": "User-agent: *\n", "shop/index.php": "<?php // another program\n",
       "resources/domains/whois.json": "[]"}


def tree(site):
    return {str(path.relative_to(site.root)): path.read_bytes() for path in sorted(site.root.rglob("*")) if path.is_file()}


def admitted(billing, version, **options):
    site = billing.admit(version, **options)
    admin = options.get("admin", "admin")
    for name, text in {**OWN, f"{admin}/lang/overrides/english.php": "ours", f"{admin}/ours.php": "<?php // ours\n"}.items():
        site.write(name, text)
    for file in site.root.glob("templates_c/*.tpl.php"):
        file.unlink()
    return site


def need_own(site, before, admin):
    after = tree(site)
    for name in [*OWN, "configuration.php", f"{admin}/lang/overrides/english.php", f"{admin}/ours.php", "templates_c/index.php", "templates_c/.htaccess",
                 "attachments/index.php", "downloads/index.php"]:
        assert after[name] == before[name], name
    return after


@pytest.mark.parametrize("admin", ["admin", "office", "secret/office", "admin/secret"])
@pytest.mark.parametrize("top", ["whmcs/", ""])
def test_a_release_comes_in_and_the_owners_things_stay(billing, admin, top):
    site = admitted(billing, OLD, admin=admin, database=NEW, installer=OLD)
    release_zip(site.root / NAME, NEW, top)
    before = tree(site)
    assert billing.run(*REPLACE) == 0, billing.said
    after = need_own(site, before, admin)
    for name, text in release_files(NEW).items():
        placed = admin + name.removeprefix("admin") if name.startswith("admin/") else name
        if placed in OWN or name.startswith("install/") or placed in before and name.split("/")[0] in ("attachments", "downloads", "templates_c"):
            continue
        if name.startswith(("includes/hooks/", "lang/overrides/")):
            continue
        assert after[placed].decode() == text, placed
    if admin == "admin/secret":
        assert [path.name for path in (site.root / "admin").iterdir()] == ["secret"]
    elif admin != "admin":
        assert not (site.root / "admin").exists()
    assert not (site.root / "whmcs").exists() and not (site.root / "install").exists() and not (site.root / "README.txt").exists()
    assert billing.doctor() == [], billing.said
    assert billing.run("files:verify", f"--file={NAME}") == 0, billing.said
    assert billing.run("files:rollback", "--yes") == 0, billing.said
    assert tree(site) == before


def test_undo_brings_the_former_files_back(billing):
    site = admitted(billing, OLD, admin="office", database=NEW)
    release_zip(site.root / NAME, NEW)
    before = tree(site)
    assert billing.run(*REPLACE) == 0, billing.said
    assert billing.run("undo", "--yes") == 0, billing.said
    assert tree(site) == before


def test_a_stray_admin_area_goes_and_a_decoy_stays(billing):
    site = admitted(billing, OLD, admin="office", database=NEW)
    site.stamp("admin/index.php", NEW)
    release_zip(site.root / NAME, NEW)
    assert billing.run(*REPLACE) == 0, billing.said
    assert not (site.root / "admin").exists() and (site.root / "office/index.php").read_text() == headed(NEW)
    site.write("admin/index.php", "<?php header('Location: /');\n")
    assert billing.run(*REPLACE) == 0, billing.said
    assert (site.root / "admin/index.php").read_text() == "<?php header('Location: /');\n"
    assert billing.doctor() == []


def test_an_admin_area_below_admin_is_no_stray_one(billing):
    site = admitted(billing, OLD, admin="admin/secret", database=NEW)
    site.stamp("admin/index.php", OLD)  # of an upload
    site.write("admin/ours.php", "<?php // ours\n")
    release_zip(site.root / NAME, NEW)
    before = tree(site)
    assert billing.run(*REPLACE) == 0, billing.said
    after = need_own(site, before, "admin/secret")
    assert after["admin/secret/index.php"].decode() == headed(NEW)
    assert after["admin/ours.php"] == before["admin/ours.php"] and after["admin/index.php"] == before["admin/index.php"]
    assert billing.doctor() == [], billing.said
    assert billing.run("recover", "--yes") == 0 and "nothing to do: nothing wrong found" in billing.said, billing.said
    assert tree(site) == after
    assert billing.run("files:rollback", "--yes") == 0 and tree(site) == before


def test_templates_that_the_owner_changed_are_named(billing):
    site = admitted(billing, OLD, database=NEW)
    for name, text in release_files(OLD).items():
        if name.startswith("templates/"):
            site.write(name, text)
    site.write("templates/six/header.tpl", "{* ours *}\n")
    release_zip(site.root / NAME, NEW)
    assert billing.run("files:replace", f"--file={NAME}", "--yes") == 0, billing.said
    review, = (line for line in billing.said.splitlines() if line.startswith("review these templates"))
    # Without the package of before nobody knows which of those that differ were changed by the owner.
    assert "if you had changed them" in review and "six/header.tpl" in review and "products.tpl" in review
    assert billing.run("files:rollback", "--yes") == 0, billing.said
    release_zip(site.root / "whmcs_v862_full.zip", OLD)
    assert billing.run("files:replace", f"--file={NAME}", "--yes") == 0, billing.said
    review, = (line for line in billing.said.splitlines() if line.startswith("review these templates"))
    assert "which you had changed (as whmcs_v862_full.zip tells): templates/six/header.tpl" in review and "products.tpl" not in review


@pytest.mark.parametrize("unreadable", ["no version", "no server"])
def test_older_files_are_refused_where_the_database_does_not_say_its_version(billing, unreadable):
    site = admitted(billing, NEW)
    if unreadable == "no version":
        billing.sql("update tblconfiguration set value = 'soon' where setting = 'Version'")
    else:
        text = (site.root / "configuration.php").read_text()
        site.configure(text.replace(f"$db_port = '{billing.db['port']}'", "$db_port = '1'"))
    release_zip(site.root / "old.zip", OLD)
    release_zip(site.root / NAME, NEW)
    before = tree(site)
    assert billing.run("files:replace", "--file=old.zip", "--yes") == 1, billing.said
    assert f"the package is of {OLD}, files here are of {NEW}, and the version of the database cannot be read" in billing.said
    site.stamp("init.php", OLD)  # half of an update that died: the newest file counts
    assert billing.run("files:replace", "--file=old.zip", "--yes") == 1 and f"files here are of {NEW}" in billing.said
    site.stamp("init.php", NEW)
    assert tree(site) == before
    assert billing.run(*REPLACE) == 0, billing.said  # the same release is not older


def test_folders_that_were_moved_do_not_come_again(billing):
    site = admitted(billing, OLD, database=NEW)
    home = billing.folder / "home"
    for name in ("attachments", "compiled", "crons"):
        (home / name).mkdir(parents=True)
    for name in ("attachments", "templates_c", "crons"):
        for path in sorted((site.root / name).rglob("*"), reverse=True):
            path.unlink()
        (site.root / name).rmdir()
    (home / "crons/cron.php").write_text(headed(OLD))
    site.configure(more=f"$attachments_dir = '{home}/attachments/';\n$templates_compiledir = '{home}/compiled';\n$crons_dir = '{home}/crons/';\n")
    release_zip(site.root / NAME, NEW)
    assert billing.run(*REPLACE) == 0, billing.said
    for name in ("attachments", "templates_c", "crons"):
        assert not (site.root / name).exists(), name
    assert f"copy the files of crons/ in the release into {home}/crons yourself" in billing.said
    assert (home / "crons/cron.php").read_text() == headed(OLD)


def test_newer_files_say_that_the_upgrade_is_next_and_recover_runs_it(billing):
    site = admitted(billing, OLD, admin="office")
    release_zip(site.root / NAME, NEW)
    assert billing.run("files:replace", f"--file={NAME}") == 3
    assert "from then on visitors see" in billing.said
    assert billing.run(*REPLACE) == 0, billing.said
    assert "ask recover now, which runs the upgrade" in billing.said and (site.root / "install/install.php").exists()
    assert billing.doctor() == [BEHIND]
    site.add_installer(NEW, steps=[0])
    assert billing.run("recover", "--eula=yes", "--yes") == 0, billing.said
    assert billing.doctor() == [] and billing.sql("select value from tblconfiguration where setting = 'Version'") == [NEW]


def test_files_older_than_the_database_are_refused(billing):
    site = admitted(billing, NEW, database="9.0.0-release.1")
    release_zip(site.root / NAME, NEW)
    before = tree(site)
    assert billing.run(*REPLACE) == 1
    assert "older files never fit a newer database" in billing.said and "9.0.0-release.1" in billing.said
    assert tree(site) == before
    assert billing.run("files:verify", f"--file={NAME}") == 1, billing.said
    assert "are byte for byte those of" in billing.said and "templates/six/header.tpl" in billing.said, billing.said


def test_a_half_uploaded_site_is_made_whole(billing):
    site = admitted(billing, OLD, database=NEW)
    for name in ("init.php", "vendor/whmcs/whmcs-foundation/lib/Application.php"):
        (site.root / name).unlink()
    site.stamp("cart.php", NEW)
    release_zip(site.root / NAME, NEW)
    assert billing.doctor() != [] and "files:replace" in billing.said
    assert billing.run(*REPLACE) == 0, billing.said
    assert billing.doctor() == [], billing.said


@pytest.mark.parametrize("config, words", [("$customadminpath = getenv('X');\n", "the admin area's folder is not known"),
                                           ("$customadminpath = '../office';\n", "names no folder of the site")])
def test_an_admin_folder_that_is_not_known_is_not_guessed(billing, config, words):
    site = admitted(billing, OLD, database=NEW)
    site.configure(more=config)
    release_zip(site.root / NAME, NEW)
    before = tree(site)
    assert billing.run(*REPLACE) == 1 and words in billing.said, billing.said
    assert tree(site) == before


REFUSED = [
    ({"init.php": None}, "it has no init.php"),
    ({"init.php": "<?php // a module\n"}, "init.php in it is none of WHMCS's"),
    ({"cart.php": headed(OLD)}, "and cart.php of 8.6.2"),
    ({"cart.php": None}, "it has no whmcs/cart.php"),
    ({"configuration.php": "<?php $db_password = 'x';"}, "it is a copy of a site"),
    ({"vendor/whmcs/whmcs-foundation/lib/Application.php": None}, "is it a patch set?"),
    ({"init.php": headed(NEW)[:300]}, "in it"),
]


@pytest.mark.parametrize("changes, words", REFUSED)
def test_zips_that_are_no_full_release_are_refused(billing, changes, words):
    site = admitted(billing, OLD, database=NEW)
    release_zip(site.root / NAME, NEW, **changes)
    before = tree(site)
    assert billing.run(*REPLACE) == 1 and words in billing.said, billing.said
    assert tree(site) == before


def test_hostile_and_broken_zips_are_refused(billing):
    site = admitted(billing, OLD, database=NEW)
    file = release_zip(site.root / NAME, NEW)
    whole = file.read_bytes()
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("whmcs/../../evil.php", "<?php")
    before = tree(site)
    assert billing.run(*REPLACE) == 1 and "leads out of the folder" in billing.said
    assert tree(site) == before
    # Two entries that meet in the admin area's own folder.
    site.configure(more="$customadminpath = 'includes';\n")
    file.write_bytes(whole)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("whmcs/includes/login.php", "<?php")
    assert billing.run(*REPLACE) == 1 and "is refused" in billing.said, billing.said
    site.configure()
    damaged = bytearray(whole)
    damaged[len(whole) // 3] ^= 255
    file.write_bytes(damaged)
    before = tree(site)
    assert billing.run(*REPLACE) == 1, billing.said
    assert tree(site) == before


def test_update_finish_is_not_for_it(billing):
    admitted(billing, NEW)
    assert billing.run("update:finish") == 1 and "files:replace" in billing.said


def test_verify_lists_the_zips_that_lie_there_where_none_is_of_the_files_version(billing):
    site = admitted(billing, OLD)
    assert billing.run("files:verify") == 1 and "a package is needed" in billing.said, billing.said
    release_zip(site.root / NAME, NEW)
    assert billing.run("files:verify") == 2, billing.said
    assert f"file={NAME}" in billing.said and f"The tree says that it is WHMCS {OLD}" in billing.said, billing.said
