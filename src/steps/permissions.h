// SPDX-License-Identifier: GPL-3.0-or-later
// What set_modes of a job changed, taken back.
#pragma once

#include "steps/verbs.h"

namespace steps {

void modes_back(Supervisor& supervisor, const std::string& job);

}  // namespace steps
