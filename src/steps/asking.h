// SPDX-License-Identifier: GPL-3.0-or-later
// What judge_site notes for later steps of the job.
#pragma once

#include "steps/verbs.h"

namespace steps {

constexpr const char* kVerdictNote = "verdict";
constexpr const char* kProved = "good";
constexpr const char* kNotProved = "not proved";  // it could not be asked
constexpr const char* kStillBad = "still bad";    // it answered, as badly as before

constexpr std::string_view kOpenedNote = "opened";  // open_site: when, in seconds since 1970

}  // namespace steps
