// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/half_applied.h"

#include <algorithm>

#include "apps/mautic/database_findings.h"
#include "apps/mautic/schema.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

bool names_word(const std::string& text, const std::string& word) {
  for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    bool begins = at == 0 || !is_name(text[at - 1]);
    bool ends = at + word.size() == text.size() || !is_name(text[at + word.size()]);
    if (begins && ends) return true;
  }
  return false;
}

// The name behind `before`, without its quotes, its database and brackets; empty when there is none.
std::string name_behind(const std::string& text, std::string_view before) {
  size_t at = text.find(before);
  if (at == text.npos) return {};
  at += before.size();
  while (at < text.size() && (text[at] == ' ' || text[at] == '`' || text[at] == '(')) ++at;
  size_t end = at;
  while (end < text.size() && is_name(text[end])) ++end;
  return text.substr(at, end - at);
}

bool has_column(const Columns& columns, const std::string& table, const std::string& column) {
  auto there = columns.find(table);
  return there != columns.end() && there->second.count(column) > 0;
}

bool is_empty(Examination& examination, const std::string& table) {
  return examination.columns().count(table) == 0 ||
         !examination.database()->value("SELECT 1 FROM " + storage::quote_name(examination.prefixed(table)) + " LIMIT 1");
}

// Other engines know no keys.
bool is_innodb(Examination& examination, const std::string& table) {
  const auto& all = examination.tables();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == examination.prefixed(table) && one.engine == "InnoDB"; });
}

bool lacks_key(Examination& examination, const MigrationFile& file, const std::string& table, const std::set<std::string>& let_go) {
  std::set<std::string> present;
  for (const auto& row : examination.database()->query(
           "SELECT LOWER(COLUMN_NAME) FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = " +
           examination.database()->quote(examination.prefixed(table)) + " AND REFERENCED_TABLE_NAME IS NOT NULL"))
    present.insert(row.at(0).value_or(""));
  return std::any_of(file.keys.begin(), file.keys.end(),
                     [&](const SchemaAddition& key) { return key.table == table && present.count(key.column) == 0 && !let_go.count(key.column); });
}

// What a log of a time after the last repair says is missing, and is.
void add_logged(Examination& examination, SchemaGaps& gaps) {
  const Columns& present = examination.columns();
  for (const auto& error : examination.errors().errors) {
    auto said = error.last > examination.given.repaired ? schema_error(error.text, examination.prefix()) : std::nullopt;
    if (!said) continue;
    bool is_absent_table =
        !said->table.empty() && is_known(said->table, "") && !is_optional_table(said->table) && present.count(said->table) == 0;
    bool is_absent_column =
        said->table.empty() && is_known_column(said->column) &&
        std::none_of(present.begin(), present.end(), [&](const auto& table) { return table.second.count(said->column) > 0; });
    if (is_absent_table || is_absent_column)
      gaps.missing.push_back("in " + examination.shown(error.file) + ": " + error.text.substr(0, 200));
  }
}

void take_let_go(Columns& required, const std::set<std::string>& let_go) {
  for (auto table = required.begin(); table != required.end();) {
    std::erase_if(table->second, [&](const std::string& column) { return let_go.count(column) > 0; });
    table = let_go.count(table->first) > 0 || table->second.empty() ? required.erase(table) : std::next(table);
  }
}

}  // namespace

MigrationState read_migration_state(Examination& examination) {
  return {read_migration_files(examination.disk, examination.site), read_migrations_table(examination)};
}

SchemaGaps find_gaps(Examination& examination, const MigrationState& state) {
  SchemaGaps gaps;
  const base::Version& release = examination.site.version;
  const Columns& present = examination.columns();
  auto required = release.empty() ? std::nullopt : required_columns(release);
  if (release.empty())
    gaps.not_looked.push_back("the files do not say which release they are");
  else if (!required)
    gaps.not_looked.push_back("which columns " + release.text() +
                              " has is not known here (from 5.0.3 on it is): only its own migrations were read");
  else if (is_beyond_known(release))
    take_let_go(*required, state.files.let_go);
  for (const auto& name : missing_of(required.value_or(Columns{}), present)) gaps.missing.push_back(name + " is missing");
  for (const auto& sentence : missing_additions(state.files, state.table, present)) {
    bool is_told =
        std::any_of(gaps.missing.begin(), gaps.missing.end(), [&](const std::string& told) { return sentence.starts_with(told); });
    if (!is_told) gaps.missing.push_back(sentence);
  }
  add_logged(examination, gaps);
  if (required || release.empty()) return gaps;
  gaps.not_looked.insert(gaps.not_looked.end(), state.files.not_looked.begin(), state.files.not_looked.end());
  return gaps;
}

