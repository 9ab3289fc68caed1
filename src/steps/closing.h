// SPDX-License-Identifier: GPL-3.0-or-later
// Closing and opening within a step that takes something back.
#pragma once

#include "steps/verbs.h"

namespace steps {

// Closes what this job's close-site step closed, without waiting for anybody; nothing where the job had no such step.
void close_again(Supervisor& supervisor);
void open_again(Supervisor& supervisor);
// Closes these too, in a site that this job has closed; they are opened with the rest.
void close_more(Supervisor& supervisor, const std::vector<std::string>& files);
// What was put over stubs and stayed, and where the former files are: for the last lines of the job, where its owner sees it. Empty
// where there was none.
std::string former_files_words(Supervisor& supervisor);
// Of the entrances of a close-site step, the console first: it, and what lies beside it. Cron lines and mail servers start these.
std::vector<platform::Path> cron_scripts(const std::vector<platform::Path>& entrances);
// Asks a stub that lies there now to empty PHP's opcode cache, and says what came of it.
void empty_opcode_cache(Supervisor& supervisor, std::string url);

}  // namespace steps
