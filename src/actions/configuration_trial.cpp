// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/configuration_trial.h"

#include <algorithm>
#include <set>

#include "actions/database_access.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/substituted_disk.h"
#include "storage/database_tables.h"

namespace actions {

namespace {

constexpr std::chrono::seconds kPatience{10};  // with one answer of the server

// Prefixes under which at least half of the tables lie that every site of this application has.
std::vector<std::string> prefixes_in(const std::set<std::string>& tables, const apps::App& app) {
  std::vector<std::string> all;
  std::string_view first = app.dated_rows.front().table;
  for (const auto& table : tables) {
    if (!table.ends_with(first)) continue;
    std::string prefix = table.substr(0, table.size() - first.size());
    auto has = [&](const apps::DatedRows& rows) { return tables.contains(prefix + std::string(rows.table)); };
    auto count = std::count_if(app.dated_rows.begin(), app.dated_rows.end(), has);
    if (2 * count >= static_cast<std::ptrdiff_t>(app.dated_rows.size())) all.push_back(std::move(prefix));
  }
  return all;
}

Trial try_access(const apps::App& app, const apps::DatabaseAccess& way) {
  Trial trial;
  try {
    auto connection = storage::Connection::open({way.host, way.port, way.socket, way.name, way.user, way.password}, kPatience);
    trial.connected = true;
    std::set<std::string> tables;
    for (auto& table : storage::tables_of(connection)) tables.insert(std::move(table.name));
    if (app.dated_rows.empty()) return trial;
    std::string needed = way.prefix + std::string(app.dated_rows.front().table);
    trial.has_tables = tables.contains(needed);
    if (trial.has_tables) return trial;
    trial.prefixes = prefixes_in(tables, app);
    trial.problem = "there is no table " + base::printable_line(needed) + " in the database " + base::printable_line(way.name);
  } catch (const base::Failure& failure) {
    trial.problem = failure.full();
  }
  return trial;
}

}  // namespace

Trial try_configuration(World& world, const std::map<Path, std::string>& files) {
  const apps::Site& site = world.need_site();
  platform::SubstitutedDisk then(world.disk, files);
  auto access = site.app->database(then, site);
  if (access.problems.empty()) return try_access(*site.app, access);
  DatabaseWay way = find_database(then, &site, world.settings);
  if (way.is_complete()) return try_access(*site.app, way.access);
  return {access.problems[0].sentence, false, false, {}};
}

Trial try_settings(World& world) {
  const Settings& said = world.settings;
  bool some = !(said.db_host + said.db_port + said.db_socket + said.db_name + said.db_user + said.db_password).empty();
  if (!some) return {"the settings file says nothing of the database", false, false, {}};
  DatabaseWay way = find_database(world.disk, &world.need_site(), said);
  if (!way.is_complete(Prefix::may_be_unknown)) return {way.explanation(), false, false, {}};
  return try_access(*world.need_site().app, way.access);
}

}  // namespace actions
