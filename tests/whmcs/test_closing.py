# SPDX-License-Identifier: GPL-3.0-or-later
"""A WHMCS is closed at each of its entrances: what payment providers, administrators, other programs and cron lines reach writes into
the database as visitors do. init.php stays, and install/ where its installer is a step."""
import os
import shutil
import subprocess

import pytest

from fixture.whmcs import headed
from support import process, tools

from .test_recover import AGREED, NEW, OLD, VERSION, wait_until

CLOSED = "the site is closed by a job of this program that did not come to its end"
UNKNOWN = "the site is closed by stubs of this program that this state folder does not know"
STUB = "Unstick has closed this site"
CALLBACKS = ("modules/gateways/callback/paypal.php", "modules/gateways/callback/theirs.php", "oauth/token.php")
# Pages of others that begin WHMCS, each in its own way.
THEIRS = {"shop.php": "<?php\ndefine('CLIENTAREA', true);\nrequire __DIR__ . '/init.php';\n",
          "feeds/ours.php": "<?php require_once dirname(__DIR__) . \"/init.php\";\n",
          "modules/gateways/callback/bank/notify.php": "<?php include_once '../../../../init.php';\n",
          "modules/gateways/bank/return.php": "<?php require('../../../init.php');\n",
          "modules/addons/shop/webhook.php": "<?php $root = '../../..'; require_once \"$root/init.php\";\n",
          "modules/servers/panel.php": "<?php require_once __DIR__ . '/../../dbconnect.php';\n"}
# What WHMCS itself includes, or is none of its pages.
NO_PAGES = {"waf.php": "<?php // included before init.php of each page\n$files = ['init.php'];\n", "adminer.php": "<?php echo 1;\n",
            "modules/addons/shop/hooks.php": "<?php require_once '../../../init.php';\n",
            "modules/addons/shop/shop.php": "<?php require_once '../../../init.php';\n",
            "modules/addons/shop/half.php": "<?php require '../../../init.php"}
ENTRANCES = ("index.php", "cart.php", "dl.php", "supporttickets.php", "includes/api.php", *CALLBACKS, *THEIRS)
STAY = ("init.php", "configuration.php", "includes/functions.php", "includes/hooks/ours.php", "modules/gateways/paypal.php", *NO_PAGES)


def text(site, name):
    return (site.root / name).read_text()


def tree(site):
    return {str(path.relative_to(site.root)): path.read_bytes() for path in site.root.rglob("*") if path.is_file()}


def admitted(billing, version=NEW, **options):
    site = billing.admit(version, **options)
    for name in CALLBACKS:
        site.stamp(name, version)
    for name, code in {**THEIRS, **NO_PAGES}.items():
        site.write(name, code)
    site.write("modules/gateways/callback/theirs.php", "<?php require '../../../init.php'; // of somebody else\n")
    site.write(f"{site.admin}/ours.php", "<?php // of the owner, and included\n")
    for name in ("pipe.php", "pop.php"):
        site.stamp(f"crons/{name}", version)
    site.write("crons/pipe.php", "#!/usr/bin/env php\n" + headed(version), 0o755)
    site.write("crons/config.php", "<?php // of the owner, and included\n")
    (site.root / "templates_c/1a2b^header.tpl.php").unlink()
    return site


def jobs_said(billing):
    return "".join(file.read_text(errors="replace") for file in sorted(billing.state.glob("jobs/*/log/*")))


def backed_up(billing):
    assert billing.run("db:backup") == 0, billing.said
    billing.run("backups")
    return next(word for word in billing.said.replace(",", " ").split() if word[:8].isdigit() and word.count("-") == 2)


