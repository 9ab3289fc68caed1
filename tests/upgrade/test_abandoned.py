# SPDX-License-Identifier: GPL-3.0-or-later
"""What the script upgrade_v3.php leaves when it stops, at any of its calls: what doctor says of it, and that it goes on, or back.

Where nobody can tell for certain how far it had come, all stays as it is.
"""
import os
import random
import shutil

import pytest

from .script import DUMP, KEPT, LOG, UNPACKED, Script
from .two import MIGRATIONS, OWN, PACKAGE

FULL = os.environ.get("UNSTICK_SWEEP") == "full"
DUMPS = "dumps or copies of the configuration lie where everybody can download them"
OF_SCRIPT = {"mautic-3-update-package.zip", DUMP, LOG, "m3_upgrade_pending_phase_2.txt", ".htaccess.m3"}
MINE = {"plugins/OwnBundle/Deep/Er/Class.php": "<?php // deeper", "plugins/OwnBundle/Config/config.php": "<?php // its own",
        "themes/mine/html/email.html.twig": "mine", "media/images/deep/er.png": "a picture", "media/files/long.pdf": "a long file " * 99,
        "translations/de/messages.ini": "hallo=du", "media/own/thing.bin": "mine", ".well-known/acme.txt": "challenge", "error_log": "old errors\n" * 9}


@pytest.fixture
def mine(two):
    """With things of the owner's wherever they can lie."""
    for name, text in MINE.items():
        two.put(name, text, over=True)
    return two


def found(two):
    """What doctor finds, {sentence: task}."""
    two.run("doctor")
    task, all_of_it = {}, two.said.splitlines()
    for at, line in enumerate(all_of_it):
        if line[:1].isdigit() and ". " in line:
            mend = next((after.split(": ", 1)[1] for after in all_of_it[at:at + 12] if after.strip().startswith("to mend it:")), "")
            task[line.split(". ", 1)[1].rsplit("  (", 1)[0]] = mend
    return task


def of_upgrade(two):
    """What doctor finds of it: the tasks, "" where it only tells."""
    return [task for sentence, task in found(two).items() if "upgrade_v3.php" in sentence]


def expect_tree(two, before, without=()):
    left = two.tree()
    changed = sorted(name for name in {*before, *left} - {*without} if before.get(name) != left.get(name))
    assert not changed, changed[:20]


def expect_two(two, before, rows):
    expect_tree(two, before, OF_SCRIPT)
    assert two.rows() == rows


def expect_three(two):
    after = two.tree()
    assert after["index.php"] == b"<?php // front 3.0.2" and "app/console" not in after
    for name, text in (OWN | MINE).items():
        if not name.startswith(("app/", "error_log")):
            assert after[name] == text.encode(), name
    assert not [name for name in after if name.startswith((KEPT, UNPACKED)) or name in OF_SCRIPT - {".htaccess.m3"}], sorted(after)
    assert {*MIGRATIONS[2], *MIGRATIONS[3]} <= {row[0] for row in two.query("SELECT version FROM mt_migrations")}
    local = after["app/config/local.php"].decode()
    assert "'mailer_transport' => 'sendmail'" in local and "webhook_start" not in local


def calls_of_exchange(two):
    """How many calls that change the disk it has."""
    there = len(os.listdir(two.root)) + 1
    package = {name.split("/")[0] for name in two.package()}
    return there + len(package)


def test_stopped_at_any_call_of_the_exchange_mautic_2_comes_back(mine):
    two = mine
    seed, most = random.SystemRandom().randrange(10**6), calls_of_exchange(two)
    for name in ("upgrade.php", "composer.lock"):  # left over and not whole in this fixture: afterwards all is to be in order
        (two.root / name).unlink()
    before, rows = two.tree(), two.rows()
    assert not found(two), two.said
    points = range(1, most) if FULL else sorted(random.Random(seed).sample(range(1, most), 2))
    for point in points:
        script = Script(two, seed + point)
        assert script.run_until("exchanged", point), f"seed {seed}, {point}: it has {script.calls} calls only"
        where = f"seed {seed}, stopped before call {point} of the exchange"
        assert of_upgrade(two) == ["upgrade:back"], (where, two.said)
        assert two.run("upgrade:back", "--yes") == 0, (where, two.said)
        assert set(found(two)) == {DUMPS} and DUMP in two.said, (where, two.said)
        try:
            expect_two(two, before, rows)
        except AssertionError as error:
            raise AssertionError(where) from error


def test_while_it_is_half_nothing_else_is_mended_and_the_way_is_gone_anew_afterwards(mine):
    two = mine
    before = two.tree()
    Script(two).run_until("exchanged", 20)
    broken = two.tree()
    assert [task for task in found(two).values() if task not in ("", "recover")] == ["upgrade:back"], two.said
    for task in ("recover", "upgrade:v3"):
        assert two.run(task, "--yes") == 1 and "FIRST ask upgrade:back" in two.said, two.said
    assert two.run("upgrade:back") == 3 and two.tree() == broken, two.said
    assert two.run("upgrade:back", "--yes") == 1 and "the former files" in two.said, two.said
    assert two.run("undo", "--yes") == 0 and of_upgrade(two) == ["upgrade:back"], two.said
    expect_tree(two, broken)
    assert two.run("upgrade:back", "--yes") == 1 and (two.root / PACKAGE).exists(), two.said
    assert two.upgrade("--ignore-warnings") == 0, two.said
    expect_three(two)
    assert two.run("undo", "--yes") == 0, two.said
    assert two.tree()["plugins/OwnBundle/Deep/Er/Class.php"] == before["plugins/OwnBundle/Deep/Er/Class.php"]


