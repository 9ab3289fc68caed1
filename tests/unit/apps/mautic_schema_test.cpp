// SPDX-License-Identifier: GPL-3.0-or-later
// What a release needs in the database: the compiled lists, and what migrations say.
#include <catch2/catch.hpp>

#include "apps/database_reach.h"
#include "apps/mautic/database_findings.h"
#include "apps/mautic/migrations.h"
#include "apps/mautic/schema.h"
#include "support/fake_disk.h"

using namespace apps::mautic;
using apps::Columns;
using base::Version;

namespace {

using Adds = std::vector<SchemaAddition>;

MigrationText read(const std::string& up, const std::string& others = "") {
  return read_migration_text("<?php\nfinal class Version1 extends AbstractMauticMigration {\n" + others + "\npublic function up(Schema $schema): void\n{\n" + up +
                                 "\n}\npublic function down(Schema $schema): void { $this->addSql(\"ALTER TABLE {$this->prefix}users DROP gone\"); }\n}\n",
                             "Version1.php");
}

Adds adds(const std::string& up, const std::string& others = "") { return read(up, others).adds; }

}  // namespace

TEST_CASE("a release needs what the newest known one before it has, but what the next known one dropped", "[schema]") {
  CHECK_FALSE(required_columns(Version::of("4.4.13")));
  CHECK_FALSE(required_columns(Version::of("5.0.2")));
  auto has = [](const char* version, const char* table, const char* column) { return required_columns(Version::of(version))->at(table).count(column) == 1; };
  CHECK(has("5.0.3", "leads", "date_identified"));
  CHECK_FALSE(has("5.0.4", "campaigns", "version"));
  CHECK(has("5.1.0", "campaigns", "version"));
  CHECK(has("5.1.1", "webhook_queue", "payload"));
  CHECK_FALSE(has("5.2.10", "webhook_queue", "payload"));
  CHECK_FALSE(has("7.0.2", "webhook_queue", "payload"));
  CHECK(has("7.0.2", "forms", "uuid"));
  CHECK(required_columns(Version::of("6.0.8"))->count("projects") == 0);
  CHECK(is_beyond_known(Version::of("7.1.0-rc")));
  CHECK_FALSE(is_beyond_known(Version::of("7.0.2")));
}

TEST_CASE("what owners may delete and plug-ins bring is never required", "[schema]") {
  auto required = *required_columns(Version::of("7.0.0"));
  for (const char* field : {"facebook", "fax", "attribution", "email", "points", "generated_email_domain"}) CHECK(required["leads"].count(field) == 0);
  CHECK(required["companies"].count("companyindustry") == 0);
  for (const char* table : {"focus", "tweets", "bundle_grapesjsbuilder", "migrations", "cache_items"}) CHECK(required.count(table) == 0);
  for (const auto& [table, columns] : required) CHECK_FALSE(is_optional_table(table));
}

TEST_CASE("missing tables and columns are named", "[schema]") {
  Columns required{{"a", {"x", "y"}}, {"b", {"z"}}};
  CHECK(missing_of(required, {{"a", {"x"}}}) == std::vector<std::string>{"a.y", "the table b"});
  CHECK(missing_of(required, {{"a", {"x", "y", "more"}}, {"b", {"z"}}, {"c", {}}}).empty());
}

TEST_CASE("what a migration surely adds is read from its text", "[schema]") {
  const SchemaAddition version{"campaigns", "version"};
  CHECK(adds("$this->addSql(\"ALTER TABLE {$this->prefix}campaigns ADD version INT\");") == Adds{version});
  CHECK(adds("$this->addSql('ALTER TABLE '.$this->prefix.'campaigns ADD COLUMN `version` INT');") == Adds{version});
  CHECK(adds("$t = $this->prefix.'campaigns'; $this->addSql(sprintf('ALTER TABLE `%s` ADD version INT', $t));") == Adds{version});
  CHECK(adds("$this->addSql(\"ALTER TABLE {$this->getTableName()} ADD version INT\");",
             "private function getTableName(): string { return \"{$this->prefix}campaigns\"; }") == Adds{version});
  CHECK(adds("$schema->getTable($this->prefix.'campaigns')->addColumn('version', 'integer');") == Adds{version});
  CHECK(adds("$t = $schema->getTable($this->prefix.'campaigns'); $t->addColumn('version', 'integer');") == Adds{version});
  CHECK(adds("$this->addSql(\"CREATE TABLE `{$this->getPrefixedTableName()}` (`id` int)\");", "protected const TABLE_NAME = 'drafts';") == Adds{{"drafts", ""}});
  CHECK(adds("$this->addSql(\"# a comment\n CREATE TABLE IF NOT EXISTS {$this->prefix}a (id INT); ALTER TABLE {$this->prefix}b ADD c INT, ADD d DECIMAL(3, 2), ADD INDEX e (f)\");") ==
        Adds{{"a", ""}, {"b", "c"}, {"b", "d"}});
}