std::vector<MigrationFailure> open_failures(Examination& examination, const MigrationState& state, const SchemaGaps& gaps) {
  std::vector<MigrationFailure> open;
  for (const auto& error : examination.errors().errors) {
    unsigned code = error.last > examination.given.repaired ? migration_error(error.text) : 0;
    if (code == 0) continue;
    std::string number = migration_named(error.text);
    const MigrationFile* file = state.files.find(number);
    bool is_done = !number.empty() && (!file || state.table.has(number));
    // Done by hand, or by another run, and never recorded: skipped for ever.
    bool is_complete = file && !file->adds.empty() && std::all_of(file->adds.begin(), file->adds.end(), [&](const SchemaAddition& add) {
                         return is_there(add, examination.columns());
                       });
    bool proves = number.empty() ? !gaps.missing.empty() : !is_done && !is_complete;
    if (proves) open.push_back({code, number, error.text});
  }
  return open;
}

bool has_half_point_groups(Examination& examination, const MigrationState& state) {
  const Columns& columns = examination.columns();
  if (columns.count("point_groups") == 0 || !state.files.find(kPointGroups) || state.table.has(kPointGroups)) return false;
  bool fits = columns.count("point_group_contact_score") > 0;
  for (const char* table : {"points", "point_triggers", "lead_points_change_log"}) fits = fits && has_column(columns, table, "group_id");
  return !fits && is_empty(examination, "point_groups") && is_empty(examination, "point_group_contact_score");
}

std::optional<std::string> half_deleted_table(Examination& examination, const MigrationState& state) {
  const Columns& columns = examination.columns();
  if (!state.files.find(kDeletedColumns) || state.table.has(kDeletedColumns)) return std::nullopt;
  if (columns.count("campaigns") == 0 || columns.count("campaign_events") == 0) return std::nullopt;
  bool first = has_column(columns, "campaigns", kDeletedColumn), second = has_column(columns, "campaign_events", kDeletedColumn);
  if (first == second) return std::nullopt;
  std::string table = first ? "campaigns" : "campaign_events";
  auto used = examination.database()->value("SELECT 1 FROM " + storage::quote_name(examination.prefixed(table)) + " WHERE " +
                                            storage::quote_name(kDeletedColumn) + " IS NOT NULL LIMIT 1");
  return used ? std::nullopt : std::optional(table);
}

std::vector<HalfMadeTable> half_made_tables(Examination& examination, const MigrationState& state) {
  std::vector<HalfMadeTable> half;
  for (const auto& file : state.files.files) {
    if (file.keys.empty() || file.number == kPointGroups || state.table.has(file.number)) continue;
    for (const auto& add : file.adds) {
      bool is_let_go = state.files.let_go.count(add.table) > 0;
      bool is_made = add.column.empty() && !is_let_go && is_there(add, examination.columns()) && is_innodb(examination, add.table);
      if (is_made && lacks_key(examination, file, add.table, state.files.let_go) && is_empty(examination, add.table)) half.push_back({file.number, add.table});
    }
  }
  return half;
}

std::vector<std::string> narrow_tables(Examination& examination, const std::vector<MigrationFailure>& failures) {
  std::vector<std::string> names;
  for (const auto& table : examination.tables()) {
    bool is_narrow = table.row_format == "Compact" || table.row_format == "Redundant";
    if (!is_narrow || table.engine != "InnoDB" || !table.name.starts_with(examination.prefix())) continue;
    bool is_named = std::any_of(failures.begin(), failures.end(), [&](const MigrationFailure& failure) {
      return (failure.code == 1709 || failure.code == 1071) && names_word(failure.text, table.name);
    });
    if (is_named) names.push_back(table.name);
  }
  return names;
}

std::optional<MissingParents> missing_parents(Examination& examination, const MigrationFailure& failure) {
  if (failure.code != 1452) return std::nullopt;
  MissingParents rows{name_behind(failure.text, "ALTER TABLE "), name_behind(failure.text, "FOREIGN KEY "),
                      name_behind(failure.text, "REFERENCES "), ""};
  size_t references = failure.text.find("REFERENCES ");
  if (references != failure.text.npos) {
    size_t bracket = failure.text.find('(', references);
    if (bracket != failure.text.npos) rows.key = name_behind(failure.text.substr(bracket), "(");
  }
  const std::string& prefix = examination.prefix();
  auto has = [&](const std::string& table, const std::string& column) {
    return table.size() > prefix.size() && table.starts_with(prefix) &&
           has_column(examination.columns(), table.substr(prefix.size()), base::lower(column));
  };
  bool is_known_pair = has(rows.child, rows.column) && has(rows.parent, rows.key);
  return is_known_pair ? std::optional(rows) : std::nullopt;
}

}  // namespace apps::mautic
