// SPDX-License-Identifier: GPL-3.0-or-later
// The check `logs.errors` of a WHMCS: see apps/log_check.h. Read are install/log, and PHP's and the server's logs.
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

constexpr std::array<std::string_view, 2> kReleaseFiles = {"init.php", "cart.php"};
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

// Rows of the database are doubled for many reasons; only the installer's log is about the installer.
bool is_told(Examination& examination, const Symptom& symptom, const LogError& error) {
  if (symptom.id == "database.mismatch") return true;
  if (symptom.id.starts_with("installer.")) return !platform::lies_in(error.file, examination.site.root / "install");
  try {
    return std::any_of(std::begin(kSeenInFiles), std::end(kSeenInFiles), [&](const SeenInFiles& one) {
      return one.symptom == symptom.id && !one.look(examination).found.empty();
    });
  } catch (const base::Failure&) {
    return false;
  }
}

void word(Examination&, const Symptom&, const LogError&, Finding&) {}

}  // namespace

Looked look_at_error_logs(Examination& examination) {
  std::vector<std::string> folders(std::begin(kFolders), std::end(kFolders));
  if (auto admin = Configuration(examination.disk, examination.site.root).admin())
    folders.push_back(admin->filename().native());
  return look_at_logs(examination, {symptom_of, std::move(folders), kReleaseFiles, is_told, word});
}

}  // namespace apps::whmcs