def test_all_entrances_are_closed_but_for_those_of_the_installer(billing):
    site = admitted(billing, admin="office", database=OLD, installer=NEW)
    before = tree(site)
    child = billing.start(*AGREED)
    closed = (*ENTRANCES, "office/index.php", "office/login.php", "office/clients.php", "crons/cron.php", "crons/pipe.php", "crons/pop.php")
    wait_until(lambda: all(STUB in text(site, name) for name in closed))
    for name in (*STAY, "office/ours.php", "crons/config.php", "install/install.php", "install/log/index.php"):
        assert (site.root / name).read_bytes() == before[name], name
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 0, said
    assert f"entrances in {site.root}/office: visitors get a page" in said
    assert tree(site) == {name: data for name, data in before.items() if not name.startswith("install/")}


def test_a_restore_closes_the_installer_too(billing, held):
    site = admitted(billing, database=OLD, installer=NEW)
    backup = backed_up(billing)
    before = tree(site)
    release = held()
    child = billing.start("db:restore", f"--backup={backup}", "--yes")
    closed = (*ENTRANCES, "admin/index.php", "crons/cron.php", "install/install.php")
    wait_until(lambda: all(STUB in text(site, name) for name in closed))
    for name in STAY:
        assert (site.root / name).read_bytes() == before[name], name
    # What stands there answers as a payment provider, a cron line and a mail server need it.
    status = site.write("status.php", "<?php register_shutdown_function(fn() => print('status ' . http_response_code()));\n")
    answer = subprocess.run(["php", "-d", f"auto_prepend_file={status}", site.root / CALLBACKS[0]], capture_output=True, text=True, check=False,
                            env={**os.environ, "REQUEST_METHOD": "POST"})
    assert answer.stdout.endswith("status 503") and "This site is being repaired" in answer.stdout, answer
    status.unlink()
    for words in (["php", "-q", site.root / "crons/cron.php"], [site.root / "crons/pipe.php"]):
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        assert ended.returncode == 75 and "try again" in ended.stderr and ended.stdout == "", ended
    release()
    said, _ = child.communicate(timeout=120)
    assert child.returncode == 0, said
    assert tree(site) == before and billing.sql(VERSION) == [OLD]


def test_what_a_kill_left_closed_is_opened_again(billing, held):
    site = admitted(billing, admin="office", database=OLD, installer=NEW)
    backup = backed_up(billing)
    before = tree(site)
    release = held()
    child = billing.start("db:restore", f"--backup={backup}", "--yes")
    wait_until(lambda: STUB in text(site, "index.php"))
    process.kill_below(billing.folder)  # also in the middle of closing
    child.wait(timeout=60)
    release()
    assert billing.run("job:unlock", "--yes") == 0, billing.said
    assert tree(site) == before


def test_a_site_with_very_many_callbacks_is_opened_also_without_its_list(billing, held):
    site = admitted(billing, database=OLD, installer=NEW)
    for number in range(2000):
        site.write(f"modules/gateways/callback/gateway{number}.php", f"<?php // {number}\n")
    backup = backed_up(billing)
    before = tree(site)
    for damage in (None, "{"):
        release = held()
        jobs = len(jobs_said(billing))
        child = billing.start("db:restore", f"--backup={backup}", "--yes")
        wait_until(lambda: f"closed 2002 entrances in {site.root}/modules" in jobs_said(billing)[jobs:], seconds=120)
        process.kill_below(billing.folder)
        child.wait(timeout=60)
        release()
        assert STUB in text(site, "modules/gateways/callback/gateway1999.php")
        if damage:
            (billing.state / "closed").write_text(damage)
            assert billing.run("db:repair", "--yes") == 1 and "job:unlock opens the site by the names" in billing.said, billing.said
        assert billing.run("job:unlock", "--yes") == 0, billing.said
        assert tree(site) == before
        assert not (billing.state / "closed").exists()


