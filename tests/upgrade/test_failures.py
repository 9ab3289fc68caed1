# SPDX-License-Identifier: GPL-3.0-or-later
"""Every stage made to fail in two ways: the right code with the right text, and the next call goes on or begins again."""
import json
import os
import shutil
import stat
import threading
import time
import zipfile
from dataclasses import dataclass
from typing import Callable

import pytest

from support import process

from .test_protocol import once_each
from .test_upgrade import STAGES
from .two import PACKAGE

FULL = os.environ.get("UNSTICK_SWEEP") == "full"
MIGRATE = "doctrine:migrations:migrate"


@dataclass
class Failure:
    name: str
    code: str                 # of the error
    spoil: Callable           # before the upgrade begins; returns what mends it
    goes_on: str = ""         # the stage that the next call goes on from; empty: all was taken back


def put(name, text="no"):
    def spoil(two):
        two.put(name, text, over=True)
        return lambda: (two.root / name).unlink()
    return spoil


def shut(name):
    """A folder whose owner may not change it cannot be renamed into another one."""
    def spoil(two):
        (two.root / name).mkdir(parents=True, exist_ok=True)
        (two.root / name).chmod(0o555)
        return lambda: (two.root / name).chmod(0o755)
    return spoil


def shut_backups(two):
    folder = two.state / "backups"
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    return lambda: folder.chmod(0o700)


def in_the_way(name):
    def spoil(two):
        two.state.mkdir(exist_ok=True)
        (two.state / name).write_text("a file where a folder should be")
        return lambda: (two.state / name).unlink()
    return spoil


def cut_entry(two):
    package = two.root / PACKAGE
    whole = package.read_bytes()
    with zipfile.ZipFile(package) as packed:
        entry = packed.getinfo("bin/console")
    damaged = bytearray(whole)
    at = entry.header_offset + 30 + len(entry.filename) + 20
    damaged[at:at + 40] = bytes(40)
    package.write_bytes(damaged)
    return lambda: package.write_bytes(whole)


def meanwhile(change, mend):
    """While Mautic 2 migrates: behind the plan, and before the stage."""
    def spoil(two):
        (two.root / f"slow-{MIGRATE}").write_text("4")

        def act():
            process.wait_until(lambda: any((two.state / "jobs").glob("*/journal")), 30, "the job")
            process.wait_until(lambda: any('"step":4' in path.read_text() or '"step":5' in path.read_text()
                                           for path in (two.state / "jobs").glob("*/journal")), 30, "the migrations")
            time.sleep(0.5)
            change(two)
        thread = threading.Thread(target=act)
        thread.start()

        def done():
            thread.join()
            (two.root / f"slow-{MIGRATE}").unlink(missing_ok=True)
            mend(two)
        return done
    return spoil


def touch(name):
    return lambda two: os.utime(two.root / name, (1, 1))


def refill(name):
    return lambda two: two.put(name, "again", over=True)


def rename_table(two):
    two.query("RENAME TABLE mt_migrations TO mt_elsewhere")
    return lambda: two.query("RENAME TABLE mt_elsewhere TO mt_migrations")


def shut_migrations(two):
    folder = two.root / "app/migrations"
    folder.chmod(0)
    return lambda: folder.chmod(0o755)


def no_migrations(two):
    """The package of 3 lacks them."""
    two.package(without="app/migrations/")
    return two.package


def unrecorded(two):
    """Mautic 3's console says that it did all, and recorded nothing."""
    two.put("fail-record", "")
    return lambda: (two.root / "fail-record").unlink()


def write_configuration(two):
    file = two.root / "app/config/local.php"
    shutil.copy(file, two.folder / "local.php")
    file.write_text(file.read_text().replace("'webhook_start' => 7", "'webhook_start' => 8"))


def return_configuration(two):
    (two.root / "app/config/local.php").write_text((two.folder / "local.php").read_text())


