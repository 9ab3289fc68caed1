// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps/database_back.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "steps/closing.h"
#include "storage/backups.h"
#include "storage/database_tables.h"
#include "storage/upgrades.h"

namespace steps {

namespace {

using Names = std::vector<std::string>;

storage::Backup need_backup(Supervisor& supervisor) {
  auto backup = storage::find_backup(supervisor.disk(), supervisor.state(), supervisor.job());
  if (!backup || !backup->manifest)
    throw base::Failure("the backup of this job is gone, or not complete", "job:unlock gives the job up; backups lists what there is");
  return std::move(*backup);
}

void need_no_upgrade(Supervisor& supervisor, const base::Step& step) {
  if (std::string seen = supervisor.running_upgrade(step.words.at(0)); !seen.empty())
    throw base::Failure("an upgrade is running now: " + seen, "wait until it is over; nothing of the database was changed");
}

// Of what is there now, before the first table of it is put back. The job's own name is that of the backup that leads back.
std::string make_safety_backup(Supervisor& supervisor, const base::Step& step) {
  const std::string note(kSafetyBackupNote);
  std::string id = supervisor.noted(note);
  if (!supervisor.cursor().empty()) return id;
  if (id.empty()) supervisor.note(note, id = storage::new_job_id(platform::system_clock().now()));
  try {
    Outcome outcome = back_up_database(supervisor, {"dump-database", "", base::Interruption::restart,
                                                    {step.words.at(0), "", "job:rollback", step.words.at(1)}, {}}, id);
    if (!outcome.stopped) return id;
  } catch (const base::Failure& failure) {
    throw base::Failure("the backup of what is there now cannot be made: " + failure.full(),
                        "without one: job:unlock, and then db:restore with file=" + supervisor.job() + ".sql.gz and backup=no");
  }
  throw base::Failure("stopped before anything of the database was put back");
}

Names noted_names(Supervisor& supervisor, const char* which) {
  auto noted = nlohmann::json::parse(supervisor.noted(std::string(kTablesNote)), nullptr, false);
  return noted.is_object() && noted.contains(which) ? noted.at(which).get<Names>() : Names{};
}

void restore(Supervisor& supervisor, const base::Step& step, const storage::Backup& backup) {
  auto facts = supervisor.disk().look(backup.file);
  if (!facts) throw base::Failure("the backup is gone: " + backup.file.native());
  base::Step back{"restore-database", "", base::Interruption::cursor,
                  {step.words.at(0), step.words.at(1), backup.file.native(), platform::fingerprint(*facts)}, {}};
  const Names leave = noted_names(supervisor, "leave");
  auto stays = [&](const std::string& name) { return std::find(leave.begin(), leave.end(), name) != leave.end(); };
  for (const auto& table : backup.manifest->tables)
    if (!stays(table.name)) back.words.push_back(table.name);
  back.words.emplace_back(kLeaveOutWord);
  back.words.insert(back.words.end(), leave.begin(), leave.end());
  Outcome outcome = restore_database(supervisor, back);
  if (outcome.stopped || !outcome.exit.good())
    throw base::Failure(outcome.explanation.empty() ? "the database is not put back as a whole yet" : outcome.explanation);
}

// Left there, the next upgrade would stop at them.
void drop_newer(Supervisor& supervisor, const base::Step& step, const storage::Backup& backup, const std::string& safety) {
  const Names names = noted_names(supervisor, "drop");
  auto saved = storage::find_backup(supervisor.disk(), supervisor.state(), safety);
  if (names.empty() || !saved || !saved->manifest) return;
  auto connection = storage::Connection::open(same_target(supervisor, step.words.at(0), step.words.at(1)));
  connection.run("SET SESSION foreign_key_checks = 0");
  for (const auto& name : names) {
    if (storage::holds(*backup.manifest, name) || !storage::holds(*saved->manifest, name)) continue;
    connection.run("DROP TABLE IF EXISTS " + storage::quote_name(name));
    supervisor.line("dropped the table " + base::printable_line(name) + ", which came since; it is in the backup " + safety);
  }
}

// From here to its end, also where the upgrade itself had come to its end.
void note_half(Supervisor& supervisor) {
  for (auto upgrade : storage::upgrades(supervisor.disk(), supervisor.state())) {
    if (upgrade.job != supervisor.job()) continue;
    upgrade.settled = false;
    upgrade.failed = true;
    storage::note_upgrade(supervisor.disk(), supervisor.state(), upgrade);
  }
}

}  // namespace

void database_back(Supervisor& supervisor, const base::Step& step) {
  const std::string name(kDatabaseBackNote);
  bool is_started = !supervisor.noted(std::string(kUpgradeStartedNote)).empty() || step.interruption == base::Interruption::once;
  if (!is_started) return storage::put_back_to(supervisor.disk(), supervisor.state(), supervisor.job());
  if (!supervisor.noted(name).empty()) return;
  auto backup = need_backup(supervisor);
  close_more(supervisor, noted_names(supervisor, "close"));
  need_no_upgrade(supervisor, step);
  std::string safety = make_safety_backup(supervisor, step);
  note_half(supervisor);
  restore(supervisor, step, backup);
  drop_newer(supervisor, step, backup, safety);
  supervisor.note(name, "done");
  supervisor.line("the database is as it was at " + base::printable_line(backup.manifest->taken) + ", before this job changed it; as it " +
                  "was until now it is in the backup " + safety);
}

}  // namespace steps
