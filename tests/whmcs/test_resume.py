# SPDX-License-Identifier: GPL-3.0-or-later
"""A job that was killed while the installer ran: it is taken up without starting the installer a second time, and taken back from the
backup that it made itself. And a job that waits for the owner on a host that lets no process live."""
import os
import signal
import subprocess

import pytest

from cases.box import Box
from servers.reaper import INLINE
from support import process

from .test_closing import STUB, jobs_said as told, text, tree
from .test_running import BETWEEN
from .test_recover import AGREED, BEHIND, NEW, OLD, VERSION, columns, wait_until

CLOSED = "the site is closed by a job of this program that did not come to its end"
MOST_SECONDS = 45  # of an answer: the program means 20, and the machine may be busy
NOT_AGAIN = "The installer is not started over that a second time, and the site stays closed"


def killed(billing, **behave):
    """A site, its tree from before, and a job that was killed as a whole when the installer had done its first step."""
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, **{"steps": [600], **behave})
    (site.root / "templates_c/1a2b^header.tpl.php").unlink()
    before = tree(site)
    child = billing.start(*AGREED)
    wait_until(lambda: columns(billing) == ["update_0"] and (not behave.get("table") or billing.sql(f"show tables like '{behave['table']}'"))
               and (not behave.get("between") or billing.sql(VERSION) == behave["between"]))
    process.kill_below(billing.folder)
    child.wait(timeout=60)
    return site, before


def half_back(billing, held):
    """What killed() makes, and job:rollback of that killed as a whole before the first table was back."""
    site, before = killed(billing)
    release = held()
    assert billing.run("job:rollback", "--yes") == 0, billing.said
    wait_until(lambda: "taking back what this job did" in told(billing))
    process.kill_below(billing.folder)
    release()
    return site, before


def resume(billing, until):
    assert billing.run("job:resume", "--yes") == 0, billing.said
    process.wait_until(lambda: until in told(billing), what=until)
    wait_until(lambda: not process.running_below(billing.folder))


def test_a_half_made_upgrade_is_not_begun_again_and_job_rollback_leads_back(billing):
    site, before = killed(billing, table="tblnewthings", between=[BETWEEN])
    assert billing.run("job:resume") == 3 and "the installer is not started a second time" in billing.said, billing.said
    for _ in range(2):
        resume(billing, NOT_AGAIN)
        assert f"the database says {BETWEEN}, and not {NEW}" in told(billing) and "job:rollback puts the database back to" in told(billing)
        assert columns(billing) == ["update_0"] and STUB in text(site, "index.php") and STUB in text(site, "crons/cron.php")
    found = billing.doctor()
    assert CLOSED in found and "job:rollback puts the database back to before it" in billing.said, billing.said
    billing.sql("update tblclients set firstname = 'half'")
    billing.sql("create table wp_posts (id int)")
    billing.sql("insert into tblorders (userid, date) values (1, now() + interval 2 day)")
    assert billing.run("job:rollback") == 3 and "put the database back from the backup that this job made right before" in billing.said
    assert "drops the tables that came since: tblnewthings" in billing.said and "nothing of visitors" not in billing.said, billing.said
    assert "tables that came since: wp_posts" in billing.said and "gone from the site afterwards: 1 orders" in billing.said, billing.said
    assert "FIRST: the upgrade has come to its end" not in billing.said
    assert billing.run("job:rollback", "--yes") == 0, billing.said
    process.wait_until(lambda: "-- failed: " in told(billing), what="the way back")
    assert "the database is as it was at " in told(billing)
    assert "the files and the database are as they were before this job" in told(billing)
    assert billing.sql("show tables like 'wp_posts'") == ["wp_posts"] and billing.sql("select count(*) from tblorders where userid = 1") == ["0"]
    billing.run("backups")
    assert "job:rollback" in billing.said, billing.said  # how it was until then
    assert columns(billing) == [] and billing.sql(VERSION) == [OLD] and billing.sql("show tables like 'tblnewthings'") == []
    assert billing.sql("select firstname from tblclients order by id") == ["Ann", "Ben"]
    assert tree(site) == before
    assert billing.doctor() == [BEHIND] and "half changed" not in billing.said, billing.said
    assert billing.run("undo", "--yes") == 0 and "nothing to do" in billing.said, billing.said  # it would bring that backup in once more
    site.add_installer(NEW, steps=[0])
    assert billing.run(*AGREED) == 0 and billing.doctor() == [], billing.said


def test_the_way_back_that_is_killed_goes_on(billing, held):
    site, before = half_back(billing, held)
    assert STUB in text(site, "index.php")
    assert billing.run("job:resume", "--yes") == 0, billing.said
    process.wait_until(lambda: "-- failed: " in told(billing), what="the way back")
    assert columns(billing) == [] and billing.sql(VERSION) == [OLD] and tree(site) == before
    assert billing.doctor() == [BEHIND]


