# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations, updates and what is refused: the database is read again, an exit code is no proof."""
import gzip
import re

from .catalogue import case, note
from .cron import ends_as_the_bare_console
from .release import CONTACTS
from .visitor import expect, plain

COUNTED = ("Executed", "Executed Unavailable", "Available", "New")


def status(ran):
    """{"Executed": 0, "Available": 41, ...} of the table that doctrine:migrations:status draws."""
    return {name: int(re.search(rf"\| {name} +\| (\d+) ", plain(ran.output))[1]) for name in COUNTED}


def contacts(release):
    return int(release.sql("select count(*) from leads where email like 'user%@example.com'")[0][0])


def recorded(release):
    """Rows of the migrations table, None without one."""
    if not release.sql("show tables like 'migrations'"):
        return None
    return int(release.sql("select count(*) from migrations")[0][0])


@case
def migrations_status_shows_what_doctrine_sees(release, visitor):
    ran = visitor.console("doctrine:migrations:status")
    files = list((release.root / "app/migrations").glob("Version*.php"))
    seen = status(ran)
    expect(seen["Available"] == len(files), f"not the {len(files)} migrations of the release", seen)
    expect(seen["Executed"] == (recorded(release) or 0), "not the rows of the table", seen)
    note(f"{seen}, rows recorded: {recorded(release)}")


@case
def a_dry_run_of_migrate_records_nothing(release, visitor):
    ran = visitor.console("doctrine:migrations:migrate --dry-run")
    expect(not recorded(release), "rows were recorded", recorded(release))
    note(ran.lines[-2][1])
    note(ran.lines[-1][1])


@case
def migrate_runs_the_migrations_and_records_them(release, visitor):
    ran = visitor.console("doctrine:migrations:migrate")
    expect(recorded(release), "no row was recorded", ran.output[-3000:])
    expect(contacts(release) == CONTACTS, "contacts were lost", contacts(release))
    said, *again = [text for _, text in visitor.run("doctrine:migrations:migrate", fails=False).lines]
    expect(again == [text for _, text in ran.lines], "asked again within a minute it did not join its job", again[-10:])
    expect(re.fullmatch(r"-- this ran [\d.]+ s ago; asked again within 60 s it is not run twice", said),
           "nobody is told that nothing was done now", said)
    note(f"{len(ran.lines)} lines in {ran.seconds:.1f} s, {ran.parts} parts, {recorded(release)} rows recorded")
    note(ran.lines[-1][1])


@case
def migrate_once_more_has_nothing_to_break(release, visitor):
    rows = recorded(release)
    visitor.console("doctrine:migrations:migrate --allow-no-migration")
    expect((recorded(release), contacts(release)) == (rows, CONTACTS), "rows were lost or added", recorded(release))
    seen = status(visitor.console("doctrine:migrations:status"))
    expect(seen["Executed"] == rows, "status does not see them", seen)
    note(str(seen))


@case
def the_other_words_about_migrations_end_as_the_bare_console(release, visitor):
    for line in ("doctrine:migrations:up-to-date", "doctrine:migrations:list", "doctrine:migrations:current",
                 "doctrine:migrations:latest", "doctrine:migrations:status --show-versions"):
        ends_as_the_bare_console(release, visitor, line,
                                 bare="doctrine:migrations:list" if line.endswith("--show-versions") else None)


@case
def a_backup_of_the_database_is_restored_by_the_client_row_for_row(release, visitor):
    ran = visitor.run("db:backup", fails=False)
    [state] = release.states()
    file = max((state / "backups").glob("*.sql.gz"))
    release.database.sql("drop database if exists restored; create database restored")
    plain_file = release.place / "restored.sql"
    plain_file.write_bytes(gzip.decompress(file.read_bytes()))
    release.database.load("restored", plain_file)
    tables = [row[0] for row in release.sql("show full tables where table_type = 'BASE TABLE'")]
    sums = [release.database.sql("checksum table " + ", ".join(f"{name}.`{table}`" for table in tables) + " extended")
            for name in ("mautic", "restored")]
    differing = [one[0] for one, other in zip(*sums) if one[1] != other[1]]
    expect(tables and not differing, "tables came back as others", differing)
    note(f"{len(tables)} tables, {file.stat().st_size} bytes, {ran.seconds:.1f} s")


@case
def the_status_of_the_database_names_its_tables(release, visitor):
    ran = visitor.run("db:status", fails=False)
    tables = len(release.sql("show full tables where table_type = 'BASE TABLE'"))
    expect(f"{tables} tables" in ran.output and "! " not in plain(ran.output), "an intact database has findings", ran.output)
    note(plain(ran.output))


@case
def a_restore_through_the_browsers_button_brings_lost_contacts_back(release, visitor):
    [state] = release.states()
    backup = max((state / "backups").glob("*.sql.gz")).name.removesuffix(".sql.gz")
    release.sql("delete from leads where email like 'user1%@example.com'")
    lost = CONTACTS - contacts(release)
    expect(lost > 0, "no contact was deleted")
    plan = visitor.ask(f"task=db:restore&backup={backup}")
    expect("-- plan only, nothing changed" in plan.text and "replaces " in plan.text, "there is no plan", plan.text)
    ran = visitor.consent("db:restore", plan, fails=False)
    expect(contacts(release) == CONTACTS, "contacts are missing", ran.output[-2000:])
    expect("counted again" in ran.output, "nothing was counted again", ran.output[-2000:])
    note(f"{lost} contacts lost and back, {ran.seconds:.1f} s")
    note(plan.text)


@case
def a_backup_proves_itself_beside_the_site(release, visitor):
    [state] = release.states()
    backup = max((state / "backups").glob("*.sql.gz")).name.removesuffix(".sql.gz")
    plan = visitor.ask(f"task=db:restore&backup={backup}&check=yes")
    ran = visitor.consent("db:restore", plan, fails=False)
    tables = len(release.sql("show full tables where table_type = 'BASE TABLE'"))
    expect(f"{tables} of {tables} tables were restored" in ran.output, "not all tables were proved", ran.output[-2000:])
    note(f"{ran.seconds:.1f} s")


@case
def looking_for_an_update_ends_well(release, visitor):
    ran = visitor.console("mautic:update:find")
    note(f"{plain(ran.output)}  ({ran.seconds:.1f} s)")


@case
def what_would_lose_contacts_is_refused_with_the_way_to_go(release, visitor):
    for task, words in (("mautic:install:data", "doctrine:migrations:migrate"),
                        ("mautic:install:data --force", "doctrine:migrations:migrate"),
                        ("doctrine:schema:update --force", "doctrine:migrations:migrate")):
        answer = visitor.ask(f"task={task.replace(' ', '%20')}")
        expect(answer.status == 403 and words in answer.text and len(answer.text.splitlines()) == 1, f"{task} is not refused",
               repr(answer))
    for task in ("doctrine:database:drop", "doctrine:database:drop --force", "doctrine:query:sql", "dbal:run-sql",
                 "mautic:install", "cache:clear; id", "cache:clear --env=dev"):
        answer = visitor.ask(f"task={task.replace(' ', '%20').replace(';', '%3B')}")
        expect((answer.status, answer.text) == (403, f"Task {task} is not allowed.\n"), f"{task} is not refused", repr(answer))
    expect(contacts(release) == CONTACTS, "contacts were lost", contacts(release))
