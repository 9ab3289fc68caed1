// SPDX-License-Identifier: GPL-3.0-or-later
// What set_folders_aside kept, put back.
#pragma once

#include <string>
#include <vector>

#include "steps/verbs.h"

namespace steps {

// `folders`: the words of this job's step set-folders-aside. What the application has built in their places meanwhile is set
// aside in turn. Can be done again after an interruption.
void put_folders_back(Supervisor& supervisor, const std::vector<std::string>& folders);

// What set_compiled_aside moved out lies in its place again, where nothing else does by now.
void put_compiled_back(Supervisor& supervisor, const base::Step& step);

// Where `folder` waits in its own place, because it could not be moved into the job's kept folder.
std::vector<platform::Path> waiting_beside(platform::Disk& disk, const platform::Path& folder, const std::string& job);

}  // namespace steps
