// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/exchange.h"

#include "actions/consent.h"
#include "actions/sleep.h"
#include "base/failure.h"
#include "web/attempts.h"
#include "web/console_page.h"
#include "web/listing.h"
#include "web/rendering.h"
#include "web/upgrade_protocol.h"

namespace web {

namespace {

constexpr const char* kWrongKey = "The secret phrase is wrong.";

actions::Whereabouts whereabouts(const Request& request, const Gateway& gateway) {
  actions::Whereabouts where;
  where.document_roots = {request.document_root};
  if (!request.host.empty()) where.asked_at = (request.https ? "https://" : "http://") + request.host + request.path;
  where.web_server = request.server_software;
  where.may_be_remembered =
      gateway.is_fastcgi() && !request.value("task") && !request.value("apiTask") && !request.value("run");
  return where;
}

}  // namespace

Exchange::Exchange(actions::Program& program, Gateway& gateway, Request request)
    : gateway_(gateway),
      request_(std::move(request)),
      world_(actions::find_world(program, whereabouts(request_, gateway))),
      access_(find_access(world_, request_)),
      links_(request_, world_, access_) {
  if (keeps_session()) links_.leave_key_out();
  if (links_.is_encrypted() && world_.asked_at.starts_with("http:")) world_.asked_at.insert(4, "s");
  world_.linked_at = links_.printed("");
  bool is_named = in_any(request_.client, world_.settings.trusted_proxy);
  if (links_.is_said_to_be_encrypted() && !links_.is_encrypted() && !is_named) world_.unnamed_proxy = request_.client;
}

void Exchange::answer() {
  try {
    route();
  } catch (const base::Failure& failure) {
    if (access_.level == Level::none || gateway_.head_written) throw;
    refuse(failure.no_space() ? 507 : 500, base::printable_line(failure.full()));
  }
}

Format Exchange::format() const {
  if (request_.value("format") == "json") return Format::events;
  return request_.flag("pretty") ? Format::pretty : Format::text;
}

bool Exchange::wants_login() const {
  return request_.navigation && request_.wants_html && request_.words.empty() && !is_head() &&
         format() != Format::events && !request_.flag("quiet");
}

void Exchange::refuse_stranger() {
  if (access_.asleep) return refuse(403, base::capitalised(actions::sleep_words(world_)) + ".");
  if (!access_.too_fast && wants_login()) return write_page(gateway_, 403, login_page(is_private()));
  if (!access_.too_fast) return refuse(403, kWrongKey);
  refuse(429, "Too many wrong keys. Wait a minute.", {{"Retry-After", std::to_string(kRetryAfterSeconds)}});
}

void Exchange::ask_for_key() {
  std::string suggestion = actions::suggested_key();
  std::string problem = world_.key.problem.empty() ? "no key is set yet" : world_.key.problem;
  problem[0] = static_cast<char>(std::toupper(problem[0]));
  if (request_.wants_html && !is_head()) return write_page(gateway_, 403, setup_page(problem + ".", suggestion));
  refuse(403, problem + ". Write a line like this into the file unstick.ini.php beside this program and upload it:\n"
                        "key = " + suggestion + "\nThen open this address with ? and the key behind it.");
}

bool Exchange::code_authorises(const std::string& code) {
  if (code.empty()) return false;
  auto consent = actions::find_consent(world_, code);
  return consent && !consent->expired && request_.value("task") == consent->task &&
         options_of(request_) == consent->options;
}

void Exchange::head() {
  if (request_.value("task")) return refuse(405, "", {{"Allow", "GET, POST"}});
  write_answer(gateway_, 200, kText, "", session_cookie(), false);
}

bool Exchange::keeps_session() const {
  bool may_have_one = access_.level == Level::full && !access_.session_key_mark.empty();
  return request_.navigation && (access_.has_session || may_have_one);
}

std::string Exchange::cookie_words(const std::string& value, const std::string& more) const {
  return std::string(kSessionCookie) + "=" + value + "; Path=" + request_.path + more + "; HttpOnly; SameSite=Strict" +
         (links_.is_encrypted() ? "; Secure" : "");
}

void Exchange::log_in() {
  auto cookie = session_cookie();
  if (cookie.empty() && !access_.has_session)
    return refuse(500, "This browser cannot keep a session: " + world_.state_problem +
                           " Put the key behind the ? of the address.");
  cookie.push_back({"Location", "?format=html"});
  write_answer(gateway_, 303, kText, "The console: ?format=html\n", cookie);
}

void Exchange::log_out() {
  Headers gone = {{"Set-Cookie", cookie_words("", "; Max-Age=0")}};
  if (!request_.navigation) return write_answer(gateway_, 200, kText, "Logged out.\n", gone);
  write_page(gateway_, 200, logged_out_page(), gone);
}

Headers Exchange::session_cookie() {
  bool needs_one = request_.navigation && access_.level == Level::full && !access_.has_session;
  if (!needs_one || access_.session_key_mark.empty()) return {};
  std::string session = new_session(world_.need_secret(),
                                    access_.session_key_mark, platform::system_clock().now());
  return {{"Set-Cookie", cookie_words(session, "")}};
}

void Exchange::list() {
  if (format() == Format::events) return write_answer(gateway_, 200, kEvents, list_events(world_, links_));
  if (request_.wants_html || request_.value("format") == "html")
    return show_console();
  write_answer(gateway_, 200, kText, list_text(world_, links_, warnings_of(world_)));
}

void Exchange::show_console() {
  Visitor visitor;
  visitor.has_session = keeps_session() || access_.has_session;
  visitor.key_in_address = access_.key_in_query;
  visitor.is_encrypted = is_private();
  bool has_protocol = world_.site && world_.site->app->upgrade;  // whose requests are to come from a page of ours
  if (has_protocol && visitor.has_session && !access_.session_key_mark.empty())
    visitor.page_token = new_page_token(world_.need_secret(), access_.session_key_mark, platform::system_clock().now());
  auto cookie = session_cookie();
  write_page(gateway_, 200, console_page(world_, links_, visitor), cookie);
}

void Exchange::show_job(const std::string& name) {
  auto state = world_.need_state();
  std::string id = name;
  if (name == "last") {
    auto newest = jobs::newest_jobs(world_.disk, state, 1);
    if (newest.empty()) return refuse(404, "No job was started yet.");
    id = newest[0];
  }
  if (!jobs::look_at(world_.disk, state, id))
    return refuse(404, "There is no job " + base::printable_line(id.substr(0, 60)) + ".");
  deliver_job(id, View::advances, "");
}

void Exchange::view(const std::string& text) {
  std::optional<ViewToken> token;
  // The mark of a plain key takes its time to compute: not for whatever a stranger writes there.
  bool may_be_one = may_be_view_token(text, platform::system_clock().now());
  if (may_be_one && world_.state_folder && world_.disk.look(world_.state_folder->folder))
    token = parse_view_token(world_.need_owner_secret(), text, platform::system_clock().now());
  if (!token || !jobs::look_at(world_.disk, world_.need_state(), token->job))
    return refuse(403, "This link is wrong, or it has expired.");
  if (is_head()) return write_answer(gateway_, 200, kText, "", {}, false);
  deliver_job(token->job, token->view, text);
}

bool Exchange::has_page_token() {
  auto token = request_.value("page");
  return token && !access_.session_key_mark.empty() &&
         page_token_fits(world_.need_secret(), access_.session_key_mark, *token, platform::system_clock().now());
}

void Exchange::upgrade_task(const std::string& code) {
  bool may =
      access_.level == Level::full || (access_.level == Level::ambient && (request_.same_origin || has_page_token()));
  if (!may)
    return refuse(
        403,
        "This needs the key, or has to be asked from this site's own page: over HTTPS, or with its token as page=.");
  write_answer(gateway_, 200, "application/json; charset=utf-8",
               upgrade_json(actions::answer_upgrade_task(world_, code)));
}

void Exchange::deliver_job(const std::string& id, View view, const std::string& viewer, const std::string& preface) {
  Format shape = format();
  auto passing = passing_of(request_.server_software, gateway_.is_fastcgi(), shape == Format::events,
                            request_.live_output);
  deliver({gateway_, world_, links_, shape, passing, id, from().value_or(0), view, preface, viewer, way_back()});
}

}  // namespace web
