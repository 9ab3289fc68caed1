// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps/verbs.h"

#include <array>

namespace steps {

namespace {

struct Row {
  std::string_view name;
  Verb verb;
};

constexpr std::array<Row, 13> kVerbs = {{
    {"console", run_console},
    {"set-folders-aside", set_folders_aside},
    {"keep-duplicate", keep_duplicate},
    {"delete-kept", delete_kept},
    {"dump-database", dump_database},
    {"pack-files", pack_files},
    {"set-modes", set_modes},
    {"close-site", close_site},
    {"open-site", open_site},
    {"find-backup", find_backup},
    {"survey-dump", survey_dump},
    {"restore-database", restore_database},
    {"check-backup", check_backup},
}};

}  // namespace

Verb find_verb(std::string_view name) {
  for (const Row& row : kVerbs)
    if (row.name == name) return row.verb;
  return nullptr;
}

}  // namespace steps
