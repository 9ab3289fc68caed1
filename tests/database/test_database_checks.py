# SPDX-License-Identifier: GPL-3.0-or-later
"""What doctor says of the database, and what db:repair mends, on real sites with databases in each state."""

import re
import subprocess

import pytest

from database.databases import state
from fixture.site import make_site
from support import process

TITLES = {"database.reach": "the database can be reached", "database.prefix": "the tables of the configured prefix are there",
          "database.server": "the database server is new enough", "database.tables": "the tables can be opened",
          "database.schema": "the database has what this release needs", "database.migrations": "the table of migrations is in order",
          "database.half_applied": "no migration died half way"}
# What the findings of a check say.
WORDS = {"database.reach": ("does not accept the user", "does not say where", "no database server answers"),
         "database.prefix": ("no table has the prefix", "has no tables of Mautic"), "database.server": ("server is older",),
         "database.tables": ("are damaged", "cannot be opened"), "database.schema": ("is behind the files", "is not whole"),
         "database.migrations": ("converted half way", "never ran", "of a newer release"),
         "database.half_applied": ("a migration died half way", "a migration cannot", "a migration wants")}


def finding_of(block):
    """Of the lines from "1. what  (weight)" on."""
    finding = {"what": block.splitlines()[0], "evidence": "", "mend": "", "otherwise": ""}
    for line in block.splitlines()[1:]:
        for words, field in (("seen: ", "evidence"), ("to mend it: ", "mend"), ("or: ", "otherwise"), ("what to do: ", "otherwise")):
            if line.strip().startswith(words):
                finding[field] += line.strip()[len(words):] + "\n"
    return {field: text.strip() for field, text in finding.items()}


