# SPDX-License-Identifier: GPL-3.0-or-later
"""files:replace, files:rollback, update:finish, undo and kept: the program itself, on a small site."""

import os
import re
import shutil

import pytest

from files.ground import NO_PHP, OWN, RELEASE, STUB, Ground, leave_half_moved, metadata, pack, release
from files.visited import served
from support import tools, users

MERGED = ".htaccess"


@pytest.fixture
def ground(folder, program):
    return Ground(folder, program)


@pytest.fixture
def package(ground):
    return ground.package(files=release(**NO_PHP))


def same(before, after):
    changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    assert not changed, changed


def job_of(text):
    return re.search(r"\d{8}-\d{9}-[a-z0-9]{6}", text)[0]


@pytest.fixture
def web(ground):
    """The site's server; its address stands in local.php."""
    with served(ground) as site:
        yield site


def test_the_plan_changes_nothing_and_says_what_it_would_do(ground, package):
    before = ground.tree()
    status, text = ground.run("files:replace", "--file=5.2.0.zip")
    assert status == 3, text
    for words in ("5.2.0, full", "the files say 5.1.0 now", "NO step on the database", "files:rollback puts it back",
                  "close the site", "open the site"):
        assert words in text, text
    same(before, ground.tree())


def test_the_packages_files_are_there_and_the_users_stay_byte_for_byte(ground, package):
    before = ground.tree()
    text = ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    assert "files only, database still behind: " in text and text.splitlines()[-1].startswith("-- done: exit 0")
    after = ground.tree()
    for name, content in RELEASE.items():
        if name not in (MERGED, "robots.txt", ".env", "config/.gitkeep", "media/files/.htaccess"):
            assert after[name][1] == content.encode(), name
    for name in (*OWN, "robots.txt", ".env", "media/files/films", "5.2.0.zip"):
        assert after[name] == before[name], name
    assert after["bin/console"][0] == 0o755
    gone = ("app/bundles/GoneBundle", "app/config/config_old.php", "plugins/MauticCitrixBundle/citrix.php", "upgrade.php")
    assert not [name for name in gone if name in after]
    assert not [name for name in after if ".unstick" in name]
    assert "emptied" in text and not (ground.root / "var/cache/prod").exists()


def test_a_front_and_a_console_that_are_missing_come_in_closed_and_go_again(ground, package):
    (ground.root / "index.php").unlink()
    shutil.rmtree(ground.root / "bin")
    before = ground.tree()
    ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    [swap] = ground.state.glob("kept/*/swap/list")
    assert re.search(r"^put bin/\.unstick-\w+-console$", swap.read_text(), re.MULTILINE), swap.read_text()
    assert "5.2.0" in ground.text("bin/console") and "5.2.0" in ground.text("index.php")
    ground.good("files:rollback", "--yes")
    after = ground.tree()
    assert after.pop("bin")[0] == "folder"  # empty: the stub still lay in it when the files went
    same(before, after)


def test_the_hosts_lines_of_htaccess_survive_the_new_rules(ground, package):
    ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    rules = ground.text(MERGED)
    assert "# rules of 5.2.0" in rules and "# rules of 5.1.0" not in rules
    assert rules.count("AddHandler application/x-httpd-php82 .php") == 1


def test_a_rollback_brings_every_byte_back_and_can_itself_be_followed_by_another_try(ground, package):
    before = ground.tree()
    text = ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    assert "files that it replaced" in ground.good("kept")
    ground.good("files:rollback", "--yes")
    same(before, ground.tree())
    status, text = ground.run("files:rollback", "--yes")
    assert status == 0 and "nothing to do" in text
    ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    assert "5.2.0" in ground.text("index.php")


