// SPDX-License-Identifier: GPL-3.0-or-later
// The checks of the database as such: that it can be reached, that its tables are found, its server, tables that are damaged. What the
// release needs to stand in it: schema_checks.cpp.
#include <algorithm>

#include "apps/database_reach.h"
#include "apps/mautic/checks.h"
#include "apps/mautic/configuration.h"
#include "apps/mautic/database_findings.h"
#include "apps/mautic/schema.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

constexpr size_t kMostNamed = 8;
constexpr size_t kMostMetadata = 64 * 1024;

// Whose words are needed, and which the configuration does not set.
std::vector<std::string> not_set(const Configuration& configuration) {
  std::vector<std::string> names;
  for (const char* key : {"db_name", "db_user"}) {
    auto value = configuration.value(key);
    if (value.problem.empty() && value.text.value_or("").empty()) names.emplace_back(key);
  }
  return names;
}

Finding incomplete(const Configuration& configuration, const std::vector<std::string>& names) {
  std::string file = configuration.shown(configuration.file());
  return {"the configuration does not say where the database is",
          {base::join(names, " and ") + " not set in " + file},
          "every page and every command of the site fails",
          Mend::configuration,
          "the hosting panel's database page names them",
          Weight::breaks};
}

std::set<std::string> names_of(Examination& examination) {
  std::set<std::string> names;
  for (const auto& table : examination.tables())
    if (!table.is_view) names.insert(table.name);
  return names;
}

std::string prefix_words(const std::string& prefix) { return prefix.empty() ? "no prefix" : "the prefix " + base::printable_line(prefix); }

bool is_ours(const Examination& examination, const storage::TableFacts& table) {
  return !table.is_view && table.name.starts_with(examination.prefix());
}

}  // namespace

bool has_own_tables(Examination& examination) {
  return examination.has_table("leads") || examination.has_table("lead_fields") || examination.has_table("users");
}

void need_own_tables(Examination& examination) {
  if (!has_own_tables(examination))
    throw base::Failure("the database has no tables of Mautic with " + prefix_words(examination.prefix()));
}

Looked look_at_reach(Examination& examination) {
  Configuration configuration(examination.disk, examination.site);
  auto names = configuration.problem().empty() ? not_set(configuration) : std::vector<std::string>{};
  return look_at_database_reach(examination, names.empty() ? std::nullopt : std::optional(incomplete(configuration, names)));
}

Looked look_at_prefix(Examination& examination) {
  Looked looked;
  if (has_own_tables(examination)) {
    looked.seen = "Mautic's tables are there, with " + prefix_words(examination.prefix());
    return looked;
  }
  auto names = names_of(examination);
  auto others = prefixes_in(names);
  std::string database = base::printable_line(examination.given.access.name);
  if (!others.empty()) {
    Finding finding{"no table has the prefix that the configuration names",
                    {},
                    "Mautic finds none of its data: every page fails",
                    Mend::configuration,
                    "set db_table_prefix in the configuration to the prefix that fits",
                    Weight::breaks};
    finding.evidence.push_back("the configuration says " + prefix_words(examination.prefix()));
    for (const auto& other : others) finding.evidence.push_back("a whole set of Mautic's tables has " + prefix_words(other));
    looked.found.push_back(finding);
    return looked;
  }
  looked.found.push_back({"the database has no tables of Mautic",
                          {"the database " + database + " has " + std::to_string(names.size()) + " tables"},
                          "the data of the site is not here: it was lost, or lies in another database",
                          Mend::nothing,
                          "restore a backup: db:restore; or put the name of the right database into the configuration",
                          Weight::breaks});
  return looked;
}

Looked look_at_server(Examination& examination) {
  Looked looked;
  if (!examination.database()) throw base::Failure("the database cannot be asked: " + examination.database_problem());
  auto& connection = *examination.database();
  const base::Version& release = examination.site.version;
  auto metadata = examination.disk.read(examination.site.root / "app/release_metadata.json", kMostMetadata).value_or("");
  auto least = least_server(release, metadata);
  bool is_mariadb = connection.is_mariadb();
  std::string product = is_mariadb ? "MariaDB" : "MySQL";
  std::string needed = is_mariadb ? least.mariadb : least.mysql;
  auto number = server_number(connection.server_version(), is_mariadb);
  if (number.empty()) looked.not_looked.push_back("the server's version cannot be read: " + connection.server_version());
  if (number.empty() || release.empty()) return looked;
  looked.seen = product + " " + number.text() +
                (needed.empty() ? "; " + release.text() + " names no minimum" : "; " + release.text() + " needs " + needed);
  if (needed.empty() || number >= base::Version::of(needed)) return looked;
  looked.found.push_back({"the database server is older than this release needs",
                          {product + " " + number.text() + "; Mautic " + release.text() + " needs " + needed + " or later"},
                          "steps of an update on the database fail, or pages do",
                          Mend::nothing,
                          "write to the host: please move my database " + base::printable_line(examination.given.access.name) + " to " +
                              product + " " + needed + " or later (my application needs it, now it is on " + number.text() + ")",
                          Weight::hinders});
  return looked;
}

Looked look_at_tables(Examination& examination) {
  Looked looked;
  need_own_tables(examination);
  look_at_damaged_tables(examination, looked);
  std::vector<std::string> not_transactional;
  for (const auto& table : examination.tables())
    if (is_ours(examination, table) && (table.engine == "MyISAM" || table.engine == "Aria"))
      not_transactional.push_back(base::printable_line(table.name));
  if (!not_transactional.empty())
    looked.seen = std::to_string(not_transactional.size()) +
                  " tables are not InnoDB, which migrations cannot take back: " + base::some_of(not_transactional, kMostNamed);
  return looked;
}

}  // namespace apps::mautic
