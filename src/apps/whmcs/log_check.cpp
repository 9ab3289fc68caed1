// SPDX-License-Identifier: GPL-3.0-or-later
// The check `logs.errors` of a WHMCS: see apps/log_check.h. Read are install/log, PHP's and the server's logs, and what the installer
// printed where a job of ours ran it.
#include "apps/log_check.h"

#include <algorithm>
#include <array>

#include "apps/checks.h"
#include "apps/whmcs/checks.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/symptoms.h"
#include "base/failure.h"

namespace apps::whmcs {

namespace {

// The first since 5, the other before that. All of WHMCS's pages include them, so that they are no entrances that a closed site renames.
constexpr std::array<std::string_view, 2> kReleaseFiles = {"init.php", "dbconnect.php"};
constexpr std::string_view kFolders[] = {"admin",     "crons",  "includes",  "install",     "lang",        "modules",
                                         "resources", "vendor", "templates", "templates_c", "attachments", "downloads"};

// Causes that a check sees in the files themselves, with better evidence.
struct SeenInFiles {
  std::string_view symptom;
  Looked (*look)(Examination& examination);
};
constexpr SeenInFiles kSeenInFiles[] = {{"files.corrupted", look_at_whole_files},
                                        {"updater.permissions", look_at_permissions},
                                        {"host.disk_full", look_at_space},
                                        {"page.admin_folder", look_at_admin_area},
                                        {"page.welcome", look_at_configuration_file}};

bool is_of_installer(const Examination& examination, const LogError& error) {
  return error.file == examination.given.attempt.log || platform::lies_in(error.file, examination.site.root / "install");
}

// By hand, after our own attempt had failed.
bool is_upgraded(Examination& examination) {
  const Looked versions = look_at_versions(examination);
  return versions.found.empty() && versions.not_looked.empty();
}

// Rows of the database are doubled for many reasons; only the installer's log is about the installer.
bool is_told(Examination& examination, const Symptom& symptom, const LogError& error) {
  if (symptom.id == "database.mismatch") return true;
  if (symptom.id.starts_with("installer.") && !is_of_installer(examination, error)) return true;
  try {
    if (is_of_installer(examination, error) && examination.given.attempt.is_unfinished() && is_upgraded(examination)) return true;
    return std::any_of(std::begin(kSeenInFiles), std::end(kSeenInFiles), [&](const SeenInFiles& one) {
      return one.symptom == symptom.id && !one.look(examination).found.empty();
    });
  } catch (const base::Failure&) {
    return false;
  }
}

// What a job of ours ran was the upgrade: there a row that is doubled means something else than in an installation.
void word(Examination& examination, const Symptom& symptom, const LogError& error, Finding& finding) {
  const UpgradeAttempt& attempt = examination.given.attempt;
  bool is_ours = attempt.is_unfinished() && !attempt.by_owner && is_of_installer(examination, error);
  if (symptom.id != "installer.not_empty" || !is_ours) return;
  finding.what = "the upgrade stopped at a row that is in the database already";
  finding.means = "this upgrade, or an installation as for a new site, was run over the database before, and wrote that row: what it "
                  "changed is half done";
  finding.otherwise = "put the database back to before the first attempt (backups lists what there is; db:restore), then run the upgrade "
                      "once";
}

}  // namespace

Looked look_at_error_logs(Examination& examination) {
  std::vector<std::string> folders(std::begin(kFolders), std::end(kFolders));
  if (auto admin = Configuration(examination.disk, examination.site.root).admin())
    folders.push_back(admin->filename().native());
  return look_at_logs(examination, {symptom_of, std::move(folders), kReleaseFiles, examination.site.root / "install", is_told, word});
}

}  // namespace apps::whmcs
