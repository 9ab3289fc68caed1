// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/consent.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace actions {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto kLife = 10min;
constexpr auto kKeptFor = 24h;  // a used code still answers with its job
constexpr size_t kMostBytes = 1 << 20;

Path file_of(const storage::StateNames& state, const std::string& code) {
  return state.plan_of(base::hex(base::sha256(code).substr(0, 16)));
}

// Whose consent it is to be: the owner's of this moment, not of a former key.
std::string owners_mark(World& world, const std::string& code) {
  return base::hex(base::hmac_sha256(world.need_owner_secret(), "consent " + code));
}

Path used(Path file) { return file += ".used"; }

void delete_old(platform::Disk& disk, const storage::StateNames& state, platform::WallTime now) {
  auto entries = disk.list(state.plans());
  if (!entries) return;
  for (const auto& entry : *entries) {
    auto facts = disk.look(state.plan_of(entry.name));
    if (facts && now - facts->changed > kKeptFor) disk.remove_file(state.plan_of(entry.name));
  }
}

}  // namespace

std::string issue_consent(World& world, const std::string& task, const Options& options, const std::string& findings) {
  auto state = world.need_state();
  auto now = platform::system_clock().now();
  world.disk.make_folder(state.plans(), 0700);
  delete_old(world.disk, state, now);
  std::string code = platform::random_word(130);
  json text = {{"task", task},
               {"options", options},
               {"findings", findings},
               {"owner", owners_mark(world, code)},
               {"expires", platform::unix_seconds(now + kLife)}};
  world.disk.create(file_of(state, code), text.dump(-1, ' ', false, json::error_handler_t::replace), 0600);
  return code;
}

std::optional<Consented> find_consent(World& world, const std::string& code) {
  if (code.empty() || !world.state_folder) return std::nullopt;
  storage::StateNames state(world.state_folder->folder);
  auto text = world.disk.read(file_of(state, code), kMostBytes);
  json parsed = text ? json::parse(*text, nullptr, false) : json();
  if (!parsed.is_object()) return std::nullopt;
  Consented consent;
  try {
    if (parsed.value("owner", "") != owners_mark(world, code)) return std::nullopt;
    consent.task = parsed.value("task", "");
    consent.options = parsed.value("options", Options{});
    consent.findings = parsed.value("findings", "");
    auto expires = platform::from_unix_seconds(parsed.value("expires", int64_t{0}));
    consent.expired = platform::system_clock().now() > expires;
  } catch (const json::exception&) {
    return std::nullopt;
  }
  if (auto answer = world.disk.read(used(file_of(state, code)), kMostBytes)) {
    consent.used = true;
    consent.answer = *answer;
  }
  return consent;
}

bool use_consent(World& world, const std::string& code) {
  auto state = world.need_state();
  try {
    world.disk.create(used(file_of(state, code)), "", 0600);
    return true;
  } catch (const base::Failure& failure) {
    if (failure.error() == EEXIST) return false;
    throw;
  }
}

void note_consent_answer(World& world, const std::string& code, const std::string& answer) {
  auto state = world.need_state();
  if (!world.disk.look(state.plans())) return;  // the program has just removed itself
  world.disk.replace(used(file_of(state, code)), answer, 0600, platform::Sync::no);
}

}  // namespace actions
