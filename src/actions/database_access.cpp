// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/database_access.h"

#include <algorithm>
#include <array>

#include "apps/database_host.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

using apps::DatabaseAccess;
using std::string_view;

constexpr std::array<string_view, 6> kNames = {"db_host", "db_port",     "db_name",
                                               "db_user", "db_password", "db_prefix"};

// Lays the settings over what the configuration says, and knows afterwards what they answer.
class Merge {
 public:
  Merge(const Settings& settings, DatabaseWay& way) : settings_(settings), access_(way.access), way_(way) {}

  void run() {
    take_place();
    take("db_name", settings_.db_name, access_.name);
    take("db_user", settings_.db_user, access_.user);
    take("db_password", settings_.db_password, access_.password);
    if (settings_.db_prefix) take_even_empty("db_prefix", *settings_.db_prefix, access_.prefix);
    drop_answered_problems();
    list_missing();
  }

 private:
  bool is_answered(string_view name) const {
    return std::find(answered_.begin(), answered_.end(), name) != answered_.end();
  }

  void take_even_empty(string_view name, const std::string& from, std::string& to) {
    to = from;
    answered_.push_back(name);
  }
  void take(string_view name, const std::string& from, std::string& to) {
    if (!from.empty()) take_even_empty(name, from, to);
  }

  void take_place() {
    if (!settings_.db_socket.empty()) {
      take("db_host", settings_.db_socket, access_.socket);
      access_.host.clear();
      answered_.push_back("db_port");
      return;
    }
    if (!settings_.db_host.empty()) take_host();
    if (settings_.db_port.empty()) return;
    if (apps::read_database_port(settings_.db_port, access_)) answered_.push_back("db_port");
    else refuse("db_port", "is no port number");
  }

  void take_host() {
    unsigned configured = access_.port;
    access_.port = 0;
    if (!apps::read_database_host(settings_.db_host, access_)) refuse("db_host", "is no host name");
    else answered_.push_back("db_host");
    if (access_.port != 0 || !access_.socket.empty()) answered_.push_back("db_port");
    if (access_.port == 0) access_.port = configured;
  }

  void refuse(string_view name, const char* why) {
    refused_.push_back({{name}, std::string(name) + " in the settings file " + why});
  }

  void drop_answered_problems() {
    std::erase_if(access_.problems, [&](const apps::DatabaseProblem& problem) {
      return std::all_of(problem.settings.begin(), problem.settings.end(), [&](string_view name) {
        return is_answered(name) || is_refused(name);
      });
    });
    access_.problems.insert(access_.problems.end(), refused_.begin(), refused_.end());
  }

  bool is_refused(string_view name) const {
    return std::any_of(refused_.begin(), refused_.end(),
                       [&](const auto& refused) { return refused.settings[0] == name; });
  }

  void list_missing() {
    for (string_view name : kNames) {
      bool needed = std::any_of(access_.problems.begin(), access_.problems.end(), [&](const auto& problem) {
        return std::find(problem.settings.begin(), problem.settings.end(), name) != problem.settings.end();
      });
      if (needed && !is_answered(name)) way_.missing.push_back(name);
    }
  }

  const Settings& settings_;
  DatabaseAccess& access_;
  DatabaseWay& way_;
  std::vector<string_view> answered_;
  std::vector<apps::DatabaseProblem> refused_;
};

DatabaseAccess unknown() {
  DatabaseAccess access;
  access.problems.push_back({{"db_host", "db_name", "db_user", "db_password"},
                             "no application was found whose configuration names the database: write db_host, "
                             "db_name, db_user and db_password into the settings file"});
  return access;
}

}  // namespace

DatabaseWay find_database(platform::Disk& disk, const apps::Site* site, const Settings& settings) {
  DatabaseWay way;
  way.settings_file = settings.file;
  way.access = site && site->app && site->app->database ? site->app->database(disk, *site) : unknown();
  Merge(settings, way).run();
  return way;
}

storage::DatabaseTarget database_target(Program& program, const Path& root) {
  Whereabouts where;
  where.root = root;
  World world = find_world(program, where);
  return find_database(world.disk, world.site ? &*world.site : nullptr, world.settings).target(Prefix::may_be_unknown);
}

storage::DatabaseTarget target_of_job(World& world) {
  const apps::Site& site = world.need_site();
  auto asked = find_database(world.disk, &site, world.settings).target();
  auto read_by_job = database_target(world.program, site.root);
  if (asked != read_by_job)
    throw base::Failure("this runs in a process of its own, which does not see the --db_ words of a command line",
                        "write them into the settings file");
  return asked;
}

std::string DatabaseWay::explanation() const {
  if (is_complete()) return {};
  std::string out;
  for (const auto& problem : access.problems) out += problem.sentence + "\n";
  Path file = settings_file.empty() ? Path("unstick.ini.php") : settings_file.filename();
  out += "lines that " + base::printable_line(file.native()) + " needs:";
  for (string_view name : missing) out += " " + std::string(name) + " = ...";
  if (std::find(missing.begin(), missing.end(), "db_prefix") != missing.end())
    out += " (db_prefix with nothing behind the = where the tables' names have no prefix)";
  return out;
}

bool DatabaseWay::is_complete(Prefix prefix) const {
  return missing.empty() || (prefix == Prefix::may_be_unknown && missing.size() == 1 && missing[0] == "db_prefix");
}

storage::DatabaseTarget DatabaseWay::target(Prefix prefix) const {
  if (!is_complete(prefix)) {
    const std::string all = explanation();
    std::string why;
    for (string_view line : base::lines(all)) why += (why.empty() ? "" : "; ") + std::string(line);
    throw base::Failure(why);
  }
  return {access.host, access.port, access.socket, access.name, access.user, access.password};
}

}  // namespace actions
