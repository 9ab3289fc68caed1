# SPDX-License-Identifier: GPL-3.0-or-later
"""An upgrade that a job ran or waited for fails: its cause is named by the job itself, and by doctor for as long as the failure stands,
whether the installer wrote it into its log or only printed it."""
import datetime
import re
import time

import pytest

NEW, OLD = "8.13.0-release.1", "8.6.2-release.1"
BEHIND = "the database is behind the files: the upgrade was not run, or did not come to its end"
HALF = "an upgrade did not come to its end, and may have left the database half changed"
REPEATED = "an upgrade found its own changes in the database already"
NOT_EMPTY = "the installer was run as for a new site, over a database that is not empty"
ROW = "the upgrade stopped at a row that is in the database already"
AGREED = ("recover", "--eula=yes", "--yes")
DUPLICATE_ROW = "[23000]: Integrity constraint violation: 1062 Duplicate entry '1' for key 'PRIMARY'"
EXISTS = "[42S01]: Base table or view already exists: 1050 Table 'tblx' already exists"
IN_ORDER = "the error logs name no cause"
LOG = "install/log/installer.log"


def written(what, ago=0):
    """A line of the installer's log."""
    when = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=ago)
    return f"[{when.strftime('%Y-%m-%dT%H:%M:%S.%f')}+00:00][WHMCS Installer] ERROR: PDOException: SQLSTATE{what}\n"


@pytest.fixture
def failed(billing):
    """failed(**behave): a site whose upgrade failed on the command line, more than a moment before it was opened again."""
    def make(before="", **behave):
        site = billing.admit(NEW, database=OLD)
        site.add_installer(NEW, steps=[0, 0], fails_at=1, lingers=3, **behave)
        if before:
            site.write(LOG, before)
        assert billing.run(*AGREED) == 1, billing.said
        return site
    return make


def last_examination(billing):
    return billing.said[billing.said.index("examine the site again"):]


WAYS = {"an error of SQL in its log": ({"error": EXISTS}, REPEATED, "tblx"),
        "a doubled row in its log": ({"error": DUPLICATE_ROW}, ROW, "1062"),
        "an error of SQL on its output alone": ({"error": EXISTS, "prints": True}, REPEATED, "tblx"),
        "a doubled row on its output alone": ({"error": DUPLICATE_ROW, "prints": True}, ROW, "1062"),
        "a full disk, on its output alone": ({"error": "[HY000]: Disk quota exceeded", "prints": True},
                                             "the disk, or the account's part of it, was full", "quota")}


@pytest.mark.parametrize("way", WAYS)
def test_the_job_and_doctor_name_why_the_upgrade_failed(billing, failed, way):
    behave, cause, shown = WAYS[way]
    failed(**behave)
    assert cause in last_examination(billing) and f"\nok: {IN_ORDER}" not in last_examination(billing), billing.said
    for _ in range(2):
        assert sorted(billing.doctor()) == sorted([BEHIND, HALF, cause]), billing.said
        seen, = billing.finding(cause)["seen"]
        assert shown in seen and (", printed by the installer in job 20" if "prints" in behave else f", in {LOG}: ") in seen, billing.said
        billing.age_jobs(60)
    assert "first put the database back" in billing.finding(BEHIND)["do"]


def test_weeks_later_the_cause_is_named_still(billing, failed):
    site = failed(error=EXISTS)
    billing.age_jobs(20 * 86400)
    site.write(LOG, written(EXISTS, ago=20 * 86400 - 1))
    site.stamp("init.php", NEW)
    assert sorted(billing.doctor()) == sorted([BEHIND, HALF, REPEATED]), billing.said


def test_what_the_installer_wrote_before_that_upgrade_is_history(billing, failed):
    failed(before=written(DUPLICATE_ROW, ago=600), error=EXISTS)
    assert sorted(billing.doctor()) == sorted([BEHIND, HALF, REPEATED]), billing.said


def test_an_error_that_nobody_knows_is_counted(billing, failed):
    failed(error="[HY000]: Something new")
    assert sorted(billing.doctor()) == sorted([BEHIND, HALF]), billing.said
    assert re.search(f"\nok: {IN_ORDER}: 1 other error since 20.*: see logs", billing.said), billing.said


def test_once_the_database_is_put_back_the_cause_is_history(billing, failed):
    failed(error=DUPLICATE_ROW, prints=True)
    billing.run("backups")
    backup = re.search(r"[0-9]{8}-[0-9]{9}-[a-z0-9]+", billing.said)[0]
    assert billing.run("db:restore", f"--backup={backup}", "--yes") == 0, billing.said
    assert billing.doctor() == [BEHIND], billing.said


@pytest.mark.parametrize("prints", [False, True])
def test_once_the_owner_upgraded_by_hand_the_cause_is_history(billing, failed, prints):
    failed(error=EXISTS, prints=prints)
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    assert billing.doctor() == ["install/ is left over: files and database are of one version"], billing.said


def test_what_is_said_of_an_upgrade_that_went_well_is_no_cause(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0], help="  -u  upgrade, also where Base table or view already exists\n  -n  silent\n")
    assert billing.run(*AGREED) == 0, billing.said
    assert billing.doctor() == [], billing.said


# ---- in a browser

@pytest.fixture
def waiting(billing):
    """A job that waits for the owner to run the upgrade, with an error in the log from before it; stop() stops it, and returns what it said."""
    site = billing.admit(NEW, database=OLD, installer=NEW)
    front = (site.root / "index.php").read_text()
    jobs = []

    def start(before=None):
        if before:
            billing.owner = None  # to give the files to somebody again would count as a new release
            site.write(LOG, written(before))
        jobs.append(billing.start(*AGREED))
        until = time.monotonic() + 60
        while (site.root / "index.php").read_text() == front or not list(billing.state.glob("jobs/*/note-*upgrade*")):
            assert time.monotonic() < until and jobs[0].poll() is None
            time.sleep(0.1)
        return site

    def stop():
        billing.run("job:stop", "--yes")
        said, _ = jobs[0].communicate(timeout=60)
        assert jobs[0].returncode == 1, said
        return said

    start.stop = stop
    return start


def test_what_failed_in_the_browser_is_named_after_the_job_was_stopped(billing, waiting):
    site = waiting()
    site.write(LOG, written(DUPLICATE_ROW))
    time.sleep(6)  # that much later the site is opened: what was renamed then is no new release
    said = waiting.stop()
    assert NOT_EMPTY in said[said.index("examine the site again"):], said
    assert sorted(billing.doctor()) == sorted([BEHIND, NOT_EMPTY]), billing.said
    assert "run the upgrade, not the installation" in billing.finding(NOT_EMPTY)["do"]


def test_a_cause_from_before_stays_where_the_owner_ran_nothing(billing, waiting):
    waiting(before=DUPLICATE_ROW)
    time.sleep(4)
    waiting.stop()
    assert sorted(billing.doctor()) == sorted([BEHIND, NOT_EMPTY]), billing.said
