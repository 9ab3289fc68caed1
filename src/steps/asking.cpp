// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs that ask the site whether it still answers, and take back what made it worse.
#include "steps/asking.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/failure.h"
#include "base/masking.h"
#include "base/page_words.h"
#include "base/text.h"

namespace steps {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using platform::PageAnswer;

constexpr auto kLimitBefore = 20s;  // for one page: what answers later is not in order
constexpr auto kLimit = 60s;        // a first visit may build a cache
constexpr auto kPatience = 12s;  // with bad answers: servers look at changed files every few seconds
constexpr size_t kMostSaid = 200;  // of an error's page
constexpr std::string_view kNote = "asked";

struct Question {
  std::string url;
  std::vector<std::string> pages;
};

bool is_installer(const PageAnswer& answer) {
  std::string path = answer.location.substr(0, answer.location.find_first_of("?#"));
  while (path.ends_with('/')) path.pop_back();
  return answer.status >= 300 && answer.status < 400 && path.ends_with("/installer");
}

bool is_good(const PageAnswer& answer) { return answer.status >= 200 && answer.status < 400 && !is_installer(answer); }

// Answers that a site which answered well a moment ago does not give. Too many requests say nothing about it.
bool is_bad(const PageAnswer& answer) { return answer.status == 0 || (answer.status >= 400 && answer.status != 429) || is_installer(answer); }

bool can_be_asked(const std::vector<PageAnswer>& answers) {
  return std::any_of(answers.begin(), answers.end(), [](const PageAnswer& answer) { return answer.status != 0 || answer.timed_out; });
}

std::string words_of(const PageAnswer& answer) {
  if (answer.timed_out) return "no answer in time";
  if (answer.status == 0) return "cannot be asked: " + base::printable_line(answer.problem);
  std::string words = std::to_string(answer.status);
  std::string said = answer.status >= 400 ? base::page_words(base::masked(answer.text), kMostSaid) : "";
  if (!said.empty()) return words + ": " + said;
  return answer.location.empty() ? words : words + " -> " + base::printable_line(answer.location.substr(0, 200));
}

std::string address(const Question& question, const std::string& page) {
  std::string url = question.url;
  while (url.ends_with('/')) url.pop_back();
  return url + "/" + page;
}

std::vector<PageAnswer> ask(Supervisor& supervisor, const Question& question, std::chrono::seconds limit = kLimit) {
  std::vector<PageAnswer> answers;
  for (const auto& page : question.pages) answers.push_back(supervisor.http().ask(address(question, page), limit));
  return answers;
}

void tell(Supervisor& supervisor, const Question& question, const std::vector<PageAnswer>& answers) {
  for (size_t i = 0; i < answers.size(); ++i)
    supervisor.line(base::printable_line(address(question, question.pages[i])) + ": " + words_of(answers[i]));
}

std::string noted_form(const std::vector<PageAnswer>& answers) {
  json all = json::array();
  for (const auto& answer : answers) all.push_back({answer.status, answer.timed_out, answer.location});
  return all.dump();
}

std::vector<PageAnswer> of_note(const std::string& text) {
  std::vector<PageAnswer> answers;
  json all = json::parse(text, nullptr, false);
  for (const auto& one : all.is_array() ? all : json::array()) {
    PageAnswer answer;
    answer.status = one.at(0).get<int>();
    answer.timed_out = one.at(1).get<bool>();
    answer.location = one.at(2).get<std::string>();
    answers.push_back(std::move(answer));
  }
  return answers;
}

enum class Verdict { good, worse, not_proved };

Verdict compare(const std::vector<PageAnswer>& before, const std::vector<PageAnswer>& now) {
  bool all_good = true;
  for (size_t i = 0; i < now.size(); ++i) {
    if (i < before.size() && is_good(before[i]) && is_bad(now[i])) return Verdict::worse;
    all_good = all_good && is_good(now[i]);
  }
  return all_good && !now.empty() ? Verdict::good : Verdict::not_proved;
}

// An error of the server or silence may pass, until PHP has seen the new files and the cache is built. A refusal stays.
bool may_pass(const std::vector<PageAnswer>& answers) {
  return std::any_of(answers.begin(), answers.end(), [](const PageAnswer& answer) { return answer.status == 0 || answer.status >= 500; });
}

// Worse, or as bad as before, only when it stays so for a while.
Verdict judge(Supervisor& supervisor, const Question& question, std::vector<PageAnswer>& now) {
  auto before = of_note(supervisor.noted(std::string(kNote)));
  auto until = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    now = ask(supervisor, question);
    Verdict verdict = compare(before, now);
    bool is_settled = verdict == Verdict::good || (verdict == Verdict::not_proved && !may_pass(now));
    if (is_settled || std::chrono::steady_clock::now() > until || supervisor.stop_asked()) return verdict;
    std::this_thread::sleep_for(1s);
  }
}

Outcome worse(Supervisor& supervisor, const std::string& mode, const Question& question) {
  if (mode == "stay")
    return {{1, 0}, false, "the site answers worse than before; nothing is taken back by itself, because the database was changed too: "
                           "`undo` takes both back"};
  supervisor.keep_cursor("back");
  supervisor.line("the site answers worse than before: everything goes back to where it was");
  try {
    take_back(supervisor);
  } catch (const base::Failure& failure) {
    return {{}, true, "it could not be taken back now: " + failure.full() + "; job:resume tries again"};
  }
  std::vector<PageAnswer> now;
  judge(supervisor, question, now);
  tell(supervisor, question, now);
  return {{1, 0}, false, "taken back: the site is as it was before this job", true};
}

}  // namespace

Outcome ask_site(Supervisor& supervisor, const base::Step& step) {
  Question question{step.words.at(0), {step.words.begin() + 1, step.words.end()}};
  if (question.url.empty()) {
    supervisor.line("the site cannot be asked: its address is not known (url = in the settings file names it)");
    return {};
  }
  auto answers = ask(supervisor, question, kLimitBefore);
  tell(supervisor, question, answers);
  supervisor.note(std::string(kNote), noted_form(answers));
  return {};
}

Outcome judge_site(Supervisor& supervisor, const base::Step& step) {
  const std::string& mode = step.words.at(0);
  Question question{step.words.at(1), {step.words.begin() + 2, step.words.end()}};
  if (supervisor.cursor() == "back") return worse(supervisor, mode, question);
  if (question.url.empty()) {
    supervisor.note(kVerdictNote, kNotProved);
    supervisor.line("not proved: the site's address is not known, look at it yourself");
    return {};
  }
  auto before = of_note(supervisor.noted(std::string(kNote)));
  if (!can_be_asked(before)) {
    supervisor.note(kVerdictNote, kNotProved);
    supervisor.line("not proved: the site could not be asked from here, look at it yourself");
    return {};
  }
  std::vector<PageAnswer> now;
  Verdict verdict = judge(supervisor, question, now);
  tell(supervisor, question, now);
  if (verdict == Verdict::worse) return worse(supervisor, mode, question);
  supervisor.note(kVerdictNote, verdict == Verdict::good ? kProved : kStillBad);
  if (verdict == Verdict::not_proved) supervisor.line("not proved: it did not answer well before either; look at the site yourself");
  return {};
}

}  // namespace steps
