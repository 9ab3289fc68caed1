// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/closure_list.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/failure.h"

namespace storage {

namespace {

constexpr size_t kMostListBytes = 16 << 20;

// Most entrances say the same: each text stands there once.
std::string list_text(const Closure& closure) {
  nlohmann::json entrances = nlohmann::json::array(), stubs = nlohmann::json::array();
  std::map<std::string, size_t> numbers;
  for (const auto& one : closure.entrances) {
    auto [number, is_new] = numbers.emplace(one.stub, numbers.size());
    if (is_new) stubs.push_back(one.stub);
    entrances.push_back({{"file", one.file}, {"aside", one.aside}, {"stub", number->second}, {"goes", one.goes}});
    if (!one.formers.empty()) entrances.back()["formers"] = one.formers;
  }
  return nlohmann::json{{"job", closure.job}, {"stubs", stubs}, {"entrances", entrances}}.dump();
}

Closure parse_list(const std::string& text) {
  auto list = nlohmann::json::parse(text);
  Closure closure{list.at("job"), {}};
  for (const auto& one : list.at("entrances")) {
    const auto& stub = one.at("stub");  // former lists: the text itself
    closure.entrances.push_back({one.at("file"), one.at("aside"), stub.is_string() ? stub : list.at("stubs").at(stub.get<size_t>()),
                                 one.value("goes", false), one.value("formers", std::vector<std::string>{})});
  }
  return closure;
}

}  // namespace

std::optional<Closure> read_list(platform::Disk& disk, const StateNames& state) {
  auto text = disk.read(state.closed(), kMostListBytes);
  if (!text) return std::nullopt;
  try {
    return parse_list(*text);
  } catch (const nlohmann::json::exception&) {
    throw base::Failure("the list of what is closed cannot be read: " + state.closed().native(),
                        "job:unlock opens the site by the names of what waits beside the stubs");
  }
}

void keep_list(platform::Disk& disk, const StateNames& state, const Closure& closure) {
  std::string text = list_text(closure);
  if (text.size() >= kMostListBytes)
    throw base::Failure("the site has too many entrances to be closed: " + std::to_string(closure.entrances.size()));
  disk.replace(state.closed(), text, 0600);
}

}  // namespace storage
