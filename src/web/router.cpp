// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/router.h"

#include "actions/consent.h"
#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "web/access.h"
#include "web/attempts.h"
#include "web/delivery.h"
#include "web/download.h"
#include "web/listing.h"
#include "web/page.h"
#include "web/rendering.h"
#include "web/response.h"

namespace web {

namespace {

using actions::Outcome;

constexpr unsigned kDefaultWaitSeconds = 25;
constexpr unsigned kMostWaitSeconds = 300;
constexpr const char* kWrongKey = "The secret phrase is wrong.";

actions::Options options_of(const Request& request) {
  actions::Options options;
  for (std::string_view name : actions::kOptionNames)
    if (auto value = request.value(name)) options[std::string(name)] = *value;
  return options;
}

actions::Whereabouts whereabouts(const Request& request, const Gateway& gateway) {
  actions::Whereabouts where;
  where.document_roots = {request.document_root};
  if (!request.host.empty()) where.asked_at = (request.https ? "https://" : "http://") + request.host + request.path;
  where.may_be_remembered = gateway.is_fastcgi() && !request.value("task");
  return where;
}

// One request on its way through.
class Exchange {
 public:
  Exchange(actions::Program& program, Gateway& gateway, Request request)
      : gateway_(gateway),
        request_(std::move(request)),
        world_(actions::find_world(program, whereabouts(request_, gateway))),
        access_(find_access(world_, request_)),
        links_(request_, world_, access_) {}

  void answer() {
    try {
      route();
    } catch (const base::Failure& failure) {
      if (access_.level == Level::none || gateway_.head_written) throw;
      refuse(failure.no_space() ? 507 : 500, base::printable_line(failure.full()));
    }
  }

 private:
  void route() {
    if (!from()) return refuse(400, "from= is not a number of bytes.");
    if (!wait_seconds()) return refuse(400, "wait= is not a number of seconds up to 300.");
    if (access_.not_from_here) return refuse(403, "This address may not use this program.");
    if (world_.key.place == actions::KeyPlace::none || !world_.key.problem.empty()) return ask_for_key();
    if (auto token = request_.value("view")) return view(*token);
    std::string confirm = request_.value("confirm").value_or("");
    if (access_.level == Level::none && !code_authorises(confirm)) return refuse_stranger();
    if (request_.method == "HEAD") return head();
    if (auto job = request_.value("job"); job && !request_.value("task")) return show_job(*job);
    if (auto task = request_.value("task")) return run(*task, confirm);
    list();
  }

  bool is_head() const { return request_.method == "HEAD"; }

  Format format() const {
    if (request_.value("format") == "json") return Format::events;
    return request_.flag("pretty") ? Format::pretty : Format::text;
  }

  void refuse(int status, const std::string& text, const Headers& more = {}) {
    if (format() == Format::events) {
      std::string line = event("refused", {{"status", std::to_string(status)}, {"text", text}});
      return write_answer(gateway_, status, kEvents, line, more, !is_head());
    }
    if (format() == Format::pretty && access_.level != Level::none && !is_head())
      return write_page(gateway_, status, message_page(status == 403 ? "Not allowed" : "That did not work", text), more);
    write_answer(gateway_, status, kText, text + "\n", more, !is_head());
  }

  void refuse_stranger() {
    if (!access_.too_fast) return refuse(403, kWrongKey);
    refuse(429, "Too many wrong keys. Wait a minute.", {{"Retry-After", std::to_string(kRetryAfterSeconds)}});
  }

  // One line, and the status that says the same.
  void tell_result(int status, const std::string& text) {
    bool events = format() == Format::events;
    write_answer(gateway_, status, events ? kEvents : kText, events ? event("result", {{"text", text}}) : text + "\n");
  }

  void ask_for_key() {
    std::string suggestion = actions::suggested_key();
    std::string problem = world_.key.problem.empty() ? "no key is set yet" : world_.key.problem;
    problem[0] = static_cast<char>(std::toupper(problem[0]));
    if (request_.wants_html && !is_head()) return write_page(gateway_, 403, setup_page(problem + ".", suggestion));
    refuse(403, problem + ". Write a line like this into the file unstick.ini.php beside this program and upload it:\n"
                          "key = " + suggestion + "\nThen open this address with ? and the key behind it.");
  }

  // A consent code authorises by itself, for its own action.
  bool code_authorises(const std::string& code) {
    if (code.empty()) return false;
    auto consent = actions::find_consent(world_, code);
    return consent && !consent->expired && request_.value("task") == consent->task;
  }

  void head() {
    if (request_.value("task")) return refuse(405, "", {{"Allow", "GET, POST"}});
    write_answer(gateway_, 200, kText, "", session_cookie(), false);
  }

