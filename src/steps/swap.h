// SPDX-License-Identifier: GPL-3.0-or-later
// A job's swap of files, taken back or done again within a step; nothing where there is none. The site is closed. Throws Failure;
// calling it again goes on.
#pragma once

#include "steps/verbs.h"

namespace steps {

void swap_back(Supervisor& supervisor, const std::string& job);
void swap_forth(Supervisor& supervisor, const std::string& job);

// Brings a giving back of an update's files to its end that has begun: then there is no way forth any more.
void end_return(Supervisor& supervisor, const std::string& job);

}  // namespace steps
