// SPDX-License-Identifier: GPL-3.0-or-later
// From Mautic 2.16 to 3, with the stages, error codes and rules of the script upgrade_v3.php (2.16's branch of mautic/mautic), which
// people have in their bookmarks and forum answers.
#pragma once

#include <array>

#include "apps/major_upgrade.h"

namespace apps::mautic {

extern const MajorUpgrade kUpgradeToThree;

// Into which the script moved all of Mautic 2.
inline constexpr std::string_view kFormerFolder = "mautic-2-backup-files";

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
