// SPDX-License-Identifier: GPL-3.0-or-later
// Putting the database back from the backup that this very job made, within a step that takes something back. The site was closed before
// that backup and is closed still, but not to everybody: what cannot be closed, an owner who works in the installer, other programs
// with tables in the same database. So that a backup of what is there now is made first.
#pragma once

#include "steps/verbs.h"

namespace steps {

// Noted by whoever put it back as a whole.
constexpr std::string_view kDatabaseBackNote = "databaseback";
// Noted by whoever asked for it, as JSON: {"drop": the tables that came since, and go, "leave": those in the backup that stay as they are,
// being other programs', "close": entrances that were a step so far}.
constexpr std::string_view kTablesNote = "tablesback";

// Nothing where the upgrade was never started. `step`: its words begin with the site's root and the database (storage::target_words).
// Puts the tables of the backup back, and drops, as kTablesNote says; done once for a job. Throws Failure when it did not come
// to its end (calling it again goes on), or while another upgrade works in the site.
void database_back(Supervisor& supervisor, const base::Step& step);

}  // namespace steps
