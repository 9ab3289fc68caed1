// SPDX-License-Identifier: GPL-3.0-or-later
// What a job made of the application's configuration, taken back or done again within a step; nothing where the job kept none.
// Throws Failure; calling it again goes on.
#pragma once

#include "steps/verbs.h"

namespace steps {

// Behind each file in the list of copies that keep-configuration made: a path may hold a newline.
inline constexpr char kCopysEnd = '\0';

void configuration_back(Supervisor& supervisor, const std::string& job);
void configuration_forth(Supervisor& supervisor, const std::string& job);

// Where write-configuration leaves a duplicate of what it replaces.
platform::Path former_beside(const platform::Path& file, const std::string& job);

// What an interrupted write-configuration left beside its file.
void discard_unfinished_configuration(Supervisor& supervisor, const base::Step& step);

}  // namespace steps
