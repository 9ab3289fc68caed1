// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs that bring a dump back: `survey-dump`, `restore-database`, `check-backup`.
#include "storage/restore.h"

#include <algorithm>
#include <thread>

#include "base/failure.h"
#include "base/text.h"
#include "steps/pace.h"
#include "steps/upgrade_notes.h"
#include "steps/verbs.h"
#include "storage/backup_check.h"
#include "storage/backups.h"
#include "storage/restore_session.h"
#include "storage/survey_memory.h"

namespace steps {

namespace {

using namespace std::chrono_literals;
using storage::DumpSurvey;

constexpr int kMostAttempts = 8;
constexpr std::chrono::seconds kLongestPause{30};
constexpr size_t kMostNames = 12;
constexpr const char* kCheckPrefix = "unstick_check_";

std::string percent(double part) { return "about " + std::to_string(static_cast<int>(part * 100)) + " %"; }

// nullopt: stopped.
std::optional<DumpSurvey> survey_of(Supervisor& supervisor, const platform::Path& file, const std::string& database) {
  Pace pace;
  storage::SurveyOrder order{file, database, {}, [&] { return supervisor.stop_asked(); }};
  order.progress = [&](double part) {
    if (pace.is_due()) supervisor.line("reading the file through: " + percent(part));
  };
  return storage::survey_once(supervisor.disk(), supervisor.state(), order);
}

// The words behind kLeaveOutWord; `dropped`: how many tables stand before it.
std::vector<std::string> behind(const std::vector<std::string>& words, size_t dropped) {
  size_t first = 4 + dropped + 1;
  return first >= words.size() ? std::vector<std::string>{} : std::vector<std::string>(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
}

// One restore, over as many connections as it takes.
class Restoring {
 public:
  Restoring(Supervisor& supervisor, const base::Step& step)
      : supervisor_(supervisor),
        root_(step.words.at(0)),
        planned_(step.words.at(1)),
        file_(step.words.at(2)),
        fingerprint_(step.words.at(3)),
        may_drop_(step.words.begin() + 4, std::find(step.words.begin() + 4, step.words.end(), kLeaveOutWord)),
        leave_out_(behind(step.words, may_drop_.size())),
        cursor_(storage::cursor_of(supervisor.cursor())) {}

  Outcome run() {
    storage::DatabaseTarget target;
    try {
      need_unchanged(supervisor_, file_, fingerprint_);
      target = same_target(supervisor_, root_, planned_);
    } catch (const base::Failure& failure) {
      if (!cursor_) throw;
      supervisor_.line(way_back());  // half restored: it stays so, and the site closed, until that is put right
      return {{}, true, failure.full()};
    }
    auto survey = survey_of(supervisor_, file_, target.name);
    if (!survey) return stopped();
    survey_ = std::move(*survey);
    for (int attempt = 1;; ++attempt) {
      auto outcome = try_once(target);
      if (outcome) return *outcome;
      bool is_hopeless = attempt == kMostAttempts || stuck_;
      if (is_hopeless || !pause(attempt)) return given_up();
    }
  }

 private:
  // nullopt: the connection is lost, going on is worth it.
  std::optional<Outcome> try_once(const storage::DatabaseTarget& target) {
    std::optional<storage::Connection> connection;
    try {
      connection.emplace(storage::Connection::open(target));
      if (cursor_ && !clear_the_way(*connection)) return stopped();
      return restore(*connection);
    } catch (const base::Failure& failure) {
      bool was_lost = !connection || connection->lost();
      if (!was_lost) return failed(failure.full());
      if (!cursor_) throw;  // nothing was changed yet
      supervisor_.line("-- " + failure.full());
      if (!connection) return std::nullopt;
      stuck_ = lost_at_ == cursor_->sql_offset;
      lost_at_ = cursor_->sql_offset;
      return std::nullopt;
    }
  }

  // After an interruption: the server may still run what the last process sent.
  bool clear_the_way(storage::Connection& connection) {
    storage::WaitOrder order;
    order.stop_asked = [&] { return supervisor_.stop_asked(); };
    order.waiting = [&](std::chrono::seconds so_far) {
      if (so_far.count() % 5 == 1)
        supervisor_.line("the server still runs the statement that was interrupted: waiting for it to end");
    };
    auto old = storage::wait_until_gone(connection, *cursor_, order);
    if (old == storage::OldConnection::stopped) return false;
    tell_states();
    supervisor_.line(survey_.is_ours() ? "going on from the " + cursor_->kind + " " + base::printable_line(cursor_->name)
                                       : "beginning the file anew, as it is not one of our backups");
    return true;
  }

  Outcome restore(storage::Connection& connection) {
    supervisor_.line("connected to " + storage::place_words(connection.target()) + ", server " + connection.server_version());
    Pace pace;
    storage::RestoreOrder order;
    order.file = file_;
    order.survey = survey_;
    order.may_drop = may_drop_;
    order.leave_out = leave_out_;
    order.go_on_from = cursor_;
    order.on_cursor = [&](const storage::RestoreCursor& cursor) {
      supervisor_.keep_cursor(storage::to_json(cursor));
      cursor_ = cursor;
    };
    order.progress = [&](const storage::RestoreProgress& at) {
      if (!pace.is_due()) return;
      supervisor_.line(percent(at.part) + (at.seeking ? ", looking for the place" : "") +
                       (at.name.empty() ? "" : ", " + base::printable_line(at.name)) + ", " + base::size_words(at.sql_bytes) +
                       " of SQL");
    };
    order.stop_asked = [&] { return supervisor_.stop_asked(); };
    auto result = storage::restore_dump(connection, order);
    if (!result) return stopped();
    tell(*result);
    return prove(connection);
  }

  void tell(const storage::RestoreResult& result) {
    supervisor_.line(std::to_string(result.statements) + " statements, " + base::size_words(result.sql_bytes) + " of SQL in " +
                     base::seconds_words(result.seconds));
    for (const auto& skip : result.skipped)
      supervisor_.line("left out: " + base::printable_line(skip.words) + ", " + std::to_string(skip.count) + " x, the first in line " +
                       std::to_string(skip.line) + ": " + skip.why);
    for (const auto& definer : result.definers) supervisor_.line("note: " + definer);
    for (const auto& note : result.notes) supervisor_.line("note: " + note);
  }

  // Of our own backups it is known how many rows each table must have.
  Outcome prove(storage::Connection& connection) {
    auto manifest = manifest_beside();
    if (!manifest) return {};
    std::erase_if(manifest->tables, [&](const auto& table) { return std::find(leave_out_.begin(), leave_out_.end(), table.name) != leave_out_.end(); });
    auto wrong = storage::differing_counts(connection, *manifest, [&] { return supervisor_.stop_asked(); });
    if (!wrong) return stopped();
    for (const auto& sentence : *wrong) supervisor_.line("! " + sentence);
    if (!wrong->empty()) {
      supervisor_.line(way_back());
      return {{1, 0}, false, "every table was written, but some do not hold what the backup held: was the site in use?"};
    }
    supervisor_.line("counted again: " + std::to_string(manifest->tables.size()) + " tables hold " +
                     std::to_string(manifest->rows()) + " rows, as the backup did");
    return {};
  }

  std::optional<storage::Manifest> manifest_beside() {
    for (const auto& backup : storage::all_backups(supervisor_.disk(), supervisor_.state()))
      if (backup.file == file_) return backup.manifest;
    return std::nullopt;
  }

  void tell_states() {
    auto states = storage::tables_by_state(survey_, *cursor_);
    supervisor_.line("tables as in the file: " + std::to_string(states.restored.size()) +
                     (states.half.empty() ? "" : "; half written: " + base::some_of(states.half, kMostNames)) + "; as they were before: " +
                     std::to_string(states.old.size()) + (states.old.empty() ? "" : " (" + base::some_of(states.old, kMostNames) + ")"));
  }

  std::string way_back() {
    std::string other = supervisor_.noted(std::string(kSafetyBackupNote));
    auto safety = storage::find_backup(supervisor_.disk(), supervisor_.state(), other.empty() ? supervisor_.job() : other);
    if (!safety || !safety->manifest) return "there is no safety backup";
    return "the database as it was before is the backup " + safety->id + ": db:restore with backup=" + safety->id;
  }

  // Half restored: the job stops here and the site stays closed, as nobody should work on such a database.
  Outcome failed(const std::string& why) {
    if (!cursor_) return {{1, 0}, false, why + "; nothing in the database was changed", false, true};
    tell_states();
    supervisor_.line(way_back());
    return {{}, true, why + "; the site stays closed: job:resume tries again from there, job:unlock gives up and opens it"};
  }

  Outcome stopped() {
    if (!cursor_) return {{}, true, {}};
    tell_states();
    supervisor_.line(way_back());
    return {{}, true, {}};
  }

  Outcome given_up() {
    tell_states();
    supervisor_.line(way_back());
    if (supervisor_.stop_asked()) return {{}, true, {}};
    return {{}, true, stuck_ ? "the server ended the connection twice at the same place, " + cursor_->kind + " " +
                                   base::printable_line(cursor_->name) + ": its memory, max_allowed_packet or a time limit may be too small"
                             : "the database cannot be reached any more: job:resume goes on when it can"};
  }

  // False: a stop is asked.
  bool pause(int attempt) {
    auto length = std::min(kLongestPause, std::chrono::seconds(1 << attempt));
    supervisor_.line("trying again in " + std::to_string(length.count()) + " s");
    for (auto until = std::chrono::steady_clock::now() + length; std::chrono::steady_clock::now() < until;) {
      if (supervisor_.stop_asked()) return false;
      std::this_thread::sleep_for(200ms);
    }
    return true;
  }

  Supervisor& supervisor_;
  platform::Path root_;
  std::string planned_;
  platform::Path file_;
  std::string fingerprint_;
  std::vector<std::string> may_drop_, leave_out_;
  std::optional<storage::RestoreCursor> cursor_;  // as it is kept
  DumpSurvey survey_;
  uint64_t lost_at_ = UINT64_MAX;
  bool stuck_ = false;  // lost twice at the same place
};

}  // namespace

Outcome survey_dump(Supervisor& supervisor, const base::Step& step) {
  const platform::Path root = step.words.at(0), file = step.words.at(1);
  auto survey = survey_of(supervisor, file, supervisor.database(root).name);
  if (!survey) return {{}, true, {}};
  supervisor.line(base::printable_line(file.filename().native()) + " was read through: " + std::to_string(survey->statements) +
                  " statements, " + std::to_string(survey->tables.size()) + " tables, " + base::size_words(survey->sql_bytes) +
                  " of SQL");
  supervisor.line("ask for the same once more: the plan can be shown now");
  return {};
}

Outcome restore_database(Supervisor& supervisor, const base::Step& step) {
  Outcome outcome = Restoring(supervisor, step).run();
  if (!outcome.stopped && outcome.exit.good()) note_restored(supervisor, step.words);
  return outcome;
}

Outcome check_backup(Supervisor& supervisor, const base::Step& step) {
  const std::string& id = step.words.at(2);
  auto backup = storage::find_backup(supervisor.disk(), supervisor.state(), id);
  if (!backup || !backup->manifest) throw base::Failure("there is no complete backup " + id);
  auto target = same_target(supervisor, step.words.at(0), step.words.at(1));
  auto connection = storage::Connection::open(target);
  storage::DatabaseLock lock(connection, target.name);
  if (size_t left = storage::drop_check_tables(connection, kCheckPrefix))
    supervisor.line(std::to_string(left) + " tables of an earlier check that was interrupted were dropped");
  Pace pace;
  storage::CheckOrder order{backup->file, *backup->manifest, kCheckPrefix, {}, [&] { return supervisor.stop_asked(); }};
  order.progress = [&](const std::string& table, double part) {
    if (pace.is_due()) supervisor.line(percent(part) + ", table " + base::printable_line(table));
  };
  auto check = storage::check_backup(connection, order);
  if (!check) return {{}, true, {}};
  for (const auto& sentence : check->wrong) supervisor.line("! " + sentence);
  for (const auto& sentence : check->not_checked) supervisor.line("not checked: " + sentence);
  supervisor.line(std::to_string(check->tables.size()) + " of " + std::to_string(backup->manifest->tables.size()) +
                  " tables were restored beside the site's own, counted and dropped again");
  if (check->is_proved()) return {};
  return {{1, 0}, false, check->wrong.empty() ? "the backup could not be proved as a whole: see above"
                                              : "the backup is not right: see above"};
}

}  // namespace steps
