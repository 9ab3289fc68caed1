// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at in a Mautic: the table is in checks.cpp, each group of rows in a file of its own.
#pragma once

#include "apps/examination.h"
#include "apps/mautic/mautic.h"

namespace apps::mautic {

std::span<const Check> checks();

// tree_checks.cpp
Looked look_at_release(Examination& examination);
Looked look_at_unpacked_update(Examination& examination);
Looked look_at_upgrade_script(Examination& examination);
Looked look_at_abandoned_upgrade(Examination& examination);
Looked look_at_assets(Examination& examination);
// cache_checks.cpp
Looked look_at_container(Examination& examination);
Looked look_at_locks(Examination& examination);
// configuration_checks.cpp
Looked look_at_configuration_file(Examination& examination);
Looked look_at_configuration_values(Examination& examination);
Looked look_at_environment_file(Examination& examination);
Looked look_at_composer_updates(Examination& examination);

// server_file_checks.cpp
Looked look_at_htaccess(Examination& examination);
Looked look_at_php_limits(Examination& examination);
// page_check.cpp
Looked look_at_page(Examination& examination);
// log_check.cpp
Looked look_at_error_logs(Examination& examination);
// ---- the database as such: database_checks.cpp
Looked look_at_reach(Examination& examination);
Looked look_at_prefix(Examination& examination);
Looked look_at_server(Examination& examination);
Looked look_at_tables(Examination& examination);

bool has_own_tables(Examination& examination);
// Throws Failure when no table of Mautic has the configured prefix.
void need_own_tables(Examination& examination);

// ---- what the release needs to stand in it: schema_checks.cpp
Looked look_at_schema(Examination& examination);
Looked look_at_migrations(Examination& examination);
Looked look_at_half_applied(Examination& examination);

}  // namespace apps::mautic
