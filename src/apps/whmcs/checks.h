// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at in a WHMCS: the table is in checks.cpp, each group of rows in a file of its own.
#pragma once

#include "apps/examination.h"
#include "apps/whmcs/whmcs.h"

namespace apps::whmcs {

std::span<const Check> checks();

// Whether one of the findings is that something fails.
bool is_broken(const Looked& looked);

// tree_checks.cpp
Looked look_at_release(Examination& examination);
// Whether an upgrade would run on all of one release: half of another leaves the database half changed.
bool is_whole_release(Examination& examination);
// whole_files_check.cpp
Looked look_at_whole_files(Examination& examination);
// admin_checks.cpp
Looked look_at_admin_area(Examination& examination);
// half_upgrade.cpp
Looked look_at_half_upgrade(Examination& examination);
// version_checks.cpp
Looked look_at_running_upgrade(Examination& examination);
Looked look_at_versions(Examination& examination);
Looked look_at_tables(Examination& examination);
Looked look_at_installer(Examination& examination);
// configuration_checks.cpp
Looked look_at_configuration_file(Examination& examination);
Looked look_at_configuration_mode(Examination& examination);
Looked look_at_configuration_copies(Examination& examination);
Looked look_at_reach(Examination& examination);
Looked look_at_folders(Examination& examination);
// php_checks.cpp
Looked look_at_loader(Examination& examination);
Looked look_at_page(Examination& examination);
// log_check.cpp
Looked look_at_error_logs(Examination& examination);

}  // namespace apps::whmcs
