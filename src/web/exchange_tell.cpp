// SPDX-License-Identifier: GPL-3.0-or-later
// What comes of a task, told as text, page or events, or in a line or two for cron.
#include "web/exchange.h"

#include "base/failure.h"
#include "web/download.h"
#include "web/links_section.h"
#include "web/listing.h"
#include "web/page.h"
#include "web/rendering.h"

namespace web {

namespace {

using actions::Outcome;

constexpr unsigned kDefaultWaitSeconds = 25;
constexpr unsigned kMostWaitSeconds = 300;
constexpr auto kMostHeld = std::chrono::hours(1);
const Headers kPassOn = {{"X-Accel-Buffering", "no"}};

}  // namespace

actions::Options options_of(const Request& request) {
  actions::Options options;
  for (std::string_view name : actions::kOptionNames)
    if (auto value = request.value(name)) options[std::string(name)] = *value;
  return options;
}

std::optional<uint64_t> Exchange::wait_seconds() const {
  std::string wait = request_.value("wait").value_or("");
  return wait.empty() ? kDefaultWaitSeconds : base::whole_number(wait, kMostWaitSeconds);
}

void Exchange::refuse(int status, const std::string& text, const Headers& more) {
  if (format() == Format::events) {
    std::string line = event("refused", {{"status", std::to_string(status)}, {"text", text}});
    return write_answer(gateway_, status, kEvents, line, more, !is_head());
  }
  if (format() == Format::pretty && access_.level != Level::none && !is_head())
    return write_page(gateway_, status, message_page(status == 403 ? "Not allowed" : "That did not work", text), more);
  write_answer(gateway_, status, kText, text + "\n", more, !is_head());
}

void Exchange::tell_result(int status, const std::string& text, const Headers& more) {
  bool unknown = status == 202 || status == 409;
  std::string last = unknown && link_ ? actions::last_result_words(*link_) : "";
  if (format() != Format::events)
    return write_answer(gateway_, status, kText, text + "\n" + (last.empty() ? "" : "-- " + last + "\n"), more);
  base::Fields fields = {{"text", text}};
  if (!last.empty()) fields.push_back({"last", last});
  write_answer(gateway_, status, kEvents, event("result", fields), more);
}

void Exchange::run(const std::string& task, const std::string& confirm) {
  actions::Asked asked;
  asked.task = task;
  asked.options = options_of(request_);
  asked.confirm = confirm;
  asked.may_change = access_.level == Level::full;
  tell(actions::answer(world_, asked), asked.options);
}

void Exchange::run_link(const std::string& token) {
  link_ = actions::find_link(world_, token);
  if (!link_) return refuse(403, "This link is wrong, or it has expired.");
  if (is_head()) return refuse(405, "", {{"Allow", "GET, POST"}});
  if (asks_for_more()) return refuse(400, "This link takes quiet, wait, strict, pretty and format only.");
  access_ = {};
  // Whoever calls a link may say any host: it must not decide where the site, or a file of ours, is asked for.
  world_.asked_at.clear();
  links_ = Links(request_, world_, access_);
  actions::Asked asked;
  asked.task = link_->task;
  asked.options = link_->options;
  asked.may_change = asked.by_link = true;
  auto answer = actions::answer(world_, asked);
  note_answer(answer);
  tell(answer, {});
  if (!answer.job.empty()) actions::settle_link(world_, *link_);
}

bool Exchange::asks_for_more() const {
  for (const char* name : {"task", "confirm", "job", "from", "view", "apiTask"})
    if (request_.value(name)) return true;
  return !options_of(request_).empty();
}

void Exchange::note_answer(const actions::Answer& answer) {
  switch (answer.outcome) {
    case Outcome::started:
    case Outcome::joined: return actions::note_link_job(world_, *link_, answer.job);
    case Outcome::acted: return actions::note_link_result(world_, *link_, answer.exit == 0, last_line(answer.text));
    case Outcome::refused: return actions::note_link_result(world_, *link_, false, answer.text);
    case Outcome::nothing:
      return actions::note_link_result(world_, *link_, !answer.proposal.needs_owner,
                                       base::join(answer.proposal.plan.notes, "; "));
    case Outcome::held: {
      auto job = jobs::look_at(world_.disk, world_.need_state(), answer.job);
      bool rests = job && job->state == jobs::State::interrupted;
      if (rests) actions::note_link_waits(world_, *link_, answer.job);
      return;
    }
    default: return;  // not now: neither good nor bad
  }
}

void Exchange::tell(const actions::Answer& answer, const actions::Options& options) {
  if (request_.flag("quiet")) return tell_quietly(answer);
  switch (answer.outcome) {
    case Outcome::refused: return refuse(answer.status, answer.text);
    case Outcome::plan:
    case Outcome::choose:
    case Outcome::nothing: return tell_plan(answer, options);
    case Outcome::acted: return tell_acted(answer);
    case Outcome::given: return send_file(gateway_, request_, answer.download);
    case Outcome::preparing:
    case Outcome::started:
    case Outcome::joined: return tell_job(answer);
    case Outcome::held:
    case Outcome::same_running: return tell_held(answer);
  }
}

void Exchange::tell_plan(const actions::Answer& answer, const actions::Options& options) {
  if (format() == Format::events) return write_answer(gateway_, 200, kEvents, plan_event(answer, links_));
  if (format() == Format::pretty || request_.navigation)
    return write_page(gateway_, 200, plan_page(answer, options, links_), session_cookie());
  write_answer(gateway_, 200, kText, plan_text(answer, options, links_));
}

void Exchange::tell_acted(const actions::Answer& answer) {
  for (const auto& [name, fields] : answer.events)
    if (name == "made" && request_.navigation && format() != Format::events)
      return write_page(gateway_, 200, made_link_page(fields, links_, actions::answers_of_host(world_)),
                        session_cookie());
  if (format() == Format::events) {
    std::string all;
    for (const auto& [name, fields] : answer.events) all += event(name, fields);
    return write_answer(gateway_, 200, kEvents, all + as_events(answer.text));
  }
  if (format() == Format::pretty) {
    JobPage page{answer.task, base::html_escape(answer.text), "", "", "", way_back(), false};
    return write_page(gateway_, 200, job_page(page), session_cookie());
  }
  write_answer(gateway_, 200, kText, answer.text);
}

void Exchange::tell_job(const actions::Answer& answer) {
  bool reload_starts_again = answer.effect != actions::Effect::reads;
  if (request_.navigation && format() != Format::events && (reload_starts_again || request_.method == "POST")) {
    std::string secret = world_.need_owner_secret();
    std::string link =
        Links::view(view_token(secret, new_view(View::advances, answer.job)), 0, request_.flag("pretty"));
    Headers headers = session_cookie();
    headers.push_back({"Location", link});
    return write_answer(gateway_, 303, kText, "The job runs here: " + link + "\n", headers);
  }
  deliver_job(answer.job, View::advances, "", answer.outcome == Outcome::joined ? joined_words(answer.job) : "");
}

std::string Exchange::joined_words(const std::string& id) {
  auto job = jobs::look_at(world_.disk, world_.need_state(), id);
  if (!job || !jobs::is_over(job->state)) return "";
  double ago = std::chrono::duration<double>(platform::system_clock().now() - job->created).count();
  return "-- this ran " + base::seconds_words(ago) + " ago; asked again within 60 s it is not run twice";
}

void Exchange::tell_held(const actions::Answer& answer) {
  if (answer.outcome == Outcome::same_running) return deliver_job(answer.job, View::reads, "");
  auto job = jobs::look_at(world_.disk, world_.need_state(), answer.job);
  std::string text = held_words(answer, job);
  if (format() == Format::events)
    return write_answer(gateway_, 409, kEvents, event("held", {{"job", answer.job}, {"text", text}}));
  if (format() == Format::pretty || request_.navigation)
    return write_page(gateway_, 409, message_page(answer.task, text), session_cookie());
  write_answer(gateway_, 409, kText, text + "\n");
}

void Exchange::tell_quietly(const actions::Answer& answer) {
  switch (answer.outcome) {
    case Outcome::refused: return refuse(answer.status, answer.text);
    case Outcome::plan:
      return tell_result(409, plan_last_line(answer, options_of(request_), links_));
    case Outcome::choose: return tell_result(409, "-- " + base::join(answer.proposal.plan.notes, "; "));
    case Outcome::nothing:
      if (answer.proposal.needs_owner) return tell_result(409, "-- " + base::join(answer.proposal.plan.notes, "; "));
      return tell_result(200, "nothing to do");
    case Outcome::given: return send_file(gateway_, request_, answer.download);
    case Outcome::acted: return tell_result(answer.exit == 0 ? 200 : 500, last_line(answer.text));
    case Outcome::held:
    case Outcome::same_running: return tell_held_quietly(answer);
    case Outcome::preparing:
      return tell_result(
          409, "-- nothing changed: job " + answer.job + " reads what the plan needs; ask again when it is over");
    case Outcome::started:
    case Outcome::joined: return wait_quietly(answer.job);
  }
}

void Exchange::wait_quietly(const std::string& id) {
  auto [job, child] = wait_for_end(world_, id, std::chrono::seconds(wait_seconds().value_or(kDefaultWaitSeconds)));
  bool rests = jobs::is_over(job.state) || job.state == jobs::State::interrupted;
  int status = !rests ? 202 : job.state == jobs::State::done ? 200 : 500;
  std::string text = rests ? "-- " + jobs::state_words(job) : "-- still running: job " + id;
  bool is_held = child.is_there() || job.state == jobs::State::waiting;
  tell_result(status, text, is_held ? kPassOn : Headers{});
  if (is_held) go_on_with(id, std::move(child));
}

void Exchange::tell_held_quietly(const actions::Answer& answer) {
  auto job = jobs::look_at(world_.disk, world_.need_state(), answer.job);
  // It waits for a request, and this is one.
  bool waits = job && job->state == jobs::State::waiting;
  if (waits && answer.outcome == Outcome::same_running) return wait_quietly(answer.job);
  Attached child(waits ? jobs::advance_job(world_.need_engine(), *job, jobs::Slice::request).attached : 0);
  if (waits) job = jobs::look_at(world_.disk, world_.need_state(), answer.job);
  tell_result(request_.flag("strict") ? 409 : 202, held_words(answer, job), waits ? kPassOn : Headers{});
  if (waits) go_on_with(answer.job, std::move(child));
}

void Exchange::go_on_with(const std::string& id, Attached child) {
  gateway_.flush();
  child.wait();
  wait_for_end(world_, id, kMostHeld);
}

}  // namespace web
