// SPDX-License-Identifier: GPL-3.0-or-later
// Mautic's database, out of local.php. What is absent there has the value of CoreBundle's Config/config.php; it is
// the same in 2.16 to 7: 127.0.0.1, 3306, no prefix. Mautic itself leaves out what is empty when it writes local.php.
#include <algorithm>
#include <cctype>

#include "apps/database_host.h"
#include "apps/mautic/configuration.h"
#include "apps/mautic/mautic.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::mautic {

namespace {

constexpr size_t kMostEnvironmentBytes = 64 * 1024;

std::string advice(std::string_view setting) {
  return ": write " + std::string(setting) + " = ... into the settings file";
}

// Takes the values one by one, and what is not known of them as problems.
class Reader {
 public:
  Reader(const Configuration& configuration, DatabaseAccess& access)
      : configuration_(configuration), access_(access), file_(configuration.shown(access.from)) {}

  // nullopt: not set, or a problem.
  std::optional<std::string> take(std::string_view key, std::string_view setting) {
    auto value = configuration_.value(key);
    if (!value.problem.empty()) add(setting, value.problem);
    is_absent_ = value.problem.empty() && !value.text;
    return value.text;
  }

  void take_host() {
    auto text = take("db_host", "db_host");
    if (is_absent_) access_.host = "127.0.0.1";
    if (text && !read_database_host(*text, access_)) add("db_host", "db_host in " + file_ + " is no host name");
  }

  void take_port() {
    auto text = take("db_port", "db_port");
    unsigned in_host = access_.port;
    if (text && !read_database_port(*text, access_)) add("db_port", "db_port in " + file_ + " is no port number");
    if (in_host != 0) access_.port = in_host;
  }

  void take_needed(std::string_view key, std::string& to) {
    auto text = take(key, key);
    if (is_absent_ || (text && text->empty())) add(key, std::string(key) + " is not set in " + file_);
    if (text) to = std::move(*text);
  }

  void add(std::string_view setting, const std::string& problem) {
    access_.problems.push_back({{setting}, problem + advice(setting)});
  }

 private:
  const Configuration& configuration_;
  DatabaseAccess& access_;
  std::string file_;
  bool is_absent_ = false;
};

// ---- MAUTIC_TABLE_PREFIX, which wins over local.php from 5.0 on

// The value of the last line that sets it.
std::optional<std::string> prefix_in(std::string_view environment) {
  std::optional<std::string> prefix;
  for (auto line : base::lines(environment)) {
    line = base::trim(line);
    if (line.substr(0, 7) == "export ") line = base::trim(line.substr(7));
    constexpr std::string_view kName = "MAUTIC_TABLE_PREFIX=";
    if (line.substr(0, kName.size()) != kName) continue;
    line = base::trim(line.substr(kName.size()));
    bool quoted = line.size() >= 2 && (line[0] == '"' || line[0] == '\'') && line.back() == line[0];
    prefix = quoted ? line.substr(1, line.size() - 2) : line;
  }
  return prefix;
}

void take_environment_prefix(platform::Disk& disk, const Path& project, Reader& reader, DatabaseAccess& access) {
  std::optional<std::string> prefix;
  for (const char* name : {".env", ".env.local", ".env.prod", ".env.prod.local"}) {
    try {
      auto set = prefix_in(disk.read(project / name, kMostEnvironmentBytes).value_or(""));
      if (set) prefix = set;
    } catch (const base::Failure&) {
      // PHP may read what we may not; the table prefix shows when the tables are looked for.
    }
  }
  if (!prefix || prefix->empty()) return;
  bool is_plain = std::all_of(prefix->begin(), prefix->end(),
                              [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  if (is_plain) access.prefix = *prefix;
  else reader.add("db_prefix", "MAUTIC_TABLE_PREFIX in .env cannot be read without PHP");
}

}  // namespace

DatabaseAccess database(platform::Disk& disk, const Site& site) {
  Configuration configuration(disk, site);
  DatabaseAccess access;
  access.from = configuration.file();
  if (!configuration.problem().empty()) {
    access.problems.push_back({{"db_host", "db_name", "db_user", "db_password", "db_prefix"},
                               configuration.problem() + ": write db_host, db_name, db_user, db_password and "
                                                         "db_prefix into the settings file"});
    return access;
  }
  Reader reader(configuration, access);
  reader.take_host();
  reader.take_port();
  reader.take_needed("db_name", access.name);
  reader.take_needed("db_user", access.user);
  access.password = reader.take("db_password", "db_password").value_or("");
  access.prefix = reader.take("db_table_prefix", "db_prefix").value_or("");
  if (site.version.empty() || site.version.major() >= 5)
    take_environment_prefix(disk, site.project, reader, access);
  return access;
}

}  // namespace apps::mautic
