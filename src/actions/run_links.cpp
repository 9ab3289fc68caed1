// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/run_links.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/lock.h"

namespace actions {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr size_t kTokenBits = 160;
constexpr size_t kMostTokenBytes = 100;
constexpr size_t kMostBytes = 64 << 10;
constexpr size_t kMostLinks = 1000;
constexpr size_t kMostWords = 300;
constexpr size_t kHashLength = 64, kIdLength = 12;

std::string hash_of(const std::string& token) { return base::hex(base::sha256(token)); }

std::string to_json(const RunLink& link) {
  json text = {{"task", link.task},
               {"options", link.options},
               {"made", platform::unix_seconds(link.made)},
               {"expires", platform::unix_seconds(link.expires)},
               {"good", link.good},
               {"words", link.words},
               {"ended", platform::unix_seconds(link.ended)},
               {"failures", link.failures},
               {"key", link.key},
               {"job", link.job},
               {"waits", link.waits},
               {"waiting_since", platform::unix_seconds(link.waiting_since)},
               {"waits_for", link.waits_for}};
  return text.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<RunLink> read_link(platform::Disk& disk, const storage::StateNames& state, const std::string& hash) {
  auto text = disk.read(state.link_of(hash), kMostBytes);
  json parsed = text ? json::parse(*text, nullptr, false) : json();
  if (!parsed.is_object()) return std::nullopt;
  RunLink link;
  try {
    auto time = [&](const char* name) { return platform::from_unix_seconds(parsed.value(name, int64_t{0})); };
    link.id = hash.substr(0, kIdLength);
    link.hash = hash;
    link.task = parsed.value("task", "");
    link.options = parsed.value("options", Options{});
    link.made = time("made");
    link.expires = time("expires");
    link.good = parsed.value("good", true);
    link.words = parsed.value("words", "");
    link.ended = time("ended");
    link.failures = parsed.value("failures", 0U);
    link.key = parsed.value("key", "");
    link.job = parsed.value("job", "");
    link.waits = parsed.value("waits", 0U);
    link.waiting_since = time("waiting_since");
    link.waits_for = parsed.value("waits_for", "");
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return link.task.empty() ? std::nullopt : std::optional(link);
}

void wait_no_more(RunLink& link) {
  link.waits = 0;
  link.waits_for.clear();
}

void take_result(RunLink& link, bool good, const std::string& words, platform::WallTime ended) {
  link.good = good;
  link.words = base::printable_line(words.substr(0, kMostWords));
  link.ended = ended;
  wait_no_more(link);
  link.failures = good ? 0 : link.failures + 1;
}

bool still_holds(World& world, const std::string& id) {
  auto job = jobs::look_at(world.disk, world.need_state(), id);
  return job && job->state == jobs::State::interrupted;
}

// A job that was interrupted is a failure; one that is forgotten is none.
void settle(World& world, RunLink& link) {
  if (link.waits > 0 && !still_holds(world, link.waits_for)) wait_no_more(link);
  if (link.job.empty()) return;
  auto job = jobs::look_at(world.disk, world.need_state(), link.job);
  bool rests = job && job->state == jobs::State::interrupted;
  if (job && !rests && !jobs::is_over(job->state)) return;
  link.job.clear();
  if (job) take_result(link, job->state == jobs::State::done, jobs::state_words(*job), job->last);
}

// Reads it anew, so that two calls at once do not undo each other's. A link that was revoked meanwhile stays so.
void change(World& world, const RunLink& link, const std::function<void(RunLink&)>& what) {
  try {
    auto state = world.need_state();
    auto lock = platform::lock(state.links_lock(), 2s);
    auto now = read_link(world.disk, state, link.hash);
    if (!lock || !now) return;
    what(*now);
    world.disk.replace(state.link_of(link.hash), to_json(*now), 0600, platform::Sync::no);
  } catch (const base::Failure&) {
    // The disk is full, say: the result is missing in the list.
  }
}

std::vector<std::string> hashes(World& world) {
  std::vector<std::string> all;
  if (!world.state_folder || !world.disk.look(world.state_folder->folder)) return all;
  for (const auto& entry : world.disk.list(world.need_state().links()).value_or(std::vector<platform::Entry>{}))
    if (entry.name.size() == kHashLength) all.push_back(entry.name);
  return all;
}

}  // namespace

void need_linkable(const World& world) {
  if (world.key.place == KeyPlace::program_name)
    throw base::Failure(
        "no link can be made while the key is in the program's name: its address alone opens everything",
        "write a line key = ... into unstick.ini.php, and give the program a plain name");
}

std::string keep_new_link(World& world, const std::string& task, const Options& options, std::chrono::hours life) {
  need_linkable(world);
  if (hashes(world).size() >= kMostLinks)
    throw base::Failure("there are " + std::to_string(kMostLinks) + " links already", "revoke some");
  auto state = world.need_state();
  std::string token = platform::random_word(kTokenBits);
  RunLink link;
  link.hash = hash_of(token);
  link.task = task;
  link.options = options;
  link.made = platform::system_clock().now();
  link.expires = link.made + life;
  link.key = key_mark(world.key, world.need_secret());
  world.disk.make_folder(state.links(), 0700);
  world.disk.create(state.link_of(link.hash), to_json(link), 0600);
  return token;
}

std::optional<RunLink> find_link(World& world, const std::string& token) {
  bool may_be = !token.empty() && token.size() <= kMostTokenBytes && world.key.place != KeyPlace::program_name;
  if (!may_be || !world.state_folder || !world.disk.look(world.state_folder->folder)) return std::nullopt;
  auto link = read_link(world.disk, world.need_state(), hash_of(token));
  return link && !is_expired(*link) ? link : std::nullopt;
}

std::vector<RunLink> all_links(World& world) {
  std::vector<RunLink> all;
  for (const auto& hash : hashes(world))
    if (auto link = read_link(world.disk, world.need_state(), hash)) all.push_back(std::move(*link));
  for (auto& link : all) settle(world, link);
  std::sort(all.begin(), all.end(),
            [](const RunLink& a, const RunLink& b) { return std::tie(a.made, a.id) < std::tie(b.made, b.id); });
  return all;
}

std::vector<RunLink> links_of_former_keys(World& world) {
  auto all = all_links(world);
  if (all.empty()) return all;
  std::string mark = key_mark(world.key, world.need_secret());
  std::erase_if(all, [&](const RunLink& link) {
    return is_expired(link) || link.key.empty() || mark.empty() || link.key == mark;
  });
  return all;
}

void keep_link(World& world, const RunLink& link) {
  std::string mark = key_mark(world.key, world.need_secret());
  change(world, link, [&](RunLink& now) { now.key = mark; });
}

bool revoke_link(World& world, const RunLink& link) {
  auto state = world.need_state();
  auto lock = platform::lock(state.links_lock(), 5s);
  // Without it a call that writes down its result just now would bring the link back.
  if (!lock)
    throw base::Failure("another request is writing into the links and does not finish", "try again in a minute");
  if (!world.disk.look(state.link_of(link.hash))) return false;
  world.disk.remove_file(state.link_of(link.hash));
  return true;
}

void note_link_job(World& world, const RunLink& link, const std::string& job) {
  change(world, link, [&](RunLink& now) {
    settle(world, now);
    wait_no_more(now);
    now.job = job;
  });
}

void note_link_result(World& world, const RunLink& link, bool good, const std::string& words) {
  change(world, link, [&](RunLink& now) {
    settle(world, now);
    take_result(now, good, words, platform::system_clock().now());
  });
}

void note_link_waits(World& world, const RunLink& link, const std::string& job) {
  change(world, link, [&](RunLink& now) {
    settle(world, now);
    if (now.waits++ == 0) now.waiting_since = platform::system_clock().now();
    now.waits_for = job;
  });
}

void settle_link(World& world, const RunLink& link) {
  change(world, link, [&](RunLink& now) { settle(world, now); });
}

Answers answers_of_host(World& world) {
  return jobs::host_is_inline(world.disk, world.need_state()) ? Answers::perhaps_late : Answers::in_time;
}

bool is_expired(const RunLink& link) { return platform::system_clock().now() >= link.expires; }

std::string words_of_task(const RunLink& link) {
  std::string words = link.task;
  for (const auto& [name, value] : link.options) words += " " + name + "=" + value;
  return base::printable_line(words);
}

std::string last_result_words(const RunLink& link) {
  if (link.words.empty()) return {};
  std::string words = link.good ? "last time done" : "last time failed";
  if (link.failures > 1) words += ", " + std::to_string(link.failures) + " times in a row";
  return words + " (" + platform::utc_words(link.ended) + "): " + link.words;
}

std::string waiting_words(const RunLink& link) {
  if (link.waits == 0) return {};
  std::string times = link.waits == 1 ? "once" : std::to_string(link.waits) + " times in a row";
  return "skipped " + times + " since " + platform::utc_words(link.waiting_since) + ", because job " + link.waits_for +
         " was interrupted";
}

}  // namespace actions
