// SPDX-License-Identifier: GPL-3.0-or-later
// Migrations that died between their statements: MySQL keeps what was done, no row says so, and the next attempt stumbles over it.
// Shared by the check that tells it and by the repairs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/mautic/migrations.h"

namespace apps::mautic {

// What the files and the table say, read together.
struct MigrationState {
  MigrationFiles files;
  MigrationsTable table;
};
MigrationState read_migration_state(Examination& examination);

// What the database lacks under these files.
struct SchemaGaps {
  std::vector<std::string> missing;     // "emails.preheader_text is missing", "the table emails_draft is missing"
  std::vector<std::string> not_looked;  // what could not be compared, and why
};
SchemaGaps find_gaps(Examination& examination, const MigrationState& state);

// An error of a migration in a log that still holds: younger than the last repair, and what it names was not done since.
struct MigrationFailure {
  unsigned code = 0;
  std::string number;  // of the migration; empty when the log does not name it
  std::string text;    // the log's
};
std::vector<MigrationFailure> open_failures(Examination& examination, const MigrationState& state, const SchemaGaps& gaps);

// Version20230621074925 (5.0): its first table is there and empty, others of its tables and columns are not.
constexpr const char* kPointGroups = "20230621074925";
bool has_half_point_groups(Examination& examination, const MigrationState& state);

// Version20210217115150 (5.1): adds the column `deleted` to two tables, and stumbles over the one that it has added before it died.
constexpr const char* kDeletedColumns = "20210217115150";
constexpr const char* kDeletedColumn = "deleted";
// The table that has it and holds nothing in it, while the other lacks it; nullopt: it is not so.
std::optional<std::string> half_deleted_table(Examination& examination, const MigrationState& state);

// Any other migration without a row that makes a table and gives it foreign keys afterwards: the table is there and empty, and one of its
// keys is not. Whole sites have them all, whoever made them.
struct HalfMadeTable {
  std::string number, table;
};
std::vector<HalfMadeTable> half_made_tables(Examination& examination, const MigrationState& state);

// The site's tables of these errors whose rows' format allows short indexes only.
std::vector<std::string> narrow_tables(Examination& examination, const std::vector<MigrationFailure>& failures);

// What a foreign key of a 1452 asks for: rows of `child` must name one of `parent`. Names as the server has them.
struct MissingParents {
  std::string child, column, parent, key;
};
// nullopt when the log does not name all of it, or the tables are not the site's.
std::optional<MissingParents> missing_parents(Examination& examination, const MigrationFailure& failure);

}  // namespace apps::mautic