  // A navigation that presents the key gets the cookie, so that the pages it lands on can offer their buttons.
  Headers session_cookie() {
    bool needs_one = request_.navigation && access_.level == Level::full && !access_.has_session;
    if (!needs_one || access_.session_key_mark.empty()) return {};
    std::string session = new_session(world_.need_secret(),
                                      access_.session_key_mark, platform::system_clock().now());
    std::string cookie = std::string(kSessionCookie) + "=" + session + "; Path=" + request_.path +
                         "; HttpOnly; SameSite=Strict" + (request_.https ? "; Secure" : "");
    return {{"Set-Cookie", cookie}};
  }

  void list() {
    auto warnings = warnings_of(world_);
    if (format() == Format::events) return write_answer(gateway_, 200, kEvents, list_events(world_, links_));
    if (request_.wants_html || request_.value("format") == "html")
      return write_page(gateway_, 200, list_page(world_, links_, warnings), session_cookie());
    write_answer(gateway_, 200, kText, list_text(world_, links_, warnings));
  }

  void show_job(const std::string& name) {
    auto state = world_.need_state();
    std::string id = name;
    if (name == "last") {
      auto newest = jobs::newest_jobs(world_.disk, state, 1);
      if (newest.empty()) return refuse(404, "No job was started yet.");
      id = newest[0];
    }
    if (!jobs::look_at(world_.disk, state, id)) return refuse(404, "There is no job " + base::printable_line(id.substr(0, 60)) + ".");
    deliver_job(id, View::advances, "");
  }

  void view(const std::string& text) {
    std::optional<ViewToken> token;
    if (world_.state_folder && world_.disk.look(world_.state_folder->folder))
      token = parse_view_token(world_.need_secret(), text,
                               platform::system_clock().now());
    if (!token || !jobs::look_at(world_.disk, world_.need_state(), token->job)) return refuse(403, "This link is wrong, or it has expired.");
    if (is_head()) return write_answer(gateway_, 200, kText, "", {}, false);
    deliver_job(token->job, token->view, text);
  }

  // Read before anything is started: who gets a 400 believes that nothing happened.
  std::optional<uint64_t> from() const { return base::whole_number(request_.value("from").value_or("0")); }
  std::optional<uint64_t> wait_seconds() const {
    std::string wait = request_.value("wait").value_or("");
    return wait.empty() ? kDefaultWaitSeconds : base::whole_number(wait, kMostWaitSeconds);
  }

  void deliver_job(const std::string& id, View view, const std::string& viewer, const std::string& preface = "") {
    Format shape = format();
    auto passing = passing_of(request_.server_software, gateway_.is_fastcgi(), shape == Format::events,
                              request_.live_output);
    deliver({gateway_, world_, links_, shape, passing, id, from().value_or(0), view, preface, viewer});
  }

  void run(const std::string& task, const std::string& confirm) {
    actions::Asked asked;
    asked.task = task;
    asked.options = options_of(request_);
    asked.confirm = confirm;
    asked.may_change = access_.level == Level::full;
    auto answer = actions::answer(world_, asked);
    if (request_.flag("quiet")) return tell_quietly(answer);
    switch (answer.outcome) {
      case Outcome::refused: return refuse(answer.status, answer.text);
      case Outcome::plan:
      case Outcome::choose:
      case Outcome::nothing: return tell_plan(answer, asked.options);
      case Outcome::acted: return tell_acted(answer);
      case Outcome::given: return send_file(gateway_, request_, answer.download);
      case Outcome::preparing:
      case Outcome::started:
      case Outcome::joined: return tell_job(answer);
      case Outcome::held:
      case Outcome::same_running: return tell_held(answer);
    }
  }

  void tell_plan(const actions::Answer& answer, const actions::Options& options) {
    if (format() == Format::events) return write_answer(gateway_, 200, kEvents, plan_event(answer, links_));
    if (format() == Format::pretty || request_.navigation)
      return write_page(gateway_, 200, plan_page(answer, options, links_), session_cookie());
    write_answer(gateway_, 200, kText, plan_text(answer, options, links_));
  }

  void tell_acted(const actions::Answer& answer) {
    if (format() == Format::events) return write_answer(gateway_, 200, kEvents, as_events(answer.text));
    if (format() == Format::pretty) {
      JobPage page{answer.task, base::html_escape(answer.text), "", "", "", links_.list(), false};
      return write_page(gateway_, 200, job_page(page), session_cookie());
    }
    write_answer(gateway_, 200, kText, answer.text);
  }

