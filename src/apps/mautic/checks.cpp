// SPDX-License-Identifier: GPL-3.0-or-later
#include "apps/mautic/checks.h"

#include <array>

namespace apps::mautic {

namespace {

constexpr std::array kChecks = {
    Check{"files.release", "all files are of one release", look_at_release},
    Check{"files.unpacked", "no update of the browser was left half way", look_at_unpacked_update},
    Check{"files.upgrade-script", "no script of an update lies open", look_at_upgrade_script},
    Check{"files.upgrade-v3", "no upgrade from Mautic 2 to 3 was left half way", look_at_abandoned_upgrade},
    Check{"files.assets", "styles and scripts of the pages are there", look_at_assets},
    Check{"cache.container", "the compiled cache belongs to the files", look_at_container},
    Check{"cache.locks", "no lock of a dead command is left", look_at_locks},
    Check{"config.file", "the configuration is there and can be read", look_at_configuration_file},
    Check{"config.values", "the configuration's values are as this release reads them", look_at_configuration_values},
    Check{"config.env", "the file .env is there", look_at_environment_file},
    Check{"config.composer_updates", "the configuration does not keep updates from being applied", look_at_composer_updates},
    Check{"htaccess", ".htaccess is whole and fits the site", look_at_htaccess},
    Check{"php.limits", "the site's folder gives PHP enough memory", look_at_php_limits},
    Check{"php.web", "the website's PHP fits the release", look_at_page, Needs::php},
    Check{"database.reach", "the database can be reached", look_at_reach},
    Check{"database.prefix", "the tables of the configured prefix are there", look_at_prefix},
    Check{"database.server", "the database server is new enough", look_at_server},
    Check{"database.tables", "the tables can be opened", look_at_tables},
    Check{"database.schema", "the database has what this release needs", look_at_schema},
    Check{"database.migrations", "the table of migrations is in order", look_at_migrations},
    Check{"database.half_applied", "no migration died half way", look_at_half_applied},
    Check{"logs.errors", "the error logs name no cause", look_at_error_logs},
};

}  // namespace

std::span<const Check> checks() { return kChecks; }

}  // namespace apps::mautic
