// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps/upgrade_notes.h"

#include <algorithm>
#include <array>

#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "storage/answer.h"
#include "storage/backups.h"
#include "storage/changing_statements.h"
#include "storage/database_tables.h"
#include "storage/upgrades.h"

namespace steps {

namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr size_t kMostNames = 12;
constexpr std::array kSettings = {"SET SESSION max_statement_time = 0", "SET SESSION lock_wait_timeout = 60"};
constexpr std::chrono::seconds kBeyondRest{5};  // on hosts that end processes; the longest read of small databases

// Of this very job; one without a job where none was noted.
storage::Upgrade noted_upgrade(Supervisor& supervisor) {
  for (auto& one : storage::upgrades(supervisor.disk(), supervisor.state()))
    if (one.job == supervisor.job()) return one;
  return {};
}

// Former ones that somebody brought to their end by hand: no way leads back behind that.
void settle_reached(Supervisor& supervisor, const std::string& answer) {
  for (auto upgrade : storage::upgrades(supervisor.disk(), supervisor.state())) {
    if (upgrade.settled || answer.empty() || !storage::is_reached(upgrade, answer)) continue;
    upgrade.settled = true;
    upgrade.failed = false;
    storage::note_upgrade(supervisor.disk(), supervisor.state(), upgrade);
  }
}

// Whatever is written about it: the more is known the better are the words later, and what cannot be written stops nothing.
template <class Change>
void note_seen(Supervisor& supervisor, Change change) {
  try {
    auto upgrade = noted_upgrade(supervisor);
    if (upgrade.job.empty() || !change(upgrade)) return;
    storage::note_upgrade(supervisor.disk(), supervisor.state(), upgrade);
  } catch (const base::Failure& failure) {
    supervisor.line("note: " + failure.full());
  }
}

enum class Stop { heeded, ignored };

// Empty also while somebody changes them. `words` as of same_database.
std::string quiet_contents(Supervisor& supervisor, const std::vector<std::string>& words, Stop stop) {
  auto until = std::chrono::steady_clock::now() + kBeyondRest;
  auto ends = [&] {
    bool is_late = supervisor.rest_due() && std::chrono::steady_clock::now() > until;
    return is_late || (stop == Stop::heeded && supervisor.stop_asked());
  };
  try {
    auto connection = storage::Connection::open(same_target(supervisor, words.at(0), words.at(1)));
    storage::try_each(connection, kSettings);
    std::string contents = storage::contents_of(connection, ends);
    return storage::changing_statements(connection, std::chrono::seconds(0)).empty() ? contents : "";
  } catch (const base::Failure&) {
    return {};
  }
}

// By the words of restore-database.
bool puts_all_back(const std::vector<std::string>& words, const storage::Manifest& of_before) {
  return std::all_of(of_before.tables.begin(), of_before.tables.end(), [&](const storage::ManifestTable& table) {
    return std::find(words.begin() + 4, words.end(), table.name) != words.end();
  });
}

// By what was seen right before it, and when it failed: a dump may have been made later, of what it left half changed.
bool is_as_before(Supervisor& supervisor, const std::vector<std::string>& words, storage::Connection& connection, const storage::Upgrade& upgrade) {
  if (upgrade.mark_before.empty() || storage::ask(connection, upgrade.question).mark != upgrade.mark_before) return false;
  bool changed_structure = !upgrade.structure_before.empty() && !upgrade.structure_after.empty() && upgrade.structure_after != upgrade.structure_before;
  if (changed_structure) return storage::structure_of(connection) == upgrade.structure_before;
  return !upgrade.contents_before.empty() && quiet_contents(supervisor, words, Stop::heeded) == upgrade.contents_before;
}

// Tables that came after it, and stand in the way of the next one.
std::string newer_words(storage::Connection& connection, const storage::Manifest& of_before) {
  std::vector<std::string> newer;
  for (const auto& table : storage::tables_of(connection))
    if (!table.is_view && !storage::holds(of_before, table.name)) newer.push_back(base::printable_line(table.name));
  return newer.empty() ? "" : "; these tables came since, and were not in it: " + base::some_of(newer, kMostNames);
}

}  // namespace

storage::Connection same_database(Supervisor& supervisor, const std::vector<std::string>& words) {
  return storage::Connection::open(same_target(supervisor, words.at(0), words.at(1)), kPatience);
}

