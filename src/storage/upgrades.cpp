// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/upgrades.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/version.h"
#include "platform/clock.h"

namespace storage {

using json = nlohmann::json;

namespace {

constexpr size_t kMostBytes = 1 << 20;
constexpr size_t kMost = 50;

json to_json(const Upgrade& one) {
  return {{"job", one.job},
          {"began", platform::unix_seconds(one.began)},
          {"ended", platform::unix_seconds(one.ended)},
          {"question", one.question},
          {"wanted", one.wanted},
          {"mark_before", one.mark_before},
          {"mark_after", one.mark_after},
          {"structure_before", one.structure_before},
          {"contents_before", one.contents_before},
          {"structure_after", one.structure_after},
          {"by_owner", one.by_owner},
          {"failed", one.failed},
          {"settled", one.settled},
          {"put_back", one.put_back}};
}

Upgrade upgrade_of(const json& in) {
  Upgrade one;
  one.job = in.at("job");
  one.began = platform::from_unix_seconds(in.at("began"));
  one.ended = platform::from_unix_seconds(in.at("ended"));
  one.question = in.at("question");
  one.wanted = in.at("wanted").get<std::vector<std::string>>();
  one.mark_before = in.at("mark_before");
  one.mark_after = in.at("mark_after");
  one.structure_before = in.value("structure_before", "");
  one.contents_before = in.value("contents_before", "");
  one.structure_after = in.value("structure_after", "");
  one.by_owner = in.value("by_owner", false);
  one.failed = in.at("failed");
  one.settled = in.at("settled");
  one.put_back = in.value("put_back", "");
  return one;
}

void keep(platform::Disk& disk, const StateNames& state, std::vector<Upgrade> all) {
  const std::string newest = all.empty() ? "" : all.back().job;
  std::erase_if(all, [&](const Upgrade& one) { return one.settled && one.put_back.empty() && one.job != newest; });
  if (all.size() > kMost) all.erase(all.begin() + 1, all.end() - static_cast<std::ptrdiff_t>(kMost - 1));  // the first leads back
  json out = json::array();
  for (const auto& one : all) out.push_back(to_json(one));
  disk.replace(state.upgrades(), out.dump(-1, ' ', false, json::error_handler_t::replace), 0600);
}

}  // namespace

bool is_reached(const Upgrade& upgrade, const std::string& answer) {
  auto now = base::Version::parse(answer);
  return std::any_of(upgrade.wanted.begin(), upgrade.wanted.end(), [&](const std::string& wanted) {
    auto end = base::Version::parse(wanted);
    return answer == wanted || (now && end && *now >= *end);
  });
}

bool is_way_back(const std::vector<Upgrade>& all, const std::string& backup) {
  return std::any_of(all.begin(), all.end(), [&](const Upgrade& one) { return !one.settled && one.job == backup; });
}

std::vector<Upgrade> upgrades(platform::Disk& disk, const StateNames& state) {
  std::vector<Upgrade> all;
  auto text = disk.read(state.upgrades(), kMostBytes);
  if (!text) return all;
  try {
    for (const auto& one : json::parse(*text)) all.push_back(upgrade_of(one));
  } catch (const json::exception&) {
    throw base::Failure("what is known of upgrades cannot be read: " + state.upgrades().native(), "move that file away, and look at `backups`");
  }
  return all;
}

void note_upgrade(platform::Disk& disk, const StateNames& state, const Upgrade& upgrade) {
  auto all = upgrades(disk, state);
  auto known = std::find_if(all.begin(), all.end(), [&](const Upgrade& one) { return one.job == upgrade.job; });
  if (known == all.end())
    all.push_back(upgrade);
  else
    *known = upgrade;
  keep(disk, state, std::move(all));
}

void settle_upgrades(platform::Disk& disk, const StateNames& state) {
  auto all = upgrades(disk, state);
  for (auto& one : all) one.settled = true, one.failed = false, one.put_back.clear();
  if (!all.empty()) keep(disk, state, std::move(all));
}

void put_back_to(platform::Disk& disk, const StateNames& state, const std::string& backup) {
  auto all = upgrades(disk, state);
  const std::string now = new_job_id(platform::system_clock().now());
  for (auto& one : all) {
    bool is_later = one.job >= backup, is_half_in_it = !is_later && !one.put_back.empty() && backup < one.put_back;
    if (is_later && (!one.settled || one.failed || !one.put_back.empty())) one.settled = true, one.failed = false, one.put_back = now;
    if (is_half_in_it) one.settled = false, one.failed = true, one.put_back.clear();
  }
  if (!all.empty()) keep(disk, state, std::move(all));
}

}  // namespace storage
