// SPDX-License-Identifier: GPL-3.0-or-later
// What take_out moved out of the site: whether it is kept, and how it is put back.
#pragma once

#include <string>

#include "steps/verbs.h"

namespace steps {

// Throws Failure; calling it again goes on. What lies in a place by now stays, and what was there before is kept on.
void taken_out_back(Supervisor& supervisor, const std::string& job);

// Whether a job's folder of what it took out (StateNames::taken_out_by) holds any of it still. Throws Failure.
bool keeps_taken_out(platform::Disk& disk, const platform::Path& folder);

}  // namespace steps
