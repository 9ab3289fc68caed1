// SPDX-License-Identifier: GPL-3.0-or-later
// The action `db:status`: what kind of database this is, and what of it is in the way of a migration or a backup.
#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "actions/action.h"
#include "actions/database_access.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/database_tables.h"

namespace actions {

namespace {

using storage::TableFacts;
using Tables = std::vector<TableFacts>;

constexpr size_t kMostShown = 15;

std::string shown(const std::string& name) { return base::printable_line(name); }

// "12 x InnoDB, 1 x MyISAM"
std::string counts_of(const Tables& tables, const std::function<std::string(const TableFacts&)>& word) {
  std::map<std::string, size_t> counts;
  for (const auto& table : tables)
    if (!table.is_view) ++counts[word(table)];
  std::string out;
  for (const auto& [name, count] : counts) out += (out.empty() ? "" : ", ") + std::to_string(count) + " x " + shown(name);
  return out.empty() ? "none" : out;
}

std::string names_where(const Tables& tables, const std::function<bool(const TableFacts&)>& holds) {
  std::vector<std::string> names;
  for (const auto& table : tables)
    if (!table.is_view && !table.engine.empty() && holds(table)) names.push_back(table.name);
  return base::some_of(names, kMostShown);
}

void tell_server(storage::Connection& connection, base::Report& report) {
  report.line("server: " + connection.server_version() + " at " + storage::place_words(connection.target()) +
              (connection.encrypted() ? ", encrypted" : ""));
  report.line("database: " + shown(connection.target().name) + ", account " +
              shown(connection.value("SELECT CURRENT_USER()").value_or(connection.target().user)));
  std::string settings;
  for (const char* name : {"sql_mode", "max_allowed_packet", "wait_timeout", "innodb_default_row_format", "innodb_large_prefix"})
    for (const auto& row : connection.query(std::string("SHOW VARIABLES LIKE '") + name + "'"))
      settings += (settings.empty() ? "" : "; ") + std::string(name) + " " + shown(row.at(1).value_or(""));
  report.line("settings: " + settings);
}

void tell_sizes(Tables tables, base::Report& report) {
  uint64_t bytes = 0, rows = 0;
  size_t views = 0;
  for (const auto& table : tables) bytes += table.bytes(), rows += table.rows, views += table.is_view;
  report.line(std::to_string(tables.size() - views) + " tables" + (views ? ", " + std::to_string(views) + " views" : "") +
              ", about " + std::to_string(rows) + " rows, " + base::size_words(bytes) + "; the largest:");
  std::stable_sort(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.bytes() > b.bytes(); });
  for (size_t i = 0; i < std::min(tables.size(), kMostShown); ++i)
    if (!tables[i].is_view)
      report.line("  " + shown(tables[i].name) + "  " + base::size_words(tables[i].bytes()) + ", about " +
                  std::to_string(tables[i].rows) + " rows");
}

// What a sentence says of the tables for which `holds`; nothing when there is none. True: something was said.
bool warn(const Tables& tables, base::Report& report, const std::function<bool(const TableFacts&)>& holds,
          const std::string& sentence) {
  std::string names = names_where(tables, holds);
  if (!names.empty()) report.line("! " + sentence + ": " + names);
  return !names.empty();
}

bool is_narrow(const TableFacts& table) { return table.row_format == "Compact" || table.row_format == "Redundant"; }

bool warn_of_tables(const Tables& tables, base::Report& report) {
  bool said = false;
  for (const auto& table : tables) {
    if (table.is_view || !table.engine.empty()) continue;
    report.line("! the table " + shown(table.name) + " cannot be opened: " + shown(table.comment) +
                "; REPAIR TABLE mends MyISAM and Aria tables, for InnoDB write to the host");
    said = true;
  }
  for (const auto& table : tables) {
    if (!table.is_view || !base::contains(table.comment, "invalid")) continue;
    report.line("! the view " + shown(table.name) + " does not work: " + shown(table.comment));
    said = true;
  }
  said |= warn(tables, report, [](const auto& table) { return table.engine != "InnoDB" && table.engine != "SEQUENCE"; },
               "not InnoDB: a backup does not hold these as of one moment, and a migration that stops half way cannot take "
               "back what it did to them");
  said |= warn(tables, report, is_narrow,
               "row format Compact or Redundant: an index may hold 767 bytes only, and migrations stop with error 1709 or "
               "1071. ALTER TABLE ... ROW_FORMAT=DYNAMIC mends it");
  return said;
}

bool warn_of_rights(const storage::Grants& grants, base::Report& report) {
  struct Need {
    std::string_view right, what_for;
  };
  constexpr std::array<Need, 13> kNeeds = {{{"SELECT", "reading, backups"},
                                            {"INSERT", "writing, restores"},
                                            {"UPDATE", "writing, migrations"},
                                            {"DELETE", "writing, migrations"},
                                            {"CREATE", "migrations, restores"},
                                            {"ALTER", "migrations"},
                                            {"DROP", "migrations, restores"},
                                            {"INDEX", "migrations"},
                                            {"REFERENCES", "foreign keys in migrations and restores"},
                                            {"CREATE VIEW", "views in restores"},
                                            {"SHOW VIEW", "views in backups"},
                                            {"TRIGGER", "triggers in backups and restores"},
                                            {"EVENT", "events in backups and restores"}}};
  bool said = false;
  for (const auto& need : kNeeds) {
    if (grants.has(need.right)) continue;
    report.line("! the account has no " + std::string(need.right) + " right: " + std::string(need.what_for));
    said = true;
  }
  return said;
}

}  // namespace

int show_database(World& world, const Options&, base::Report& report) {
  const apps::Site& site = world.need_site();
  auto connection = storage::Connection::open(find_database(world.disk, &site, world.settings).target());
  tell_server(connection, report);
  auto tables = storage::tables_of(connection);
  tell_sizes(tables, report);
  auto of = [&](std::string TableFacts::*field) {
    return counts_of(tables, [field](const auto& table) { return (table.*field).empty() ? "unknown" : table.*field; });
  };
  report.line("engines: " + of(&TableFacts::engine) + "; row formats: " + of(&TableFacts::row_format));
  report.line("collations: " + of(&TableFacts::collation));
  std::string narrow = names_where(tables, [](const auto& table) { return !table.collation.starts_with("utf8mb4"); });
  if (!narrow.empty()) report.line("emoji and some letters cannot be stored (no utf8mb4) in: " + narrow);
  bool said = warn_of_tables(tables, report);
  said |= warn_of_rights(storage::grants_of(connection), report);
  if (!said) report.line("nothing of this is in the way of backups and migrations");
  return 0;
}

}  // namespace actions