@pytest.mark.parametrize(("stage", "calls"), [("exchanged", None), ("migrating", None), ("restored", "some"), ("restored", "others"), ("tidied", 0)] if FULL
                         else [("migrating", None), ("restored", "some"), ("tidied", 0)])
def test_stopped_behind_the_exchange_it_goes_on(mine, stage, calls):
    two = mine
    seed = random.SystemRandom().randrange(10**6)
    point = random.Random(seed).randrange(1, 16) if isinstance(calls, str) else calls
    Script(two, seed).run_until(stage, point)
    where = f"seed {seed}, stopped in {stage} at {point}"
    assert of_upgrade(two) == ["upgrade:v3"], (where, two.said)
    broken, rows = two.tree(), two.rows()
    assert two.run("upgrade:back", "--yes") == 0 and "nothing to do" in two.said and two.tree() == broken and two.rows() == rows, two.said
    assert two.upgrade() == 0, (where, two.said)
    try:
        expect_three(two)
    except (AssertionError, KeyError) as error:
        raise AssertionError(where) from error
    assert not of_upgrade(two), two.said
    assert two.run("undo", "--yes") == 0, (where, two.said)
    assert of_upgrade(two) == ["upgrade:v3"], (where, two.said)
    expect_tree(two, broken, {LOG})


def test_a_going_on_that_fails_says_what_leads_back(mine):
    two = mine
    Script(two).run_until("migrating")
    console = two.root / "bin/scripted.json"
    good = console.read_text()
    console.write_text("{")
    two.give(once=False)
    assert two.upgrade() == 1, two.said
    assert "brings back all of Mautic 2" not in two.said and "takes back this job alone" in two.said, two.said
    console.write_text(good)
    two.give(once=False)
    assert of_upgrade(two) == ["upgrade:v3"], two.said
    assert two.upgrade() == 0, two.said
    expect_three(two)


def test_a_rewriting_that_was_cut_off_waits_for_its_configuration(mine):
    two = mine
    Script(two).run_until("rewritten", 1)
    assert (two.root / "app/config/local.php").read_text() == ""
    tasks = found(two)
    assert "config:fix" in tasks.values() and not {"upgrade:v3", "upgrade:back"} & set(tasks.values()), two.said
    two.run("recover", "--yes")
    assert of_upgrade(two) == ["upgrade:v3"], two.said
    assert two.upgrade() == 0, two.said
    expect_three(two)


def stay_as_they_are(two):
    """It is told, without a task, and nothing is moved by whoever asks all the same."""
    broken, rows = two.tree(), two.rows()
    assert of_upgrade(two) == [""], two.said
    assert two.run("upgrade:back", "--yes") == 0 and "nothing to do" in two.said, two.said
    assert two.tree() == broken and two.rows() == rows


def nobody_can_tell(two):
    """Nothing at all is moved, whatever is asked."""
    stay_as_they_are(two)
    broken, rows = two.tree(), two.rows()
    for task in ("upgrade:v3", "recover"):
        assert two.run(task, "--yes") == 1 and "delete nothing" in two.said, two.said
    assert two.tree() == broken and two.rows() == rows


def test_without_its_log_nobody_can_tell(mine):
    Script(mine).run_until("exchanged", 20)
    (mine.root / LOG).unlink()
    nobody_can_tell(mine)


def test_moved_a_second_time_nobody_can_tell(mine):
    script = Script(mine)
    script.run_until("exchanged", calls_of_exchange(mine) - 12)
    try:
        script.move_out()
    except OSError:
        pass  # a folder that is there already: the script goes on with the next
    mine.give(once=False)
    nobody_can_tell(mine)


def test_restored_by_the_host_it_is_only_told(mine):
    copy = mine.folder / "hosts-backup"
    shutil.copytree(mine.root, copy, symlinks=True)
    Script(mine).run_until("migrating")
    for name in os.listdir(copy):
        there = mine.root / name
        (shutil.rmtree if there.is_dir() else os.unlink)(there) if there.exists() else None
        shutil.move(copy / name, there)
    mine.give(once=False)
    stay_as_they_are(mine)
    assert (mine.root / KEPT / "vendor").exists()


def test_a_folder_that_was_a_link_is_only_told(mine):
    outside = mine.folder / "outside"
    shutil.move(mine.root / "media", outside)
    os.symlink(outside, mine.root / "media")
    Script(mine).run_until("migrating")
    stay_as_they_are(mine)
    mine.run("doctor")
    assert "media was a link" in mine.said, mine.said


