// SPDX-License-Identifier: GPL-3.0-or-later
// What of a Mautic's database SQL alone can mend: the table of migrations that was converted half way, migrations that died between their
// statements and whose remains are empty, row formats that are too narrow, damaged tables, rows whose parents are gone.
#include <algorithm>

#include "apps/mautic/checks.h"
#include "apps/mautic/half_applied.h"
#include "apps/mautic/mautic.h"
#include "apps/repair.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

constexpr const char* kCampaignSummary = "20201120122846";
constexpr size_t kMostRowsNamed = 20;

using Strings = std::vector<std::string>;

// The site's database while repairs are looked for.
class Looking {
 public:
  Looking(Examination& examination, const std::set<std::string>& named)
      : examination_(examination), named_(named), state_(read_migration_state(examination)), gaps_(find_gaps(examination, state_)) {}

  std::vector<DatabaseRepair> run() {
    repairs_ = repair_damaged_tables(examination_);
    rename_rows();
    take_point_groups_down();
    take_deleted_down();
    for (const auto& half : half_made_tables(examination_, state_)) take_down(half);
    record_campaign_summary();
    auto failures = open_failures(examination_, state_, gaps_);
    for (const auto& table : narrow_tables(examination_, failures)) widen(table);
    for (const auto& failure : failures) delete_orphans(failure);
    return std::move(repairs_);
  }

 private:
  std::string name(const std::string& table) const { return storage::quote_name(examination_.prefixed(table)); }
  std::string text(const std::string& value) { return examination_.database()->quote(value); }
  bool has_column(const std::string& table, const std::string& column) {
    auto there = examination_.columns().find(table);
    return there != examination_.columns().end() && there->second.count(column) > 0;
  }

  // Doctrine's own conversion, for the rows that it did not come to.
  void rename_rows() {
    auto numbers = half_converted(state_.table, state_.files);
    if (numbers.empty()) return;
    std::string list;
    for (const auto& number : numbers) list += (list.empty() ? "" : ", ") + text(number);
    std::string where = " FROM " + name("migrations") + " WHERE version IN (" + list + ")";
    repairs_.push_back(
        {"give " + std::to_string(numbers.size()) + " rows of migrations the names that this release looks for",
         {"UPDATE " + name("migrations") +
              " SET version = CONCAT('Mautic', CHAR(92), 'Migrations', CHAR(92), 'Version', version) WHERE version IN (" + list + ")",
          "SELECT COUNT(*)" + where}});
  }

  // ---- what down() of that migration does, on tables that hold nothing
  void take_point_groups_down() {
    if (!has_half_point_groups(examination_, state_)) return;
    DatabaseRepair repair{
        "take away what the migration Version" + std::string(kPointGroups) + " made before it died",
        {},
        {"the tables " + examination_.prefixed("point_groups") + " and " + examination_.prefixed("point_group_contact_score") +
             " are empty, which is asked again before they are dropped; the migrations make them anew",
         "afterwards run the migrations again"}};
    Strings& sql = repair.statements;
    Strings tables = {"point_groups"};
    if (examination_.columns().count("point_group_contact_score") > 0) tables.insert(tables.begin(), "point_group_contact_score");
    for (const auto& table : tables) sql.push_back("SELECT COUNT(*) FROM " + name(table));
    for (const std::string table : {"points", "point_triggers", "lead_points_change_log"})
      if (has_column(table, "group_id")) sql.push_back("SELECT COUNT(*) FROM " + name(table) + " WHERE group_id IS NOT NULL");
    for (const std::string table : {"points", "point_triggers", "lead_points_change_log"}) drop_group(table, sql);
    std::string list;
    for (const auto& table : tables) {
      sql.push_back("DROP TABLE IF EXISTS " + name(table));
      list += (list.empty() ? "" : ", ") + text(examination_.prefixed(table));
    }
    sql.push_back("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (" + list + ")");
    repairs_.push_back(std::move(repair));
  }

  void drop_group(const std::string& table, Strings& sql) {
    if (!has_column(table, "group_id")) return;
    for (const auto& key : keys_to(table, "point_groups"))
      sql.push_back("ALTER TABLE " + name(table) + " DROP FOREIGN KEY " + storage::quote_name(key));
    sql.push_back("ALTER TABLE " + name(table) + " DROP COLUMN group_id");
  }

  // Nothing but that migration makes it, and it makes it anew.
  void take_deleted_down() {
    auto table = half_deleted_table(examination_, state_);
    if (!table) return;
    std::string column = storage::quote_name(kDeletedColumn);
    repairs_.push_back({"take away the column that the migration Version" + std::string(kDeletedColumns) + " made before it died",
                        {"SELECT COUNT(*) FROM " + name(*table) + " WHERE " + column + " IS NOT NULL",
                         "ALTER TABLE " + name(*table) + " DROP COLUMN " + column,
                         "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = " +
                             text(examination_.prefixed(*table)) + " AND COLUMN_NAME = " + text(kDeletedColumn)},
                        {examination_.prefixed(*table) + "." + kDeletedColumn +
                             " holds nothing, which is asked again before it is dropped; the migrations make it anew",
                         "afterwards run the migrations again"}});
  }

