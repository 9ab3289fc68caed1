// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/state.h"

#include <chrono>

#include "apps/whmcs/whmcs.h"
#include "base/failure.h"
#include "base/masking.h"
#include "base/text.h"
#include "platform/running.h"

namespace apps::whmcs {

namespace {

constexpr std::string_view kCore[] = {"index.php",   "cart.php",          "clientarea.php",  "contact.php",
                                      "dl.php",      "submitticket.php",  "viewinvoice.php", "viewticket.php",
                                      "upgrade.php", "supporttickets.php"};
constexpr unsigned kFirstWithInit = 5;
constexpr std::chrono::minutes kMoment{3};
constexpr size_t kMostWords = 200;

bool is_file(platform::Disk& disk, const Path& path) {
  auto facts = disk.look_through(path);
  return facts && facts->kind == platform::Kind::file;
}

std::string seconds_ago(platform::WallTime now, platform::WallTime then) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - then).count()) + " s ago";
}

// Of other connections to this database; none where the account may not see them.
std::vector<std::string> changing_statements(storage::Connection& connection) {
  std::vector<std::string> found;
  try {
    for (const auto& row :
         connection.query("SELECT ID, TIME, INFO FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND "
                          "ID <> CONNECTION_ID() AND COMMAND = 'Query' AND INFO REGEXP "
                          "'^[[:space:]]*(ALTER|CREATE|DROP|RENAME)[[:space:]]' AND "
                          "INFO NOT REGEXP '^[[:space:]]*(CREATE|DROP)[[:space:]]+TEMPORARY'"))
      found.push_back("connection " + row.at(0).value_or("") + " to the database, for " + row.at(1).value_or("0") +
                      " s: " + base::printable_line(base::masked(row.at(2).value_or("").substr(0, kMostWords))));
  } catch (const base::Failure&) {
    // Then only processes and files tell.
  }
  return found;
}

// WHMCS writes it after each release that an upgrade goes through, in its own time zone.
std::string written_version_words(Examination& examination) {
  if (!examination.database() || !examination.has_table("tblconfiguration")) return {};
  auto columns = examination.columns().find("tblconfiguration");
  if (columns == examination.columns().end() || columns->second.count("updated_at") == 0) return {};
  std::string ago = "ABS(TIMESTAMPDIFF(SECOND, updated_at, ";
  auto seconds = examination.database()->value("SELECT LEAST(" + ago + "NOW())), " + ago +
                                               "UTC_TIMESTAMP()))) FROM tblconfiguration "
                                               "WHERE setting = 'Version'");
  auto number = base::whole_number(seconds.value_or(""), INT32_MAX);
  bool is_new = number && std::chrono::seconds(*number) < kMoment;
  return is_new ? "the version in the database was written " + *seconds + " s ago" : "";
}

// False where one of them is not known.
bool versions_differ(Examination& examination) {
  if (!examination.database()) return false;
  const Stored stored = stored_in_database(examination);
  return !stored.version.empty() && !examination.site.version.empty() &&
         compare(stored.version, examination.site.version) != 0;
}

}  // namespace

std::vector<std::string_view> core_files(const base::Version& version) {
  std::vector<std::string_view> names(std::begin(kCore), std::end(kCore));
  if (version.empty() || version.major() >= kFirstWithInit) names.insert(names.begin(), "init.php");
  return names;
}

Stored stored_in_database(Examination& examination) {
  Stored stored;
  stored.has_table = examination.has_table("tblconfiguration");
  if (!stored.has_table) return stored;
  for (const auto& row : examination.database()->query(
           "SELECT setting, value FROM tblconfiguration WHERE setting IN ('Version', 'SystemURL', 'Template')")) {
    std::string value(base::trim(row.at(1).value_or("")));
    if (row.at(0) == "Version") stored.version_text = base::printable_line(value);
    if (row.at(0) == "SystemURL") stored.url = value;
    if (row.at(0) == "Template") stored.theme = value;
  }
  stored.version = base::Version::parse(stored.version_text).value_or(base::Version());
  while (stored.url.ends_with('/')) stored.url.pop_back();
  return stored;
}

std::optional<Installer> find_installer(platform::Disk& disk, const Path& root) {
  Installer installer{root / "install", {}, root / "install/bin/installer.php"};
  bool in_browser = is_file(disk, installer.folder / "install.php");
  if (!is_file(disk, installer.command_line)) installer.command_line.clear();
  if (!in_browser && installer.command_line.empty()) return std::nullopt;
  for (const Path& file :
       {installer.folder / "install.php", installer.folder / "index.php", root / "install/bin/installer.php"})
    if (auto header = header_of(disk, file); header && installer.version.empty()) installer.version = header->version;
  return installer;
}

std::vector<std::string> running_upgrade(Examination& examination) {
  const Path install = examination.site.root / "install";
  std::vector<std::string> found;
  for (const auto& process : platform::running_scripts({install / "bin/installer.php", install / "install.php"}))
    found.push_back("process " + std::to_string(process.pid) + ": " +
                    base::printable_line(base::masked(process.words.substr(0, kMostWords))));
  if (versions_differ(examination))
    for (auto& statement : changing_statements(*examination.database())) found.push_back(std::move(statement));
  return found;
}

std::vector<std::string> recent_changes(Examination& examination) {
  std::vector<std::string> found;
  const Site& site = examination.site;
  for (auto name : core_files(site.version)) {
    auto facts = examination.disk.look_through(site.root / name);
    bool is_new = facts && facts->touched <= examination.given.now && examination.given.now - facts->touched < kMoment;
    if (is_new && found.empty())
      found.push_back(std::string(name) + " came " + seconds_ago(examination.given.now, facts->touched));
  }
  try {
    if (std::string words = written_version_words(examination); !words.empty()) found.push_back(std::move(words));
  } catch (const base::Failure&) {
    // Then only the files tell.
  }
  return found;
}

}  // namespace apps::whmcs
