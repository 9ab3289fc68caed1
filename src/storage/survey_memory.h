// SPDX-License-Identifier: GPL-3.0-or-later
// Surveys of dumps that were read through once: a plan is shown, consented to and run by three processes, and none of
// them should read a file of gigabytes that nobody changed a second time.
#pragma once

#include <optional>
#include <string>

#include "storage/dump_survey.h"
#include "storage/names.h"

namespace storage {

// survey_dump(), but for a file that was surveyed before and did not change. Keeps the survey, where there is room for it.
std::optional<DumpSurvey> survey_once(platform::Disk& disk, const StateNames& state, const SurveyOrder& order);

// The survey of `file` as it lies there now, for this database; nullopt when it was not made, or the file changed.
std::optional<DumpSurvey> remembered_survey(platform::Disk& disk, const StateNames& state, const platform::Path& file,
                                            const std::string& database);
// Keeps it, and of others the newest few. `seen`: the file's facts from before it was read.
void remember_survey(platform::Disk& disk, const StateNames& state, const platform::Path& file,
                     const platform::Facts& seen, const std::string& database, const DumpSurvey& survey);

std::string to_json(const DumpSurvey& survey);  // one line
// nullopt when the text is none of ours.
std::optional<DumpSurvey> survey_of(std::string_view json);

}  // namespace storage