def test_only_the_newest_exchange_can_be_taken_back_and_then_the_one_before(ground, package):
    before = ground.tree()
    first = ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    between = ground.tree()
    ground.package("5.2.1.zip", release("5.2.1", **NO_PHP))
    with_second = set(ground.tree()) - set(between)
    ground.good("files:replace", "--file=5.2.1.zip", "--yes")
    kept = [line.split()[0] for line in ground.good("kept").splitlines() if line[:8].isdigit()]
    assert len(kept) == 2 and kept == sorted(kept, reverse=True)
    status, text = ground.run("files:rollback", f"--job={kept[1]}", "--yes")
    assert status == 1 and "take that back first" in text
    ground.good("files:rollback", "--yes")
    same(between, {path: what for path, what in ground.tree().items() if path not in with_second})
    ground.good("files:rollback", "--yes")
    same(before, {path: what for path, what in ground.tree().items() if path not in with_second})
    assert first


def test_what_is_kept_is_let_go_only_when_asked(ground, package):
    job = job_of(ground.good("files:replace", "--file=5.2.0.zip", "--yes") + ground.good("kept"))
    after = ground.tree()
    status, text = ground.run("kept:delete", f"--job={job}")
    assert status == 3 and "cannot be brought back" in text
    ground.good("kept:delete", f"--job={job}", "--yes")
    assert "nothing is kept" in ground.good("kept") and not (ground.state / "kept" / job).exists()
    assert "nothing to do" in ground.good("files:rollback", "--yes")
    same(after, ground.tree())


def test_a_site_that_answers_worse_gets_its_files_back_by_itself(ground, web):
    ground.package(files=release("5.1.0"))  # no step on the database
    web.bad = "5.2.0"
    before = ground.tree()
    status, text = ground.run("files:replace", "--file=5.2.0.zip", "--yes")
    assert status == 1, text
    assert "worse than before" in text and "taken back: the site is as it was before this job" in text, text
    same(before, ground.tree())
    assert (ground.root / "var/cache/prod/AppKernelProdContainer.php").exists()
    assert web.asked.count("/s/login") >= 3 and any("unstick-opcode-cache" in path for path in web.asked)


def test_a_site_that_answers_is_proved_and_the_opcode_cache_is_emptied_through_its_stub(ground, web):
    ground.package(files=release("5.1.0"))
    text = ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    assert "PHP's opcode cache is emptied" in text and "not proved" not in text, text
    assert not (ground.root / "var/cache/prod").exists()


def test_a_rollback_after_which_the_site_answers_worse_is_taken_back_too(ground, web, package):
    ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    after = ground.tree()
    web.bad = "5.1.0"
    status, text = ground.run("files:rollback", "--yes")
    assert status == 1 and "taken back" in text, text
    same(after, ground.tree())


def test_a_purged_cache_is_put_back_when_the_site_answers_worse(ground, web):
    cache = web.needs = ground.root / "var/cache/prod/AppKernelProdContainer.php"
    status, text = ground.run("cache:purge")
    assert status == 1 and "put back" in text, text
    assert cache.exists() and (ground.root / "var/tmp/twig/aa/x.php").exists()


def test_undo_takes_the_last_repair_back_and_says_why_when_it_does_not(ground, package):
    before = ground.tree()
    assert "nothing to do" in ground.good("undo", "--yes")
    ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    ground.good("undo", "--yes")
    same(before, ground.tree())
    ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    (ground.root / "var/cache/prod").mkdir(parents=True)
    ground.good("cache:purge")
    text = ground.good("undo", "--yes")
    assert "nothing to take back" in text and "files:rollback" in text


def test_the_only_package_need_not_be_named(ground, package):
    status, text = ground.run("files:replace")
    assert status == 3 and "brings in 5.2.0, full" in text, text


def test_a_version_that_is_not_at_hand_is_downloaded_or_the_owner_is_told_how_to_upload_it(ground):
    status, text = ground.run("files:replace", "--version=5.2.1")
    assert status != 0 and "Downloading 5.2.1.zip" in text and "upload 5.2.1.zip in binary mode into " in text, text
    ground.package("5.2.1.zip", release("5.2.1", **NO_PHP))
    status, text = ground.run("files:replace", "--version=5.2.1")
    assert status == 3 and "brings in 5.2.1, full" in text, text


def test_it_asks_which_of_several_packages(ground, package):
    ground.package("5.1.0.zip", release("5.1.0"))
    pack(ground.root / "a plugin.zip", {"Config/config.php": "<?php"})
    status, text = ground.run("files:replace")
    assert status != 0 and "--file=5.2.0.zip" in text and "--file=5.1.0.zip" in text and "plugin" not in text, text


