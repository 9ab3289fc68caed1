// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/upgrades.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/failure.h"

namespace storage {

using json = nlohmann::json;

namespace {

constexpr size_t kMostBytes = 1 << 20;
constexpr size_t kMost = 50;

int64_t seconds_of(platform::WallTime time) { return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count(); }
platform::WallTime time_of(int64_t seconds) { return platform::WallTime(std::chrono::seconds(seconds)); }

json to_json(const Upgrade& one) {
  return {{"job", one.job},           {"began", seconds_of(one.began)},   {"ended", seconds_of(one.ended)}, {"question", one.question},
          {"wanted", one.wanted},     {"mark_before", one.mark_before},   {"mark_after", one.mark_after},   {"failed", one.failed},
          {"settled", one.settled},   {"structure_before", one.structure_before}, {"by_owner", one.by_owner}};
}

Upgrade upgrade_of(const json& in) {
  return {in.at("job"),         time_of(in.at("began")), time_of(in.at("ended")), in.at("question"), in.at("wanted"),
          in.at("mark_before"), in.at("mark_after"),     in.at("structure_before"), in.at("by_owner"), in.at("failed"), in.at("settled")};
}

void keep(platform::Disk& disk, const StateNames& state, std::vector<Upgrade> all) {
  std::erase_if(all, [newest = all.empty() ? std::string() : all.back().job](const Upgrade& one) { return one.settled && one.job != newest; });
  if (all.size() > kMost) all.erase(all.begin() + 1, all.end() - static_cast<std::ptrdiff_t>(kMost - 1));  // the first leads back
  json out = json::array();
  for (const auto& one : all) out.push_back(to_json(one));
  disk.replace(state.upgrades(), out.dump(-1, ' ', false, json::error_handler_t::replace), 0600);
}

}  // namespace

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

void settle_upgrades(platform::Disk& disk, const StateNames& state, const std::string& from_job) {
  auto all = upgrades(disk, state);
  bool any = false;
  for (auto& one : all) {
    bool is_meant = (!one.settled || one.failed) && one.job >= from_job;
    one.settled = one.settled || is_meant;
    one.failed = one.failed && !is_meant;
    any = any || is_meant;
  }
  if (any) keep(disk, state, std::move(all));
}

}  // namespace storage
