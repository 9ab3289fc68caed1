// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/service.h"

#include <thread>

#include "actions/canary.h"
#include "actions/consent.h"
#include "actions/console.h"
#include "actions/safety_backup.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace actions {

namespace {

using namespace std::chrono_literals;

// A task that may be asked: a row of our table, or a line of the application's console.
struct Task {
  const Action* action = nullptr;
  apps::Allowed line;   // when action is null
  std::string name;     // the whole task in its present form
  Effect effect = Effect::reads;
  Consent consent = Consent::at_once;
};

class Collector final : public base::Report {
 public:
  void say(base::Stream, std::string_view bytes) override { text += base::printable(bytes); }
  void event(std::string_view name, const base::Fields& fields) override { events.emplace_back(name, fields); }
  std::string text;
  std::vector<std::pair<std::string, base::Fields>> events;
};

Answer refused(int status, const std::string& text) {
  Answer answer;
  answer.status = status;
  answer.text = text;
  return answer;
}

// A bookmark that worked yesterday: then what is wrong is the site, not the task.
bool some_app_knows(const std::string& line) {
  for (const apps::App* app : apps::all())
    if (std::holds_alternative<apps::Allowed>(apps::match(*app, {}, line, {}))) return true;
  return false;
}

std::optional<Task> find_task(World& world, const Asked& asked, Answer& refusal) {
  Task task;
  if (const Action* action = find_action(asked.task)) {
    try {
      check_options(*action, asked.options);
    } catch (const base::Failure& failure) {
      refusal = refused(400, base::printable_line(failure.full()));
      return std::nullopt;
    }
    return Task{action, {}, std::string(action->name), action->effect, action->consent};
  }
  if (!world.site) {
    if (some_app_knows(asked.task)) throw base::Failure(world.site_problem);
    refusal = refused(403, not_allowed(asked.task));
    return std::nullopt;
  }
  auto matched = apps::match(*world.site->app, world.site->version, asked.task, world.settings.commands);
  if (auto* denied = std::get_if<apps::Denied>(&matched)) {
    refusal = refused(403, denied->reason);
    return std::nullopt;
  }
  task.line = std::get<apps::Allowed>(std::move(matched));
  task.name = task.line.line;
  task.effect = task.line.effect;
  if (auto backup = asked.options.find("backup"); backup != asked.options.end()) {
    if (task.line.backup != apps::Backup::first || !refuses_backup(asked.options)) {
      refusal = refused(400, task.line.name + " takes no option backup" +
                                 (task.line.backup == apps::Backup::first ? " but backup=no" : ""));
      return std::nullopt;
    }
    task.consent = Consent::plan_first;
  }
  return task;
}

bool gives_or_makes_keys(const Action& action) { return action.give || action.name.starts_with("links"); }

// Why a link may not start it; empty: it may.
std::string no_link_because(const Task& task) {
  if (task.consent == Consent::plan_first) return task.name + " shows its plan first, and a link never consents";
  if (task.action && gives_or_makes_keys(*task.action))
    return "a link shows the output of a task only, and " + task.name + " gives out more";
  return {};
}

Proposal propose(World& world, const Task& task, const Options& options) {
  if (!task.action) return propose_console(world, task.line, options);
  if (task.action->propose) return task.action->propose(world, options);
  return {};
}

Answer shown_plan(World& world, const Task& task, const Asked& asked, Proposal proposal) {
  Answer answer;
  answer.outcome = Outcome::plan;
  Options accepted = asked.options;
  if (proposal.agreement) accepted[proposal.agreement->option] = "yes";
  answer.confirm = issue_consent(world, task.name, accepted, proposal.findings);
  answer.proposal = std::move(proposal);
  return answer;
}

Answer acted(const Task& task, const std::function<int(base::Report&)>& act) {
  Answer answer;
  answer.outcome = Outcome::acted;
  auto began = std::chrono::steady_clock::now();
  Collector collector;
  collector.line("Executing " + task.name);
  try {
    answer.exit = act(collector);
  } catch (const base::Failure& failure) {
    collector.line(base::printable(failure.full()));
    answer.exit = 1;
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  collector.line(std::string(answer.exit == 0 ? "-- done: exit " : "-- failed: exit ") + std::to_string(answer.exit) +
                 " in " + base::seconds_words(seconds));
  answer.text = std::move(collector.text);
  answer.events = std::move(collector.events);
  return answer;
}

Answer started(World& world, const base::Plan& plan, jobs::Repeat repeat) {
  auto start = jobs::start_job(world.need_engine(), plan, repeat);
  Answer answer;
  switch (start.how) {
    case jobs::Begun::started: answer.outcome = Outcome::started; break;
    case jobs::Begun::joined: answer.outcome = Outcome::joined; break;
    case jobs::Begun::held: answer.outcome = Outcome::held; break;
    case jobs::Begun::same_running: answer.outcome = Outcome::same_running; break;
  }
  answer.job = start.id;
  return answer;
}

Answer begun(World& world, const Task& task, const Options& options, const Proposal& proposal, jobs::Repeat repeat) {
  if (proposal.answer) return acted(task, proposal.answer);
  if (task.action && task.action->act)
    return acted(task, [&](base::Report& report) { return task.action->act(world, options, report); });
  if (task.action && task.action->give) {
    Answer answer;
    answer.outcome = Outcome::given;
    answer.download = task.action->give(world, options);
    return answer;
  }
  return started(world, proposal.plan, repeat);
}

// Who asks again while it reads is shown the same job.
Answer prepared(World& world, const base::Plan& plan) {
  Answer answer = started(world, plan, jobs::Repeat::join);
  if (answer.outcome != Outcome::held) answer.outcome = Outcome::preparing;
  return answer;
}

// What comes of a proposal that nobody can consent to; nullopt: of this one it can.
std::optional<Answer> without_question(World& world, Proposal& proposal) {
  if (proposal.preparation) return prepared(world, *proposal.preparation);
  if (!proposal.nothing_to_do && proposal.choices.empty()) return std::nullopt;
  Answer answer;
  answer.outcome = proposal.choices.empty() ? Outcome::nothing : Outcome::choose;
  answer.proposal = std::move(proposal);
  return answer;
}

// A used code answers with what it was used for. Who used it may still be about to write that down.
Answer answer_of_used(World& world, const std::string& code) {
  for (int i = 0; i < 100; ++i) {
    auto consent = find_consent(world, code);
    if (consent && !consent->answer.empty()) {
      Answer answer;
      answer.outcome = storage::is_job_id(consent->answer) ? Outcome::joined : Outcome::acted;
      (answer.outcome == Outcome::joined ? answer.job : answer.text) = consent->answer;
      return answer;
    }
    std::this_thread::sleep_for(50ms);
  }
  return refused(409, "This consent was used already, and what it started is not known.");
}

// For those who bring the code again.
std::string what_became_of(const Answer& answer) {
  bool stood_back = answer.outcome == Outcome::held || answer.outcome == Outcome::same_running;
  if (stood_back) return "-- not done: job " + answer.job + " was not over\n";
  return answer.job.empty() ? answer.text : answer.job;
}

constexpr const char* kToldOnce = "-- what came of this was told once and is kept nowhere\n";

Answer with_consent(World& world, const Task& task, const Asked& asked, const Consented& consent) {
  if (consent.used) return answer_of_used(world, asked.confirm);
  Proposal proposal = propose(world, task, asked.options);
  if (auto answer = without_question(world, proposal)) return *answer;
  if (proposal.agreement || consent.expired || proposal.findings != consent.findings)
    return shown_plan(world, task, asked, std::move(proposal));
  if (!use_consent(world, asked.confirm)) return answer_of_used(world, asked.confirm);
  note_exposure_accepted(world, proposal);
  // A consent is given once, and cannot be repeated by a reload.
  Answer answer = begun(world, task, asked.options, proposal, jobs::Repeat::again);
  bool tells_secret = task.action && task.action->special == Special::tells_secret;
  note_consent_answer(world, asked.confirm, tells_secret ? kToldOnce : what_became_of(answer));
  return answer;
}

bool is_at_once(const Task& task, const Asked& asked, const Proposal& proposal) {
  if (proposal.agreement) return false;
  bool says_yes = asked.yes && (proposal.warnings.empty() || asked.accepts_warnings);
  if (says_yes || task.effect == Effect::reads) return true;
  return task.consent == Consent::at_once && asked.may_change && proposal.warnings.empty();
}

Answer without_consent(World& world, const Task& task, const Asked& asked) {
  Proposal proposal = propose(world, task, asked.options);
  if (asked.by_link && !proposal.choices.empty())
    return refused(409, task.name + " does not know which: it needs an option.");
  if (auto answer = without_question(world, proposal)) return *answer;
  if (is_at_once(task, asked, proposal))
    return begun(world, task, asked.options, proposal, asked.yes ? jobs::Repeat::again : jobs::Repeat::join);
  if (asked.by_link) return refused(409, task.name + " cannot be done without showing its plan first.");
  return shown_plan(world, task, asked, std::move(proposal));
}

Answer answer_or_throw(World& world, const Asked& asked) {
  Answer refusal;
  auto task = find_task(world, asked, refusal);
  if (!task) return refusal;
  if (std::string reason = asked.by_link ? no_link_because(*task) : ""; !reason.empty())
    return refused(409, reason + ".");
  auto consent = find_consent(world, asked.confirm);
  bool fits = consent && consent->task == task->name && consent->options == asked.options;
  Answer answer = fits ? with_consent(world, *task, asked, *consent) : without_consent(world, *task, asked);
  answer.task = task->name;
  answer.effect = task->effect;
  return answer;
}

}  // namespace

std::string not_allowed(std::string_view task) {
  std::string name = base::printable_line(task.substr(0, 100));
  return "Task " + name + (task.size() > 100 ? "..." : "") + " is not allowed.";
}

std::string task_for_link(World& world, const std::string& task, const Options& options) {
  Asked asked;
  asked.task = task;
  asked.options = options;
  Answer refusal;
  auto found = find_task(world, asked, refusal);
  if (!found) throw base::Failure(refusal.text);
  if (std::string reason = no_link_because(*found); !reason.empty()) throw base::Failure(reason);
  return found->name;
}

Answer answer(World& world, const Asked& asked) {
  try {
    return answer_or_throw(world, asked);
  } catch (const base::Failure& failure) {
    return refused(failure.no_space() ? 507 : 500, base::printable_line(failure.full()));
  }
}

std::vector<Offer> offers(World& world) {
  std::vector<Offer> all;
  for (const Action& action : native_actions())
    all.push_back({std::string(action.name), "", std::string(action.help), action.effect, action.consent, false,
                   action.consent == Consent::at_once && !gives_or_makes_keys(action)});
  if (!world.site) return all;
  for (const auto* command : apps::commands_for(*world.site->app, world.site->version)) {
    std::string task(command->name);
    if (!command->default_options.empty()) task += " " + std::string(command->default_options);
    all.push_back(
        {task, std::string(command->needs), std::string(command->help), command->effect, Consent::at_once, true});
  }
  for (const auto& line : world.settings.commands)
    all.push_back({line, "", "allowed by the settings", Effect::both, Consent::at_once, true});
  return all;
}

}  // namespace actions
