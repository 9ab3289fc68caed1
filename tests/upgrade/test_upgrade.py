# SPDX-License-Identifier: GPL-3.0-or-later
"""upgrade:v3 from its plan to its end and back again."""
import re
import stat

from .two import MIGRATIONS, OWN

STAGES = ("startUpgrade", "backupDatabase", "applyV2Migrations", "fetchUpdates", "extractUpdate", "moveMautic2and3Files", "updateLocalConfig",
          "applyMigrations", "restoreUserData", "cleanupFiles", "buildCache", "finished")


def test_the_plan_says_all_and_changes_nothing(two):
    before, rows = two.tree(), two.rows()
    assert two.run("upgrade:v3") == 3, two.said
    assert "WARNING: plugins of your own: OwnBundle" in two.said
    assert "ERROR" not in two.said
    assert two.tree() == before and two.rows() == rows


def test_from_two_to_three_and_back_byte_for_byte(two):
    before, rows = two.tree(), two.rows()
    status = two.upgrade("--ignore-warnings")
    assert status == 0, two.said
    after = two.tree()
    assert after["index.php"] == b"<?php // front 3.0.2"
    assert not (two.root / "app/console").exists() and not (two.root / "app/version.txt").exists()
    for name, text in OWN.items():
        assert after[name] == text.encode(), name
    local = after["app/config/local.php"].decode()
    for words in ("'mailer_transport' => 'sendmail'", "'dev_hosts' => array()", "'theme' => 'blank'", "'db_server_version' => '5.7'",
                  "array('adapter' => 'cache.adapter.filesystem')", "%kernel.root_dir%/../var/spool", "/elsewhere/app/../var/tmp", "// mine"):
        assert words in local, local
    assert "track_by_fingerprint" not in local and "webhook_start" not in local
    done = {row[0] for row in two.query("SELECT version FROM mt_migrations")}
    assert {*MIGRATIONS[2], *MIGRATIONS[3]} <= done
    assert two.query("SELECT COUNT(*) FROM mt_three_new") == [["0"]]
    assert "upgrade_v3.php" not in after and "upgrade_log.txt" not in after
    log, = (two.state / "logs").iterdir()
    text = log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert re.match(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] ", text) and "===== STARTING MAUTIC 3 UPGRADE AT " in text
    assert "Installed Mautic version: 2.16.5" in text and "migrating 20200422144300" in text
    assert two.run("undo", "--yes") == 0, two.said
    left = two.tree()
    changed = sorted(name for name in {*before, *left} if before.get(name) != left.get(name) and ".unstick-" not in name)
    assert not changed, changed
    assert two.rows() == rows
