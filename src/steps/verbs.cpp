// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps/verbs.h"

#include "steps/closing.h"
#include "steps/configuration.h"
#include "steps/keeping.h"
#include "steps/permissions.h"
#include "steps/swap.h"

namespace steps {

namespace {

using Inverse = void (*)(Supervisor&, const base::Step&);

struct Row {
  std::string_view name;
  Verb verb;
  Inverse back = nullptr;  // takes it back, whether it came to its end or not; nullptr: there is nothing to take back, or no way
};

// PHP may hold code of the new files by now.
void open_after_going_back(Supervisor& supervisor, const base::Step&) {
  for (const auto& step : supervisor.begun_steps())
    if (step.verb == "reset-opcode-cache") empty_opcode_cache(supervisor, step.words.at(0));
  open_again(supervisor);
}

constexpr Row kVerbs[] = {
    {"console", run_console},
    {"set-folders-aside", set_folders_aside,
     [](Supervisor& supervisor, const base::Step& step) { put_folders_back(supervisor, step.words); }},
    {"keep-duplicate", keep_duplicate},
    {"delete-kept", delete_kept},
    {"delete-folders", delete_folders},
    {"dump-database", dump_database},
    {"pack-files", pack_files},
    {"set-modes", set_modes, [](Supervisor& supervisor, const base::Step&) { modes_back(supervisor, supervisor.job()); }},
    {"restore-modes", restore_modes},
    {"close-site", close_site, open_after_going_back},
    {"open-site", open_site, [](Supervisor& supervisor, const base::Step&) { close_again(supervisor); }},
    {"stage-package", stage_package},
    {"swap-files", swap_files, [](Supervisor& supervisor, const base::Step&) { swap_back(supervisor, supervisor.job()); }},
    {"roll-back-swap", roll_back_swap,
     [](Supervisor& supervisor, const base::Step& step) { swap_forth(supervisor, step.words.at(0)); }},
    {"keep-configuration", keep_configuration,
     [](Supervisor& supervisor, const base::Step&) { configuration_back(supervisor, supervisor.job()); }},
    {"return-configuration", return_configuration,
     [](Supervisor& supervisor, const base::Step& step) { configuration_forth(supervisor, step.words.at(0)); }},
    {"return-files", return_files},
    {"ask-site", ask_site},
    {"judge-site", judge_site},
    {"reset-opcode-cache", reset_opcode_cache},
    {"say", say},
    {"find-backup", find_backup},
    {"survey-dump", survey_dump},
    {"restore-database", restore_database},
    {"drop-tables", drop_tables},
    {"check-backup", check_backup},
    {"download-package", download_package},
    {"verify-tree", verify_tree},
};

const Row* find_row(std::string_view name) {
  for (const Row& row : kVerbs)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace

Verb find_verb(std::string_view name) {
  const Row* row = find_row(name);
  return row ? row->verb : nullptr;
}

void take_back(Supervisor& supervisor) {
  auto steps = supervisor.begun_steps();
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const Row* row = find_row(step->verb);
    if (row && row->back) row->back(supervisor, *step);
  }
}

}  // namespace steps