def test_an_old_release_is_known_also_while_it_is_closed(billing, held):
    site = billing.admit("4.5.2")  # all files that tell its version are entrances
    backup = backed_up(billing)
    release = held()
    child = billing.start("db:restore", f"--backup={backup}", "--yes")
    wait_until(lambda: all(STUB in text(site, name) for name in ("index.php", "cart.php", "clientarea.php")))
    process.kill_below(billing.folder)
    child.wait(timeout=60)
    release()
    assert billing.doctor() == ["the site is closed by a job of this program that did not come to its end"]
    assert "WHMCS 4.5.2 in" in billing.said
    assert billing.run("job:unlock", "--yes") == 0 and billing.doctor() == [], billing.said


def test_of_two_names_for_one_file_the_one_in_the_site_counts(billing):
    site = admitted(billing, database=OLD, installer=NEW)
    (billing.folder / "outside").symlink_to(site.root)
    site.configure(more=f"$crons_dir = '{billing.folder}/outside/crons/';\n")
    before = tree(site)
    sleeper = site.write("sleep.py", "import time\ntime.sleep(600)\n")
    working = subprocess.Popen(["/usr/bin/python3", sleeper, billing.folder / "outside/crons/pop.php"],
                               **({"user": billing.owner.uid, "group": billing.owner.gid, "extra_groups": []} if billing.owner else {}))
    child = None
    try:
        billing.run("recover", "--eula=yes")
        assert f"at work in the site now, and waited for up to a minute: process {working.pid}" in billing.said
        child = billing.start(*AGREED)
        wait_until(lambda: STUB in text(site, "crons/cron.php"))
    finally:
        working.kill()
        working.wait()
    billing.sql(f"update tblconfiguration set value = '{NEW}' where setting = 'Version'")
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 0 and f"closed {site.root}/crons/cron.php: " in said, said
    assert f"{billing.folder}/outside" not in said
    (site.root / "sleep.py").unlink()
    assert tree(site) == {name: data for name, data in before.items() if not name.startswith("install/")}


def closed_and_killed(billing):
    """A site whose job was killed when it had just closed it, with a front page of the owner's own."""
    site = admitted(billing, database=OLD)
    site.add_installer(NEW, steps=[0])
    site.write("index.php", headed(NEW) + "<?php // the owner's own lines\n")
    sleeper = site.write("sleep.py", "import time\ntime.sleep(600)\n")
    working = subprocess.Popen(["/usr/bin/python3", sleeper, site.root / "crons/cron.php"],
                               **({"user": billing.owner.uid, "group": billing.owner.gid, "extra_groups": []} if billing.owner else {}))
    try:
        child = billing.start(*AGREED)
        wait_until(lambda: "waiting for what still works" in jobs_said(billing))
        process.kill_below(billing.folder)
        child.wait(timeout=60)
    finally:
        working.kill()
        working.wait()
    sleeper.unlink()
    assert STUB in text(site, "index.php")
    return site


def test_what_waits_is_kept_when_the_site_is_closed_once_more_over_an_upload(billing):
    site = closed_and_killed(billing)
    (site.root / "index.php").write_text("<?php // cut off upl")
    assert billing.run("job:resume", "--yes") == 0, billing.said
    process.wait_until(lambda: "-- done: " in jobs_said(billing), 60, "the job's end")
    assert text(site, "index.php") == "<?php // cut off upl"
    former, = [file for file in site.root.iterdir() if file.name.startswith(".unstick-")]
    assert "the owner's own lines" in former.read_text()
    assert f"the former one is kept as {former.name}" in jobs_said(billing)


