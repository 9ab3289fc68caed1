# SPDX-License-Identifier: GPL-3.0-or-later
"""`files:verify` by the program itself: by signs, and against a package. What is the owner's is never damage."""

import shutil
import subprocess
import zipfile

import pytest

from files.conftest import pack, read
from fixture.site import lay_over, make_site, package
from support import process

ICON = "favicon.ico"  # only full packages have it, and the fixture's have not


class Place:
    """A whole site of 5.1.0, our folder in it, and the program on the command line."""

    def __init__(self, folder, program, **site):
        self.program, self.state = program, folder / "state"
        self.state.mkdir(mode=0o700)
        self.site = make_site("era5", folder / "site", **site)
        self.root = self.site.root
        (self.root / ICON).write_bytes(b"icon")

    def put(self, version, kind="full", name=None):
        """A package into the site's folder."""
        built = package(version, kind)
        placed = shutil.copy(built, self.root / (name or built.name))
        with zipfile.ZipFile(placed, "a") as archive:
            if kind == "full" and ICON not in archive.namelist():
                archive.writestr(ICON, "icon")
        return placed

    def verify(self, *words, status):
        """The lines that it printed."""
        done = subprocess.run([self.program, "--root", self.root, "--state", self.state, "files:verify", *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              env=process.plain_environment(), timeout=120, check=False)
        assert done.returncode == status, done.stdout
        return done.stdout.splitlines()

    def damage(self, stated="5.1.0"):
        """The lines of a comparison with the full package that finds something."""
        self.put("5.1.0")
        lines = self.verify("--file=5.1.0.zip", status=1)
        assert lines[-2].endswith(": the tree is not the release 5.1.0"), lines
        assert lines[-1].startswith("-- failed: exit 1")
        assert lines[-3].startswith(f"to mend it: files:replace with the full package {stated}.zip (https://github.com/"), lines
        return lines


@pytest.fixture
def place(folder, program):
    yield Place(folder, program)
    process.kill_below(folder)


def test_a_whole_site_shows_no_sign_and_nothing_is_changed(place):
    before = read(place.root)
    lines = place.verify(status=0)
    assert lines[:2] == ["Executing files:verify", "the tree says that it is Mautic 5.1.0"]
    assert lines[2].startswith("no sign of a half or mixed release was found") and "upload 5.1.0.zip" in lines[2]
    assert lines[3].startswith("-- done: exit 0")
    assert read(place.root) == before


def test_the_only_package_of_the_version_is_used_by_itself(place):
    place.put("5.2.1")
    assert "no sign of a half" in place.verify(status=0)[2]
    place.put("5.1.0")
    lines = place.verify(status=0)
    assert lines[1] == "compare every file with 5.1.0.zip"
    assert " are byte for byte those of 5.1.0.zip (" in lines[2]
    place.put("5.1.0", name="again.zip")
    lines = place.verify(status=0)
    assert [line for line in lines if "file=" in line][:2] == [
        f"a package of this version lies there: to compare every file ask with file={name}" for name in ("5.1.0.zip", "again.zip")]


def test_signs_tell_a_release_laid_half_over_another(place):
    lay_over(place.site, "era52")
    text = "\n".join(place.verify(status=1))
    assert "the tree says that it is Mautic 5.2.1" in text
    for entry in ("vendor/composer/installed.json", "vendor/autoload.php"):
        shutil.copy(package("5.1.0").parent / "era5" / entry, place.root / entry)
    text = "\n".join(place.verify(status=1))
    assert "! vendor/ and composer.lock are of different releases: " in text
    assert "! the parts of the autoloader are of different releases:" in text
    assert "to mend it: files:replace with the full package 5.2.1.zip" in text
    shutil.rmtree(place.root / "vendor" / "psr")
    assert "that the autoloader knows are missing" in "\n".join(place.verify(status=1))


def test_what_is_the_owners_is_never_damage(place):
    place.put("5.1.0")
    for name in ("media/files/form.pdf", "media/images/own.png", "media/own.txt", "plugins/OwnBundle/Own.php", "themes/own/config.json",
                 "translations/de/x.ini", "config/own.php", "app/config/local_own.php", ".env.local", "shop/index.php",
                 "var/logs/prod.php", "old-backup.zip", "unstick/unstick.cgi"):
        (place.root / name).parent.mkdir(parents=True, exist_ok=True)
        (place.root / name).write_text("mine")
    for name in (".htaccess", "robots.txt", ".env"):
        (place.root / name).write_text("# changed by the owner\n")
    (place.root / "media/files").chmod(0o777)
    lines = place.verify("--file=5.1.0.zip", status=0)
    assert lines[-1].startswith("-- done: exit 0"), lines


def test_our_own_folder_is_no_extra_file_wherever_it_lies(place, program):
    place.put("5.1.0")
    place.program = shutil.copy(program, place.root / "app")
    place.verify("--file=5.1.0.zip", status=0)
    (place.root / "app/tools").mkdir()
    place.program = shutil.move(place.program, place.root / "app/tools/unstick.cgi")
    place.verify("--file=5.1.0.zip", status=0)


@pytest.mark.parametrize("break_it, expected", [
    (lambda root: (root / "index.php").unlink(), ["the top folder: 1 missing of ", "missing:", "  index.php"]),
    (lambda root: (root / "index.php").write_bytes((root / "index.php").read_bytes().swapcase()),
     ["the top folder: 1 changed of ", "changed:", "  index.php"]),
    (lambda root: (root / "app/shell.php").write_text("x"), ["app: 1 extra of ", "extra:", "  app/shell.php"]),
    (lambda root: (root / "app/AppKernel.php").chmod(0o666), ["app: 1 with wrong permissions of ", "with wrong permissions:"]),
    (lambda root: ((root / "index.php").unlink(), (root / "index.php").mkdir()),
     ["the top folder: 1 of another kind of ", "of another kind:", "  index.php"]),
    (lambda root: (root / "vendor/psr/container").rename(root / "app/config/local_psr"), ["missing:", "  vendor/psr/container/ (the whole folder, "]),
    (lambda root: (root / ".htaccess").unlink(), ["missing:", "  .htaccess"]),
])
def test_every_kind_of_damage_is_named(place, break_it, expected):
    break_it(place.root)
    lines = place.damage()
    for words in expected:
        assert [line for line in lines if line.startswith(words)], (words, lines)
    assert not [line for line in lines if line.startswith("! ")], lines


def test_half_a_vendor_and_mixed_releases_are_said_in_words(place):
    lay_over(place.site, "era52")
    for name in sorted((place.root / "vendor/symfony").iterdir())[:5]:
        shutil.rmtree(name)
    text = "\n".join(place.damage(stated="5.2.1"))
    assert "! half-copied vendor: " in text and "! mixed versions: " in text
    assert "compare every file with 5.1.0.zip; the tree says that it is 5.2.1, the package is of 5.1.0" in text
    assert text.count("\n  ") < 130


def test_an_update_package_is_compared_as_far_as_it_goes(place):
    place.put("5.2.1", "update")
    lines = place.verify("--file=5.2.1-update.zip", status=1)
    assert "an update: only what it holds; the tree says that it is 5.1.0, the package is of 5.2.1" in lines[1]
    lay_over(place.site, "era52")
    lines = place.verify("--file=5.2.1-update.zip", status=0)
    assert lines[1] == "compare every file with 5.2.1-update.zip, an update: only what it holds"


@pytest.mark.parametrize("name, files, words", [
    ("plugin.zip", {"Config/config.php": b"<?php", "OwnBundle.php": b""}, "plugin.zip is no release of Mautic: it seems to be a plugin"),
    ("hostile.zip", {"../../index.php": b"<?php", "app/AppKernel.php": b""}, "hostile.zip is refused: "),
    ("empty.zip", {}, "empty.zip holds no files"),
])
def test_other_zips_are_refused_by_name(place, name, files, words):
    pack(place.root / name, files)
    assert words in "\n".join(place.verify(f"--file={name}", status=1))
    assert "no sign of a half" in place.verify(status=0)[2]


def test_a_file_that_is_not_there_or_no_zip_is_said(place):
    assert "there is no file 5.1.0.zip in " in "\n".join(place.verify("--file=5.1.0.zip", status=1))
    assert "index.php is no package by its name" in "\n".join(place.verify("--file=index.php", status=1))
    place.put("5.1.0")
    shutil.copy(package("5.1.0"), place.state)
    assert "there are two: " in "\n".join(place.verify("--file=5.1.0.zip", status=1))


def test_a_site_of_composer_is_looked_at_and_not_compared(folder, program):
    place = Place(folder, program, layout="composer")
    text = "\n".join(place.verify(status=0))
    assert "not looked: deleted_files.txt is not there" in text
    place.put("5.1.0")
    assert "Composer laid out this site" in "\n".join(place.verify("--file=5.1.0.zip", status=1))
    shutil.rmtree(place.site.project / "vendor/psr")
    assert f"run `composer install` in {place.site.project}" in "\n".join(place.verify(status=1))