REFUSED = {
    "plugin.zip": ({"Config/config.php": "<?php", "x.php": ""}, "it seems to be a plugin"),
    "theme.zip": ({"config.json": "{}", "html/base.html.twig": ""}, "it seems to be a theme"),
    "source.zip": ({f"mautic-5.2.0/{name}": text for name, text in release().items()}, "as in an archive of the sources"),
    "other.zip": ({"wp-login.php": "<?php"}, "it has no app/release_metadata.json"),
    "half.zip": ({name: text for name, text in release().items() if not name.startswith("vendor")}, "it is not complete"),
    "broken.zip": ({**release(), "app/release_metadata.json": "{"}, "it holds no valid JSON"),
    "climbing.zip": ({**release(), "../../etc/cron.d/x": "x"}, "leads out of the folder"),
    "absolute.zip": ({**release(), "/etc/cron.d/x": "x"}, "/etc/cron.d/x"),
    "cases.zip": ({**release(), "app/AppKernel.PHP": "x"}, "app/AppKernel.PHP"),
    "old-update.zip": ({**release("5.0.1"), "critical_migrations.txt": "[]"}, "is older than the files"),
    "far-update.zip": ({**release(), "critical_migrations.txt": "[]",
                        "app/release_metadata.json": metadata("7.0.0").replace("5.0.0", "6.0.0")}, "can only follow 6.0.0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_package_that_does_not_fit_is_refused_before_anything_changes(ground, name):
    files, why = REFUSED[name]
    pack(ground.root / name, files)
    before = ground.tree()
    status, text = ground.run("files:replace", f"--file={name}", "--yes")
    assert status == 1 and why in text, text
    same(before, ground.tree())


def test_a_damaged_package_leaves_the_site_as_it_was(ground, package):
    data = bytearray(package.read_bytes())
    at = data.index(b"plugins/MauticNewBundle/new.php") + 40
    data[at] ^= 0xFF
    package.write_bytes(data)
    before = ground.tree()
    status, text = ground.run("files:replace", "--file=5.2.0.zip", "--yes")
    assert status == 1 and "5.2.0.zip" in text, text
    same(before, ground.tree())
    assert not list((ground.state / "staged").glob("*")) if (ground.state / "staged").exists() else True


def test_an_update_package_lays_its_files_over_the_release(ground):
    files = {"app/release_metadata.json": metadata("5.2.0", **NO_PHP), "app/bundles/CoreBundle/a.php": "<?php // a 5.2.0",
             "vendor/a/b/c.php": "<?php // 5.2.0", "upgrade.php": "<?php // the updater", "critical_migrations.txt": "[]",
             "deleted_files.txt": '["plugins/MauticCitrixBundle/citrix.php"]', "media/css/app.css": "/* 5.2.0 */"}
    pack(ground.root / "5.2.0-update.zip", files)
    before = ground.tree()
    ground.good("files:replace", "--file=5.2.0-update.zip", "--yes")
    after = ground.tree()
    assert after["app/bundles/CoreBundle/a.php"][1] == b"<?php // a 5.2.0" and "vendor/autoload.php" in after
    assert after["app/bundles/GoneBundle/c.php"] == before["app/bundles/GoneBundle/c.php"]
    assert after["upgrade.php"] == before["upgrade.php"] and "critical_migrations.txt" not in after
    assert "plugins/MauticCitrixBundle/citrix.php" not in after
    ground.good("files:rollback", "--yes")
    same(before, ground.tree())


def test_an_update_that_died_while_moving_is_brought_to_its_end_and_back_to_the_half_of_it(ground):
    leave_half_moved(ground)
    before = ground.tree()
    ground.good("update:finish", "--yes")
    after = ground.tree()
    for name in ("index.php", "app/AppKernel.php", "app/bundles/NewBundle/d.php", "vendor/new/pack/age.php"):
        assert after[name][1] == RELEASE[name].encode(), name
    assert not [name for name in after if name.startswith("upgrade/")]
    assert "app/bundles/GoneBundle/c.php" not in after and after["config/local.php"] == before["config/local.php"]
    ground.good("undo", "--yes")
    same(before, ground.tree())


def test_an_update_that_is_unpacked_and_has_not_begun_to_move_is_left_alone(ground):
    ground.write({"upgrade/vendor/a/b/other.php": "half", "upgrade/app/release_metadata.json": metadata("5.2.0")})
    before = ground.tree()
    assert "may not be complete" in ground.good("update:finish", "--yes")
    same(before, ground.tree())


def test_what_visitors_upload_after_the_exchange_stays_when_it_is_taken_back(ground, package):
    shutil.rmtree(ground.root / "media/files")
    ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    (ground.root / "media/files/customer.pdf").write_text("an upload")
    ground.good("files:rollback", "--yes")
    assert ground.text("media/files/customer.pdf") == "an upload"


def test_undo_of_an_undo_is_none(ground, package):
    ground.good("files:replace", "--file=5.2.0.zip", "--yes")
    ground.good("undo", "--yes")
    text = ground.good("undo", "--yes")
    assert "has itself taken something back" in text
    assert "5.1.0" in ground.text("index.php")


def test_an_update_is_not_laid_over_a_half_tree(ground):
    (ground.root / "vendor/composer/autoload_real.php").unlink()
    pack(ground.root / "5.2.0-update.zip", {"app/release_metadata.json": metadata("5.2.0", **NO_PHP), "critical_migrations.txt": "[]"})
    status, text = ground.run("files:replace", "--yes")
    assert status == 1 and "use the full package 5.2.0.zip" in text, text


def test_a_cache_that_cannot_be_set_aside_takes_the_files_back(ground, web):
    tools.need_root("to be refused by permissions")
    ground.package(files=release("5.1.0"))
    before = ground.tree()
    account = users.ensure(f"{users.PREFIX}-cache", home=ground.folder / "home")
    try:
        for path in (ground.folder, *ground.folder.rglob("*")):
            os.lchown(path, account.uid, account.gid)
        os.chown(ground.root / "var/cache", 0, 0)
        status, text = ground.run("files:replace", "--file=5.2.0.zip", "--yes")
    finally:
        users.remove(account.name)
    assert status == 1 and "what was done is taken back" in text, text
    same(before, ground.tree())
    assert not (ground.state / "closed").exists()


def test_without_a_sign_of_an_update_there_is_nothing_to_finish_and_without_a_package_it_is_named(ground):
    shutil.rmtree(ground.root / "upgrade", ignore_errors=True)
    text = ground.good("update:finish", "--yes")
    assert "nothing to do" in text
    ground.write({"deleted_files.txt": '["app/bundles/GoneBundle/c.php"]', "app/release_metadata.json": metadata("5.2.0", **NO_PHP)})
    before = ground.tree()
    status, text = ground.run("update:finish", "--yes")
    assert status == 1 and "upload 5.2.0.zip" in text, text
    same(before, ground.tree())
    ground.package(files=release(**NO_PHP))
    ground.good("update:finish", "--yes")
    assert "app/bundles/GoneBundle" not in ground.tree()


def test_an_update_that_died_before_it_wrote_its_version_is_finished_with_its_own_package(ground):
    ground.write({"deleted_files.txt": RELEASE["deleted_files.txt"], "app/bundles/CoreBundle/a.php": "<?php // a 5.2.0"})
    ground.package("5.1.0.zip", release("5.1.0", **NO_PHP) | {"deleted_files.txt": "[]"})
    ground.package(files=release(**NO_PHP))
    text = ground.good("update:finish", "--yes")
    assert '"5.2.0"' in ground.text("app/release_metadata.json"), text


def test_a_site_of_composer_is_left_to_composer(ground, package, folder, program):
    project = folder / "project"
    project.mkdir()
    shutil.move(ground.root, project / "docroot")
    shutil.move(project / "docroot/bin", project / "bin")
    shutil.move(project / "docroot/vendor", project / "vendor")
    ground.root = project / "docroot"
    status, text = ground.run("files:replace", "--file=5.2.0.zip")
    assert status == 1 and "managed by Composer" in text, text
