// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs that close the site and open it again.
#include <chrono>
#include <thread>

#include "base/failure.h"
#include "base/text.h"
#include "platform/running.h"
#include "steps/pace.h"
#include "steps/verbs.h"
#include "storage/site_closure.h"

namespace steps {

namespace {

using namespace std::chrono_literals;

constexpr int kTemporaryFailure = 75;  // sysexits.h: cron and mail systems try again

// A page for visitors, and nothing that a search engine would keep.
std::string page_stub(const std::string& job, const std::string& where) {
  return "<?php /* " + std::string(storage::kStubMark) + job + ". The file itself lies beside this one. */\n"
         "http_response_code(503);\nheader('Retry-After: 60');\nheader('Cache-Control: no-store');\n"
         "header('Content-Type: text/html; charset=utf-8');\n?><!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Back soon</title></head>\n<body>\n"
         "<h1>This site is being repaired</h1>\n<p>Please come back in a few minutes.</p>\n" +
         (where.empty() ? "" : "<p><small>Its owner sees how far that is, and can open the site, at " + base::html_escape(where) +
                                   " (with the key).</small></p>\n") +
         "</body>\n</html>\n";
}

std::string console_stub(const std::string& job) {
  return "#!/usr/bin/env php\n<?php /* " + std::string(storage::kStubMark) + job +
         ". The file itself lies beside this one. */\n"
         "file_put_contents('php://stderr', \"The site is being repaired by Unstick: try again when that is over.\\n\");\nexit(" +
         std::to_string(kTemporaryFailure) + ");\n";
}

std::string words_of(const std::vector<platform::RunningScript>& running) {
  std::string words;
  for (const auto& one : running)
    words += (words.empty() ? "" : "; ") + std::to_string(one.pid) + ": " + base::printable_line(one.words.substr(0, 200));
  return words;
}

}  // namespace

Outcome close_site(Supervisor& supervisor, const base::Step& step) {
  const std::string& where = step.words.at(0);
  const platform::Path console = step.words.at(1);
  std::vector<storage::Entrance> entrances;
  if (!console.empty()) entrances.push_back({console, console_stub(supervisor.job())});
  for (size_t i = 2; i < step.words.size(); ++i) entrances.push_back({step.words[i], page_stub(supervisor.job(), where)});
  for (const auto& file : storage::close_site(supervisor.disk(), supervisor.state(), supervisor.job(), entrances))
    supervisor.line("closed " + base::printable_line(file.native()) +
                    (file == console ? ": cron lines end with status " + std::to_string(kTemporaryFailure)
                                     : ": visitors get a page that says so (503)"));

  auto until = std::chrono::steady_clock::now() + step.timeout;
  Pace pace;
  for (;;) {
    auto running = console.empty() ? std::vector<platform::RunningScript>{} : platform::running_scripts({console});
    if (running.empty()) return {};
    if (supervisor.stop_asked()) return {{}, true, {}};
    if (pace.is_due()) supervisor.line("waiting for what still works in the site: " + words_of(running));
    if (std::chrono::steady_clock::now() > until)
      return {{1, 0}, false, "still at work in the site: " + words_of(running) +
                                 ": end it (a worker that never ends, by the panel's process list), then ask again; nothing was changed"};
    std::this_thread::sleep_for(500ms);
  }
}

Outcome open_site(Supervisor& supervisor, const base::Step&) {
  bool was_closed = storage::closed_by(supervisor.disk(), supervisor.state()) == supervisor.job();
  for (const auto& taken : storage::open_site(supervisor.disk(), supervisor.state(), supervisor.job()))
    supervisor.line("a newer " + base::printable_line(taken.file.native()) + " was there and stays; the former one is kept as " +
                    base::printable_line(taken.former.filename().native()));
  supervisor.line(was_closed ? "visitors and cron lines reach the site again" : "it was not closed");
  return {};
}

}  // namespace steps