def test_stubs_of_which_the_state_folder_knows_nothing_are_told_and_opened(billing):
    site = closed_and_killed(billing)
    stubs = [name for name, data in tree(site).items() if STUB.encode() in data and not name.split("/")[-1].startswith(".")]
    shutil.rmtree(billing.state)
    assert UNKNOWN in billing.doctor(), billing.said
    found = billing.finding(UNKNOWN)
    assert found["seen"][0].startswith(f"{len(stubs)} entrances are stubs, such as ") and ", of the job 20" in found["seen"][0]
    assert "another copy of this program, with another state folder, may be at work" in found["or"]
    assert "ok: no job of this program left the site closed" not in billing.said
    for words in (AGREED, ("db:repair", "--yes")):
        assert billing.run(*words) == 1 and UNKNOWN in billing.said and "job:resume or job:rollback is the better way" in billing.said, billing.said
    assert billing.run("self:remove", "--yes") != 0 or "open it first with job:unlock" in billing.said, billing.said
    assert billing.run("job:unlock") == 3 and "FIRST: another copy of this program" in billing.said, billing.said
    assert "never opened while a job of this state folder runs" in billing.said
    nothing_beside = next(site.root.glob("includes/.unstick-*-api.php"))
    kept = nothing_beside.rename(billing.folder / "api.php")
    assert billing.run("job:unlock", "--yes") == 1, billing.said
    assert f"still closed: nothing waits beside {site.root}/includes/api.php: upload that file again" in billing.said
    billing.doctor()
    assert billing.finding(UNKNOWN)["seen"][0].startswith("1 entrance is a stub: includes/api.php")
    kept.rename(site.root / "includes/api.php")
    assert billing.run("job:unlock", "--yes") != 0 or "nothing to do" in billing.said, billing.said
    assert UNKNOWN not in billing.doctor() and not [name for name, data in tree(site).items() if STUB.encode() in data]
    assert not list(site.root.rglob(".unstick-*"))


def test_a_second_state_folder_takes_no_running_job_for_a_lost_one(billing, held):
    site = admitted(billing, database=OLD, installer=NEW)
    backup = backed_up(billing)
    before = tree(site)
    release = held()
    child = billing.start("db:restore", f"--backup={backup}", "--yes")
    wait_until(lambda: all(STUB in text(site, name) for name in ENTRANCES))
    assert UNKNOWN not in billing.doctor()
    assert billing.run("job:unlock", "--yes") != 0 or "the job still runs" in billing.said, billing.said
    assert billing.run("job:unlock", f"--job={backup}", "--yes") != 0 or "nothing to do" in billing.said, billing.said
    assert all(STUB in text(site, name) for name in ENTRANCES)
    release()
    said, _ = child.communicate(timeout=120)
    assert child.returncode == 0 and tree(site) == before, said
    assert UNKNOWN not in billing.doctor()


def test_a_site_that_was_moved_while_it_was_closed_is_opened_where_it_lies(billing):
    site = closed_and_killed(billing)
    site.root = site.root.rename(billing.folder / "moved")
    assert {CLOSED, UNKNOWN} <= set(billing.doctor()), billing.said
    assert billing.run("job:unlock", "--yes") == 0, billing.said
    assert "the site is open again" in billing.said and not (billing.state / "closed").exists()
    assert not [name for name, data in tree(site).items() if STUB.encode() in data] and not list(site.root.rglob(".unstick-*"))
    assert "the owner's own lines" in text(site, "index.php")
    assert not {CLOSED, UNKNOWN} & set(billing.doctor()), billing.said


def test_doctor_counts_what_was_uploaded_over_stubs_and_the_way_back_says_where_the_former_files_are(billing):
    site = closed_and_killed(billing)
    (site.root / "index.php").write_text("<?php // uploaded")
    assert CLOSED in billing.doctor(), billing.said
    found = billing.finding(CLOSED)
    assert any("entrances are its stubs; at 1 entrance something else was put over the stub meanwhile" in one for one in found["seen"]), found
    assert "visitors see that the site is being maintained" in found["means"]
    for name, data in tree(site).items():
        if STUB.encode() in data:
            site.write(name, "<?php // uploaded")
    billing.doctor()
    found = billing.finding(CLOSED)
    assert any(one.startswith("0 entrances are its stubs; at ") for one in found["seen"]), found
    assert "visitors reach what was put there meanwhile" in found["means"]
    assert billing.run("job:rollback", "--yes") == 0, billing.said
    process.wait_until(lambda: "-- failed: " in jobs_said(billing), 60, "the way back")
    former = next(site.root.glob(".unstick-*-index.php"))
    assert "the owner's own lines" in former.read_text()
    last = jobs_said(billing).split("-- taken back: ")[1]
    assert "but for what was put over stubs meanwhile: that stays" in last and str(site.root / ".unstick-") in last, last


