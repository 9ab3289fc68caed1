// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps/database_back.h"

#include <algorithm>

#include "base/failure.h"
#include "base/text.h"
#include "storage/backups.h"
#include "storage/database_tables.h"

namespace steps {

namespace {

storage::Backup need_backup(Supervisor& supervisor) {
  auto backup = storage::find_backup(supervisor.disk(), supervisor.state(), supervisor.job());
  if (!backup || !backup->manifest)
    throw base::Failure("the backup of this job is gone, or not complete", "job:unlock gives the job up; backups lists what there is");
  return std::move(*backup);
}

void restore(Supervisor& supervisor, const base::Step& step, const storage::Backup& backup) {
  auto facts = supervisor.disk().look(backup.file);
  if (!facts) throw base::Failure("the backup is gone: " + backup.file.native());
  base::Step back{"restore-database", "", base::Interruption::cursor,
                  {step.words.at(0), step.words.at(1), backup.file.native(), platform::fingerprint(*facts)}, {}};
  for (const auto& table : backup.manifest->tables) back.words.push_back(table.name);
  Outcome outcome = restore_database(supervisor, back);
  if (outcome.stopped || !outcome.exit.good())
    throw base::Failure(outcome.explanation.empty() ? "the database is not put back as a whole yet" : outcome.explanation);
}

// Left there, the next upgrade would stop at them.
void drop_newer(Supervisor& supervisor, const base::Step& step, const storage::Backup& backup) {
  auto connection = storage::Connection::open(same_target(supervisor, step.words.at(0), step.words.at(1)));
  connection.run("SET SESSION foreign_key_checks = 0");
  const auto& saved = backup.manifest->tables;
  for (const auto& table : storage::tables_of(connection)) {
    bool is_saved = std::any_of(saved.begin(), saved.end(), [&](const auto& one) { return one.name == table.name; });
    if (is_saved || table.is_view) continue;
    connection.run("DROP TABLE IF EXISTS " + storage::quote_name(table.name));
    supervisor.line("dropped the table " + base::printable_line(table.name) + ", which came since");
  }
}

}  // namespace

void database_back(Supervisor& supervisor, const base::Step& step) {
  const std::string name(kDatabaseBackNote);
  if (!supervisor.noted(name).empty()) return;
  auto backup = need_backup(supervisor);
  restore(supervisor, step, backup);
  drop_newer(supervisor, step, backup);
  supervisor.note(name, "done");
  supervisor.line("the database is as it was at " + base::printable_line(backup.manifest->taken) + ", before this job changed it");
}

}  // namespace steps
