// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps/verbs.h"

#include "platform/new_tree.h"
#include "steps/closing.h"
#include "steps/configuration.h"
#include "steps/database_back.h"
#include "steps/keeping.h"
#include "steps/permissions.h"
#include "steps/swap.h"
#include "steps/taking_out.h"

namespace steps {

namespace {

using Inverse = void (*)(Supervisor&, const base::Step&);

struct Row {
  std::string_view name;
  Verb verb;
  Touches touches = Touches::nothing;
  Inverse back = nullptr;  // takes it back, whether it came to its end or not; nullptr: there is nothing to take back, or no way
};

// PHP may hold code of the new files by now.
void open_after_going_back(Supervisor& supervisor, const base::Step&) {
  for (const auto& step : supervisor.begun_steps())
    if (step.verb == "reset-opcode-cache") empty_opcode_cache(supervisor, step.words.at(0));
  open_again(supervisor);
}

// Once their deletion has begun the former caches may be halves, which no application survives: it builds new ones.
void put_caches_back(Supervisor& supervisor, const base::Step& step) {
  for (const auto& begun : supervisor.begun_steps())
    if (begun.verb == "delete-kept") {
      set_folders_aside(supervisor, step);
      return;
    }
  put_folders_back(supervisor, step.words);
}

// What was unpacked whole stays until it is let go, as all that a job keeps.
void discard_half_unpacked(Supervisor& supervisor, const base::Step&) {
  platform::discard_new_tree(supervisor.state().staged_by(supervisor.job()));
}

constexpr Row kVerbs[] = {
    {"console", run_console, Touches::database},
    {"present-console", run_console, Touches::present_database},
    {"run-installer", run_installer, Touches::upgraded_database, database_back},
    {"await-answer", await_answer, Touches::upgraded_database, database_back},
    {"build-cache", run_console},
    {"warm-cache", warm_cache},
    {"take-out", take_out, Touches::files, [](Supervisor& supervisor, const base::Step&) { taken_out_back(supervisor, supervisor.job()); }},
    {"return-taken", return_taken, Touches::files},
    {"set-folders-aside", set_folders_aside, Touches::files, put_caches_back},
    {"set-compiled-aside", set_compiled_aside, Touches::files, put_compiled_back},
    {"keep-duplicate", keep_duplicate},
    {"delete-kept", delete_kept},
    {"delete-folders", delete_folders},
    {"dump-database", dump_database},
    {"pack-files", pack_files},
    {"set-modes", set_modes, Touches::files, [](Supervisor& supervisor, const base::Step&) { modes_back(supervisor, supervisor.job()); }},
    {"restore-modes", restore_modes, Touches::files},
    {"close-site", close_site, Touches::nothing, open_after_going_back},
    {"open-site", open_site, Touches::nothing, [](Supervisor& supervisor, const base::Step&) { close_again(supervisor); }},
    {"stage-package", stage_package, Touches::nothing, discard_half_unpacked},
    {"check-package", check_package},
    {"count-migrations", count_migrations},
    {"check-present", check_present},
    {"put-log-away", put_log_away},
    {"swap-files", swap_files, Touches::files, [](Supervisor& supervisor, const base::Step&) { swap_back(supervisor, supervisor.job()); }},
    {"roll-back-swap", roll_back_swap, Touches::files,
     [](Supervisor& supervisor, const base::Step& step) { swap_forth(supervisor, step.words.at(0)); }},
    {"keep-configuration", keep_configuration, Touches::nothing,
     [](Supervisor& supervisor, const base::Step&) { configuration_back(supervisor, supervisor.job()); }},
    {"return-configuration", return_configuration, Touches::files,
     [](Supervisor& supervisor, const base::Step& step) { configuration_forth(supervisor, step.words.at(0)); }},
    {"write-configuration", write_configuration, Touches::files, discard_unfinished_configuration},
    {"return-files", return_files, Touches::nothing,
     [](Supervisor& supervisor, const base::Step& step) { end_return(supervisor, step.words.at(0)); }},
    {"ask-site", ask_site},
    {"judge-site", judge_site},
    {"reset-opcode-cache", reset_opcode_cache},
    {"say", say},
    {"find-backup", find_backup},
    {"survey-dump", survey_dump},
    {"restore-database", restore_database, Touches::database},
    {"drop-tables", drop_tables, Touches::database},
    {"run-statements", run_statements, Touches::database},
    {"check-backup", check_backup},
    {"download-package", download_package},
    {"verify-tree", verify_tree},
    {"examine-site", examine_site},
    {"follow-logs", follow_logs},
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

Touches touches(std::string_view name) {
  const Row* row = find_row(name);
  return row ? row->touches : Touches::nothing;
}

void take_back(Supervisor& supervisor) {
  auto steps = supervisor.begun_steps();
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const Row* row = find_row(step->verb);
    if (row && row->back) row->back(supervisor, *step);
  }
}

}  // namespace steps
