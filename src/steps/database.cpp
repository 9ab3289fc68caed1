// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of backups: `dump-database`, `find-backup`.
#include <algorithm>

#include "base/failure.h"
#include "base/text.h"
#include "steps/pace.h"
#include "steps/verbs.h"
#include "storage/backups.h"
#include "storage/dump.h"
#include "storage/file_backups.h"
#include "storage/upgrades.h"

namespace steps {

namespace {

void show(Supervisor& supervisor, const storage::DumpProgress& at) {
  std::string where = at.table.empty() ? "" : ", table " + std::to_string(at.table_number) + " of " +
                                                  std::to_string(at.table_count) + " " + base::printable_line(at.table);
  supervisor.line("about " + std::to_string(static_cast<int>(at.part * 100)) + " %" + where + ", " +
                  std::to_string(at.rows) + " rows, " + base::size_words(at.file_bytes) + " written");
}

void tell(Supervisor& supervisor, const storage::Manifest& manifest, const std::string& id, const platform::Path& file) {
  supervisor.line(std::to_string(manifest.tables.size()) + " tables with " + std::to_string(manifest.rows()) +
                  " rows, " + base::size_words(manifest.sql_bytes) + " of SQL, " + base::size_words(manifest.file_bytes) +
                  " in the file, read back and verified");
  for (const auto& note : manifest.notes) supervisor.line("note: " + base::printable_line(note));
  supervisor.line("backup " + id + ": " + base::printable_line(file.native()));
}

// What the job replaced is kept: the former files go with the database of then.
bool leads_back(Supervisor& supervisor, const std::string& job) {
  storage::SwapNames swap(supervisor.state().swap_of(job));
  return supervisor.disk().look(swap.list()) && !supervisor.disk().look(swap.taken_back());
}

void rotate(Supervisor& supervisor) {
  storage::StateNames state = supervisor.state();
  auto all = storage::all_backups(supervisor.disk(), state);
  const auto upgrades = storage::upgrades(supervisor.disk(), state);
  for (const auto& id : storage::rotated_out(all, [&](const std::string& job) { return supervisor.ended_well(job); })) {
    if (leads_back(supervisor, id) || storage::is_way_back(upgrades, id)) continue;
    storage::remove_backup(supervisor.disk(), state, id);
    supervisor.line("older automatic backup " + id + " deleted");
  }
}

Outcome back_up(Supervisor& supervisor, const base::Step& step, const std::string& id) {
  storage::StateNames state = supervisor.state();
  auto target = same_target(supervisor, step.words.at(0), step.words.at(3));
  auto connection = storage::Connection::open(target);
  supervisor.line("connected to " + storage::place_words(connection.target()) + ", server " + connection.server_version());
  Pace pace;
  storage::DumpOrder order;
  order.file = state.backup_of(id);
  order.application = step.words.at(1);
  order.progress = [&](const storage::DumpProgress& at) {
    if (pace.is_due()) show(supervisor, at);
  };
  order.stop_asked = [&] { return supervisor.stop_asked(); };
  auto manifest = storage::dump_database(connection, order, platform::system_clock());
  if (!manifest) return {{}, true, {}};
  manifest->occasion = step.words.at(2);
  manifest->place = storage::place_words(target);
  try {
    supervisor.disk().replace(state.manifest_of(id), storage::to_json(*manifest), 0600);
  } catch (const base::Failure&) {  // it would lie there as one that is not complete, on a disk that is full
    storage::remove_backup(supervisor.disk(), state, id);
    throw;
  }
  tell(supervisor, *manifest, id, order.file);
  return {};
}

}  // namespace

void list_what_takes_room(Supervisor& supervisor) {
  std::vector<storage::Upgrade> upgrades;
  try {
    upgrades = storage::upgrades(supervisor.disk(), supervisor.state());
  } catch (const base::Failure&) {
    // That there is no room is what has to be said.
  }
  auto tell = [&](const std::string& id, uint64_t bytes) {
    bool is_needed = storage::is_way_back(upgrades, id);
    supervisor.line("backup " + id + ": " + base::size_words(bytes) +
                    (is_needed ? "; it leads back from an upgrade that did not come to its end: it stays" : "; backup:delete with backup=" + id + " frees them"));
  };
  for (const auto& backup : storage::all_backups(supervisor.disk(), supervisor.state())) tell(backup.id, backup.file_bytes);
  for (const auto& backup : storage::all_file_backups(supervisor.disk(), supervisor.state())) tell(backup.id, backup.file_bytes);
}

storage::DatabaseTarget same_target(Supervisor& supervisor, const platform::Path& root, const std::string& planned) {
  auto target = supervisor.database(root);
  if (storage::target_words(target) != planned)
    throw base::Failure("the configuration names another database now: " + storage::target_words(target) + ", planned was " + planned,
                        "change it back, or give this job up and start again");
  return target;
}

Outcome back_up_database(Supervisor& supervisor, const base::Step& step, const std::string& id) {
  platform::Disk& disk = supervisor.disk();
  storage::StateNames state = supervisor.state();
  disk.make_folder(state.backups(), 0700);
  if (auto complete = storage::find_backup(disk, state, id); complete && complete->manifest) {
    tell(supervisor, *complete->manifest, id, complete->file);
    return {};
  }
  storage::remove_backup(disk, state, id);
  return back_up(supervisor, step, id);
}

Outcome dump_database(Supervisor& supervisor, const base::Step& step) {
  const std::string& occasion = step.words.at(2);
  bool is_owners = occasion == storage::kOwnersOccasion;
  bool restores = occasion.starts_with("db:restore");  // what is restored next must not be rotated away now
  auto complete = storage::find_backup(supervisor.disk(), supervisor.state(), supervisor.job());
  bool is_there = complete && complete->manifest;
  try {
    Outcome outcome = back_up_database(supervisor, step, supervisor.job());
    if (!is_there && !outcome.stopped && !is_owners && !restores) rotate(supervisor);
    return outcome;
  } catch (const base::Failure& failure) {
    if (failure.no_space()) list_what_takes_room(supervisor);
    if (!is_owners)
      supervisor.line(restores ? "nothing was changed yet; without a backup: db:restore with file=NAME and backup=no (a backup's NAME is "
                                 "its id and .sql.gz), which shows its plan first"
                               : "nothing was changed yet; the same with backup=no does it without a backup, and shows its plan first");
    throw;
  }
}

Outcome drop_tables(Supervisor& supervisor, const base::Step& step) {
  auto backup = storage::find_backup(supervisor.disk(), supervisor.state(), supervisor.job());
  if (!backup || !backup->manifest) throw base::Failure("no table is dropped without a backup of this job");
  auto connection = storage::Connection::open(same_target(supervisor, step.words.at(0), step.words.at(1)));
  connection.run("SET SESSION foreign_key_checks = 0");
  for (size_t i = 2; i < step.words.size(); ++i) {
    if (!storage::holds(*backup->manifest, step.words[i])) throw base::Failure("the table " + base::printable_line(step.words[i]) + " is not in the backup of this job: it stays");
    connection.run("DROP TABLE IF EXISTS " + storage::quote_name(step.words[i]));
    supervisor.line("dropped the table " + base::printable_line(step.words[i]));
  }
  return {};
}

Outcome find_backup(Supervisor& supervisor, const base::Step& step) {
  const std::string& id = step.words.at(0);
  auto backup = storage::find_backup(supervisor.disk(), supervisor.state(), id);
  if (!backup || !backup->manifest) throw base::Failure("the backup " + id + " is not complete any more", "start the action again");
  supervisor.line("backup " + id + ": " + base::printable_line(backup->file.native()));
  return {};
}

}  // namespace steps
