// SPDX-License-Identifier: GPL-3.0-or-later
// The migrations of a site: its files, and the table in which those that were run are recorded. Nothing of it is run.
// The table's forms: one column `version` to 2.x, `executed_at` beside it in 3.x and 4.x (rows are numbers), `execution_time` too from
// 5.0 on (rows are class names). A healthy site may have no such table at all, files without rows for ever, and rows without files.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "apps/examination.h"
#include "apps/mautic/migration_text.h"

namespace apps::mautic {

struct MigrationFile {
  std::string number;  // "20240416112112", "zz20230929183000": what stands behind "Version"
  Path path;
  std::vector<SchemaAddition> adds{}, keys{};
};

struct MigrationFiles {
  std::vector<MigrationFile> files;  // in the order of their names
  std::set<std::string> let_go;      // of all of them, see MigrationText
  std::vector<std::string> not_looked;

  const MigrationFile* find(const std::string& number) const;
};

bool is_there(const SchemaAddition& add, const Columns& present);

// Never throws.
MigrationFiles read_migration_files(platform::Disk& disk, const Site& site);

enum class TableForm { absent, of_2, of_4, of_5 };

struct MigrationsTable {
  TableForm form = TableForm::absent;
  std::set<std::string> rows;  // as they stand there

  // In either form.
  bool has(const std::string& number) const;
};

// Throws Failure where the database cannot be asked.
MigrationsTable read_migrations_table(Examination& examination);

std::string class_of(const std::string& number);  // "Mautic\Migrations\Version20240416112112"

// Files whose row was not given its new name when the table was: nothing will ever do that.
std::vector<std::string> half_converted(const MigrationsTable& table, const MigrationFiles& files);

// The numbers of rows that are younger than every file: a newer release ran them. (Older ones without a file are normal: each major
// release lets go of the former one's.) In order; empty too where there are no files to compare with.
std::vector<std::string> newer_rows(const MigrationsTable& table, const MigrationFiles& files);

// What files without a row add in any case, and the database lacks: "emails.preheader_text (Version20210115065034.php)".
std::vector<std::string> missing_additions(const MigrationFiles& files, const MigrationsTable& table, const Columns& present);

}  // namespace apps::mautic
