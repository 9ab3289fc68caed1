# SPDX-License-Identifier: GPL-3.0-or-later
"""What recover did, `undo` takes back as a whole, whatever that was: files, database, configuration, permissions, what was moved out
of the way. And recover closes no site for nothing."""
import os
import shutil

import pytest

from . import breaking as broken

PASSWORD = "SommerRegen%sued"  # nothing tells that it is a secret but the configuration


def everything_in(folder):
    """Bytes and modes by name, without caches, logs and our own copies."""
    found = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "prod" and name != "twig" and name != "logs"]
        for name in [*files, *folders]:
            path = os.path.join(place, name)
            entry = os.lstat(path)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found[path] = (entry.st_mode, file.read())
            else:
                found[path] = (entry.st_mode,)
    return found


def several(*ways):
    def do(patient):
        for way in ways:
            way(patient)
    return do


def with_package(patient):
    broken.cut_vendor(patient)
    patient.upload("5.2.1")


BROKEN = {
    "moved out": (several(broken.upgrade_script_left, broken.stale_lock), {}),
    "permissions": (broken.open_to_everybody, {}),
    "configuration and permissions": (several(broken.wrong_prefix, broken.open_to_everybody), {}),
    "configuration and moved out": (several(broken.bare_percent, broken.upgrade_script_left), {}),
    "database and moved out": (broken.stale_lock, {"state": False}),
    "all at once": (several(with_package, broken.open_to_everybody, broken.upgrade_script_left, broken.stale_lock), {"state": False}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_undo_takes_back_all_that_recover_did(patient, name):
    how, admitted = BROKEN[name]
    patient.admit("era52", **admitted)
    how(patient)
    found, before = patient.doctor(), everything_in(patient.site.project)
    assert patient.recover() == 0, patient.said
    assert patient.doctor() == [], patient.said
    assert patient.run("undo", "--yes") == 0, patient.said
    assert everything_in(patient.site.project) == before
    assert patient.doctor() == found, patient.said
    assert patient.run("undo", "--yes") == 0 and "nothing to do" in patient.said, patient.said


def test_a_path_may_hold_a_newline(patient):
    patient.folder = patient.folder / "a\nb"
    patient.folder.mkdir()
    patient.admit("era52")
    several(broken.bare_percent, broken.upgrade_script_left)(patient)
    before = everything_in(patient.site.project)
    assert patient.recover() == 0, patient.said
    assert patient.run("undo", "--yes") == 0, patient.said
    assert everything_in(patient.site.project) == before


def test_a_link_that_leads_nowhere_is_no_configuration(patient):
    patient.admit("era52")
    broken.local_php_with_copy(patient)
    patient.site.local_php.symlink_to(patient.folder / "gone.php")
    assert patient.recover() == 0, patient.said
    assert patient.doctor() == [], patient.said


def test_a_mended_configuration_is_no_proof_of_the_database(patient):
    patient.admit("era52")
    broken.bare_percent(patient)
    broken.replace_in(patient.site.local_php, f"'db_port' => {patient.db['port']}", "'db_port' => 1")
    assert patient.recover() == 0, patient.said
    assert "nothing wrong found in what was to be mended" in patient.said, patient.said
    assert len(patient.doctor()) == 1, patient.said


def test_what_cannot_be_renamed_into_another_disk_is_left_to_the_owner(patient):
    elsewhere = patient.folder.parents[-1] / "dev/shm" / patient.folder.name
    if not elsewhere.parent.is_dir() or elsewhere.parent.stat().st_dev == patient.folder.stat().st_dev:
        pytest.skip("needs a second disk")
    patient.admit("era52")
    several(broken.open_to_everybody, broken.upgrade_script_left)(patient)
    elsewhere.mkdir()
    try:
        if patient.owner:
            os.chown(elsewhere, patient.owner.uid, patient.owner.gid)
        patient.state = elsewhere / "state"
        patient.run("recover")
        assert "lies on another disk" in patient.said, patient.said
        assert patient.recover() == 0, patient.said
        assert len(patient.doctor()) == 1 and "upgrade.php" in patient.said, patient.said
    finally:
        shutil.rmtree(elsewhere)


def test_where_nothing_can_be_written_permissions_come_first(patient):
    if not patient.owner:
        pytest.skip("needs an account beside root")
    patient.admit("era52")
    broken.bare_percent(patient)
    os.chmod(patient.site.root, 0o555)
    assert patient.recover() == 0, patient.said
    assert "ask recover once more" not in patient.said
    assert len(patient.doctor()) == 1 and "is not doubled" in patient.said, patient.said
    assert patient.recover() == 0, patient.said
    assert patient.doctor() == [], patient.said


def test_a_lock_alone_closes_no_site_and_rebuilds_no_cache(patient):
    patient.admit("era52", warm=True)
    broken.stale_lock(patient)
    built = broken.container(patient).stat()
    assert patient.recover() == 0, patient.said
    assert "close the site" not in patient.said and "caches" not in patient.said, patient.said
    after = broken.container(patient).stat()
    assert (after.st_ino, after.st_mtime_ns) == (built.st_ino, built.st_mtime_ns)
    assert patient.doctor() == [], patient.said


@pytest.mark.parametrize("task", ["recover", "cache:purge"])
def test_emptied_caches_are_nothing_to_take_back_and_undo_says_so(patient, task):
    patient.admit("era52", warm=True)
    broken.stale_container(patient)
    assert patient.run(task, "--yes") == 0, patient.said
    assert patient.run("undo", "--yes") == 0, patient.said
    assert "only emptied caches, which the application builds again by itself: there is nothing to take back" in patient.said, patient.said


def test_the_plan_says_what_this_run_mends_and_what_waits(patient):
    patient.admit("era52", state=False, warm=True)
    broken.several(patient)
    patient.run("recover")
    assert "mends: the file .env is missing" in patient.said, patient.said
    assert "not in this run, but when you ask recover once more: the database is behind" in patient.said, patient.said
    broken.cut_vendor(patient)
    broken.no_local_php(patient)
    patient.run("recover")
    assert "mends: " not in patient.said and "can be mended once what is needed is there: files of more than one" in patient.said, patient.said


def test_no_site_is_closed_for_what_needs_a_php_that_is_not_there(patient):
    patient.admit("era52", state=False)
    broken.needs_php(patient, "7.2.0", "7.4.99")
    assert patient.recover() == 1, patient.said
    assert "NEEDED FIRST" in patient.said and "closed" not in patient.said, patient.said


def test_the_databases_password_is_told_nowhere(patient):
    patient.admit("era52")
    patient.site.sql(f"set password = password('{PASSWORD}')")
    patient.site.write_local_php(db_password=PASSWORD.replace("%", "%%"))
    for line in (PASSWORD, PASSWORD.replace("%", "%%"), f"SQLSTATE[42S02]: Table 'x.{PASSWORD}' doesn't exist", f"Class \"ZipArchive\" not found {PASSWORD}"):
        patient.log(f"seen {line} here")
    for task in ("logs", "report", "doctor"):
        patient.run(task)
        assert "SommerRegen" not in patient.said, patient.said


def test_no_secret_of_the_configuration_is_told_however_short(patient):
    patient.admit("era52")
    secrets = {"mailer_password": "k9!x", "secret_key": "Nicht.Hex#Geheim", "mailer_dsn": "smtp://user:pW7z@mail.example.com:25"}
    patient.site.write_local_php(**secrets)
    patient.log("Class \"ZipArchive\" not found, was told k9!x and Nicht.Hex#Geheim and pW7z by the mail")
    for task in ("logs", "report", "doctor"):
        patient.run(task)
        assert "was told *** and *** and *** by the mail" in patient.said or task == "report", patient.said
        for secret in ("k9!x", "Nicht.Hex", "pW7z"):
            assert secret not in patient.said, patient.said
