// SPDX-License-Identifier: GPL-3.0-or-later
// What SQL alone can mend in a database: the statements, found by reading.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "apps/check.h"

namespace apps {

class Examination;

// One thing that is wrong. Statements are for steps::run_statements: in their order, one that begins with SELECT is a
// question, and nothing more is done unless it answers 0; as the last one it is the proof.
struct DatabaseRepair {
  std::string what;                     // "give 41 rows of migrations the names that 5.x looks for": an imperative
  std::vector<std::string> statements;  // empty: only told
  std::vector<std::string> notes{};     // what to know of it: sentences
};

// For every application, and for its tables alone. Both throw Failure where the database cannot be asked.
// Tables that the server cannot open, told.
void look_at_damaged_tables(Examination& examination, Looked& looked);
// Those of them that REPAIR TABLE may mend.
std::vector<DatabaseRepair> repair_damaged_tables(Examination& examination);

}  // namespace apps