def test_job_unlock_warns_of_a_database_that_was_put_back_half(billing, mariadb):
    killed(billing)
    billing.run("job:unlock")
    assert "CAUTION: its upgrade may have left the database half changed" in billing.said and "was putting the database back" not in billing.said
    holder = subprocess.Popen(["mariadb", "--no-defaults", "-S", mariadb.socket, "-uroot", billing.db["name"], "-e",
                               "begin; select * from tblorders for update; select sleep(600)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sleeps = "select id from information_schema.processlist where info like '%sleep(600)%' and id <> connection_id()"
    wait_until(lambda: mariadb.sql(sleeps))
    assert billing.run("job:rollback", "--yes") == 0, billing.said
    wait_until(lambda: mariadb.sql("select 1 from information_schema.processlist where state like '%metadata lock%'"))
    process.kill_below(billing.folder)
    for connection, in mariadb.sql(sleeps):
        mariadb.sql(f"kill {connection}")
    holder.wait(timeout=60)
    assert billing.run("job:unlock") == 3, billing.said
    assert "CAUTION: the job was putting the database back, and did not come to the end of it: tables may be missing" in billing.said
    resume(billing, "-- failed: ")
    assert columns(billing) == [] and billing.sql(VERSION) == [OLD]


def test_an_upgrade_that_came_to_its_end_behind_our_back_is_gone_on_with(billing):
    site, before = killed(billing)
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    resume(billing, "-- done: ")
    assert f"the upgrade came to its end: the database says {NEW}" in told(billing)
    assert tree(site) == {name: data for name, data in before.items() if not name.startswith("install/")}
    assert billing.doctor() == []


def test_job_rollback_says_first_that_it_throws_a_finished_upgrade_away(billing):
    killed(billing)
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    assert billing.run("job:rollback") == 3, billing.said
    assert f"FIRST: the upgrade has come to its end, for the database says {NEW}: job:resume goes on" in billing.said
    resume(billing, "-- done: ")
    assert billing.doctor() == []


def test_nothing_of_the_database_goes_back_where_the_installer_was_never_started(billing):
    site, before = killed(billing)
    for name in ("note", "cursor"):
        for file in billing.state.glob(f"jobs/*/{name}*"):
            if "upgradestarted" in file.name or name == "cursor":
                file.unlink()
    billing.sql("update tblclients set firstname = 'new'")
    assert billing.run("job:rollback") == 3 and "put the database back" not in billing.said, billing.said
    assert billing.run("job:rollback", "--yes") == 0, billing.said
    process.wait_until(lambda: "-- failed: " in told(billing), what="the way back")
    assert set(billing.sql("select firstname from tblclients")) == {"new"} and tree(site) == before


def test_an_installer_that_outlived_its_job_is_waited_for(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0], waits=True)
    wait = site.write("install/bin/behave.wait", "")
    child = billing.start(*AGREED)
    wait_until(lambda: columns(billing) == ["update_0"])
    script = str(site.root / "install/bin/installer.php").encode()
    for pid in process.running_below(billing.folder):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as words:
                is_installer = script in words.read().split(b"\0")
            if not is_installer:
                os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    child.wait(timeout=60)
    billing.run("job:resume", "--yes")
    assert "nothing to do: the job runs" in billing.said, billing.said  # something of it does
    assert billing.run("job:rollback", "--yes") != 0 or "nothing to do" in billing.said
    wait.unlink()
    wait_until(lambda: billing.sql(VERSION) == [NEW])
    wait_until(lambda: not process.running_below(billing.folder))
    resume(billing, "-- done: ")
    assert columns(billing) == ["update_0"] and billing.doctor() == []


# ---- hosts that let no process outlive its request

@pytest.fixture
def box(billing):
    site = billing.admit(NEW, database=OLD)
    site.add_installer(NEW, steps=[0])  # a command line that would be ended with its request
    (site.root / "templates_c/1a2b^header.tpl.php").unlink()
    billing.start("--version").communicate()
    made = Box(billing.folder, "cgi", billing.owner.name if billing.owner else None, billing.program, site=site)
    billing.state.mkdir(exist_ok=True)
    (billing.state / "host.json").write_text(INLINE)
    billing.start("--version").communicate()
    return made


def begun(box, billing):
    """The link behind which the job waits, after some answers; none took as long as such hosts allow."""
    plan = box.owner("task=recover&eula=yes").lines[-1]
    answer = box.stranger(plan.split("?", 1)[1])
    for _ in range(200):
        assert answer.seconds < MOST_SECONDS, answer
        link = answer.lines[-1].split("?", 1)[1]
        if "waiting: the database says" in told(billing):
            return link
        answer = box.stranger(link)
    raise AssertionError(answer)


def followed(box, link):
    for _ in range(200):
        answer = box.stranger(link)
        assert answer.seconds < MOST_SECONDS, answer
        if not answer.lines[-1].startswith("-- still running: "):
            return answer
        link = answer.lines[-1].split("?", 1)[1]
    raise AssertionError(answer)


def test_a_job_that_waits_for_the_owner_rests_between_requests(box, billing):
    before = tree(box.site)
    link = begun(box, billing)
    assert "this host ends what runs longer than a request" in told(billing)
    for _ in range(4):  # however often it is taken further, and though nobody asks for a while
        link = box.stranger(link).lines[-1].split("?", 1)[1]
    wait_until(lambda: not box.is_running())
    assert STUB in text(box.site, "index.php") and STUB in text(box.site, "crons/cron.php")
    assert told(billing).count("1. open http://127.0.0.1:1/billing/install/install.php") == 1
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    answer = followed(box, link)
    assert answer.lines[-1].startswith("-- done: exit 0"), answer
    after = tree(box.site)
    own = [name for name in before if not name.startswith(("install/", "unstick/"))]
    assert [name for name in own if after[name] != before[name]] == []


def test_a_stop_reaches_it_while_it_rests_and_opens_the_site(box, billing):
    front = text(box.site, "index.php")
    begun(box, billing)
    wait_until(lambda: not box.is_running())
    assert STUB in text(box.site, "index.php")
    stop = box.owner("task=job:stop").lines[-1]
    assert "to do it: " in stop, stop
    box.stranger(stop.split("?", 1)[1])
    wait_until(lambda: text(box.site, "index.php") == front, seconds=120)
    assert "stopped on request: " in told(billing) and "-- failed: " in told(billing)
    assert billing.doctor() == [BEHIND]
