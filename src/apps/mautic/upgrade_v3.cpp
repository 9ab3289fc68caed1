// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/upgrade_v3.h"

#include <algorithm>
#include <array>

#include "base/failure.h"

namespace apps::mautic {

namespace {

using platform::Entry;
using platform::Kind;

constexpr std::string_view kReadOn = "Read what is said above and in upgrade_log.txt, mend that, and begin again";
constexpr std::string_view kGoOn = "Read what is said above and in upgrade_log.txt, mend that, and go on from here";

// In the script's order. Before moveMautic2and3Files nothing of Mautic 2's files is touched; up to applyMigrations they are put back
// when something fails.
constexpr std::array kStages = {
    UpgradeStage{"startUpgrade", "Closing the site", "", "the upgrade could not begin", kReadOn, Standing::former},
    UpgradeStage{"backupDatabase", "Backing up the database", "ERR_DATABASE_BACKUP_FAILED", "the database could not be backed up",
                 "Mend what is said above and begin the upgrade again", Standing::former},
    UpgradeStage{"applyV2Migrations", "Bringing the database up to date for Mautic 2", "ERR_MAUTIC_2_MIGRATIONS_FAILED",
                 "Mautic 2's own migrations failed", kReadOn, Standing::own_data, "ERR_MAUTIC_2_MIGRATIONS_IDENTIFICATION_FAILED"},
    UpgradeStage{"fetchUpdates", "Looking at the package of Mautic 3", "ERR_DOWNLOAD_UPGRADE_PACKAGE_FAILED",
                 "the package of Mautic 3 cannot be used", kReadOn, Standing::own_data},
    UpgradeStage{"extractUpdate", "Unpacking Mautic 3", "ERR_EXTRACT_UPGRADE_PACKAGE_FAILED", "Mautic 3 could not be unpacked", kReadOn,
                 Standing::own_data},
    UpgradeStage{"moveMautic2and3Files", "Exchanging the files of Mautic 2 for those of Mautic 3", "ERR_MOVE_MAUTIC_2_AND_3_FILES",
                 "the files could not be exchanged", kReadOn, Standing::own_data},
    UpgradeStage{"updateLocalConfig", "Rewriting local.php for Mautic 3", "ERR_UPDATE_LOCAL_CONFIG", "local.php could not be rewritten",
                 kReadOn, Standing::own_data},
    UpgradeStage{"applyMigrations", "Bringing the database up to Mautic 3", "ERR_MAUTIC_3_MIGRATIONS_FAILED",
                 "Mautic 3's migrations failed", kGoOn, Standing::newer, "ERR_MAUTIC_3_MIGRATIONS_IDENTIFICATION_FAILED"},
    UpgradeStage{"restoreUserData", "Looking that your plugins, themes and media are there", "ERR_RESTORE_USER_DATA_FAILED",
                 "something of yours is not in its place", kGoOn, Standing::newer},
    UpgradeStage{"cleanupFiles", "Tidying up", "ERR_CLEANUP_FILES", "what the upgrade left could not be tidied up", kGoOn, Standing::newer},
    UpgradeStage{"buildCache", "Building the cache of Mautic 3", "ERR_BUILD_M3_CACHE", "the cache of Mautic 3 could not be built", kGoOn,
                 Standing::newer},
    UpgradeStage{"finished", "Opening the site", "", "the last steps failed", kGoOn, Standing::newer},
};

bool is_two(const base::Version& version) { return !version.empty() && version.major() == 2; }
bool is_three(const base::Version& version) { return !version.empty() && version.major() == 3; }

std::vector<Entry> entries_of(platform::Disk& disk, const Path& folder) {
  try {
    return disk.list(folder).value_or(std::vector<Entry>{});
  } catch (const base::Failure&) {
    return {};
  }
}

std::vector<Path> left_over(platform::Disk& disk, const Site& site) {
  std::vector<Path> all;
  std::vector<std::string_view> names(kOfUpgrade.begin(), kOfUpgrade.end());
  names.push_back("critical_migrations.txt");  // of the package, for the script
  for (auto name : names)
    if (disk.look(site.root / name)) all.push_back(site.root / name);
  for (const auto& entry : entries_of(disk, site.root / "var")) {
    bool ours = entry.name.starts_with("mautic-2-backup-files-") || entry.name.starts_with("m3_upgrade_db_backup_") ||
                entry.name.starts_with("upgrade_log_") || entry.name == "m3_upgrade_backup_files_not_removed_yet.txt";
    if (ours) all.push_back(site.root / "var" / entry.name);
  }
  return all;
}

}  // namespace

std::vector<std::string> own_things(platform::Disk& disk, const Site& site) {
  std::vector<std::string> all;
  for (auto folder : kFoldersOfOwner)
    for (const auto& entry : entries_of(disk, site.root / folder)) {
      bool own = folder != "plugins" || (entry.kind == Kind::folder && !is_plugin_of_two(entry.name));
      if (own) all.push_back(std::string(folder) + "/" + entry.name);
    }
  return all;
}

bool is_plugin_of_two(std::string_view name) {
  return std::find(kPluginsOfTwo.begin(), kPluginsOfTwo.end(), name) != kPluginsOfTwo.end();
}

constinit const MajorUpgrade kUpgradeToThree = {
    "Mautic 2", "Mautic 3", "3.0.2", kScript, kScriptsLog, kOfExchange,
    "http://mau.tc/m3-upgrade-error",  // the script's own
    "https://forum.mautic.org/c/support/mautic-3-install-upgrade-support/98",  // the user documentation of 2.x
    "change the cron lines from app/console to bin/console", kStages, "app/migrations", is_two, is_three, upgrade_obstacles, upgraded_configuration,
    own_things, left_over, abandoned_upgrade, rows_of_newer_release,
};

}  // namespace apps::mautic