  // A navigation is sent on to the job's own address: a reload then shows the job and starts nothing.
  void tell_job(const actions::Answer& answer) {
    bool reload_starts_again = answer.effect != actions::Effect::reads;
    if (request_.navigation && format() != Format::events && (reload_starts_again || request_.method == "POST")) {
      std::string secret = world_.need_secret();
      std::string link = Links::view(view_token(secret, new_view(View::advances, answer.job)), 0, request_.flag("pretty"));
      Headers headers = session_cookie();
      headers.push_back({"Location", link});
      return write_answer(gateway_, 303, kText, "The job runs here: " + link + "\n", headers);
    }
    deliver_job(answer.job, View::advances, "", answer.outcome == Outcome::joined ? joined_words(answer.job) : "");
  }

  // Who asks again within a minute must see that nothing was done now.
  std::string joined_words(const std::string& id) {
    auto job = jobs::look_at(world_.disk, world_.need_state(), id);
    if (!job || !jobs::is_over(job->state)) return "";
    double ago = std::chrono::duration<double>(platform::system_clock().now() - job->created).count();
    return "-- this ran " + base::seconds_words(ago) + " ago; asked again within 60 s it is not run twice";
  }

  // Somebody who looks at a routine task that runs already wants to see it; only cron wants to be told "not now".
  void tell_held(const actions::Answer& answer) {
    if (answer.outcome == Outcome::same_running) return deliver_job(answer.job, View::reads, "");
    auto job = jobs::look_at(world_.disk, world_.need_state(), answer.job);
    std::string text = held_words(answer, job);
    if (format() == Format::events)
      return write_answer(gateway_, 409, kEvents, event("held", {{"job", answer.job}, {"text", text}}));
    if (format() == Format::pretty || request_.navigation)
      return write_page(gateway_, 409, message_page(answer.task, text), session_cookie());
    write_answer(gateway_, 409, kText, text + "\n");
  }

  // ---- quiet: for cron. The status tells the result, the body is a line or two.
  void tell_quietly(const actions::Answer& answer) {
    int busy = request_.flag("strict") ? 409 : 202;
    switch (answer.outcome) {
      case Outcome::refused: return refuse(answer.status, answer.text);
      case Outcome::plan:
        return tell_result(409, plan_last_line(links_.printed(links_.confirm(answer.task, options_of(request_), answer.confirm))));
      case Outcome::choose: return tell_result(409, "-- " + base::join(answer.proposal.plan.notes, "; "));
      case Outcome::nothing: return tell_result(200, "nothing to do");
      case Outcome::given: return send_file(gateway_, request_, answer.download);
      case Outcome::acted: return tell_result(answer.exit == 0 ? 200 : 500, last_line(answer.text));
      case Outcome::held:
      case Outcome::same_running: {
        auto job = jobs::look_at(world_.disk, world_.need_state(), answer.job);
        return tell_result(busy, held_words(answer, job));
      }
      case Outcome::preparing:
        return tell_result(409, "-- nothing changed: job " + answer.job + " reads what the plan needs; ask again when it is over");
      case Outcome::started:
      case Outcome::joined: return wait_quietly(answer.job);
    }
  }

  void wait_quietly(const std::string& id) {
    auto job = wait_for_end(world_, id, std::chrono::seconds(wait_seconds().value_or(kDefaultWaitSeconds)));
    if (!jobs::is_over(job.state) && job.state != jobs::State::interrupted)
      return tell_result(202, "-- still running: job " + id);
    bool good = job.state == jobs::State::done;
    tell_result(good ? 200 : 500, "-- " + jobs::state_words(job));
  }

  Gateway& gateway_;
  Request request_;
  actions::World world_;
  Access access_;
  Links links_;
};

// Nothing is started by these, whatever they carry.
bool answered_by_method(const Request& request, Gateway& gateway) {
  if (request.prefetch) {
    write_answer(gateway, 403, kText, "Prefetch requests are not answered.\n");
    return true;
  }
  if (request.method == "GET" || request.method == "POST" || request.method == "HEAD") return false;
  int status = request.method == "OPTIONS" ? 204 : 405;
  write_answer(gateway, status, kText, "", {{"Allow", "GET, POST, HEAD"}}, false);
  return true;
}

// Without them there is no key, no job, no link. Everybody may know why: it tells nothing about the site.
void need_random_numbers() {
  try {
    platform::random_bytes(1);
  } catch (const base::Failure& failure) {
    throw BadRequest{500, failure.full()};
  }
}

}  // namespace

void serve(actions::Program& program, Gateway& gateway) {
  try {
    need_random_numbers();
    Request request = read_request(gateway);
    if (answered_by_method(request, gateway)) return;
    Exchange(program, gateway, std::move(request)).answer();
  } catch (const BadRequest& bad) {
    write_answer(gateway, bad.status, kText, bad.text + "\n");
  } catch (const base::Failure&) {
    // Whoever asked is not known to hold the key: not a word about where we lie.
    if (!gateway.head_written) write_answer(gateway, 500, kText, "The program cannot answer this request here.\n");
  }
}

}  // namespace web
