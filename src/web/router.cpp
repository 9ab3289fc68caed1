// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/router.h"

#include "base/failure.h"
#include "web/exchange.h"
#include "web/rendering.h"

namespace web {

namespace {

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

void Exchange::route() {
  if (!from()) return refuse(400, "from= is not a number of bytes.");
  if (!wait_seconds()) return refuse(400, "wait= is not a number of seconds up to 300.");
  if (access_.not_from_here) return refuse(403, "This address may not use this program.");
  if (world_.key.place == actions::KeyPlace::none || !world_.key.problem.empty()) return ask_for_key();
  if (auto token = request_.value("run")) return run_link(*token);
  if (auto token = request_.value("view")) return view(*token);
  std::string confirm = request_.value("confirm").value_or("");
  if (access_.level == Level::none && !code_authorises(confirm)) return refuse_stranger();
  if (request_.method == "POST" && request_.value("logout")) return log_out();
  if (is_login(request_)) return log_in();
  if (request_.method == "HEAD") return head();
  if (auto code = request_.value("apiTask"); code && access_.level != Level::none) return upgrade_task(*code);
  if (auto job = request_.value("job"); job && !request_.value("task")) return show_job(*job);
  if (auto task = request_.value("task")) return run(*task, confirm);
  list();
}

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
