// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/repair.h"

#include "apps/examination.h"
#include "base/text.h"

namespace apps {

namespace {

constexpr size_t kMostNamed = 5;

// By the server's comment on a table that it cannot open.
bool is_repairable(const std::string& comment) {
  std::string said = base::lower(comment);
  for (const char* words : {"crashed", "repair", "incorrect key file", "index is corrupt", "can't open file"})
    if (base::contains(said, words)) return !base::contains(said, "innodb");
  return false;
}

bool is_damaged(const Examination& examination, const storage::TableFacts& table) {
  return !table.is_view && table.engine.empty() && table.name.starts_with(examination.prefix());
}

}  // namespace

void look_at_damaged_tables(Examination& examination, Looked& looked) {
  Finding mendable{"tables of the database are damaged",
                   {},
                   "pages and commands that read them fail",
                   Mend::tables,
                   "",
                   Weight::breaks};
  Finding others{"tables of the database cannot be opened",
                 {},
                 "pages and commands that read them fail, and no backup is complete",
                 Mend::nothing,
                 "write to the host, with these lines; or restore a backup: db:restore",
                 Weight::breaks};
  for (const auto& table : examination.tables()) {
    if (!is_damaged(examination, table)) continue;
    auto& evidence = (is_repairable(table.comment) ? mendable : others).evidence;
    if (evidence.size() < kMostNamed)
      evidence.push_back(base::printable_line(table.name) + ": " + base::printable_line(table.comment));
  }
  for (auto* finding : {&mendable, &others})
    if (!finding->evidence.empty()) looked.found.push_back(std::move(*finding));
}

std::vector<DatabaseRepair> repair_damaged_tables(Examination& examination) {
  std::vector<DatabaseRepair> repairs;
  for (const auto& table : examination.tables()) {
    if (!is_damaged(examination, table) || !is_repairable(table.comment)) continue;
    std::string name = storage::quote_name(table.name);
    repairs.push_back(
        {"repair the damaged table " + base::printable_line(table.name),
         {"REPAIR TABLE " + name, "CHECK TABLE " + name},
         {"rows of " + base::printable_line(table.name) + " that cannot be read any more are lost by the repair"}});
  }
  return repairs;
}

}  // namespace apps
