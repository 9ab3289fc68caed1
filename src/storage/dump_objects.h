// SPDX-License-Identifier: GPL-3.0-or-later
// Everything of a database that is not a table: sequences, views, triggers, routines, events. Each function writes the
// SQL of one kind, appends the names to the manifest, and a note for each that cannot be inside.
// Definitions keep their DEFINER; each stands in the sql_mode, character set and time zone that it was made in.
#pragma once

#include <vector>

#include "storage/dump_schema.h"
#include "storage/gzip_members.h"
#include "storage/manifest.h"
#include "storage/mysql.h"

namespace storage {

// Names the rights that are missing, and what may therefore not be inside.
void note_missing_rights(Connection& connection, Manifest& manifest);

void dump_sequences(Connection& connection, const std::vector<DumpTable>& tables, GzipMembers& out, Manifest& manifest);

// First a table with the columns of each view, then each view in its place: whichever refers to another finds it.
void dump_views(Connection& connection, const std::vector<DumpTable>& tables, GzipMembers& out, Manifest& manifest);

void dump_routines(Connection& connection, GzipMembers& out, Manifest& manifest);
void dump_triggers(Connection& connection, GzipMembers& out, Manifest& manifest);
void dump_events(Connection& connection, GzipMembers& out, Manifest& manifest);

}  // namespace storage
