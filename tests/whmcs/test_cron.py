# SPDX-License-Identifier: GPL-3.0-or-later
"""task=whmcs:cron: the script that the panel's cron line calls, wherever it lies, with nothing but itself."""

NEW = "8.13.0-release.1"
CRON = "<?php echo 'cron: ', basename(dirname(__DIR__)), ' ', json_encode(array_slice($argv, 1)), ' ', PHP_SAPI, \"\\n\";\n"


def test_the_cron_script_runs_without_a_word(billing):
    site = billing.admit(NEW)
    site.write("crons/cron.php", CRON)
    assert billing.run("whmcs:cron") == 0, billing.said
    assert "Executing console whmcs:cron\ncron: site [] cli\n" in billing.said
    assert billing.doctor() == []


def test_the_cron_script_may_lie_elsewhere(billing):
    site = billing.admit(NEW)
    elsewhere = billing.folder / "home/crons"
    elsewhere.mkdir(parents=True)
    (site.root / "crons/cron.php").unlink()
    (elsewhere / "cron.php").write_text(CRON)
    site.configure(more=f"$crons_dir = '{elsewhere}/';\n")
    assert billing.run("whmcs:cron") == 0 and "cron: home [] cli" in billing.said, billing.said
    (elsewhere / "cron.php").unlink()
    assert billing.run("whmcs:cron") == 1 and f"cron.php was not found in {elsewhere}, which $crons_dir in configuration.php names" in billing.said


def test_a_php_without_the_loader_is_explained(billing):
    site = billing.admit(NEW)
    site.write("crons/cron.php", "<?php echo 'Script error: the ionCube Loader for PHP needs to be installed.', PHP_EOL; exit(199);\n")
    assert billing.run("whmcs:cron") == 1
    assert "exit 199" in billing.said and "this PHP has no ionCube Loader" in billing.said and "php = /path/to/php" in billing.said


def test_other_words_are_not_allowed(billing):
    billing.admit(NEW)
    for line in ("whmcs:cron do --DailyAutomation", "whmcs:cron --all", "mautic:segments:update", "cache:clear"):
        assert billing.run(*line.split()) == 2, billing.said
        assert "not allowed" in billing.said or "takes no" in billing.said or "no option" in billing.said, billing.said


def test_it_waits_for_a_repair_that_holds_the_site(billing):
    site = billing.admit(NEW, database="8.6.2-release.1", installer=NEW)
    site.write("crons/cron.php", CRON)
    front = (site.root / "index.php").read_text()
    child = billing.start("recover", "--eula=yes", "--yes")
    while (site.root / "index.php").read_text() == front:
        assert child.poll() is None
    assert billing.run("whmcs:cron") == 4, billing.said
    assert "cron: site" not in billing.said and "skipped: job " in billing.said and "is not over" in billing.said, billing.said
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    child.communicate(timeout=60)
    assert billing.run("whmcs:cron") == 0 and "cron: site [] cli" in billing.said, billing.said
