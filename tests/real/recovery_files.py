# SPDX-License-Identifier: GPL-3.0-or-later
"""The site's own files broken as real sites were seen to break: doctor names it, recover mends it, the pages open again. Each case
leaves the site as it was before. The configuration, the host and updates that died: the other modules recovery_*.py."""
import shutil

from .catalogue import case, note
from .files import restoring
from .mending import drop_caches, edit, expect_broken, expect_named, expect_sound, lay_over, lay_over_and_delete, mend, named_and_mended
from .visitor import expect

MIXED = "more than one release"


@case
def doctor_finds_nothing_wrong_with_the_site_and_takes_its_time(release, visitor):
    ran = visitor.run("doctor")
    expect(ran.done, "a healthy site has findings", ran.output)
    note(f"{ran.seconds:.2f} s for {len(release.files())} files")


@case
@restoring
def parts_of_vendor_that_are_gone_are_named_and_mended(release, visitor, exchange):
    with exchange.at_hand(exchange.own):
        for break_it in (lambda: shutil.rmtree(release.root / "vendor"), lambda: shutil.rmtree(release.root / "vendor/symfony"),
                         lambda: edit(release, "vendor/autoload.php", "ComposerAutoloaderInit", "ComposerAutoloaderInit0")):
            break_it()
            expect_broken(release, 500)
            named_and_mended(release, visitor, MIXED, also=("lie in vendor",))
        (release.root / "bin/console").unlink()
        named_and_mended(release, visitor, MIXED)


@case
@restoring
def a_container_that_calls_other_files_is_named_and_mended(release, visitor, _exchange):
    """As an upload of another release leaves it: the compiled code hands fewer arguments over than the files want."""
    drop_caches(release)  # or the container of before lies beside
    release.console("cache:warmup", "--env=prod", "--no-debug")
    container = next((release.root / "var/cache/prod").glob("Container*/AppKernelProdContainer.php"))
    kernel = "new \\Symfony\\Component\\HttpKernel\\HttpKernel("
    edit(release, container.relative_to(release.root), kernel, f"{kernel}); {kernel}")
    changed = 0
    for file in container.parent.glob("*.php"):
        text = file.read_text()
        if f"'{release.version}')" in text and "setVersion(" in text:
            file.write_text(text.replace(f"'{release.version}')", "'1.2.3')"))
            changed += 1
    expect(changed, "no part of the container names the release")
    expect_broken(release, 500)
    named_and_mended(release, visitor, "built by another release")


@case(needs_next=True)
@restoring
def a_container_of_another_release_is_named_and_mended(release, visitor, exchange):
    """New files by FTP, the cache of the former ones; then their database."""
    release.console("cache:warmup", "--env=prod", "--no-debug")
    lay_over_and_delete(release, exchange)
    with exchange.at_hand(exchange.next):
        seen = expect_named(release, visitor, "built by another release", "behind")
        ran = mend(release, visitor)
    note(f"{'; '.join(seen)}: mended in {ran.seconds:.0f} s")
    expect_sound(release, visitor)


def mixed(release, visitor, exchange, package):
    """The mixture is named, and mended with the package of the release that its metadata names."""
    drop_caches(release)
    with exchange.at_hand(package):
        seen = expect_named(release, visitor, MIXED, *(("behind",) if package is exchange.next else ()))
        ran = mend(release, visitor)
    note(f"{'; '.join(seen)}: mended in {ran.seconds:.0f} s")
    expect(release.facts["version"] == package.version, f"the files are not {package.version}", release.facts)
    if package is exchange.next:
        expect(not exchange.missing_columns(), "tables or columns are missing", exchange.missing_columns())
    expect_sound(release, visitor)


@case(needs_next=True)
@restoring
def the_releases_own_app_with_the_vendor_of_another_is_named_and_mended(release, visitor, exchange):
    shutil.rmtree(release.root / "vendor")
    lay_over(release, exchange.next, "vendor/*")
    mixed(release, visitor, exchange, exchange.own)


@case(needs_next=True)
@restoring
def the_app_of_another_with_the_own_vendor_is_named_and_mended(release, visitor, exchange):
    shutil.rmtree(release.root / "app")
    lay_over(release, exchange.next, "app/*", "index.php", "composer.lock", "composer.json", "deleted_files.txt")
    mixed(release, visitor, exchange, exchange.next)


@case(needs_next=True)
@restoring
def another_release_laid_over_without_deleting_is_named_and_mended(release, visitor, exchange):
    lay_over(release, exchange.next)
    mixed(release, visitor, exchange, exchange.next)
