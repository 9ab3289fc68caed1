// SPDX-License-Identifier: GPL-3.0-or-later
// The checks that hold for every application: see check.h.
#pragma once

#include "apps/examination.h"

namespace apps {

// general_checks.cpp
Looked look_at_closing(Examination& examination);
Looked look_at_space(Examination& examination);
Looked look_at_permissions(Examination& examination);
Looked look_at_open_files(Examination& examination);
// php_checks.cpp
Looked look_at_php(Examination& examination);
Looked look_at_php_settings(Examination& examination);

}  // namespace apps
