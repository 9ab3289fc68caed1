// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps/upgrade_notes.h"

#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "storage/answer.h"
#include "storage/changing_statements.h"
#include "storage/upgrades.h"

namespace steps {

namespace {

constexpr std::chrono::seconds kPatience{10};

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

// Empty also while somebody changes them. `words` as of same_database.
std::string quiet_contents(Supervisor& supervisor, const std::vector<std::string>& words, const std::function<bool()>& stop_asked) {
  try {
    auto connection = storage::Connection::open(same_target(supervisor, words.at(0), words.at(1)));
    std::string contents = storage::contents_of(connection, stop_asked);
    return storage::changing_statements(connection).empty() ? contents : "";
  } catch (const base::Failure&) {
    return {};
  }
}

}  // namespace

storage::Connection same_database(Supervisor& supervisor, const std::vector<std::string>& words) {
  return storage::Connection::open(same_target(supervisor, words.at(0), words.at(1)), kPatience);
}

Sight sight_of(Supervisor& supervisor, const std::vector<std::string>& words, const std::string& question) {
  try {
    auto connection = same_database(supervisor, words);
    return {storage::ask(connection, question).mark, storage::structure_of(connection)};
  } catch (const base::Failure&) {
    return {};
  }
}

void note_start(Supervisor& supervisor, const std::vector<std::string>& words, const std::string& question, const std::string& wanted, RunBy by) {
  if (!noted_upgrade(supervisor).job.empty()) return;
  const Sight before = sight_of(supervisor, words, question);
  settle_reached(supervisor, storage::value_of(before.mark));
  storage::Upgrade upgrade;
  upgrade.job = supervisor.job();
  upgrade.began = platform::system_clock().now();
  upgrade.question = question;
  for (auto one : base::split(wanted, '|')) upgrade.wanted.emplace_back(one);
  upgrade.mark_before = before.mark;
  upgrade.structure_before = before.structure;
  upgrade.contents_before = quiet_contents(supervisor, words, [&] { return supervisor.stop_asked() || supervisor.rest_due(); });
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
    upgrade.settled = is_same && !upgrade.contents_before.empty() &&
                      quiet_contents(supervisor, words, [&] { return supervisor.rest_due(); }) == upgrade.contents_before;
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

}  // namespace steps
