// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/migrations.h"

#include <algorithm>

#include "apps/mautic/schema.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/mysql.h"

namespace apps::mautic {

namespace {

constexpr size_t kMostBytes = 1 << 20;
constexpr size_t kMostFiles = 2000;
constexpr std::string_view kNamespace = "Mautic\\Migrations\\Version";

// "Version20240416112112.php" -> "20240416112112"; empty for other files.
std::string number_of(std::string_view name) {
  constexpr std::string_view kBefore = "Version", kBehind = ".php";
  if (!name.starts_with(kBefore) || !name.ends_with(kBehind) || name.size() <= kBefore.size() + kBehind.size()) return {};
  return std::string(name.substr(kBefore.size(), name.size() - kBefore.size() - kBehind.size()));
}

void read_file(platform::Disk& disk, MigrationFile& file, MigrationFiles& all) {
  try {
    auto text = disk.read(file.path, kMostBytes);
    if (!text) return;
    auto read = read_migration_text(*text, "app/migrations/" + file.path.filename().native());
    // Columns of contacts and companies that come with a field of theirs may be deleted with it.
    bool brings_field = base::contains(*text, "lead_fields");
    for (auto& add : read.adds) {
      bool is_field = brings_field && (add.table == "leads" || add.table == "companies");
      if (!is_field && !is_optional_table(add.table)) file.adds.push_back(std::move(add));
    }
    file.keys = std::move(read.keys);
    all.let_go.merge(read.let_go);
  } catch (const base::Failure& failure) {
    all.not_looked.push_back(failure.full());
  }
}

}  // namespace

bool is_there(const SchemaAddition& add, const Columns& present) {
  auto table = present.find(add.table);
  return table != present.end() && (add.column.empty() || table->second.count(add.column) > 0);
}

const MigrationFile* MigrationFiles::find(const std::string& number) const {
  auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.number == number; });
  return found == files.end() ? nullptr : &*found;
}

MigrationFiles read_migration_files(platform::Disk& disk, const Site& site) {
  MigrationFiles all;
  Path folder = site.root / "app/migrations";
  try {
    auto entries = disk.list(folder);
    if (!entries) all.not_looked.push_back("app/migrations is not there");
    for (const auto& entry : entries.value_or(std::vector<platform::Entry>{})) {
      std::string number = number_of(entry.name);
      if (entry.kind == platform::Kind::folder || number.empty() || all.files.size() == kMostFiles) continue;
      all.files.push_back({number, folder / entry.name, {}, {}});
      read_file(disk, all.files.back(), all);
    }
  } catch (const base::Failure& failure) {
    all.not_looked.push_back(failure.full());
  }
  return all;
}

std::string class_of(const std::string& number) { return std::string(kNamespace) + number; }

namespace {

// 14 digits are the moment at which it was written; other names say nothing about their age.
bool is_moment(const std::string& number) { return number.size() == 14 && number.find_first_not_of("0123456789") == number.npos; }

}  // namespace

std::vector<std::string> newer_rows(const MigrationsTable& table, const MigrationFiles& files) {
  std::string newest;
  for (const auto& file : files.files)
    if (is_moment(file.number)) newest = std::max(newest, file.number);
  std::vector<std::string> newer;
  for (const auto& row : table.rows) {
    std::string number = row.starts_with(kNamespace) ? row.substr(std::string_view(kNamespace).size()) : row;
    if (!newest.empty() && is_moment(number) && number > newest) newer.push_back(number);
  }
  return newer;
}

bool MigrationsTable::has(const std::string& number) const { return rows.count(number) > 0 || rows.count(class_of(number)) > 0; }

MigrationsTable read_migrations_table(Examination& examination) {
  MigrationsTable table;
  const auto& columns = examination.columns();
  auto there = columns.find("migrations");
  if (there == columns.end() || there->second.count("version") == 0) return table;
  table.form = there->second.count("execution_time") ? TableForm::of_5
               : there->second.count("executed_at")  ? TableForm::of_4
                                                     : TableForm::of_2;
  std::string name = storage::quote_name(examination.prefixed("migrations"));
  for (const auto& row : examination.database()->query("SELECT version FROM " + name))
    table.rows.insert(row.at(0).value_or(""));
  return table;
}

std::vector<std::string> half_converted(const MigrationsTable& table, const MigrationFiles& files) {
  std::vector<std::string> numbers;
  if (table.form != TableForm::of_5) return numbers;
  for (const auto& file : files.files)
    if (table.rows.count(file.number) > 0 && table.rows.count(class_of(file.number)) == 0) numbers.push_back(file.number);
  return numbers;
}

std::vector<std::string> missing_additions(const MigrationFiles& files, const MigrationsTable& table, const Columns& present) {
  std::vector<std::string> missing;
  for (const auto& file : files.files) {
    if (table.has(file.number)) continue;
    for (const auto& add : file.adds) {
      bool is_let_go = files.let_go.count(add.table) > 0 || (!add.column.empty() && files.let_go.count(add.column) > 0);
      if (is_let_go || is_there(add, present)) continue;
      std::string name = add.column.empty() ? "the table " + add.table : add.table + "." + add.column;
      missing.push_back(name + " is missing, which " + file.path.filename().native() + " adds");
    }
  }
  return missing;
}

}  // namespace apps::mautic
