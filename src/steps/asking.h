// SPDX-License-Identifier: GPL-3.0-or-later
// What judge_site notes for later steps of the job.
#pragma once

#include "steps/verbs.h"

namespace steps {

constexpr const char* kVerdictNote = "verdict";
constexpr const char* kProved = "good";

}  // namespace steps
