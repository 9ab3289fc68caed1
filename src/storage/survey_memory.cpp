// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/survey_memory.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"

namespace storage {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SurveyTable, name, dropped, created, if_absent, inserts, sql_bytes, first, end)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SurveySkip, words, why, count, number, line)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DumpSurvey, writer, program, database, server, taken, packing, file_bytes, sql_bytes,
                                   statements, completeness, tables, views, triggers, routines, events, sequences,
                                   dropped_others, databases, definers, skipped, obstacles, largest_statement,
                                   largest_number, largest_line, packet_bytes, of_several_databases)

namespace {

constexpr size_t kMostSurveys = 8;
constexpr size_t kMostSurveyBytes = 64 << 20;

platform::Path place_of(const StateNames& state, const platform::Path& file, const platform::Facts& facts,
                        const std::string& database) {
  std::string question = file.native() + "\n" + platform::fingerprint(facts) + "\n" + database;
  return state.survey_of(base::hex(base::sha256(question).substr(0, 16)));
}

// The oldest go. Best effort: one that stays costs nothing but its place.
void make_room(platform::Disk& disk, const StateNames& state) {
  std::vector<std::pair<platform::WallTime, platform::Path>> all;
  for (const auto& entry : disk.list(state.surveys()).value_or(std::vector<platform::Entry>{}))
    if (auto facts = disk.look(state.survey_of(entry.name))) all.emplace_back(facts->changed, state.survey_of(entry.name));
  std::sort(all.rbegin(), all.rend());
  for (size_t i = kMostSurveys - 1; i < all.size(); ++i) disk.remove_file(all[i].second);
}

}  // namespace

std::string to_json(const DumpSurvey& survey) {
  return nlohmann::json(survey).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::optional<DumpSurvey> survey_of(std::string_view text) {
  try {
    return nlohmann::json::parse(text).get<DumpSurvey>();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::optional<DumpSurvey> remembered_survey(platform::Disk& disk, const StateNames& state, const platform::Path& file,
                                            const std::string& database) {
  auto facts = disk.look(file);
  if (!facts) return std::nullopt;
  auto text = disk.read(place_of(state, file, *facts, database), kMostSurveyBytes);
  return text ? survey_of(*text) : std::nullopt;
}

void remember_survey(platform::Disk& disk, const StateNames& state, const platform::Path& file,
                     const platform::Facts& seen, const std::string& database, const DumpSurvey& survey) {
  disk.make_folder(state.surveys(), 0700);
  make_room(disk, state);
  disk.replace(place_of(state, file, seen, database), to_json(survey), 0600, platform::Sync::no);
}

std::optional<DumpSurvey> survey_once(platform::Disk& disk, const StateNames& state, const SurveyOrder& order) {
  if (auto known = remembered_survey(disk, state, order.file, order.database)) return known;
  auto seen = disk.look(order.file);
  auto survey = survey_dump(order);
  if (!survey || !seen) return survey;
  try {
    remember_survey(disk, state, order.file, *seen, order.database, *survey);
  } catch (const base::Failure&) {  // then it is read again the next time
  }
  return survey;
}

}  // namespace storage