  void take_down(const HalfMadeTable& half) {
    repairs_.push_back({"take away the table that the migration Version" + half.number + " made before it died",
                        {"SELECT COUNT(*) FROM " + name(half.table), "DROP TABLE " + name(half.table),
                         "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = " +
                             text(examination_.prefixed(half.table))},
                        {"the table " + examination_.prefixed(half.table) +
                             " is empty, which is asked again before it is dropped; the migrations make it anew",
                         "afterwards run the migrations again"}});
  }

  // The names of its foreign keys to another table.
  Strings keys_to(const std::string& table, const std::string& parent) {
    Strings keys;
    for (const auto& row : examination_.database()->query(
             "SELECT DISTINCT CONSTRAINT_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = " +
             text(examination_.prefixed(table)) + " AND REFERENCED_TABLE_NAME = " + text(examination_.prefixed(parent)) + " ORDER BY 1"))
      keys.push_back(row.at(0).value_or(""));
    return keys;
  }

  // 4.1 to 4.2: it is there, with keys of other names than the migration looks for.
  void record_campaign_summary() {
    bool is_open = state_.files.find(kCampaignSummary) && !state_.table.has(kCampaignSummary);
    if (!is_open || state_.table.form != TableForm::of_4 || state_.table.rows.empty()) return;
    for (const char* column : {"id", "campaign_id", "event_id", "date_triggered", "scheduled_count", "triggered_count",
                               "non_action_path_taken_count", "failed_count", "log_counts_processed"})
      if (!has_column("campaign_summary", column)) return;
    if (keys_to("campaign_summary", "campaigns").empty() || keys_to("campaign_summary", "campaign_events").empty()) return;
    std::string number = text(kCampaignSummary);
    repairs_.push_back({"record the migration Version" + std::string(kCampaignSummary) + " as done: all that it makes is there",
                        {"INSERT IGNORE INTO " + name("migrations") + " (version, executed_at) VALUES (" + number + ", UTC_TIMESTAMP())",
                         "SELECT COUNT(*) = 0 FROM " + name("migrations") + " WHERE version = " + number}});
  }

  void widen(const std::string& table) {
    repairs_.push_back({"give the table " + base::printable_line(table) + " the row format that long indexes need",
                        {"ALTER TABLE " + storage::quote_name(table) + " ROW_FORMAT=DYNAMIC",
                         "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = " + text(table) +
                             " AND ROW_FORMAT <> 'Dynamic'"},
                        {"afterwards run the migrations again"}});
  }

  void delete_orphans(const MigrationFailure& failure) {
    auto found = missing_parents(examination_, failure);
    if (!found) return;
    std::string from = storage::quote_name(found->child) + " AS child LEFT JOIN " + storage::quote_name(found->parent) +
                       " AS parent ON child." + storage::quote_name(found->column) + " = parent." + storage::quote_name(found->key) +
                       " WHERE child." + storage::quote_name(found->column) + " IS NOT NULL AND parent." + storage::quote_name(found->key) +
                       " IS NULL";
    std::string count = examination_.database()->value("SELECT COUNT(*) FROM " + from).value_or("0");
    bool is_told =
        std::any_of(repairs_.begin(), repairs_.end(), [&](const auto& repair) { return base::contains(repair.what, found->child); });
    if (count == "0" || is_told) return;
    std::string words = count + " rows of " + base::printable_line(found->child) + " whose " + found->column + " is in no row of " +
                        base::printable_line(found->parent);
    if (named_.count(found->child) > 0)
      repairs_.push_back(
          {"delete " + words, {"DELETE child FROM " + from, "SELECT COUNT(*) FROM " + from}, {"afterwards run the migrations again"}});
    else
      repairs_.push_back({"leave " + words, {}, {words + orphans_words(from) + "; tables=" + found->child + " deletes them"}});
  }

  std::string orphans_words(const std::string& from) {
    Strings ids;
    try {
      for (const auto& row :
           examination_.database()->query("SELECT child.id FROM " + from + " ORDER BY 1 LIMIT " + std::to_string(kMostRowsNamed)))
        ids.push_back(row.at(0).value_or(""));
    } catch (const base::Failure&) {  // a table without an id
      if (examination_.database()->lost()) throw;
    }
    return ids.empty() ? "" : " (id " + base::some_of(ids, kMostRowsNamed) + ")";
  }

  Examination& examination_;
  const std::set<std::string>& named_;
  MigrationState state_;
  SchemaGaps gaps_;
  std::vector<DatabaseRepair> repairs_;
};

}  // namespace

std::vector<DatabaseRepair> database_repairs(Examination& examination, const std::set<std::string>& tables) {
  need_own_tables(examination);
  return Looking(examination, tables).run();
}

}  // namespace apps::mautic
