// SPDX-License-Identifier: GPL-3.0-or-later
// Putting the database back from the backup that this very job made, within a step that takes something back. The site is closed from
// before that backup until now, so that nothing of visitors came since.
#pragma once

#include "steps/verbs.h"

namespace steps {

// Noted by whoever put it back as a whole.
constexpr std::string_view kDatabaseBackNote = "databaseback";

// `step`: its words begin with the site's root and the database (storage::target_words). Puts each table of the backup back, and drops
// what came since; done once for a job. Throws Failure when it did not come to its end: calling it again goes on.
void database_back(Supervisor& supervisor, const base::Step& step);

}  // namespace steps
