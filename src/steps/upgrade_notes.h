// SPDX-License-Identifier: GPL-3.0-or-later
// What steps write down of upgrades (storage/upgrades.h), for whoever has to judge the database afterwards.
#pragma once

#include <string>
#include <vector>

#include "steps/verbs.h"
#include "storage/mysql.h"

namespace steps {

// The database of a step whose words begin with the site's root and the database (storage::target_words), asked for ten seconds. Throws
// Failure, also where the configuration names another one by now.
storage::Connection same_database(Supervisor& supervisor, const std::vector<std::string>& words);

// Of the database, once at the beginning and once at the end; empty where it could not be asked.
struct Sight {
  std::string mark, structure;

  bool operator==(const Sight&) const = default;
};
// `words` as of same_database.
Sight sight_of(Supervisor& supervisor, const std::vector<std::string>& words, const std::string& question);

struct Before : Sight {
  std::string contents;
};
// Reads each table once, unless a stop is asked for meanwhile.
Before look_before(Supervisor& supervisor, const std::vector<std::string>& words, const std::string& question);

enum class RunBy { job, owner };

// From here on the database may be half changed: throws Failure where that cannot be written down, and then nothing may begin.
// Once for a job. `wanted`: values with a | between.
void note_start(Supervisor& supervisor, const Before& before, const std::string& question, const std::string& wanted, RunBy by);
bool is_start_noted(Supervisor& supervisor);

// The following never throw: the more is known the better are the words later, and what cannot be written stops nothing.

// The newest mark (storage/answer.h) that was seen; empty: none.
void note_mark(Supervisor& supervisor, const std::string& mark);
// It did not come to its end. Nothing is half changed where all of structure, rows and version is as before. `words` as of same_database.
void note_failed(Supervisor& supervisor, const std::vector<std::string>& words, const Sight& now);
void note_good(Supervisor& supervisor);
// A restore-database step with these words came to its end. Upgrades that came after the moment that was put back are history; that a dump
// of others is of such a moment has to be proved.
void note_restored(Supervisor& supervisor, const std::vector<std::string>& words);

}  // namespace steps
