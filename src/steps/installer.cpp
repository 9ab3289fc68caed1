// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs `run-installer` and `await-answer`: an installer of the application's own changes the database, started from here or by the
// owner in a browser. What it says of itself proves nothing: what the database answers does.
#include <algorithm>
#include <thread>

#include "base/failure.h"
#include "base/text.h"
#include "steps/verbs.h"

namespace steps {

namespace {

using namespace std::chrono_literals;

constexpr size_t kBeforeSentences = 5;
constexpr std::chrono::seconds kPatience{10};
constexpr int kLooksBetween = 10;  // for a stop, between two questions to the database

// nullopt: it could not be asked; `problem` says why.
std::optional<std::string> answer_of(const storage::DatabaseTarget& target, const std::string& question, std::string& problem) {
  try {
    problem.clear();
    return storage::Connection::open(target, kPatience).value(question).value_or("");
  } catch (const base::Failure& failure) {
    problem = failure.full();
    return std::nullopt;
  }
}

bool is_one_of(const std::string& answer, const std::string& wanted) {
  auto all = base::split(wanted, '|');
  return std::find(all.begin(), all.end(), base::trim(answer)) != all.end();
}

// False: a stop was asked for.
bool waited(Supervisor& supervisor) {
  for (int i = 0; i < kLooksBetween; ++i) {
    if (supervisor.stop_asked()) return false;
    std::this_thread::sleep_for(200ms);
  }
  return !supervisor.stop_asked();
}

std::string still_words(const std::string& last, const std::string& wanted) {
  return "the database says " + (last.empty() ? "nothing" : base::printable_line(last)) + ", and not " + base::printable_line(wanted);
}

}  // namespace

Outcome run_installer(Supervisor& supervisor, const base::Step& step) {
  Outcome outcome = run_console(supervisor, step);
  if (outcome.stopped || outcome.exit.good()) return outcome;
  supervisor.line("the installer ended with " + outcome.exit.words() + (outcome.explanation.empty() ? "" : ": " + outcome.explanation) +
                  "; what the database says now decides");
  return {};
}

Outcome await_answer(Supervisor& supervisor, const base::Step& step) {
  auto target = same_target(supervisor, step.words.at(0), step.words.at(1));
  bool waits = step.words.at(2) == kWaitWord;
  const std::string &question = step.words.at(3), &wanted = step.words.at(4);
  for (size_t i = kBeforeSentences; i < step.words.size(); ++i) supervisor.line(base::printable_line(step.words[i]));
  std::string last, problem, told;
  for (;;) {
    auto answer = answer_of(target, question, problem);
    if (answer && is_one_of(*answer, wanted)) {
      supervisor.line("the database says " + base::printable_line(*answer));
      return {};
    }
    if (answer) last = *answer;
    if (!waits) return {{1, 0}, false, problem.empty() ? still_words(last, wanted) : problem};
    if (std::string now = problem.empty() ? "waiting: " + still_words(last, wanted) : problem; now != told)
      supervisor.line(base::printable_line(now)), told = now;
    if (!waited(supervisor)) return {{1, 0}, false, "stopped on request: " + still_words(last, wanted), false, false, false, true};
  }
}

}  // namespace steps
