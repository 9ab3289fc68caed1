// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs that close the site and open it again.
#include "steps/closing.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/running.h"
#include "steps/asking.h"
#include "steps/pace.h"
#include "steps/verbs.h"
#include "storage/site_closure.h"
#include "storage/state_secret.h"

namespace steps {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::string_view kOpcodeWord = "unstick-opcode-cache";
constexpr std::chrono::seconds kOpcodeLimit{20};
constexpr std::chrono::seconds kOpcodePatience{3};  // PHP looks every 2 seconds, where the host did not change that
const std::string kClosingNote = "closing", kFormersNote = "formerfiles";
constexpr size_t kMostFormers = 10;
constexpr size_t kMostShebangBytes = 256;
constexpr size_t kMostTold = 3;  // entrances of one folder by name
constexpr int kTemporaryFailure = 75;  // sysexits.h: cron and mail systems try again

// What the job presents to have PHP's opcode cache emptied through the site's own address.
std::string opcode_token(Supervisor& supervisor) {
  return base::hex(base::hmac_sha256(storage::state_secret(supervisor.disk(), supervisor.state()), "opcode " + supervisor.job()));
}

constexpr std::string_view kSaysClosed = "file_put_contents('php://stderr', \"The site is being repaired by Unstick: try again when that is over.\\n\");";

// Cron lines and mail servers start scripts too, some of them as programs.
std::string for_command_line() {
  return "if (!isset($_SERVER['REQUEST_METHOD'])) {\n  " + std::string(kSaysClosed) + "\n  exit(" + std::to_string(kTemporaryFailure) + ");\n}\n";
}

// A page for visitors, and nothing that a search engine would keep. Each time it takes itself out of PHP's opcode cache:
// there are hosts where that never looks at the file again. With the job's token it empties the whole cache.
std::string page_stub(const std::string& job, const std::string& where, const std::string& token) {
  return "<?php /* " + std::string(storage::kStubMark) + job + ". The file itself lies beside this one. */\n"
         "if (function_exists('opcache_invalidate')) @opcache_invalidate(__FILE__, true);\n" + for_command_line() +
         "if (isset($_GET['" + std::string(kOpcodeWord) + "']) && hash_equals('" + base::hex(base::sha256(token)) +
         "', hash('sha256', (string) $_GET['" + std::string(kOpcodeWord) + "']))) {\n"
         "  $on = function_exists('opcache_get_status') && ini_get('opcache.enable');\n"
         "  http_response_code(!$on || (function_exists('opcache_reset') && @opcache_reset()) ? 204 : 501);\n  exit;\n}\n"
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
         ". The file itself lies beside this one. */\n" +
         std::string(kSaysClosed) + "\nexit(" + std::to_string(kTemporaryFailure) + ");\n";
}

bool is_page(const platform::Path& entrance) { return entrance.extension() == ".php"; }

// The first line of a script that is started as a program.
std::string shebang_of(platform::Disk& disk, const platform::Path& file) {
  auto facts = disk.look_through(file);
  if (!facts || (facts->mode & 0111) == 0) return {};  // a page would show it to visitors
  std::string head = disk.read(file, kMostShebangBytes).value_or("");
  size_t end = head.find('\n');
  return head.starts_with("#!") && end != head.npos ? head.substr(0, end + 1) : "";
}

// The words of the step that closes: what stubs say, the console, the front controllers and consoles of other releases.
std::vector<storage::Entrance> entrances_of(Supervisor& supervisor, const std::vector<std::string>& words) {
  std::vector<storage::Entrance> entrances;
  std::string token = opcode_token(supervisor);
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i].empty()) continue;
    std::string stub = is_page(words[i]) ? page_stub(supervisor.job(), words[0], token) : console_stub(supervisor.job());
    entrances.push_back({words[i], is_page(words[i]) ? shebang_of(supervisor.disk(), words[i]) + stub : stub});
  }
  return entrances;
}

void tell_closed(Supervisor& supervisor, const std::vector<platform::Path>& files, const std::vector<platform::Path>& scripts) {
  auto is_script = [&](const platform::Path& file) { return !is_page(file) || std::find(scripts.begin(), scripts.end(), file) != scripts.end(); };
  std::map<platform::Path, std::vector<platform::Path>> by_folder;
  for (const auto& file : files) by_folder[file.parent_path()].push_back(file);
  const std::string for_cron = "cron lines end with status " + std::to_string(kTemporaryFailure);
  for (const auto& [folder, all] : by_folder) {
    for (size_t i = 0; i < all.size() && all.size() <= kMostTold; ++i)
      supervisor.line("closed " + base::printable_line(all[i].native()) + ": " +
                      (is_script(all[i]) ? for_cron : "visitors get a page that says so (503)"));
    if (all.size() > kMostTold)
      supervisor.line("closed " + std::to_string(all.size()) + " entrances in " + base::printable_line(folder.native()) +
                      ": visitors get a page that says so (503), " + for_cron);
  }
}

std::string words_of(const std::vector<platform::RunningScript>& running) {
  std::string words;
  for (const auto& one : running)
    words += (words.empty() ? "" : "; ") + std::to_string(one.pid) + ": " + base::printable_line(one.words.substr(0, 200));
  return words;
}

