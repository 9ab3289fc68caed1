// SPDX-License-Identifier: GPL-3.0-or-later
// The check that the database can be reached, for every application.
#pragma once

#include <optional>
#include <string>

#include "apps/examination.h"

namespace apps {

// `incomplete`: what to say where the configuration does not name the database at all; nullopt: it does, or nobody knows.
Looked look_at_database_reach(Examination& examination, std::optional<Finding> incomplete);

// Why the database could not be reached, by the code in the failure's words ("... (1045)"): a sentence for Finding::what. nullopt: it may
// be well for PHP (another way to sign in, too many connections just now).
std::optional<std::string> unreachable_words(const std::string& problem);

}  // namespace apps
