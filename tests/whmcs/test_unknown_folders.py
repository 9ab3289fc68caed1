# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that the configuration names by code, so that nobody knows where they lie: nothing is taken for them, and each answer says so."""
import re

import pytest

from fixture.whmcs import release_zip

from .test_cron import CRON
from .test_doctor import NEW, OLD
from .test_replace import NAME, tree

FOLDERS = {"attachments_dir": "attachments", "downloads_dir": "downloads", "templates_compiledir": "templates_c", "crons_dir": "crons"}


def code_for(setting):
    return f"${setting} in configuration.php is code (getenv(\"PLACE\")), so that this folder is not known"


def unknown(site, *settings):
    site.configure(more="".join(f"${setting} = getenv(\"PLACE\");\n" for setting in settings))


@pytest.mark.parametrize("setting", FOLDERS)
def test_doctor_says_what_it_could_not_look_at_and_why(billing, setting):
    site = billing.admit(NEW)
    unknown(site, setting)
    assert billing.doctor() == []
    title = "all files are of one release" if setting == "crons_dir" else "the folders that are written into are there"
    assert billing.not_looked(title) and code_for(setting) in billing.said, billing.said
    assert "nothing wrong found as far as could be looked" in billing.said


@pytest.mark.parametrize("is_there", [True, False])
def test_a_release_lays_nothing_where_such_a_folder_may_be(billing, is_there):
    site = billing.admit(OLD, database=NEW)
    for name in FOLDERS.values():
        for path in sorted((site.root / name).rglob("*"), reverse=True):
            path.unlink()
        (site.root / name).rmdir()
        if is_there:
            site.write(f"{name}/ours.txt", "ours")
    unknown(site, *FOLDERS)
    release_zip(site.root / NAME, NEW)
    before = {name: text for name, text in tree(site).items() if name.split("/")[0] in FOLDERS.values()}
    assert billing.run("files:replace", f"--file={NAME}") == 3
    for setting, name in FOLDERS.items():
        assert f"nothing of {name}/ in the release comes into the site: {code_for(setting)}" in billing.said, billing.said
    assert billing.run("files:replace", f"--file={NAME}", "--yes") == 0, billing.said
    assert {name: text for name, text in tree(site).items() if name.split("/")[0] in FOLDERS.values()} == before
    assert [name for name in FOLDERS.values() if (site.root / name).exists()] == (list(FOLDERS.values()) if is_there else [])
    assert billing.doctor() == [], billing.said


def test_purge_says_which_folder_it_does_not_know(billing):
    site = billing.admit(NEW)
    unknown(site, "templates_compiledir")
    before = tree(site)
    assert billing.run("cache:purge") == 1, billing.said
    assert code_for("templates_compiledir") in billing.said and "there is no cache" not in billing.said
    assert tree(site) == before


def test_cron_says_where_its_script_was_looked_for(billing):
    site = billing.admit(NEW)
    site.write("crons/cron.php", CRON)
    unknown(site, "crons_dir")
    assert billing.run("whmcs:cron") == 1 and code_for("crons_dir") in billing.said, billing.said
    site.configure()
    assert billing.run("whmcs:cron") == 0, billing.said
    (site.root / "crons/cron.php").unlink()
    assert billing.run("whmcs:cron") == 1
    line, = re.findall(r".*was not found.*", billing.said)
    assert ("crons/cron.php was not found in crons/ - where that folder was moved, its path belongs into configuration.php as plain text "
            "($crons_dir = '/path/crons/';)") in line
