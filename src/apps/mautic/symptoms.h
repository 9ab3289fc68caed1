// SPDX-License-Identifier: GPL-3.0-or-later
// What an error in a log says about its cause: the messages that owners of broken Mautics reported, one row for each cause.
// Pure functions on the text of an error.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "apps/symptoms.h"

namespace apps::mautic {

std::span<const Symptom> symptoms();

// nullptr: nothing is known about it.
const Symptom* symptom_of(std::string_view text);

// Whether the error says that a table or a column is not there.
bool is_schema_error(std::string_view text);
// Whether a statement of a migration was refused, or migrations cannot be counted.
bool is_migration_error(std::string_view text);

// ---- what a text names

// The folder of the plugin, "plugins/MauticExtendeeBundle"; empty when it names none.
std::string plugin_folder_in(std::string_view text);
// The extension of PHP that is missing, and where packages name it: "zip"; empty when it names none.
std::string extension_missing_in(std::string_view text);
// "128M" of "Allowed memory size of 134217728 bytes exhausted"; empty when it names none.
std::string memory_limit_in(std::string_view text);

}  // namespace apps::mautic