class Patient:
    """A site of an era with its database in a state, and the program."""

    def __init__(self, folder, program, mariadb, database):
        self.folder, self.program, self.mariadb = folder, program, mariadb
        self.name, self.user, self.password = database
        self.state = folder / "state"
        self.state.mkdir(mode=0o700)

    def make(self, era, migrated=True, prefix="mt_"):
        db = {"name": self.name, "user": self.user, "password": self.password, "port": self.mariadb.port, "prefix": prefix}
        self.site = make_site(era, self.folder / "site", db=db, vendor="link", migrated=migrated)
        return self

    def run(self, *words):
        done = subprocess.run([self.program, "--root", self.site.root, "--state", self.state, *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              env=process.plain_environment(), timeout=120, check=False)
        assert self.password not in done.stdout
        return done.returncode, done.stdout

    def findings(self):
        """{check: finding} of the database's checks; a finding: what, evidence, mend, otherwise."""
        _, text = self.run("doctor")
        self.not_looked = [check for check, title in TITLES.items() if f"could not look: {title}: " in text]
        in_order = [check for check, title in TITLES.items() if f"ok: {title}" in text]
        findings = [finding_of(block) for block in re.split(r"\n(?=\d+\. )", text.split("\n\n" + "ok: ")[0])[1:]]
        found = {}
        for check, words in WORDS.items():
            for finding in findings:
                if any(one in finding["what"] for one in words):
                    assert check not in found, text
                    found[check] = finding
        assert sorted(found) == sorted(check for check in TITLES if check not in self.not_looked + in_order
                                       or check in self.not_looked and check in found), text
        return found

    def sql(self, text):
        return self.mariadb.sql(text.replace("{p}", self.site.prefix), self.name)


@pytest.fixture
def patient(folder, program, mariadb, database):
    made = Patient(folder, program, mariadb, database)
    yield made
    process.kill_below(folder)


@pytest.mark.parametrize("era, migrated", [("era5", True), ("era5", "none"), ("era5", "fresh"), ("era52", True), ("era52", "from-4"), ("era4", True)])
def test_healthy_databases_have_no_finding(patient, era, migrated):
    patient.make(era, migrated)
    before = state(patient.mariadb, patient.name)
    assert patient.findings() == {}
    assert patient.not_looked == (["database.schema"] if era == "era4" else [])
    assert state(patient.mariadb, patient.name) == before


def test_a_database_of_the_release_before_is_told_by_the_columns_that_it_lacks(patient):
    found = patient.make("era52", False).findings()
    assert list(found) == ["database.schema"]
    schema = found["database.schema"]
    assert "emails.preheader_text is missing" in schema["evidence"] and "the table emails_draft is missing" in schema["evidence"]
    assert schema["mend"] == "doctrine:migrations:migrate (needs PHP)"
    assert "http://127.0.0.1/s/update/schema (needs the admin login" in schema["otherwise"]
    patient.site.console("doctrine:migrations:migrate", "--no-interaction")
    assert patient.findings() == {}


def test_a_database_of_4_under_files_of_5_is_behind_once(patient):
    found = patient.make("era5", "old-format").findings()
    assert list(found) == ["database.schema"]


def test_half_converted_rows_are_mended_after_a_backup(patient):
    patient.make("era5", "bare")
    assert patient.findings()["database.migrations"]["mend"] == "db:repair"
    before = state(patient.mariadb, patient.name)
    status, text = patient.run("db:repair")
    assert status == 3 and "UPDATE `mt_migrations` SET version = CONCAT(" in text, text
    assert state(patient.mariadb, patient.name) == before
    status, text = patient.run("db:repair", "--yes")
    assert status == 0 and "back up the database" in text and "close the site" in text, text
    assert patient.findings() == {}
    after = state(patient.mariadb, patient.name)
    assert {key for key in before if before[key] != after[key]} == {("sum", "mt_migrations")}
    rows = [row[0] for row in patient.sql("select version from {p}migrations")]
    assert rows and all(row.startswith("Mautic\\") for row in (row.replace("\\\\", "\\") for row in rows)), rows
    assert patient.run("db:repair")[1].count("nothing was found that SQL alone could mend") == 1


def test_point_groups_that_died_half_way_are_taken_down_and_migrate_again(patient):
    patient.make("era5", "stuck")
    assert patient.site.console("doctrine:migrations:migrate", "--no-interaction", check=False).returncode != 0
    found = patient.findings()
    assert found["database.half_applied"]["mend"] == "db:repair" and "points.group_id is missing" in found["database.schema"]["evidence"]
    status, text = patient.run("db:repair", "--yes")
    assert status == 0 and "DROP TABLE IF EXISTS `mt_point_groups`" in text, text
    patient.site.console("doctrine:migrations:migrate", "--no-interaction")
    assert patient.findings() == {}


def test_point_groups_with_rows_are_left_alone(patient):
    patient.make("era5", "stuck")
    patient.sql("insert into {p}point_groups (name, is_published) values ('mine', 1)")
    assert "database.half_applied" not in patient.findings()
    assert "nothing was found" in patient.run("db:repair", "--yes")[1]
    assert patient.sql("select name from {p}point_groups") == [["mine"]]


def test_a_column_that_a_migration_made_before_it_died_is_taken_away(patient):
    """Version20210217115150 of 5.1 killed between its two tables: run again it dies of the one that is there."""
    patient.make("era5")
    patient.sql("delete from {p}migrations where version like '%20210217115150'; alter table {p}campaigns drop column deleted")
    patient.sql("update {p}campaign_events set deleted = null")
    found = patient.findings()
    assert found["database.half_applied"]["mend"] == "db:repair", found
    assert "mt_campaign_events.deleted is there and empty" in found["database.half_applied"]["evidence"]
    status, text = patient.run("db:repair", "--yes")
    assert status == 0 and "DROP COLUMN `deleted`" in text, text
    assert not patient.sql("show columns from {p}campaign_events like 'deleted'")
    assert "database.half_applied" not in patient.findings()


KEYS_BEHIND = """<?php
use Doctrine\\DBAL\\Schema\\Schema;
final class Version20240226114528 extends PreUpAssertionMigration
{
    public function up(Schema $schema): void
    {
        $table = $this->tableName();
        $this->addSql(sprintf('CREATE TABLE %s (email_id INT %s NOT NULL, INDEX %s (email_id))', $table, $this->range($schema), 'x'));
        $this->addSql(sprintf('ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (email_id) REFERENCES %semails (id)', $table, $this->key('a'), $this->prefix));
        $this->addSql(sprintf('ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (leadlist_id) REFERENCES %slead_lists (id)', $table, $this->key('b'), $this->prefix));
    }

    private function tableName(): string { return "{$this->prefix}{$this->bareName()}"; }
    private function bareName(): string { return 'email_list_excluded'; }
}
"""
ADD_KEY = "alter table {p}email_list_excluded add constraint %s foreign key (%s) references {p}%s (id) on delete cascade"


def died_before_its_keys(patient):
    """Version20240226114528 of 5.1, shaped as it is there, killed behind its CREATE TABLE."""
    patient.make("era5")
    file = patient.site.root / "app/migrations/Version20240226114528.php"
    assert not (patient.site.root / "app/migrations").is_symlink()
    file.unlink()
    file.write_text(KEYS_BEHIND)
    patient.sql("delete from {p}migrations where version like '%20240226114528'")


def test_a_table_that_a_migration_made_without_its_keys_is_made_anew(patient):
    died_before_its_keys(patient)
    patient.sql(ADD_KEY % ("one", "email_id", "emails"))
    found = patient.findings()["database.half_applied"]
    assert found["mend"] == "db:repair" and "mt_email_list_excluded is there and empty" in found["evidence"], found
    status, text = patient.run("db:repair", "--yes")
    assert status == 0 and "DROP TABLE `mt_email_list_excluded`" in text, text
    assert list(patient.findings()) == ["database.schema"]


def test_a_table_with_all_its_keys_or_with_rows_is_left_alone(patient):
    died_before_its_keys(patient)
    patient.sql(ADD_KEY % ("one", "email_id", "emails") + ";" + ADD_KEY % ("two", "leadlist_id", "lead_lists"))
    assert patient.findings() == {}  # the migration would be skipped
    patient.sql("alter table {p}email_list_excluded drop foreign key one; set foreign_key_checks = 0; "
                "insert into {p}email_list_excluded (email_id, leadlist_id) values (1, 1)")
    assert "database.half_applied" not in patient.findings()
    assert "nothing was found" in patient.run("db:repair", "--yes")[1]


def test_a_column_that_holds_something_is_left_alone(patient):
    patient.make("era5")
    patient.sql("delete from {p}migrations where version like '%20210217115150'; alter table {p}campaign_events drop column deleted")
    patient.sql("insert into {p}campaigns (name, is_published, allow_restart, version, deleted) values ('mine', 1, 0, 1, '2026-01-01 00:00:00')")
    assert "database.half_applied" not in patient.findings()
    assert "nothing was found" in patient.run("db:repair", "--yes")[1]


@pytest.mark.parametrize("change, words", [({"db_password": "wrong"}, "does not accept the user and password"),
                                           ({"db_user": ...}, "does not say where the database is"),
                                           ({"db_port": 1}, "no database server answers")])
def test_a_wrong_configuration_is_one_finding(patient, change, words):
    patient.make("era5").site.write_local_php(**change)
    found = patient.findings()
    assert list(found) == ["database.reach"] and words in found["database.reach"]["what"], found
    assert found["database.reach"]["mend"] == "config:fix"


def test_a_wrong_prefix_is_one_finding_that_names_the_right_one(patient):
    patient.make("era5").site.write_local_php(db_table_prefix="wrong_")
    found = patient.findings()
    assert list(found) == ["database.prefix"]
    assert "has the prefix mt_" in found["database.prefix"]["evidence"] and found["database.prefix"]["mend"] == "config:fix"


def test_an_empty_database_asks_for_a_backup(patient):
    patient.make("era5")
    patient.mariadb.sql(f"drop database `{patient.name}`; create database `{patient.name}`")
    found = patient.findings()
    assert list(found) == ["database.prefix"] and found["database.prefix"]["mend"] == "" and "db:restore" in found["database.prefix"]["otherwise"]


def test_a_configuration_that_cannot_be_read_is_told_elsewhere(patient):
    patient.make("era5").site.local_php.write_text("<?php\n$parameters = array(\n\t'db_host' => '127")
    assert patient.findings() == {}


def test_a_damaged_table_is_named_and_a_repair_that_does_not_help_says_so(patient):
    patient.make("era5")
    patient.sql("alter table {p}notifications engine=MyISAM; set sql_mode = ''; insert into {p}notifications (type) values ('a'), ('b'); flush tables")
    index = patient.mariadb.folder / "data" / patient.name / "mt_notifications.MYI"
    index.write_bytes(index.read_bytes()[:100])
    found = patient.findings()
    assert list(found) == ["database.tables"] and "mt_notifications" in found["database.tables"]["evidence"], found
    status, text = patient.run("db:repair", "--backup=no", "--yes")
    assert status == 1 and "REPAIR TABLE `mt_notifications`" in text and "the table could not be mended (Corrupt)" in text, text
    assert "visitors and cron lines reach the site again" in text
