// SPDX-License-Identifier: GPL-3.0-or-later
// One request on its way to its answer: who asks, what for, and how it is told. What is asked is decided in router.cpp,
// pages and sessions are in exchange.cpp, what comes of a task is told in exchange_tell.cpp.
#pragma once

#include <optional>
#include <string>

#include "actions/run_links.h"
#include "actions/service.h"
#include "base/text.h"
#include "web/access.h"
#include "web/delivery.h"
#include "web/network.h"
#include "web/response.h"

namespace web {

// The parameters of a request that are a task's options.
actions::Options options_of(const Request& request);

class Exchange {
 public:
  Exchange(actions::Program& program, Gateway& gateway, Request request);

  // Throws Failure where nothing may be told of it.
  void answer();

 private:
  void route();
  bool is_head() const { return request_.method == "HEAD"; }
  Format format() const;
  void refuse(int status, const std::string& text, const Headers& more = {});
  // Somebody in front of a browser who gave no key in the address gets a field for it; a wrong one there is answered as
  // ever.
  bool wants_login() const;
  void refuse_stranger();
  // One line, and the status that says the same. Where nothing new is known of a link's task, what was known last.
  void tell_result(int status, const std::string& text, const Headers& more = {});
  void ask_for_key();
  // A consent code authorises by itself, for its own action and options: with others there would be another plan, and a
  // code for it.
  bool code_authorises(const std::string& code);
  void head();
  // Whether the browser can go on without the key in its links.
  bool keeps_session() const;
  bool is_private() const { 
    return links_.is_encrypted() || request_.forwarded_proto_https || is_loopback(request_.host);
  }
  std::string cookie_words(const std::string& value, const std::string& more) const;
  void log_in();
  void log_out();
  // A navigation that presents the key gets the cookie, so that the pages it lands on can offer their buttons.
  Headers session_cookie();
  void list();
  void show_console();
  void show_job(const std::string& name);
  void view(const std::string& text);
  // A GET that changes: the page that asks cannot do otherwise. So a credential that a browser sends by itself counts
  // only from our own origin.
  void upgrade_task(const std::string& code);
  bool has_page_token();
  // Read before anything is started: who gets a 400 believes that nothing happened.
  std::optional<uint64_t> from() const { return base::whole_number(request_.value("from").value_or("0")); }
  std::optional<uint64_t> wait_seconds() const;
  void deliver_job(const std::string& id, View view, const std::string& viewer, const std::string& preface = "");
  void run(const std::string& task, const std::string& confirm);
  // A link starts its own task with its own options, and whoever calls it holds no other right by that.
  void run_link(const std::string& token);
  bool asks_for_more() const;
  void note_answer(const actions::Answer& answer);
  void tell(const actions::Answer& answer, const actions::Options& options);
  void tell_plan(const actions::Answer& answer, const actions::Options& options);
  // Who may see one job only has no page to go back to.
  std::string way_back() const { return access_.level == Level::none ? "" : links_.list(); }
  void tell_acted(const actions::Answer& answer);
  // A navigation is sent on to the job's own address: a reload then shows the job and starts nothing.
  void tell_job(const actions::Answer& answer);
  // Who asks again within a minute must see that nothing was done now.
  std::string joined_words(const std::string& id);
  // Somebody who looks at a routine task that runs already wants to see it; only cron wants to be told "not now".
  void tell_held(const actions::Answer& answer);
  // ---- quiet: for cron. The status tells the result, the body is a line or two.
  // Where detached processes are killed the job lives in this request. The answer is written whole when wait= is over,
  // with its length, and the request is held for the job: servers that pass text on (mod_cgi with our .htaccess, nginx)
  // let the client go then. Those that keep it to the end do not: cron then waits, or gives up, for the whole job.
  void tell_quietly(const actions::Answer& answer);
  void wait_quietly(const std::string& id);
  void tell_held_quietly(const actions::Answer& answer);
  // The answer is out. Nobody else may come to take the job further: slice by slice to its end, for an hour at most.
  void go_on_with(const std::string& id, Attached child);

  Gateway& gateway_;
  Request request_;
  actions::World world_;
  Access access_;
  Links links_;
  std::optional<actions::RunLink> link_;  // that this request came by
};

}  // namespace web
