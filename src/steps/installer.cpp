// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs `run-installer` and `await-answer`: an installer of the application's own changes the database, started from here or by the
// owner in a browser. What it says of itself proves nothing: what the database answers does.
#include <algorithm>
#include <thread>

#include "base/failure.h"
#include "base/text.h"
#include "platform/running.h"
#include "steps/upgrade_notes.h"
#include "steps/verbs.h"
#include "storage/answer.h"
#include "storage/backups.h"
#include "storage/changing_statements.h"

namespace steps {

namespace {

using namespace std::chrono_literals;

constexpr size_t kBeforeSentences = 5, kBeforeArguments = 5;
constexpr const char* kStarted = "started";
constexpr int kLooksBetween = 10;  // for a stop, between two questions to the database
constexpr int kMostUnanswered = 30;  // a minute

// nullopt: it could not be asked; `problem` says why. `words` begin as those of both verbs. The configuration may just be written anew.
std::optional<storage::Answer> answer_of(Supervisor& supervisor, const std::vector<std::string>& words, const std::string& question,
                                         std::string& problem) {
  try {
    problem.clear();
    auto connection = same_database(supervisor, words);
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

std::string until_words(Supervisor& supervisor) {
  return "the site stays closed; job:resume looks again, or " + way_back(supervisor);
}

Outcome rests() { return {{}, false, {}, false, false, false, false, true}; }

// nullopt: there is none any more.
std::optional<Outcome> wait_for_installer(Supervisor& supervisor, const platform::Path& script) {
  bool told = false;
  for (;;) {
    auto running = platform::running_scripts({script});
    if (running.empty()) return std::nullopt;
    if (!told) supervisor.line("the installer works still, as process " + std::to_string(running[0].pid) + ": waiting for its end");
    told = true;
    if (waited(supervisor)) continue;
    return supervisor.stop_asked() ? Outcome{{}, true, {}} : rests();
  }
}

// What a process before this one started may work still; what it left behind only the database tells.
Outcome look_again(Supervisor& supervisor, const base::Step& step) {
  if (auto outcome = wait_for_installer(supervisor, step.words.at(4))) return *outcome;
  std::string problem;
  auto answer = answer_of(supervisor, step.words, step.words.at(2), problem);
  if (!answer) return {{}, true, problem + "; " + until_words(supervisor)};
  if (is_one_of(answer->value, step.words.at(3))) {
    supervisor.line("the upgrade came to its end: the database says " + base::printable_line(answer->value));
    return {};
  }
  note_failed(supervisor, step.words, sight_of(supervisor, step.words, step.words.at(2)));
  return {{}, true, "the upgrade was interrupted: " + still_words(answer->value, step.words[3]) + ", and may be half changed. The installer is "
                    "not started over that a second time, and the site stays closed: " + way_back(supervisor)};
}

// The owner's browser may be at the last step still when the version is written.
bool is_quiet(Supervisor& supervisor, const std::vector<std::string>& words) {
  try {
    auto connection = same_database(supervisor, words);
    return storage::changing_statements(connection, 0s).empty();
  } catch (const base::Failure&) {
    return false;
  }
}

// The words of `await-answer`, and what it has seen.
class Awaiting {
 public:
  Awaiting(Supervisor& supervisor, const base::Step& step)
      : supervisor_(supervisor), words_(step.words), waits_(words_.at(2) == kWaitWord), wanted_(words_.at(4)), told_(supervisor.cursor()) {}

  Outcome run() {
    if (!begin()) return stopped();
    for (int unanswered = 0;;) {
      auto answer = answer_of(supervisor_, words_, words_.at(3), problem_);
      bool is_good = answer && is_one_of(answer->value, wanted_);
      if (answer) last_ = *answer;
      unanswered = answer ? 0 : unanswered + 1;
      // Twice in a row, by whatever process: the owner's browser may be at work still.
      if (is_good && (!waits_ || (told_ == good_words() && is_quiet(supervisor_, words_)))) return ended();
      if (!waits_ && answer) return failed(still_words(last_.value, wanted_));
      if (!waits_ && unanswered == kMostUnanswered) return {{}, true, problem_ + "; " + until_words(supervisor_)};
      tell(is_good);
      if (waited(supervisor_)) continue;
      if (!supervisor_.stop_asked()) return rests();
      return waits_ ? stopped() : Outcome{{}, true, {}};
    }
  }

 private:
  // False: a stop was asked for, before the owner was told to begin, and he has not.
  bool begin() {
    if (waits_ && !is_start_noted(supervisor_)) {
      supervisor_.line("reading all tables, so that it can be told afterwards whether anything was changed; the upgrade is not to be begun yet");
      auto before = look_before(supervisor_, words_, words_.at(3));
      if (supervisor_.stop_asked() && is_untouched(before)) return false;
      note_start(supervisor_, before, words_.at(3), wanted_, RunBy::owner);
    }
    if (waits_) supervisor_.note(std::string(kUpgradeStartedNote), kStarted);
    for (size_t i = kBeforeSentences; i < words_.size() && told_.empty(); ++i) supervisor_.line(base::printable_line(words_[i]));
    return true;
  }

  // install/ is open.
  bool is_untouched(const Before& before) const {
    bool is_known = !before.mark.empty() && !before.structure.empty();
    return is_known && sight_of(supervisor_, words_, words_.at(3)) == before && supervisor_.running_upgrade(words_.at(0)).empty();
  }

  std::string good_words() const {
    return "the database says " + base::printable_line(last_.value) + "; waiting until nothing changes it any more";
  }

  void tell(bool is_good) {
    note_mark(supervisor_, last_.mark);
    std::string now = !problem_.empty() ? problem_
                      : is_good         ? good_words()
                                        : "waiting: " + still_words(last_.value, wanted_);
    if (now == told_) return;
    supervisor_.line(base::printable_line(now));
    supervisor_.keep_cursor(told_ = now);
  }

  Outcome ended() {
    note_mark(supervisor_, last_.mark);
    note_good(supervisor_);
    supervisor_.line("the database says " + base::printable_line(last_.value));
    return {};
  }

  Outcome failed(const std::string& why) {
    note_failed(supervisor_, words_, sight_of(supervisor_, words_, words_.at(3)));
    return {{1, 0}, false, why};
  }

  Outcome stopped() {
    auto outcome = failed("stopped on request: " + still_words(last_.value, wanted_));
    outcome.ends_with_stop = true;
    return outcome;
  }

  Supervisor& supervisor_;
  const std::vector<std::string>& words_;
  bool waits_;
  const std::string& wanted_;
  std::string told_, problem_;
  storage::Answer last_;
};

// nullopt: none is at work.
std::optional<Outcome> stands_back(Supervisor& supervisor, const base::Step& step) {
  std::string seen = supervisor.running_upgrade(step.words.at(0));
  if (seen.empty()) return std::nullopt;
  return Outcome{{1, 0}, false, "another upgrade is running now: " + seen + "; none was started beside it", false, true};
}

// Where the host lets no process begin nothing was changed.
Outcome run_or_note(Supervisor& supervisor, const base::Step& step, const base::Step& run) {
  try {
    return run_console(supervisor, run);
  } catch (const base::Failure&) {
    note_failed(supervisor, step.words, sight_of(supervisor, step.words, step.words.at(2)));
    throw;
  }
}

}  // namespace

Outcome run_installer(Supervisor& supervisor, const base::Step& step) {
  if (!supervisor.cursor().empty()) return look_again(supervisor, step);
  const std::string& question = step.words.at(2);
  if (auto outcome = stands_back(supervisor, step)) return *outcome;
  const Before before = look_before(supervisor, step.words, question);
  if (supervisor.stop_asked()) return {{}, true, {}};
  if (auto outcome = stands_back(supervisor, step)) return *outcome;  // install/ is open, and that look may have taken a while
  note_start(supervisor, before, question, step.words.at(3), RunBy::job);
  supervisor.note(std::string(kUpgradeStartedNote), kStarted);
  supervisor.keep_cursor(kStarted);
  base::Step run = step;
  run.words = {step.words.at(0)};
  run.words.insert(run.words.end(), step.words.begin() + kBeforeArguments, step.words.end());
  Outcome outcome = run_or_note(supervisor, step, run);
  note_mark(supervisor, sight_of(supervisor, step.words, question).mark);
  if (outcome.stopped || outcome.exit.good()) return outcome;
  supervisor.line("the installer ended with " + outcome.exit.words() + (outcome.explanation.empty() ? "" : ": " + outcome.explanation) +
                  "; what the database says now decides");
  return {};
}

Outcome await_answer(Supervisor& supervisor, const base::Step& step) { return Awaiting(supervisor, step).run(); }

}  // namespace steps