def full(folder):
    filler = os.open(folder / "filler", os.O_CREAT | os.O_WRONLY)
    try:
        while True:
            os.write(filler, bytes(4096))
    except OSError:
        os.close(filler)


@pytest.mark.parametrize("journal_has_room", [True, False])
def test_a_full_disk_of_the_state_folder_does_not_keep_the_site_closed(billing, request, journal_has_room):
    tools.need_root("to mount a small filesystem")
    billing.state.mkdir()
    process.run(["mount", "-t", "tmpfs", "-o", "size=40m,mode=0700", "unstick-test", billing.state])
    request.addfinalizer(lambda: process.run(["umount", "-l", billing.state]))
    site = closed_and_killed(billing)
    journal, = billing.state.glob("jobs/*/journal")
    if not journal_has_room:  # it was given room when it was made: this one was not, and ends where a block does
        events = journal.read_bytes()
        journal.unlink()
        journal.write_bytes(events + b"\n" * (-len(events) % 4096))
    full(billing.state)
    status = billing.run("job:unlock", "--yes")
    assert "the site is open again" in billing.said, billing.said
    assert STUB not in text(site, "index.php") and not list(site.root.rglob(".unstick-*"))
    if not journal_has_room:
        assert status == 1 and "could not be written down, so that it can still be resumed" in billing.said, billing.said
        (billing.state / "filler").unlink()
        status = billing.run("job:unlock", "--yes")
    assert status == 0 and "was given up: other actions can run now" in billing.said, billing.said
    assert CLOSED not in billing.doctor()


def test_a_way_back_that_a_full_disk_refuses_is_not_gone_later(billing, request):
    tools.need_root("to mount a small filesystem")
    billing.state.mkdir()
    process.run(["mount", "-t", "tmpfs", "-o", "size=40m,mode=0700", "unstick-test", billing.state])
    request.addfinalizer(lambda: process.run(["umount", "-l", billing.state]))
    closed_and_killed(billing)
    full(billing.state)
    assert billing.run("job:rollback", "--yes") != 0 and "No space left" in billing.said, billing.said
    assert not list(billing.state.glob("jobs/*/back"))
    (billing.state / "filler").unlink()
    assert billing.run("job:resume", "--yes") == 0, billing.said
    process.wait_until(lambda: f"ok: files and database are of one version: {NEW}" in jobs_said(billing), 60, "the job's end")
    assert "taking back what this job did" not in jobs_said(billing) and billing.sql(VERSION) == [NEW]


def test_an_entrance_that_cannot_be_closed_is_named_and_refuses_nothing(billing):
    site = admitted(billing, database=OLD, installer=NEW)
    billing.start("--version").communicate()  # all belongs to the account
    (site.root / "oauth").chmod(0o555)
    try:
        billing.run("recover", "--eula=yes")
        assert f"NOT ALL of the site can be closed: this account may not write to {site.root}/oauth, so that these stay open: token.php" in billing.said
        assert "CANNOT BE CLOSED" not in billing.said and "close the site" in billing.said, billing.said
    finally:
        (site.root / "oauth").chmod(0o755)


def test_places_that_cannot_be_known_are_named_in_the_plan(billing):
    site = admitted(billing, database=OLD, installer=NEW)
    site.configure(more="$customadminpath = getenv('ADMIN');\n")
    billing.run("recover", "--eula=yes")
    assert "NOT ALL of the site can be closed meanwhile: $customadminpath in configuration.php is code" in billing.said
