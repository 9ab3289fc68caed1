// SPDX-License-Identifier: GPL-3.0-or-later
// The verb `run-statements`: SQL that a plan showed, one statement after the other. The cursor is the number of those that are done.
// Changes of tables cannot be taken back by the server: what is in the database after a failure is what the log says was done.
#include <algorithm>
#include <array>

#include "base/failure.h"
#include "base/text.h"
#include "steps/verbs.h"
#include "storage/restore_session.h"

namespace steps {

namespace {

constexpr size_t kBefore = 2;  // words in front of the statements

// Limits of time lifted as far as the account may; dates that are 0 must not stop a change of their table.
void prepare(storage::Connection& connection) {
  constexpr std::array kSettings = {"SET SESSION sql_mode = ''", "SET SESSION autocommit = 1", "SET SESSION max_statement_time = 0",
                                    "SET SESSION max_execution_time = 0", "SET SESSION lock_wait_timeout = 120"};
  storage::try_each(connection, kSettings);
}

bool begins_with(const std::string& sql, std::string_view word) { return sql.starts_with(word); }
bool is_question(const std::string& sql) { return begins_with(sql, "SELECT "); }

// What the server says when the statement was done already: by the process that was interrupted during it.
bool says_done(unsigned code) {
  constexpr std::array<unsigned, 4> kCodes = {1051, 1091, 1060, 1061};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

class Statements {
 public:
  Statements(Supervisor& supervisor, const base::Step& step, storage::Connection& connection)
      : supervisor_(supervisor), words_(step.words), connection_(connection), first_(base::whole_number(supervisor.cursor()).value_or(0)) {}

  Outcome run() {
    size_t count = words_.size() - kBefore;
    for (size_t i = first_; i < count; ++i) {
      if (supervisor_.stop_asked()) return {{}, true, {}};
      const std::string& sql = words_[kBefore + i];
      supervisor_.line(std::to_string(i + 1) + " of " + std::to_string(count) + ": " + base::printable_line(sql));
      std::string wrong = is_question(sql) ? ask(sql) : change(sql, i == first_ && i > 0);
      if (!wrong.empty()) return {{1, 0}, false, wrong, false, !changed_ && first_ == 0};
      supervisor_.keep_cursor(std::to_string(i + 1));
    }
    supervisor_.line("all statements are done, and were asked for again");
    return {};
  }

 private:
  std::string ask(const std::string& sql) {
    auto answer = connection_.value(sql).value_or("0");
    return answer == "0" ? "" : "the answer is " + base::printable_line(answer) + " and not 0: nothing more is done";
  }

  // `resumed`: it may be done already.
  std::string change(const std::string& sql, bool resumed) {
    if (begins_with(sql, "REPAIR TABLE ") || begins_with(sql, "CHECK TABLE ")) return maintain(sql);
    try {
      changed_ = true;
      connection_.run(sql);
    } catch (const base::Failure&) {
      if (!resumed || !says_done(connection_.error_code())) throw;
      supervisor_.line("that was done before the interruption");
    }
    return {};
  }

  // These never fail as statements: their rows (table, operation, kind, text) say what came of it.
  std::string maintain(const std::string& sql) {
    changed_ = true;
    std::string wrong;
    for (const auto& row : connection_.query(sql)) {
      std::string kind = base::lower(row.at(2).value_or("")), said = row.at(3).value_or("");
      supervisor_.line("  " + kind + ": " + base::printable_line(said));
      bool is_fine = said == "OK" || base::contains(said, "up to date");
      if (kind == "error" || (kind == "status" && !is_fine)) wrong = base::printable_line(said);
    }
    return wrong.empty()
               ? ""
               : "the table could not be mended (" + wrong + "): restore it from a backup with db:restore, or ask the host to mend it";
  }

  Supervisor& supervisor_;
  const std::vector<std::string>& words_;
  storage::Connection& connection_;
  size_t first_;
  bool changed_ = false;
};

}  // namespace

Outcome run_statements(Supervisor& supervisor, const base::Step& step) {
  auto target = same_target(supervisor, step.words.at(0), step.words.at(1));
  auto connection = storage::Connection::open(target);
  storage::DatabaseLock lock(connection, target.name);
  prepare(connection);
  try {
    return Statements(supervisor, step, connection).run();
  } catch (const base::Failure& failure) {
    if (!connection.lost()) throw;
    return {{}, true, failure.full() + "; job:resume goes on from there"};
  }
}

}  // namespace steps