def bar_copy(two):
    """A file where the copy of the configuration should be kept."""
    for journal in (two.state / "jobs").glob("*/journal"):
        folder = two.state / "kept" / journal.parent.name / "swap"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "configuration-before").write_text("a file where a folder should be")
        for made in (folder.parent.parent, folder.parent, folder):
            made.chmod(0o700)
            if two.patient.owner:
                os.chown(made, two.patient.owner.uid, two.patient.owner.gid)


def hide_php(two):
    two.php.rename(two.folder / "hidden")


def show_php(two):
    (two.folder / "hidden").rename(two.php)


FAILURES = (
    Failure("no folder for backups", "ERR_DATABASE_BACKUP_FAILED", in_the_way("backups")),
    Failure("backups cannot be written", "ERR_DATABASE_BACKUP_FAILED", shut_backups),
    Failure("a migration of 2 fails", "ERR_MAUTIC_2_MIGRATIONS_FAILED", put("fail-20190926120000", "SQLSTATE[42000]")),
    Failure("the console of 2 fails", "ERR_MAUTIC_2_MIGRATIONS_FAILED", put(f"fail-{MIGRATE}", "PHP Fatal error: <b>x</b>")),
    Failure("the migrations' table is gone", "ERR_MAUTIC_2_MIGRATIONS_IDENTIFICATION_FAILED", rename_table),
    Failure("the migrations' folder is shut", "ERR_MAUTIC_2_MIGRATIONS_IDENTIFICATION_FAILED", shut_migrations),
    Failure("the package is gone", "ERR_DOWNLOAD_UPGRADE_PACKAGE_FAILED",
            meanwhile(lambda two: (two.root / PACKAGE).unlink(), lambda two: two.package())),
    Failure("another package", "ERR_DOWNLOAD_UPGRADE_PACKAGE_FAILED", meanwhile(touch(PACKAGE), lambda two: None)),
    Failure("a damaged file in the package", "ERR_EXTRACT_UPGRADE_PACKAGE_FAILED", cut_entry),
    Failure("no folder to unpack into", "ERR_EXTRACT_UPGRADE_PACKAGE_FAILED", in_the_way("staged")),
    Failure("vendor cannot be moved", "ERR_MOVE_MAUTIC_2_AND_3_FILES", shut("vendor")),
    Failure("a bundle cannot be moved", "ERR_MOVE_MAUTIC_2_AND_3_FILES", shut("app/middlewares")),
    Failure("local.php was changed", "ERR_UPDATE_LOCAL_CONFIG",
            meanwhile(lambda two: touch("app/config/local.php")(two), lambda two: None)),
    Failure("local.php has another value", "ERR_UPDATE_LOCAL_CONFIG", meanwhile(write_configuration, return_configuration)),
    Failure("local.php cannot be kept", "ERR_UPDATE_LOCAL_CONFIG", meanwhile(bar_copy, lambda two: None)),
    Failure("the migrations of 3 are not there", "ERR_MAUTIC_3_MIGRATIONS_IDENTIFICATION_FAILED", no_migrations),
    Failure("PHP is gone", "ERR_MAUTIC_3_MIGRATIONS_FAILED", meanwhile(hide_php, show_php)),
    Failure("the console of 3 lies", "ERR_MAUTIC_3_MIGRATIONS_FAILED", unrecorded, "applyMigrations"),
    Failure("a migration of 3 fails", "ERR_MAUTIC_3_MIGRATIONS_FAILED", put("fail-20200422144300", "SQLSTATE[42S21]"), "applyMigrations"),
    Failure("the first migration of 3 fails", "ERR_MAUTIC_3_MIGRATIONS_FAILED", put("fail-20200220172041", "1005"), "applyMigrations"),
    Failure("a theme is gone", "ERR_RESTORE_USER_DATA_FAILED",
            meanwhile(lambda two: shutil.rmtree(two.root / "themes/mine"), refill("themes/mine/config.json")), "restoreUserData"),
    Failure("an image is gone", "ERR_RESTORE_USER_DATA_FAILED",
            meanwhile(lambda two: (two.root / "media/images/mine.png").unlink(), refill("media/images/mine.png")), "restoreUserData"),
    Failure("left-overs cannot be moved", "ERR_CLEANUP_FILES", shut("mautic-3-temp-files"), "cleanupFiles"),
    Failure("the script's backup cannot be moved", "ERR_CLEANUP_FILES", shut("var/mautic-2-backup-files-0123"), "cleanupFiles"),
    Failure("the cache cannot be built", "ERR_BUILD_M3_CACHE", put("fail-cache:warmup", "Allowed memory size of 9 bytes exhausted"), "buildCache"),
    Failure("the cache dies", "ERR_BUILD_M3_CACHE", put("fail-cache:warmup", "Segmentation fault"), "buildCache"),
)