def test_what_was_ended_by_hand_is_not_taken_back(mine):
    """The log says that the files are being moved; the database says more."""
    Script(mine).run_until("migrated")
    (mine.root / LOG).write_text("Moving Mautic 2 files to there")
    shutil.rmtree(mine.root / "app/config")
    mine.give(once=False)
    broken, rows = mine.tree(), mine.rows()
    assert mine.run("upgrade:back", "--yes") == 1 and "20200422144300" in mine.said, mine.said
    assert mine.tree() == broken and mine.rows() == rows


@pytest.mark.parametrize("gone", ("migrations", "table"))
def test_what_proves_nothing_is_no_proof(mine, gone):
    Script(mine).run_until("exchanged", calls_of_exchange(mine) - 12)
    if gone == "migrations":
        shutil.rmtree(mine.root / KEPT / "app/migrations")
    else:
        mine.query("RENAME TABLE mt_leads TO mt_elsewhere")
    broken = mine.tree()
    assert mine.run("upgrade:back", "--yes") == 1 and "FIRST the database must answer" in mine.said, mine.said
    assert mine.tree() == broken


def test_without_an_answer_of_the_database_nothing_is_taken_back(mine):
    Script(mine).run_until("exchanged", 20)
    local = mine.root / KEPT / "app/config/local.php"
    local.write_text(local.read_text().replace("'db_port' =>", "'db_port' => 1, 'x' =>", 1))
    mine.give(once=False)
    broken = mine.tree()
    assert mine.run("upgrade:back", "--yes") == 1 and "FIRST the database must answer" in mine.said, mine.said
    assert mine.tree() == broken


def test_a_site_that_lived_on_is_only_told_and_the_plan_names_what_would_come(mine):
    Script(mine).run_until("migrating")
    os.utime(mine.root / LOG, (1.6e9, 1.6e9))
    stay_as_they_are(mine)
    assert mine.run("upgrade:v3") == 3, mine.said
    for name in ("plugins/OwnBundle", "media/files/long.pdf", "shop", "robots.txt"):
        assert name in mine.said, mine.said


def test_going_on_failed_behind_the_filling_it_looks_for_the_same_things_again(mine):
    Script(mine).run_until("migrating")
    (mine.root / "fail-cache:warmup").write_text("Allowed memory size of 9 bytes exhausted")
    mine.give(once=False)
    assert mine.upgrade() == 1 and "ERR_BUILD_M3_CACHE" in mine.said, mine.said
    gone = mine.root / "media/files/long.pdf"
    gone.rename(mine.folder / "long.pdf")
    (mine.root / "fail-cache:warmup").unlink()
    assert mine.upgrade() == 1 and "media/files/long.pdf" in mine.said, mine.said
    (mine.folder / "long.pdf").rename(gone)
    assert mine.upgrade() == 0, mine.said
    expect_three(mine)


def test_stopped_before_it_moved_anything_only_its_leavings_are_told(mine):
    before, rows = mine.tree(), mine.rows()
    Script(mine).run_until("unpacked")
    stay_as_they_are(mine)
    assert mine.upgrade("--ignore-warnings") == 0, mine.said
    expect_three(mine)
    assert mine.run("undo", "--yes") == 0, mine.said
    expect_two(mine, before | {name: text for name, text in mine.tree().items() if name.startswith(UNPACKED)}, rows)


def test_a_site_that_came_through_is_not_called_half(mine):
    Script(mine).run_until("tidied")
    assert not of_upgrade(mine), mine.said


def test_a_later_mautic_with_all_of_it_left_over_is_not_called_half(patient):
    site = patient.admit("era52")
    patient.doctor()
    for name in ("app/console", "app/version.txt", "app/AppKernel.php", "app/config/local.php", "index.php", "vendor/autoload.php", "media/a", "plugins/a", "themes/a"):
        file = site.root / KEPT / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("old")
    (site.root / UNPACKED).mkdir()
    (site.root / LOG).write_text("===== STARTING MAUTIC 3 UPGRADE AT 2020-06-20 10:00:00... =====\n\n[2020-06-20 10:00:00] Moving Mautic 2 files to "
                                 "mautic-2-backup-files folder, then moving\n")
    assert patient.doctor() == ["what upgrade_v3.php made still lies in the site"], patient.said
    assert "open to strangers" in patient.said and "upgrade:" not in patient.said
    assert patient.run("upgrade:back", "--yes") == 0 and "nothing to do" in patient.said
    assert patient.run("recover", "--yes") == 0 and (site.root / KEPT / "vendor/autoload.php").exists(), patient.said
    (site.root / "app/release_metadata.json").unlink()
    assert patient.run("upgrade:back", "--yes") == 0 and "nothing to do" in patient.said, patient.said
    assert (site.root / "app/bundles").exists() and (site.root / "vendor").exists()


def test_the_page_of_the_script_is_told_the_way_back(mine):
    Script(mine).run_until("exchanged", 30)
    answer = mine.task("preUpgradeChecks")
    assert answer["status"] == "success" and "upgrade:back" in answer["message"] and not answer["nextTaskCode"], answer
    answer = mine.task("applyMigrations")
    assert answer["status"] == "error" and answer["nextTaskCode"] == "preUpgradeChecks", answer
