// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/schema.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace apps::mautic {

namespace {

Columns columns_of(std::string_view text) {
  Columns all;
  for (auto line : base::lines(text)) {
    size_t colon = line.find(':');
    if (colon == line.npos) continue;
    auto& columns = all[std::string(line.substr(0, colon))];
    for (auto name : base::split(line.substr(colon + 1), ' '))
      if (!name.empty()) columns.emplace(name);
  }
  return all;
}

void add(Columns& to, const Columns& more) {
  for (const auto& [table, columns] : more) to[table].insert(columns.begin(), columns.end());
}

void take_away(Columns& from, const Columns& less) {
  for (const auto& [table, columns] : less) {
    auto there = from.find(table);
    if (there == from.end()) continue;
    for (const auto& column : columns) there->second.erase(column);
    if (there->second.empty()) from.erase(there);
  }
}

const Columns& known() {
  static const Columns all = [] {
    Columns sum;
    for (const auto& change : schema_changes()) add(sum, columns_of(change.came));
    return sum;
  }();
  return all;
}

}  // namespace

std::optional<Columns> required_columns(const base::Version& version) {
  std::optional<Columns> required;
  for (const auto& change : schema_changes()) {
    bool is_reached = base::Version::of(change.release) <= version;
    if (!is_reached && !required) return std::nullopt;
    if (!required) required.emplace();
    if (is_reached) add(*required, columns_of(change.came));
    take_away(*required, columns_of(change.went));
    if (!is_reached) break;
  }
  return required;
}

bool is_beyond_known(const base::Version& version) {
  auto newest = base::Version::of(schema_changes().back().release);
  return std::pair(version.major(), version.minor()) > std::pair(newest.major(), newest.minor());
}

bool is_known(const std::string& table, const std::string& column) {
  auto there = known().find(table);
  return there != known().end() && (column.empty() || there->second.count(column) > 0);
}

bool is_known_column(const std::string& column) {
  return std::any_of(known().begin(), known().end(), [&](const auto& table) { return table.second.count(column) > 0; });
}

bool is_optional_table(std::string_view table) {
  constexpr std::array<std::string_view, 14> kOptional = {
      "bundle_grapesjsbuilder", "focus",  "focus_stats", "focus_projects_xref", "monitoring",        "monitoring_leads",
      "monitor_post_count",     "tweets", "tweet_stats", "cache_items",         "messenger_messages", "migrations",
      "plugin_citrix_events",   "plugin_crm_pipedrive_owners"};
  return std::find(kOptional.begin(), kOptional.end(), table) != kOptional.end();
}

std::vector<std::string> missing_of(const Columns& required, const Columns& present) {
  std::vector<std::string> missing;
  for (const auto& [table, columns] : required) {
    auto there = present.find(table);
    if (there == present.end()) {
      missing.push_back("the table " + table);
      continue;
    }
    for (const auto& column : columns)
      if (there->second.count(column) == 0) missing.push_back(table + "." + column);
  }
  return missing;
}

}  // namespace apps::mautic
