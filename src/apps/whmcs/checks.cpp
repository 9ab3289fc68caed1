// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/whmcs/checks.h"

#include <array>

namespace apps::whmcs {

namespace {

constexpr std::array kChecks = {
    Check{"upgrade.running", "no upgrade is running now", look_at_running_upgrade},
    Check{"files.release", "all files are of one release", look_at_release},
    Check{"files.whole", "no file was cut off", look_at_whole_files},
    Check{"files.admin", "the admin area is where the configuration says, and nowhere else", look_at_admin_area},
    Check{"config.file", "the configuration is there and can be read", look_at_configuration_file},
    Check{"config.mode", "other accounts of the server may not read the configuration", look_at_configuration_mode},
    Check{"config.copies", "no copy of the configuration lies open", look_at_configuration_copies},
    Check{"files.folders", "the folders that are written into are there", look_at_folders},
    Check{"database.reach", "the database can be reached", look_at_reach},
    Check{"database.tables", "no table is damaged", look_at_tables},
    Check{"database.whole", "no upgrade of the database was left half done", look_at_half_upgrade},
    Check{"database.version", "files and database are of one version", look_at_versions},
    Check{"files.install", "install/ is there only while it is needed", look_at_installer},
    Check{"php.loader", "the command line's PHP can run encoded files", look_at_loader, Needs::php},
    Check{"php.web", "the website's PHP can run the files", look_at_page, Needs::php},
    Check{"logs.errors", "the error logs name no cause", look_at_error_logs},
};

}  // namespace

std::span<const Check> checks() { return kChecks; }

}  // namespace apps::whmcs
