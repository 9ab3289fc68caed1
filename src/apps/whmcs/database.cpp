// SPDX-License-Identifier: GPL-3.0-or-later
// The database of a WHMCS, out of configuration.php. Its tables have no prefix. What $db_tls_ca and its like name is
// not needed: over the network the connection is encrypted wherever the server offers it.
#include "apps/database_host.h"
#include "apps/examination.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/whmcs.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

constexpr std::chrono::seconds kPatience{2};

// Takes the values one by one, and what is not known of them as problems.
class Reader {
 public:
  Reader(const Configuration& configuration, DatabaseAccess& access) : configuration_(configuration), access_(access) {}

  // nullopt: not set, or a problem. `setting`: of the settings file, that replaces it.
  std::optional<std::string> take(std::string_view name, std::string_view setting) {
    auto value = configuration_.value(name);
    if (!value.problem.empty())
      add(setting, value.problem);
    else if (setting == "db_name" || setting == "db_user")
      need(value, name, setting);
    return value.text;
  }

  void add(std::string_view setting, const std::string& problem) {
    access_.problems.push_back(
        {{setting}, problem + ": write " + std::string(setting) + " = ... into the settings file"});
  }

 private:
  void need(const Configuration::Value& value, std::string_view name, std::string_view setting) {
    if (!value.is_set()) add(setting, "$" + std::string(name) + " is not set in configuration.php");
  }

  const Configuration& configuration_;
  DatabaseAccess& access_;
};

}  // namespace

DatabaseAccess database(platform::Disk& disk, const Site& site) {
  Configuration configuration(disk, site.root);
  DatabaseAccess access;
  access.from = configuration.file();
  if (!configuration.problem().empty()) {
    access.problems.push_back(
        {{"db_host", "db_name", "db_user", "db_password"},
         configuration.problem() + ": write db_host, db_name, db_user and db_password into the settings file"});
    return access;
  }
  Reader reader(configuration, access);
  if (auto host = reader.take("db_host", "db_host"); host && !read_database_host(*host, access))
    reader.add("db_host", "$db_host in configuration.php is no host name");
  unsigned in_host = access.port;
  if (auto port = reader.take("db_port", "db_port"); port && !read_database_port(*port, access))
    reader.add("db_port", "$db_port in configuration.php is no port number");
  if (in_host != 0) access.port = in_host;
  access.name = reader.take("db_name", "db_name").value_or("");
  access.user = reader.take("db_username", "db_user").value_or("");
  access.password = reader.take("db_password", "db_password").value_or("");
  return access;
}

// SystemURL, which the owner set in the admin area.
std::string site_url(platform::Disk& disk, const Site& site) {
  DatabaseAccess way = database(disk, site);
  if (!way.problems.empty()) return {};
  try {
    auto connection =
        storage::Connection::open({way.host, way.port, way.socket, way.name, way.user, way.password}, kPatience);
    return std::string(
        base::trim(connection.value("SELECT value FROM tblconfiguration WHERE setting = 'SystemURL'").value_or("")));
  } catch (const base::Failure&) {
    return {};
  }
}

std::vector<DatabaseRepair> database_repairs(Examination& examination, const std::set<std::string>&) {
  return repair_damaged_tables(examination);
}

}  // namespace apps::whmcs
