# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken sites, one for each way in which updates are known to end, and intact ones. For each: doctor names the cause and nothing
else; recover brings the site to a state in which doctor finds nothing, or says exactly what is missing for that.

Sites of 4.4 and later have real Symfony consoles, with real migrations in a real database; older ones only imitate a console, so
nothing is run in them."""
from dataclasses import dataclass, field

import pytest

from . import breaking as broken

MENDED = object()   # recover mends it, alone
TWICE = object()    # the same, asked twice: what rests on the configuration waits for that
NEEDS = object()    # recover says what the owner has to do first, and changes nothing
PACKAGE = object()  # recover mends it once the package is uploaded, and asks for it before


@dataclass
class Case:
    name: str
    era: str
    how: object                     # breaks it
    finds: list                     # a part of each finding's sentence
    then: object                    # MENDED, PACKAGE, or words that the owner is told
    admitted: dict = field(default_factory=dict)
    asked: tuple = ()


INTACT = [("era4", "zip", True), ("era4", "composer", True), ("era5", "zip", True), ("era5", "composer", True), ("era52", "zip", True),
          ("era52", "composer", True), ("era5", "zip", "none"), ("era5", "zip", "fresh"), ("era5", "zip", "from-4"),
          ("era52", "zip", "fresh"), ("2.16.5", "zip", True), ("3.0.2", "zip", True), ("3.3.5", "zip", True), ("4.0.2", "zip", True),
          ("4.2.2", "zip", True)]

WARM = {"warm": True}
NEXT = {"state": False}
CORPUS = [
    Case("a container of the release before", "era52", broken.stale_container, ["built by another release"], MENDED, WARM),
    Case("half a container", "era52", broken.half_container, ["is half of one"], MENDED, WARM),
    Case("a lock of a dead command", "era52", broken.stale_lock, ["a lock of a command"], MENDED),
    Case("no vendor", "era52", broken.no_vendor, ["more than one release"], PACKAGE),
    Case("autoloader of two releases", "era52", broken.cut_vendor, ["more than one release"], PACKAGE),
    Case("vendor of another release", "era52", broken.other_vendor, ["more than one release"], PACKAGE),
    Case("deleted files are still there", "era52", broken.deleted_files_left, ["more than one release"], PACKAGE),
    Case("a file of vendor is missing", "era52", broken.autoloaded_file_missing, ["more than one release"], PACKAGE),
    Case("no console", "era52", broken.no_console, ["more than one release"], PACKAGE),
    Case("no front controller", "era52", broken.no_front_controller, ["more than one release"], PACKAGE),
    Case("no release metadata", "era52", broken.no_release_metadata, ["more than one release"], PACKAGE),
    Case("the update in the browser hangs", "era5", broken.web_update_hangs, ["more than one release", "was interrupted while it moved"], MENDED),
    Case("an update is unpacked and was never moved", "era5", broken.unpacked_update_left, ["is unpacked and was never begun"], MENDED),
    Case("upgrade.php was left", "era52", broken.upgrade_script_left, ["upgrade.php of an update"], MENDED),
    Case("no styles", "era52", broken.no_assets, ["styles and scripts of the pages are missing"], PACKAGE),
    Case("pages wait for styles", "era52", broken.waits_for_assets, ["a marker says"], MENDED),
    Case("a dump lies open", "era52", broken.dump_lies_open, ["dumps or copies"], "download them and delete them"),
    Case("everybody may write", "era52", broken.open_to_everybody, ["everybody on this server may change"], MENDED),
    Case("the site's account is kept out", "era52", broken.closed_to_ourselves, ["keep the site's own account out"], MENDED),
    # ---- the configuration
    Case("no local.php, and no copy", "era52", broken.no_local_php, ["local.php, is missing"], NEEDS),
    Case("no local.php, a copy beside", "era52", broken.local_php_with_copy, ["local.php, is missing"], MENDED),
    Case("no local.php in 4.4, a copy beside", "era4", broken.local_php_with_copy, ["local.php, is missing"], MENDED),
    Case("an empty local.php", "era52", broken.empty_local_php, ["local.php, is empty"], MENDED),
    Case("a cut local.php", "era52", broken.cut_local_php, ["is cut off or damaged"], MENDED),
    Case("a bare percent sign", "era52", broken.bare_percent, ["is not doubled"], MENDED),
    Case("kernel.root_dir is left", "era52", broken.root_dir_left, ["kernel.root_dir"], MENDED),
    Case("no .env", "era52", broken.no_dotenv, [".env is missing"], MENDED),
    Case("a prefix that no table has", "era52", broken.wrong_prefix, ["prefix"], MENDED),
    Case("a wrong password", "era52", broken.wrong_password, ["password"], NEEDS),
    Case("a wrong password, and a copy with the right one", "era52", broken.wrong_password_with_copy, ["password"], MENDED),
    Case("updates are left to Composer", "era52", broken.composer_updates, ["composer_updates is set"], "set composer_updates to 0"),
    # ---- the web server's rules
    Case("no .htaccess", "era52", broken.no_htaccess, [".htaccess"], PACKAGE),
    Case("half a .htaccess", "era52", broken.cut_htaccess, [".htaccess"], "<IfModule"),
    Case("a rule for the domain's root", "era52", broken.rule_for_the_domains_root, [".htaccess"], "/mautic"),
    Case("a handler for an old PHP", "era52", broken.old_php_handler, ["a PHP that 5.2.1 does not run on"], "PHP 8.1 to 8.3"),
    Case("no PHP fits", "era52", lambda patient: broken.needs_php(patient, "7.2.0", "7.4.99"), ["no PHP for the command line"],
         "7.2.0 to 7.4.99", asked=("--php=yes",)),
    # ---- the database
    Case("no tables", "era52", broken.no_tables, ["no table"], "db:restore"),
    Case("a server that is too old", "era52", broken.new_server_needed, ["server is older than"], "99.0"),
    Case("new files, the database of before", "era52", broken.nothing_more, ["behind"], MENDED, NEXT),
    Case("killed half way through the migrations", "era52", broken.nothing_more, ["behind"], MENDED, {"state": "half"}),
    Case("4.4 over the database of before", "era4", broken.nothing_more, ["behind"], MENDED, NEXT),
    Case("4.4 killed half way through its migrations", "era4", broken.nothing_more, ["behind"], MENDED, {"state": "half"}),
    Case("4.4 of a Composer project, over the database of before", "era4", broken.nothing_more, ["behind"], MENDED,
         {"state": False, "layout": "composer"}),
    Case("5.1 over the database of 4.4", "era5", broken.nothing_more, ["behind"], MENDED, {"state": "old-format"}),
    Case("the table of migrations is half converted", "era5", broken.nothing_more, ["converted half way"], MENDED, {"state": "bare"}),
    Case("the point groups died half way", "era5", broken.nothing_more, ["behind", "died half way"], MENDED, {"state": "stuck"}),
    Case("old files, the database of the next release", "era5", broken.migrated_further, ["newer release than the files"], "files:replace"),
    # ---- what only a log tells
    Case("PHP ran out of memory", "era52", broken.says(
        "Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)"), ["ran out of memory"], "512M"),
    Case("an extension is missing", "era52", broken.says('Error: "Class "ZipArchive" not found"'), ["extension"], "zip"),
    Case("the time limit", "era52", broken.says(
        "Maximum execution time of 30 seconds exceeded in app/bundles/CoreBundle/Update/Step/InstallNewFilesStep.php"), ["time limit"],
         "the limit was 30 seconds. run it from here"),
    Case("an old plugin", "era52", broken.says(
        'Class "Mautic\\CoreBundle\\EventListener\\CommonSubscriber" not found while loading "MauticPlugin\\OldBundle\\EventListener\\X".'),
         ["a plugin does not fit"], "OldBundle"),
    Case("a full disk", "era52", broken.says("file_put_contents(): write of 8192 bytes failed with errno=28 No space left on device"),
         ["was full"], "ask the host"),
    Case("another PHP on the web", "era52", broken.says(
        "Mautic does not support PHP version 8.4.1 at this time."), ["does not fit this release"], "hosting panel"),
    Case("the package could not be opened", "era52", broken.says("Could not open the ZIP archive."), ["could not unpack"], "upload"),
    Case("too many connections", "era52", broken.says(
        "SQLSTATE[HY000] [1203] User x already has more than 'max_user_connections' active connections"), ["too many"], "VPS"),
    Case("no .env, and a log says so", "era52", broken.no_dotenv_and_a_log, [".env is missing"], MENDED),
    Case("a theme that does not fit", "era52", broken.says("Theme Blank not configured properly: builder property"), ["theme"], "upload the theme"),
    # ---- several at once
    Case("a stale cache, no .env and the database of before", "era52", broken.several, ["built by another", ".env", "behind"], TWICE,
         {"warm": True, "state": False}),
    Case("half the files and the database of before", "era52", broken.cut_vendor, ["more than one release", "behind"], PACKAGE, NEXT),
    Case("no vendor in a Composer project", "era52", broken.no_vendor, ["more than one release"], "composer install", {"layout": "composer"}),
]


UNDONE = ("autoloader of two releases", "an update is unpacked and was never moved", "everybody may write", "no local.php, a copy beside",
          "new files, the database of before", "no .env", "upgrade.php was left", "the table of migrations is half converted")


@pytest.mark.parametrize("era, layout, state", INTACT)
def test_an_intact_site_has_no_finding(patient, era, layout, state):
    patient.admit(era, layout, state, warm=era.startswith("era"))
    assert patient.doctor() == [], patient.said


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_doctor_names_what_is_broken_and_recover_mends_it_or_says_what_is_needed(patient, case):
    patient.admit(case.era, **case.admitted)
    case.how(patient)
    found = patient.doctor(*case.asked)
    assert len(found) == len(case.finds), patient.said
    for part in case.finds:
        assert any(part in sentence for sentence in found), patient.said
    if isinstance(case.then, str):
        assert case.then in patient.said, patient.said
        return
    if case.then is NEEDS:
        assert patient.recover() == 1
        assert "NEEDED FIRST" in patient.said, patient.said
        return
    if case.then is PACKAGE:
        assert patient.recover() != 0
        assert "a package is needed" in patient.said, patient.said
        patient.upload(patient.site.version)
    if case.then is TWICE:
        patient.recover()
    status = patient.recover()
    assert status == 0, patient.said
    assert patient.doctor() == [], patient.said


def facts(patient):
    """What lies in the site but for caches and logs: {path: mode and bytes}."""
    root, found = patient.site.project, {}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_file() and not path.is_symlink() and not name.startswith(("var/", "app/cache", "app/logs")) and not name.endswith(".zip"):
            found[name] = (path.stat().st_mode, path.read_bytes())
    return found


@pytest.mark.parametrize("case", [case for case in CORPUS if case.name in UNDONE], ids=lambda case: case.name)
def test_undo_brings_the_broken_site_back_as_it_was(patient, case):
    patient.admit(case.era, **case.admitted)
    case.how(patient)
    if case.then is PACKAGE:
        patient.upload(patient.site.version)
    found, before = patient.doctor(), facts(patient)
    assert patient.recover() == 0, patient.said
    assert patient.run("undo", "--yes") == 0, patient.said
    assert facts(patient) == before
    assert patient.doctor() == found, patient.said


def test_a_wrong_password_is_mended_with_the_one_that_the_settings_name(patient):
    """The settings reach the database, the site itself does not: that is no reason to find nothing wrong."""
    patient.admit("era52")
    broken.wrong_password(patient)
    assert patient.recover() == 1
    assert "NEEDED FIRST" in patient.said and "db_password" in patient.said, patient.said
    settings = patient.folder / "unstick.ini.php"
    settings.write_text("; <?php exit; ?>\n" + "".join(f"{name} = {value}\n" for name, value in (
        ("db_host", "127.0.0.1"), ("db_port", patient.db["port"]), ("db_name", patient.db["name"]), ("db_user", patient.db["user"]),
        ("db_password", patient.db["password"]))))
    found = patient.doctor()
    assert len(found) == 1 and "does not accept the user and password" in found[0], patient.said
    assert patient.recover() == 0, patient.said
    settings.unlink()
    assert patient.doctor() == [], patient.said