def one_of_each():
    """All with UNSTICK_SWEEP=full; else the first of each code."""
    if FULL:
        return FAILURES
    return tuple({failure.code: failure for failure in reversed(FAILURES)}.values())


@pytest.mark.parametrize("failure", one_of_each(), ids=lambda failure: failure.name.replace(" ", "-"))
def test_a_stage_fails_with_its_code_and_the_next_call_goes_on(two, failure):
    before, rows = two.tree(), two.rows()
    mend = failure.spoil(two)
    codes, answer = two.follow()
    mend()
    assert answer["status"] == "error" and answer["message"].startswith(failure.code + ": "), (codes, answer)
    assert "#" + failure.code.lower() in answer["message"] and "<b>" not in answer["message"]
    assert failure.code in (two.root / "upgrade_log.txt").read_text()
    assert stat.S_IMODE((two.root / "upgrade_log.txt").stat().st_mode) == 0o600
    if failure.goes_on:
        assert answer["nextTaskCode"] == failure.goes_on and "are Mautic 3" in answer["message"], answer
        codes, last = two.follow(failure.goes_on)
    else:
        assert answer["nextTaskCode"] == "preUpgradeChecks" and "Mautic 2" in answer["message"], answer
        assert (two.root / "app/console").exists() and not (two.root / "bin/console").exists()
        left = {name: text for name, text in two.tree().items() if name not in ("upgrade_log.txt", PACKAGE)}
        changed = {name for name in {*before, *left} if before.get(name) != left.get(name)} - {PACKAGE}
        assert not changed, changed
        assert {*two.rows()} == {*rows}
        codes, last = two.follow()
    assert last["status"] == "success", (codes, last)
    assert once_each(codes)[-1] == STAGES[-1] and (two.root / "bin/console").exists()
    assert not (two.root / "upgrade_log.txt").exists()


@pytest.mark.parametrize("stage", STAGES[1:] if FULL else ("backupDatabase", "moveMautic2and3Files", "applyMigrations", "finished"))
def test_killed_in_a_stage_the_next_call_goes_on(two, stage):
    """The job's process is killed as soon as it has begun the stage."""
    for name in (MIGRATE, "cache:warmup"):
        (two.root / f"slow-{name}").write_text("0.5")
    two.task("startUpgrade")
    journal, = (two.state / "jobs").glob("*/journal")
    steps = [step["stage"] for step in json.loads((journal.parent / "plan.json").read_text())["steps"]]
    first = steps.index(stage)

    def has_begun():
        seen = [json.loads(line.split("\t")[0]) for line in journal.read_text().splitlines()]
        return any(event["e"] == "begin" and event["step"] >= first for event in seen)
    process.wait_until(has_begun, 60, stage)
    for pid in process.running_below(two.folder):
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            pass
    codes, last = two.follow(stage)
    assert last["status"] == "success", (codes, last)
    assert once_each(codes)[-1] == STAGES[-1]
    assert (two.root / "bin/console").exists() and not (two.root / "app/console").exists()
    assert two.query("SELECT COUNT(*) FROM mt_three_new") == [["0"]]
