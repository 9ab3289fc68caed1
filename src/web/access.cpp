// SPDX-License-Identifier: GPL-3.0-or-later
#include "web/access.h"

#include <mutex>
#include <set>

#include "actions/sleep.h"
#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "web/attempts.h"
#include "web/network.h"
#include "web/tokens.h"

namespace web {

namespace {

struct Candidate {
  std::string text;
  Level level = Level::full;
  bool in_query = false;
};

std::string basic_password(const std::string& authorization) {
  if (base::lower(authorization.substr(0, 6)) != "basic ") return {};
  auto decoded = base::from_base64(base::trim(std::string_view(authorization).substr(6)));
  if (!decoded) return {};
  auto colon = decoded->find(':');
  return colon == std::string::npos ? "" : decoded->substr(colon + 1);
}

std::string bearer(const std::string& authorization) {
  if (base::lower(authorization.substr(0, 7)) != "bearer ") return {};
  return std::string(base::trim(std::string_view(authorization).substr(7)));
}

constexpr size_t kMostKeyWords = 3;

// A few of each kind, so that a request costs a bounded number of slow hashes.
std::vector<Candidate> candidates(const Request& request) {
  std::vector<Candidate> all;
  for (const auto& word : request.words)
    if (actions::looks_like_key(word) && all.size() < kMostKeyWords) all.push_back({word, Level::full, true});
  // Of the form that asks for it, which does nothing but log in.
  if (is_login(request)) all.push_back({*request.value("phrase"), Level::full, false});
  if (!request.key_header.empty()) all.push_back({request.key_header, Level::full, false});
  if (auto token = bearer(request.authorization); !token.empty()) all.push_back({token, Level::full, false});
  if (auto password = basic_password(request.authorization); !password.empty())
    all.push_back({password, Level::ambient, false});
  return all;
}

// HMACs of keys that were accepted, for a FastCGI process: it pays for the slow hash once.
class Remembered {
 public:
  static std::string mark(const actions::Key& key, const std::string& candidate) {
    static const std::string process_secret = platform::random_bytes(32);
    return base::hmac_sha256(process_secret, key.stored + "\n" + candidate);
  }
  bool has(const std::string& mark) {
    std::lock_guard lock(mutex_);
    return marks_.count(mark) > 0;
  }
  void add(const std::string& mark) {
    std::lock_guard lock(mutex_);
    if (marks_.size() > 100) marks_.clear();
    marks_.insert(mark);
  }

 private:
  std::mutex mutex_;
  std::set<std::string> marks_;
};

Remembered& remembered() {
  static Remembered keys;
  return keys;
}

// A state folder that has a hidden name is written into the settings before the key, which the name is made of, is
// hashed.
bool remember_state_folder(actions::World& world) {
  if (!world.state_folder || !world.state_folder->exposed || !world.settings.state.empty()) return true;
  if (world.key.place == actions::KeyPlace::program_name) return true;
  actions::rewrite_setting(world.disk, world.settings, "state", [&] { return world.state_folder->folder.native(); },
                           world.need_state().start_lock());
  return false;  // the key is hashed at a later visit, from the file as it is now
}

void key_was_right(actions::World& world, const storage::StateNames& state, const std::string& secret) {
  if (!remember_state_folder(world)) return;
  auto done =
      actions::harden_key(world.disk, world.settings, actions::key_salt(secret, world.key.stored), state.start_lock());
  std::string stays = " in " + world.settings.file.filename().native() + " stays readable as it is: ";
  if (actions::is_hashed(world.settings.key)) return;
  if (done == actions::Hardening::foreign)
    world.settings.problems.push_back("the key" + stays + "the file belongs to another user than this program runs as");
  if (done == actions::Hardening::cannot_write)
    world.settings.problems.push_back("the key" + stays + "the file or its folder cannot be written");
}

// The state folder's part of it; without one sessions do not work and attempts are not counted, the key still does.
struct Ledger {
  std::optional<storage::StateNames> state;
  std::string secret;
};

Ledger open_ledger(actions::World& world) {
  try {
    auto state = world.need_state();
    return {state, world.need_secret()};
  } catch (const base::Failure& failure) {
    world.state_problem = failure.full();
    return {};
  }
}

void try_candidate(actions::World& world, const Ledger& ledger, const Candidate& candidate, Access& access) {
  auto now = platform::system_clock().now();
  std::string unit = guessing_unit(access.client);
  std::string mark = Remembered::mark(world.key, candidate.text);
  bool fits = remembered().has(mark);
  if (!fits) {
    Attempts attempts(ledger.state ? ledger.state->attempts() : platform::Path(), ledger.secret);
    if (attempts.ask(unit, now) == Verdict::wait) {
      access.too_fast = true;
      return;
    }
    fits = actions::key_fits(world.key, candidate.text);
    fits ? attempts.right(unit, now) : attempts.wrong(unit, now);
  }
  if (!fits) return;
  remembered().add(mark);
  if (actions::is_asleep(world)) {
    access.asleep = true;
    return;
  }
  actions::note_owner(world);
  access.level = std::max(access.level, candidate.level);
  if (candidate.in_query) access.key_in_query = true, access.key_word = candidate.text;
  if (ledger.state) key_was_right(world, *ledger.state, ledger.secret);
}

}  // namespace

bool is_login(const Request& request) {
  return request.method == "POST" && request.value("phrase") && !request.value("task") && !request.value("apiTask");
}

Access find_access(actions::World& world, const Request& request) {
  Access access;
  access.client = effective_client(request.client, request.forwarded_for, world.settings.trusted_proxy);
  if (!world.settings.allow_ip.empty() && !in_any(access.client, world.settings.allow_ip)) {
    access.not_from_here = true;
    return access;
  }
  if (world.key.place == actions::KeyPlace::none || !world.key.problem.empty()) return access;
  if (world.key.place == actions::KeyPlace::program_name) {
    // Whoever knows the address knows the key: it stands in it.
    Ledger ledger = open_ledger(world);
    if (ledger.state) access.session_key_mark = actions::key_mark(world.key, ledger.secret);
    access.asleep = actions::is_asleep(world);
    if (access.asleep) return access;
    actions::note_owner(world);
    access.level = Level::full;
    return access;
  }
  std::string session = cookie_value(request.cookie, kSessionCookie);
  auto all = candidates(request);
  if (session.empty() && all.empty()) return access;
  Ledger ledger = open_ledger(world);
  if (ledger.state) access.session_key_mark = actions::key_mark(world.key, ledger.secret);
  auto now = platform::system_clock().now();
  access.has_session = ledger.state && session_fits(ledger.secret, access.session_key_mark, session, now);
  if (access.has_session) access.level = Level::ambient;
  for (const auto& candidate : all) {
    if (access.level >= candidate.level) continue;
    try_candidate(world, ledger, candidate, access);
  }
  if (access.level != Level::none) access.too_fast = false;
  return access;
}

}  // namespace web