TEST_CASE("what is not sure is left out", "[schema]") {
  CHECK(adds("if ($x) { $this->addSql(\"ALTER TABLE {$this->prefix}a ADD b INT\"); }").empty());
  CHECK(adds("if ($x) $this->addSql(\"ALTER TABLE {$this->prefix}a ADD b INT\");").empty());
  CHECK(adds("if ($x) { return; } $this->addSql(\"ALTER TABLE {$this->prefix}a ADD b INT\");").empty());
  CHECK(adds("$this->skipIf($x); $this->addSql(\"ALTER TABLE {$this->prefix}a ADD b INT\");").empty());
  CHECK(adds("$this->addSql(\"ALTER TABLE {$table} ADD b INT\");").empty());
  CHECK(adds("$this->addSql(\"ALTER TABLE fixed ADD b INT\");").empty());
  CHECK(adds("$this->addSql(\"ALTER TABLE {$this->prefix}a ADD {$column} INT\");").empty());
  CHECK(adds("$this->addSql(\"ALTER TABLE {$this->prefix}a ADD CONSTRAINT b FOREIGN KEY (c) REFERENCES d (e)\");").empty());
  CHECK(adds("// $this->addSql(\"ALTER TABLE {$this->prefix}a ADD b INT\");").empty());
  CHECK(adds("$this->addSql(\"UPDATE {$this->prefix}a SET b = 'ALTER TABLE x ADD y'\");").empty());
}

TEST_CASE("what a migration lets go of is known, but for its way back", "[schema]") {
  auto text = read("$this->addSql(\"ALTER TABLE {$this->prefix}users DROP online_status\"); $schema->getTable('x')->dropColumn('other');");
  CHECK(text.let_go.count("online_status") == 1);
  CHECK(text.let_go.count("other") == 1);
  CHECK(text.let_go.count("gone") == 0);
}

TEST_CASE("a file without a row proves what it adds to be missing, unless another lets go of it", "[schema]") {
  MigrationFiles files;
  files.files = {{"1", "/app/migrations/Version1.php", {{"a", "new"}, {"b", ""}}}};
  MigrationsTable table;
  Columns present{{"a", {"id"}}, {"b", {"id"}}};
  CHECK(missing_additions(files, table, present) == std::vector<std::string>{"a.new is missing, which Version1.php adds"});
  files.let_go = {"new"};
  CHECK(missing_additions(files, table, present).empty());
  files.let_go = {};
  table.rows = {class_of("1")};
  CHECK(missing_additions(files, table, present).empty());
}

TEST_CASE("rows that kept their old names are told by the files on the disk", "[schema]") {
  MigrationFiles files;
  files.files = {{"1", "", {}}, {"2", "", {}}, {"3", "", {}}};
  MigrationsTable table{TableForm::of_5, {"1", class_of("2"), "2", "9"}};
  CHECK(half_converted(table, files) == std::vector<std::string>{"1"});
  table.form = TableForm::of_4;
  CHECK(half_converted(table, files).empty());
}

TEST_CASE("servers are compared with what the release asks for", "[schema]") {
  CHECK(server_number("10.11.6-MariaDB-0+deb12u1", true) == Version::of("10.11.6"));
  CHECK(server_number("5.5.5-10.3.39-MariaDB-log", true) == Version::of("10.3.39"));
  CHECK(server_number("8.0.33-0ubuntu0.22.04.2", false) == Version::of("8.0.33"));
  CHECK(server_number("unknown", false).empty());
  CHECK(least_server(Version::of("5.1.0"), R"({"minimum_mysql_version": "5.7.14", "minimum_mariadb_version": "10.2.7"})").mariadb == "10.2.7");
  CHECK(least_server(Version::of("7.0.1"), "").mysql == "8.4.0");
  CHECK(least_server(Version::of("4.4.13"), "{").mariadb == "10.2.7");
  CHECK(least_server(Version::of("3.3.5"), "{}").mysql.empty());
  CHECK(least_server(Version::of("2.16.5"), "").mariadb.empty());
}

TEST_CASE("the prefix that fits is the one of a whole set of tables", "[schema]") {
  std::set<std::string> tables;
  for (const char* name : {"leads", "lead_lists", "campaigns", "emails", "ip_addresses", "lead_fields"}) tables.insert(std::string("mt_") + name);
  tables.insert({"lead_fields", "wp_posts"});
  CHECK(prefixes_in(tables) == std::vector<std::string>{"mt_"});
  CHECK(prefixes_in({"wp_posts"}).empty());
}

TEST_CASE("failures and lines of logs are told apart by their codes", "[schema]") {
  CHECK(apps::unreachable_words("cannot connect ...: access denied: Access denied for user 'a'@'b' (1045)"));
  CHECK(apps::unreachable_words("unknown database (1049)")->find("not there") != std::string::npos);
  CHECK_FALSE(apps::unreachable_words("too many connections (1040)"));
  CHECK(schema_error("SQLSTATE[42S22]: Column not found: 1054 Unknown column 'e0_.body_text' in 'field list'", "mt_")->column == "body_text");
  CHECK(schema_error("SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.mt_point_groups' doesn't exist", "mt_")->table == "point_groups");
  CHECK_FALSE(schema_error("Table 'shop.wp_posts' doesn't exist", "mt_"));
  CHECK_FALSE(schema_error("Allowed memory size exhausted", ""));
  std::string line = "Error thrown while running command \"doctrine:migrations:migrate\". Message: \"An exception occurred while executing a query: "
                     "SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'point_groups' already exists\"";
  CHECK(migration_error(line) == 1050);
  CHECK(migration_error("SQLSTATE[42S01]: 1050 Table exists") == 0);
  CHECK(migration_error("Migration took 1050 ms") == 0);
  CHECK(migration_named("Migration Mautic\\Migrations\\Version20230621074925 failed during Execution.") == "20230621074925");
  CHECK(migration_named("Migration failed") == "");
}
