// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs `run-installer` and `await-answer`: an installer of the application's own changes the database, started from here or by the
// owner in a browser. What it says of itself proves nothing: what the database answers does.
#include <algorithm>
#include <thread>

#include "base/failure.h"
#include "base/text.h"
#include "platform/running.h"
#include "steps/verbs.h"
#include "storage/answer.h"
#include "storage/backups.h"

namespace steps {

namespace {

using namespace std::chrono_literals;

constexpr size_t kBeforeSentences = 5, kBeforeArguments = 5;
constexpr const char* kStarted = "started";
constexpr std::chrono::seconds kPatience{10};
constexpr int kLooksBetween = 10;  // for a stop, between two questions to the database

// nullopt: it could not be asked; `problem` says why.
std::optional<storage::Answer> answer_of(const storage::DatabaseTarget& target, const std::string& question, std::string& problem) {
  try {
    problem.clear();
    auto connection = storage::Connection::open(target, kPatience);
    return storage::ask(connection, question);
  } catch (const base::Failure& failure) {
    problem = failure.full();
    return std::nullopt;
  }
}

bool is_one_of(const std::string& answer, const std::string& wanted) {
  auto all = base::split(wanted, '|');
  return std::find(all.begin(), all.end(), answer) != all.end();
}

// Only for words later: what cannot be noted stops nothing.
void note_mark(Supervisor& supervisor, std::string_view name, const std::string& mark) {
  try {
    if (supervisor.noted(std::string(name)) != mark) supervisor.note(std::string(name), mark);
  } catch (const base::Failure&) {
  }
}

void note_mark_now(Supervisor& supervisor, std::string_view name, const base::Step& step) {
  std::string unknown;
  if (auto answer = answer_of(same_target(supervisor, step.words.at(0), step.words.at(1)), step.words.at(2), unknown))
    note_mark(supervisor, name, answer->mark);
}

// False: a stop was asked for, or a rest is due.
bool waited(Supervisor& supervisor) {
  for (int i = 0; i < kLooksBetween; ++i) {
    if (supervisor.stop_asked() || supervisor.rest_due()) return false;
    std::this_thread::sleep_for(200ms);
  }
  return true;
}

std::string still_words(const std::string& last, const std::string& wanted) {
  return "the database says " + (last.empty() ? "nothing" : base::printable_line(last)) + ", and not " + base::printable_line(wanted);
}

std::string way_back(Supervisor& supervisor) {
  auto backup = storage::find_backup(supervisor.disk(), supervisor.state(), supervisor.job());
  if (!backup || !backup->manifest) return "there is no backup of this job; job:unlock gives it up and opens the site";
  return "job:rollback puts the database back to " + base::printable_line(backup->manifest->taken) +
         ", right before it, from the backup of this very job";
}

// What a process before this one started may work still; what it left behind only the database tells.
Outcome look_again(Supervisor& supervisor, const base::Step& step) {
  auto target = same_target(supervisor, step.words.at(0), step.words.at(1));
  bool told = false;
  for (;;) {
    auto running = platform::running_scripts({step.words.at(4)});
    if (running.empty()) break;
    if (!told) supervisor.line("the installer works still, as process " + std::to_string(running[0].pid) + ": waiting for its end");
    told = true;
    if (waited(supervisor)) continue;
    if (supervisor.stop_asked()) return {{}, true, {}};
    return {{}, false, {}, false, false, false, false, true};
  }
  std::string problem;
  auto answer = answer_of(target, step.words.at(2), problem);
  if (!answer) return {{}, true, problem + "; job:resume looks again"};
  note_mark(supervisor, kMarkAfterNote, answer->mark);
  if (is_one_of(answer->value, step.words.at(3))) {
    supervisor.line("the upgrade came to its end: the database says " + base::printable_line(answer->value));
    return {};
  }
  return {{}, true, "the upgrade was interrupted: " + still_words(answer->value, step.words[3]) + ", and may be half changed. The installer is "
                    "not started over that a second time, and the site stays closed: " + way_back(supervisor) +
                    "; or finish the upgrade in the browser, under install/, and then job:resume goes on"};
}

}  // namespace

Outcome run_installer(Supervisor& supervisor, const base::Step& step) {
  if (!supervisor.cursor().empty()) return look_again(supervisor, step);
  if (std::string seen = supervisor.running_upgrade(step.words.at(0)); !seen.empty())
    return {{1, 0}, false, "another upgrade is running now: " + seen + "; none was started beside it", false, true};
  note_mark_now(supervisor, kMarkBeforeNote, step);
  supervisor.note(std::string(kUpgradeStartedNote), kStarted);
  supervisor.keep_cursor(kStarted);
  base::Step run = step;
  run.words = {step.words.at(0)};
  run.words.insert(run.words.end(), step.words.begin() + kBeforeArguments, step.words.end());
  Outcome outcome = run_console(supervisor, run);
  note_mark_now(supervisor, kMarkAfterNote, step);
  if (outcome.stopped || outcome.exit.good()) return outcome;
  supervisor.line("the installer ended with " + outcome.exit.words() + (outcome.explanation.empty() ? "" : ": " + outcome.explanation) +
                  "; what the database says now decides");
  return {};
}

Outcome await_answer(Supervisor& supervisor, const base::Step& step) {
  auto target = same_target(supervisor, step.words.at(0), step.words.at(1));
  bool waits = step.words.at(2) == kWaitWord;
  const std::string &question = step.words.at(3), &wanted = step.words.at(4);
  std::string last, problem, told = supervisor.cursor();
  if (waits) supervisor.note(std::string(kUpgradeStartedNote), kStarted);
  for (size_t i = kBeforeSentences; i < step.words.size() && told.empty(); ++i) supervisor.line(base::printable_line(step.words[i]));
  for (;;) {
    auto answer = answer_of(target, question, problem);
    if (answer) note_mark(supervisor, kMarkAfterNote, answer->mark);
    if (answer && is_one_of(answer->value, wanted)) {
      supervisor.line("the database says " + base::printable_line(answer->value));
      return {};
    }
    if (answer) last = answer->value;
    if (!waits) return {{1, 0}, false, problem.empty() ? still_words(last, wanted) : problem};
    if (std::string now = problem.empty() ? "waiting: " + still_words(last, wanted) : problem; now != told) {
      supervisor.line(base::printable_line(now));
      supervisor.keep_cursor(told = now);
    }
    if (waited(supervisor)) continue;
    if (supervisor.stop_asked()) return {{1, 0}, false, "stopped on request: " + still_words(last, wanted), false, false, false, true};
    return {{}, false, {}, false, false, false, false, true};
  }
}

}  // namespace steps
