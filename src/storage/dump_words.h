// SPDX-License-Identifier: GPL-3.0-or-later
// What a dump says about itself in its comments. Pure.
#pragma once

#include <string_view>

#include "storage/dump_survey.h"

namespace storage {

// Fills writer, program, database, server, taken and packet_bytes from the comments at the file's beginning.
void read_head_comments(DumpSurvey& survey, std::string_view comments);

// "-- Dump completed on 2026-11-21 9:30:15".
bool says_complete(std::string_view comment);
// When it was, if the comment says it.
std::string_view completion_time(std::string_view comment);

}  // namespace storage
