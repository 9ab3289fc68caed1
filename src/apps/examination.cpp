// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/examination.h"

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"

namespace apps {

namespace {

constexpr std::chrono::seconds kPatience{10};  // with one answer of the server

}  // namespace

storage::Connection* Examination::database() {
  if (!asked_database_) {
    asked_database_ = true;
    database_problem_ = given.access_problem;
    const DatabaseAccess& way = given.access;
    if (database_problem_.empty()) try {
        connection_ = storage::Connection::open({way.host, way.port, way.socket, way.name, way.user, way.password}, kPatience);
        if (connection_->value("SELECT @@lower_case_table_names") == "1") prefix_ = base::lower(prefix_);
      } catch (const base::Failure& failure) {
        database_problem_ = failure.full();
      }
  }
  return connection_ ? &*connection_ : nullptr;
}

const std::vector<storage::TableFacts>& Examination::tables() {
  if (!database()) throw base::Failure("the database cannot be asked: " + database_problem_);
  if (!tables_) tables_ = storage::tables_of(*connection_);
  return *tables_;
}

const Columns& Examination::columns() {
  if (!database()) throw base::Failure("the database cannot be asked: " + database_problem_);
  if (columns_) return *columns_;
  Columns all;
  for (const auto& row : connection_->query("SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS "
                                            "WHERE TABLE_SCHEMA = DATABASE()")) {
    std::string table = row.at(0).value_or("");
    if (table.starts_with(prefix_)) all[table.substr(prefix_.size())].insert(base::lower(row.at(1).value_or("")));
  }
  columns_ = std::move(all);
  return *columns_;
}

bool Examination::has_table(const std::string& name) {
  const auto& all = tables();
  return std::any_of(all.begin(), all.end(), [full = prefixed(name)](const auto& table) { return table.name == full; });
}

const TreeSigns& Examination::signs() {
  if (!signs_) signs_ = site.app->tree_signs ? site.app->tree_signs(disk, site) : TreeSigns{};
  return *signs_;
}

const ErrorLog& Examination::errors() {
  if (!errors_) errors_ = read_errors(disk, log_files(disk, site, given.home), secrets());
  return *errors_;
}

std::vector<LogError> Examination::printed_errors() {
  return errors_printed(given.attempt.printed, given.attempt.ended, given.attempt.log, secrets());
}

std::vector<std::string> Examination::secrets() const {
  auto all = site.app->secrets ? site.app->secrets(disk, site) : std::vector<std::string>{};
  all.push_back(given.access.password);
  return all;
}

std::string Examination::shown(const Path& path) const {
  for (const Path& folder : {site.project, site.root})
    if (platform::lies_in(path, folder) && path != folder) return base::printable_line(path.lexically_relative(folder).native());
  return base::printable_line(path.native());
}

}  // namespace apps
