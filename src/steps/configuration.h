// SPDX-License-Identifier: GPL-3.0-or-later
// What a job's step on the database made of the application's configuration, taken back or done again within a step; nothing
// where the job kept none. Throws Failure; calling it again goes on.
#pragma once

#include "steps/verbs.h"

namespace steps {

void configuration_back(Supervisor& supervisor, const std::string& job);
void configuration_forth(Supervisor& supervisor, const std::string& job);

}  // namespace steps
