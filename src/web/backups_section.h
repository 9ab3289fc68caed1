// SPDX-License-Identifier: GPL-3.0-or-later
// Of the console page: the backups, each with what can be done with it.
#pragma once

#include <string>

#include "web/links.h"

namespace web {

std::string backups_section(actions::World& world, const Links& links);

}  // namespace web