Sight sight_of(Supervisor& supervisor, const std::vector<std::string>& words, const std::string& question) {
  Sight sight;
  try {
    auto connection = same_database(supervisor, words);
    sight.mark = storage::ask(connection, question).mark;
    sight.structure = storage::structure_of(connection);
  } catch (const base::Failure&) {
    // The one is known without the other.
  }
  return sight;
}

Before look_before(Supervisor& supervisor, const std::vector<std::string>& words, const std::string& question) {
  return {sight_of(supervisor, words, question), quiet_contents(supervisor, words, Stop::heeded)};
}

bool is_start_noted(Supervisor& supervisor) { return !noted_upgrade(supervisor).job.empty(); }

void note_start(Supervisor& supervisor, const Before& before, const std::string& question, const std::string& wanted, RunBy by) {
  if (is_start_noted(supervisor)) return;
  settle_reached(supervisor, storage::value_of(before.mark));
  storage::Upgrade upgrade;
  upgrade.job = supervisor.job();
  upgrade.began = platform::system_clock().now();
  upgrade.question = question;
  for (auto one : base::split(wanted, '|')) upgrade.wanted.emplace_back(one);
  upgrade.mark_before = before.mark;
  upgrade.structure_before = before.structure;
  upgrade.contents_before = before.contents;
  upgrade.by_owner = by == RunBy::owner;
  storage::note_upgrade(supervisor.disk(), supervisor.state(), upgrade);
}

void note_mark(Supervisor& supervisor, const std::string& mark) {
  note_seen(supervisor, [&](storage::Upgrade& upgrade) {
    if (mark.empty() || upgrade.mark_after == mark) return false;
    upgrade.mark_after = mark;
    upgrade.ended = platform::system_clock().now();
    return true;
  });
}

void note_failed(Supervisor& supervisor, const std::vector<std::string>& words, const Sight& now) {
  note_seen(supervisor, [&](storage::Upgrade& upgrade) {
    bool is_known = !upgrade.structure_before.empty() && !upgrade.mark_before.empty();
    bool is_same = is_known && now.structure == upgrade.structure_before && now.mark == upgrade.mark_before;
    upgrade.failed = true;
    // A stop may be why it failed.
    upgrade.settled = is_same && !upgrade.contents_before.empty() && quiet_contents(supervisor, words, Stop::ignored) == upgrade.contents_before;
    if (!now.structure.empty()) upgrade.structure_after = now.structure;
    if (!now.mark.empty()) upgrade.mark_after = now.mark;
    upgrade.ended = platform::system_clock().now();
    if (upgrade.settled) supervisor.line("it failed before it changed anything in the database: nothing has to be put back");
    return true;
  });
}

void note_good(Supervisor& supervisor) {
  try {
    storage::settle_upgrades(supervisor.disk(), supervisor.state());
  } catch (const base::Failure& failure) {
    supervisor.line("note: " + failure.full());
  }
}

void note_restored(Supervisor& supervisor, const std::vector<std::string>& words) {
  platform::Disk& disk = supervisor.disk();
  storage::StateNames state = supervisor.state();
  const platform::Path file = words.at(2);
  std::string id = file.filename().native().substr(0, storage::kJobIdLength);
  try {
    if (storage::is_job_id(id) && file == state.backup_of(id)) return storage::put_back_to(disk, state, id);
    for (const auto& upgrade : storage::upgrades(disk, state)) {
      if (upgrade.settled) continue;
      auto before = storage::find_backup(disk, state, upgrade.job);
      bool has_backup = before && before->manifest;
      auto connection = same_database(supervisor, words);
      bool is_back = has_backup && puts_all_back(words, *before->manifest) && is_as_before(supervisor, words, connection, upgrade);
      if (is_back) return storage::put_back_to(disk, state, upgrade.job);
      supervisor.line("note: that this is the database of right before the upgrade of job " + upgrade.job + " cannot be proved" +
                      (has_backup ? newer_words(connection, *before->manifest) : "") + ". doctor goes on to name what it may have left half changed" +
                      (has_backup ? "; db:restore with backup=" + upgrade.job + " settles that" : ""));
      return;
    }
  } catch (const base::Failure& failure) {
    supervisor.line("note: " + failure.full());
  }
}

}  // namespace steps
