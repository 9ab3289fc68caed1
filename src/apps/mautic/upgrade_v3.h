// SPDX-License-Identifier: GPL-3.0-or-later
// From Mautic 2.16 to 3, with the stages, error codes and rules of the script upgrade_v3.php (2.16's branch of mautic/mautic), which
// people have in their bookmarks and forum answers.
#pragma once

#include <array>
#include <span>

#include "apps/major_upgrade.h"

namespace apps::mautic {

extern const MajorUpgrade kUpgradeToThree;

// Into which the script moved all of Mautic 2.
inline constexpr std::string_view kFormerFolder = "mautic-2-backup-files";
inline constexpr std::string_view kUnpackedFolder = "mautic-3-temp-files";
inline constexpr std::string_view kScript = "upgrade_v3.php", kScriptsLog = "upgrade_log.txt";

// The script and what it makes in the root: neither of the releases nor the owner's.
inline constexpr std::array<std::string_view, 8> kOfScript = {
    ".htaccess.m3",  // of Mautic 3, where the owner changed Mautic 2's
    kUnpackedFolder,
    "m3_upgrade_pending_phase_2.txt",
    "mautic-3-update-package.zip",
    "m3_upgrade_db_backup.sql",
    kScript,
    kScriptsLog,
    kFormerFolder,
};
inline constexpr auto kOfExchange = std::span(kOfScript).first<3>();    // nobody needs these once it is taken back,
inline constexpr auto kOfUpgrade = std::span(kOfScript).subspan<1, 5>();  // and these once it is through

// Where what is the owner's lies, beside what the release brings; restoreUserData of the script looks into these.
inline constexpr std::array<std::string_view, 7> kFoldersOfOwner = {"plugins",     "themes",       "media/css", "media/dashboards",
                                                                    "media/files", "media/images", "media/js"};

// Of MajorUpgrade.
std::vector<std::string> own_things(platform::Disk& disk, const Site& site);
std::optional<Abandoned> abandoned_upgrade(platform::Disk& disk, const Site& site, platform::WallTime now);
std::vector<std::string> rows_of_newer_release(Examination& former);
std::vector<Obstacle> upgrade_obstacles(Examination& examination);
std::optional<MendedFile> upgraded_configuration(platform::Disk& disk, const Site& site);

inline constexpr std::array<std::string_view, 11> kPluginsOfTwo = {
    "MauticCitrixBundle",    "MauticClearbitBundle",   "MauticCloudStorageBundle", "MauticCrmBundle",    "MauticEmailMarketingBundle", "MauticFocusBundle",
    "MauticFullContactBundle", "MauticGmailBundle", "MauticOutlookBundle",      "MauticSocialBundle", "MauticZapierBundle"};
// Plugins of 2.16 itself; all others are the owner's, and may not know Mautic 3.
bool is_plugin_of_two(std::string_view name);

}  // namespace apps::mautic
