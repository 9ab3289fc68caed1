// SPDX-License-Identifier: GPL-3.0-or-later
// "Down for Maintenance (Err 2)" and "(Err 3)": the files are of another version than the database. While an upgrade
// runs that is as it should be; afterwards the older side has to follow the newer one, never the other way round
// (WHMCS's knowledge base, 186).
#include "apps/whmcs/checks.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/state.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

constexpr std::string_view kMaintenance =
    "every page shows \"Down for Maintenance (Err 2)\" or \"(Err 3)\", and cron does nothing, until both are of one "
    "version";

std::string where_files_say(Examination& examination) {
  for (auto name : core_files(examination.site.version))
    if (auto header = header_of(examination.disk, examination.site.root / name); header && !header->version.empty())
      return std::string(name) + (header->build.empty() ? "" : ", build " + header->build);
  return "its files";
}

std::string address_of(const Stored& stored) {
  return (stored.url.empty() ? "the site's address" : stored.url) + "/install/install.php";
}

// What has to be there before the upgrade can be run; empty: it is.
std::string installer_needed(Examination& examination) {
  const base::Version& files = examination.site.version;
  auto installer = find_installer(examination.disk, examination.site.root);
  std::string of_release = "the folder install/ of the full release " + files.text() + " (the same as the files)";
  if (!installer) return "upload " + of_release + " in binary mode; then ";
  if (!installer->version.empty() && compare(installer->version, files) != 0)
    return "install/ is of " + installer->version.text() + ": delete it and upload " + of_release +
           " in binary mode; then ";
  return {};
}

std::string upgrade_words(Examination& examination, const Stored& stored) {
  return installer_needed(examination) + "back up the database (db:backup), open " +
         base::printable_line(address_of(stored)) +
         " in a browser, accept the licence agreement, start the upgrade and wait until it reports success; then "
         "delete install/ and ask "
         "doctor again. Do not start it twice";
}

std::string release_words(const Stored& stored) {
  return "bring all files of the full release " + stored.version.text() +
         " over these: put its zip into the site's folder and ask files:replace with file=NAME, which keeps what is "
         "yours; or by hand, in "
         "binary mode, with new admin files into the admin area's folder, and keep configuration.php, attachments, "
         "downloads, "
         "lang/overrides, includes/hooks and your own templates and modules. Do not run install/ of the older release, "
         "and change nothing in "
         "the database";
}

std::string patience_words(Examination& examination) {
  auto recent = recent_changes(examination);
  return recent.empty() ? ""
                        : "first wait some minutes and ask again, for " + recent[0] +
                              " and an upload or upgrade may still be under way; then ";
}

Finding mismatch(Examination& examination, const Stored& stored, bool files_newer) {
  const base::Version& files = examination.site.version;
  const FailedUpgrade failed = files_newer ? failed_upgrade(examination) : FailedUpgrade{};
  Finding finding{
      files_newer ? "the database is behind the files: the upgrade was not run, or did not come to its end"
                  : "the files are older than the database",
      {"files: " + files.text() + " (" + where_files_say(examination) + ")",
       "database: " + stored.version_text + " (tblconfiguration)"},
      std::string(kMaintenance),
      Mend::nothing,
      patience_words(examination) +
          (files_newer ? upgrade_words(examination, stored) : release_words(stored)),
      Weight::breaks};
  if (files_newer && !find_installer(examination.disk, examination.site.root))
    finding.evidence.push_back("install/ is not there, so that the address of the upgrade answers 404");
  if (!files_newer) return finding;
  if (!failed.words.empty()) finding.evidence.push_back(failed.words);
  if (failed.is_half && !failed.backup.empty()) {
    finding.otherwise = "first put the database back, as the other finding says, and ask doctor again: only then it offers the upgrade";
    return finding;
  }
  if (!is_whole_release(examination))
    finding.otherwise =
        "first make the files whole, as the other finding says, and ask doctor again: an upgrade that half of another "
        "release runs leaves the database half changed";
  else if (installer_needed(examination).empty())
    finding.mend = Mend::migrations;
  return finding;
}

Finding not_of_whmcs(const Examination& examination, size_t tables) {
  return {"the database has no tables of WHMCS",
          {"the database " + base::printable_line(examination.given.access.name) + " has " + std::to_string(tables) +
           " tables, and tblconfiguration is none of them"},
          "the data of the site is not here: it was lost, or lies in another database",
          Mend::nothing,
          "restore a backup: db:restore; or put the name of the right database into configuration.php",
          Weight::breaks};
}

}  // namespace

Looked look_at_running_upgrade(Examination& examination) {
  auto running = running_upgrade(examination);
  if (running.empty()) return {};
  Finding finding{"an upgrade is running now", std::move(running),
                  "visitors see \"Down for Maintenance\" meanwhile, as they should; a second upgrade beside it would destroy "
                  "data",
                  Mend::nothing, "wait until it is over, then ask doctor again; start no second one", Weight::hinders};
  finding.comes_first = true;
  return {{std::move(finding)}, {}, {}};
}

Looked look_at_versions(Examination& examination) {
  Looked looked;
  const base::Version& files = examination.site.version;
  Stored stored = stored_in_database(examination);
  if (!stored.has_table) {
    looked.found.push_back(not_of_whmcs(examination, examination.tables().size()));
    return looked;
  }
  if (stored.version.empty()) {
    looked.not_looked.push_back("tblconfiguration names no version" +
                                (stored.version_text.empty() ? "" : ": " + stored.version_text));
    return looked;
  }
  looked.seen = stored.version_text;
  if (files.empty())
    looked.not_looked.push_back(examination.site.version_problem + "; the database is of " + stored.version_text);
  if (files.empty() || compare(files, stored.version) == 0) return looked;
  if (!running_upgrade(examination).empty()) {
    looked.not_looked.push_back("an upgrade is running: files " + files.text() + ", database " + stored.version_text);
    return looked;
  }
  looked.found.push_back(mismatch(examination, stored, compare(files, stored.version) > 0));
  return looked;
}

Looked look_at_tables(Examination& examination) {
  Looked looked;
  look_at_damaged_tables(examination, looked);
  return looked;
}

// Needed while the database is behind the files, and in the way, and open to everybody, afterwards.
Looked look_at_installer(Examination& examination) {
  Looked looked;
  auto installer = find_installer(examination.disk, examination.site.root);
  if (!installer) return looked;
  Configuration configuration(examination.disk, examination.site.root);
  if (configuration.state() == FileState::missing) return looked;
  Stored stored = stored_in_database(examination);
  if (stored.version.empty() || examination.site.version.empty())
    looked.not_looked.push_back("install/ is there, and whether it is still needed cannot be told");
  bool is_needed = !looked.not_looked.empty() || compare(examination.site.version, stored.version) != 0;
  if (is_needed || !running_upgrade(examination).empty()) return looked;
  looked.found.push_back(
      {"install/ is left over: files and database are of one version",
       {examination.shown(installer->folder)},
       "WHMCS refuses to let administrators in while it is there, and strangers can reach the installer",
       Mend::set_aside,
       "delete the folder install/",
       Weight::exposes,
       {installer->folder}});
  return looked;
}

}  // namespace apps::whmcs
