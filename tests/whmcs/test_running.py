# SPDX-License-Identifier: GPL-3.0-or-later
"""An upgrade that somebody else runs now: seen by what it writes, it keeps all off that would change something under it. What an upgrade
of this program wrote counts for nobody else's."""
import pytest

from fixture.whmcs import release_zip

from .test_closing import STUB, backed_up, text
from .test_recover import AGREED, BEHIND, HALF, NEW, OLD, VERSION, columns, wait_until

RUNNING = "an upgrade is running now"
BETWEEN = "8.10.0-release.1"
WRITE = f"update tblconfiguration set value = '{BETWEEN}', updated_at = now() - interval {{}} second where setting = 'Version'"


@pytest.fixture
def behind(billing):
    made = billing.admit(NEW, database=OLD)
    made.add_installer(NEW, steps=[0])
    return made


def test_a_version_written_just_now_is_an_upgrade_that_runs(billing, behind):
    backup = backed_up(billing)
    release_zip(behind.root / "whmcs.zip", NEW)
    billing.sql(WRITE.format(5))
    assert billing.doctor() == [RUNNING], billing.said
    assert any("the version in the database was written" in one and "not by this program" in one for one in billing.finding(RUNNING)["seen"])
    assert "install/ is left over" not in billing.said
    for words in (AGREED, ("recover", "--eula=yes")):
        billing.run(*words)
        assert "-- step" not in billing.said and "--confirm=" not in billing.said and "FIRST wait until it is over" in billing.said, billing.said
    for words in (("db:restore", f"--backup={backup}", "--yes"), ("db:repair", "--yes"), ("undo", "--yes"), ("files:rollback", "--yes"),
                  ("files:replace", "--file=whmcs.zip", "--yes")):
        assert billing.run(*words) == 1 and RUNNING in billing.said and "-- step" not in billing.said, (words, billing.said)
    assert billing.sql(VERSION) == [BETWEEN] and columns(billing) == []
    billing.sql(WRITE.format(600))
    assert billing.doctor() == [BEHIND]
    assert billing.run(*AGREED) == 0 and billing.sql(VERSION) == [NEW], billing.said


def test_it_is_asked_again_right_before_the_installer_is_started(billing, behind, held):
    front = text(behind, "index.php")
    release = held()
    child = billing.start(*AGREED)  # its backup waits
    wait_until(lambda: STUB in text(behind, "index.php"))
    billing.sql(WRITE.format(0))
    release()
    said, _ = child.communicate(timeout=120)
    assert child.returncode == 1 and "another upgrade is running now: the version in the database was written" in said, said
    assert columns(billing) == [] and text(behind, "index.php") == front
    assert billing.doctor() == [RUNNING]  # nor does that attempt, which started nothing, make it ours
    billing.sql(WRITE.format(600))
    assert billing.doctor() == [BEHIND] and "half changed" not in billing.said


def test_what_an_upgrade_of_ours_wrote_is_nobody_elses(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0, 0], between=[BETWEEN], fails_at=1)
    assert billing.run(*AGREED) == 1 and billing.sql(VERSION) == [BETWEEN], billing.said
    found = billing.doctor()
    assert RUNNING not in found and BEHIND in found and HALF in found
    assert "half changed; the backup" in billing.said and "first put the database back" in billing.said
    billing.sql(WRITE.format(-1))  # somebody else begins, not within the same second
    assert billing.doctor() == [RUNNING]
    assert billing.run("undo", "--yes") == 1 and RUNNING in billing.said
    billing.sql(WRITE.format(600))
    assert billing.run("undo", "--yes") == 0, billing.said
    assert billing.sql(VERSION) == [OLD] and columns(billing) == []


# ---- the way back from an upgrade that failed

@pytest.fixture
def failed(billing):
    """Its upgrade failed 30 days ago."""
    made = billing.admit(NEW, database=OLD)
    made.add_installer(NEW, steps=[0, 0], fails_at=1)
    assert billing.run(*AGREED) == 1, billing.said
    billing.age_jobs(30 * 86400)
    return made


def test_a_backup_is_advised_with_its_age_and_what_it_would_lose(billing, failed):
    billing.doctor()
    words, = billing.finding(HALF)["seen"]
    assert " (30 days ago), did not come" in words and "nothing dated came since" in words
    billing.sql("insert into tblorders (userid, date) values (1, now() + interval 2 day); insert into tblaccounts (userid, date) values "
                "(1, now() + interval 2 day), (2, now() + interval 2 day)")
    billing.doctor()
    assert "it would lose what came since: 1 orders, 2 payments" in billing.said
    billing.run("recover")
    assert "FIRST ask db:restore with backup=" in billing.said


def test_a_backup_from_before_somebody_elses_upgrade_is_not_advised(billing, failed):
    billing.sql(WRITE.format(86400))
    assert HALF not in billing.doctor() and "the backup of before is no way back any more" in billing.said
    billing.run("recover")
    assert "CAUTION: the upgrade of job" in billing.said and "db:restore with backup=" not in billing.said


def test_newer_files_do_not_make_a_half_changed_database_whole(billing, failed):
    for name in ("init.php", "index.php", "cart.php", "clientarea.php", "contact.php", "dl.php", "submitticket.php", "supporttickets.php",
                 "viewinvoice.php", "viewticket.php", "upgrade.php"):
        failed.stamp(name, "8.14.0-release.1")
    found = billing.doctor()
    assert BEHIND in found and HALF in found
