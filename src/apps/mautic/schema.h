// SPDX-License-Identifier: GPL-3.0-or-later
// The tables and columns that a database of a release has, as far as they are known here: of 5.0.3 and later. Indexes and types
// prove nothing (databases that came by upgrade differ in them), and what owners may delete is left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/examination.h"

namespace apps::mautic {

// What a release has that the known one before it had not, and the other way round: lines "table: column column".
struct SchemaChange {
  std::string_view release, came, went;
};
const std::vector<SchemaChange>& schema_changes();  // oldest first

// What a database must have under files of this version: all that the newest known release up to it has, but what the next known one
// has no more. nullopt: the version is older than all that are known.
std::optional<Columns> required_columns(const base::Version& version);

// A release later than all that are known: what it dropped is not known either.
bool is_beyond_known(const base::Version& version);

// Whether any known release has it; an empty column asks for the table.
bool is_known(const std::string& table, const std::string& column);
// In any table.
bool is_known_column(const std::string& column);

// Tables that plug-ins bring, or that are made when they are first needed: a healthy site may lack them.
bool is_optional_table(std::string_view table);

// Tables that no migration makes: where one is missing, the database is not whole.
inline constexpr std::string_view kOldestTables[] = {"leads", "users", "campaigns", "emails", "lead_lists", "lead_fields", "forms", "pages"};

// "emails.preheader_text", "the table emails_draft": what of the first is not in the second.
std::vector<std::string> missing_of(const Columns& required, const Columns& present);

}  // namespace apps::mautic
