# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration lost, damaged or wrong: doctor names it, recover mends it from what is there, or says which lines of the settings
file it needs; with these it goes on."""
import os
import re
import shutil

from support import ports

from .catalogue import case, note
from .files import restoring
from .mending import edit, expect_broken, expect_sound, mend, named_and_mended, named_with_next_step
from .visitor import expect

LOCAL = "config/local.php"
IN_LOG = ("the configuration is no valid PHP", "a value of the configuration holds a percent sign")
TO_WRITE = "write db_host, db_name, db_user and db_password"


@case
@restoring
def what_the_configuration_lost_is_named_and_mended(release, visitor, _exchange):
    local = release.root / LOCAL
    text = local.read_text()
    release.give(shutil.copy(local, local.with_name("local.php.bak.php")))
    without_name = re.sub(r"\t'mailer_from_name' => .*\n", "", text)
    with_percent = without_name.replace(");", "\t'mailer_from_name' => 'a%b%c',\n);")
    for broken, word in (("", "is empty"), (text[: len(text) // 2], "is cut off"), (None, "is missing"), (with_percent, "is not doubled")):
        local.unlink(missing_ok=True) if broken is None else local.write_text(broken)
        release.give(local) if broken is not None else None
        expect_broken(release, *((500,) if broken is not None else (200, 302, 500)))
        named_and_mended(release, visitor, word, also=IN_LOG)
        for left in local.parent.glob("local.php.unstick-*"):
            left.unlink()


@case
@restoring
def a_missing_dotenv_is_named_and_mended(release, visitor, _exchange):
    if not (release.root / ".env").exists():
        return note("this release has none")
    (release.root / ".env").unlink()
    expect_broken(release, 500)
    named_and_mended(release, visitor, ".env is missing")


@case
@restoring
def a_configuration_that_may_not_be_read_is_named_and_mended(release, visitor, _exchange):
    os.chmod(release.root / LOCAL, 0)
    expect_broken(release, 200, 500)  # PHP's opcode cache looks at dates only, and may have it still
    named_and_mended(release, visitor, "local.php, may not be read", "keep the site's own account out")


@case
@restoring
def a_table_prefix_that_no_table_has_is_named_and_mended(release, visitor, _exchange):
    text = (release.root / LOCAL).read_text()
    known = re.search(r"'db_table_prefix' => [^,]+,", text)
    prefix = "'db_table_prefix' => 'zz_',"
    (release.root / LOCAL).write_text(text.replace(known[0], prefix) if known else text.replace("'db_name'", f"{prefix}\n\t'db_name'"))
    expect_broken(release, 200, 500)  # the old cache answers still
    named_and_mended(release, visitor, "no table has the prefix")


def access_of(release):
    """The lines of the settings file that name the database as it is."""
    return {"db_host": "127.0.0.1", "db_port": release.database.port, "db_name": "mautic", "db_user": "mautic",
            "db_password": release.database_password}


def mended_by_the_settings(release, visitor):
    with release.settings_saying(**access_of(release)):
        ran = mend(release, visitor)
    note(f"with the lines written: mended in {ran.seconds:.0f} s")
    expect_sound(release, visitor)


@case
@restoring
def a_wrong_password_is_named_and_mended_by_the_settings(release, visitor, _exchange):
    edit(release, LOCAL, f"'{release.database_password}'", "'not-the-password'")
    expect_broken(release, 500)
    named_with_next_step(release, visitor, ["does not accept the user and password"], TO_WRITE)
    mended_by_the_settings(release, visitor)


@case
@restoring
def a_database_that_nobody_answers_for_is_named_and_mended_by_the_settings(release, visitor, _exchange):
    text = (release.root / LOCAL).read_text()
    port = re.search(r"'db_port' => ([^,]+),", text)
    expect(port, "the configuration names no port", text)
    edit(release, LOCAL, port[0], f"'db_port' => {ports.free_port()},")
    expect_broken(release, 500)
    named_with_next_step(release, visitor, ["no database server answers"], TO_WRITE)
    mended_by_the_settings(release, visitor)


@case
@restoring
def a_syntax_error_without_a_copy_is_named_and_mended_by_the_settings(release, visitor, _exchange):
    edit(release, LOCAL, "'db_name' =>", "'db_name' = >")
    expect_broken(release, 500)
    named_with_next_step(release, visitor, ["is cut off or damaged"], "db_password", also=IN_LOG)
    mended_by_the_settings(release, visitor)