// The entrance that closes the site empties the opcode cache; but PHP runs the former one until it looks whether the file changed.
platform::PageAnswer ask_entrance(Supervisor& supervisor, const std::string& url) {
  auto until = std::chrono::steady_clock::now() + kOpcodePatience;
  for (;;) {
    auto answer = supervisor.http().ask(url, kOpcodeLimit);
    bool is_new = answer.status == 204 || answer.status == 501 || answer.status == 503;
    if (is_new || answer.status == 0 || std::chrono::steady_clock::now() > until || supervisor.stop_asked()) return answer;
    std::this_thread::sleep_for(500ms);
  }
}

// Of the pages in the site's root, which stand before others. The console may lie elsewhere.
std::optional<platform::Path> page_to_ask(Supervisor& supervisor) {
  auto words = json::parse(supervisor.noted(kClosingNote), nullptr, false);
  std::string console = words.is_array() && words.size() > 1 ? words[1].get<std::string>() : "";
  for (const auto& entrance : storage::waiting(supervisor.disk(), supervisor.state(), supervisor.job()))
    if (is_page(entrance.file) && entrance.file != console && supervisor.disk().look(entrance.file)) return entrance.file;
  return std::nullopt;
}

}  // namespace

Outcome close_site(Supervisor& supervisor, const base::Step& step) {
  const auto scripts = cron_scripts({step.words.begin() + 1, step.words.end()});
  supervisor.note(kClosingNote, json(step.words).dump());
  tell_closed(supervisor, storage::close_site(supervisor.disk(), supervisor.state(), supervisor.job(), entrances_of(supervisor, step.words)),
              scripts);

  auto until = std::chrono::steady_clock::now() + step.timeout;
  Pace pace;
  for (;;) {
    auto running = platform::running_scripts(scripts);
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
  auto now = platform::system_clock().now().time_since_epoch();
  supervisor.note(std::string(kOpenedNote), std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count()));
  open_again(supervisor);
  return {};
}

Outcome reset_opcode_cache(Supervisor& supervisor, const base::Step& step) {
  empty_opcode_cache(supervisor, step.words.at(0));
  return {};
}

void empty_opcode_cache(Supervisor& supervisor, std::string url) {
  constexpr std::string_view kByHand = "if the site shows old code, restart PHP in the hosting panel";
  if (auto page = url.empty() ? std::nullopt : page_to_ask(supervisor)) {
    while (url.ends_with('/')) url.pop_back();
    std::string name = page->filename().native();
    if (name == "index.php") name.clear();  // many sites redirect that name to the folder
    auto answer = ask_entrance(supervisor, url + "/" + name + "?" + std::string(kOpcodeWord) + "=" + opcode_token(supervisor));
    if (answer.status == 204) return supervisor.line("PHP's opcode cache is emptied");
    std::string why = answer.status ? "the answer was " + std::to_string(answer.status) : base::printable_line(answer.problem);
    return supervisor.line("PHP's opcode cache could not be emptied (" + why + "): " + std::string(kByHand));
  }
  supervisor.line("PHP's opcode cache was not emptied, because the site could not be asked: " + std::string(kByHand));
}

std::vector<platform::Path> cron_scripts(const std::vector<platform::Path>& entrances) {
  std::vector<platform::Path> scripts;
  for (const auto& file : entrances)
    if (!entrances[0].empty() && file.parent_path() == entrances[0].parent_path()) scripts.push_back(file);
  return scripts;
}

void close_more(Supervisor& supervisor, const std::vector<std::string>& files) {
  auto noted = json::parse(supervisor.noted(kClosingNote), nullptr, false);
  if (files.empty() || !noted.is_array()) return;
  std::vector<std::string> words = {noted.at(0).get<std::string>(), ""};
  words.insert(words.end(), files.begin(), files.end());
  storage::close_site(supervisor.disk(), supervisor.state(), supervisor.job(), entrances_of(supervisor, words));
  supervisor.line("closed the installer too, which nobody may run meanwhile");
}

void close_again(Supervisor& supervisor) {
  auto words = json::parse(supervisor.noted(kClosingNote), nullptr, false);
  if (!words.is_array()) return;
  auto entrances = entrances_of(supervisor, words.get<std::vector<std::string>>());
  storage::close_site(supervisor.disk(), supervisor.state(), supervisor.job(), entrances);
}

std::string former_files_words(Supervisor& supervisor) {
  auto formers = json::parse(supervisor.noted(kFormersNote), nullptr, false);
  if (!formers.is_array() || formers.empty()) return {};
  return ", but for what was put over stubs meanwhile: that stays, and the former files are kept beside it as " +
         base::some_of(formers.get<std::vector<std::string>>(), kMostFormers) + ": delete them when they are not needed any more";
}

void open_again(Supervisor& supervisor) {
  bool was_closed = storage::closed_by(supervisor.disk(), supervisor.state()) == supervisor.job();
  json formers = json::array();
  for (const auto& taken : storage::open_site(supervisor.disk(), supervisor.state(), supervisor.job())) {
    supervisor.line("a newer " + base::printable_line(taken.file.native()) + " was there and stays; the former one is kept as " +
                    base::printable_line(taken.former.filename().native()));
    formers.push_back(taken.former.native());
  }
  if (!formers.empty()) supervisor.note(kFormersNote, formers.dump(-1, ' ', false, json::error_handler_t::replace));
  supervisor.line(was_closed ? "visitors and cron lines reach the site again" : "it was not closed");
}

}  // namespace steps
