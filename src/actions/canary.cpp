// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/canary.h"

#include <chrono>

#include "actions/site_address.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/http.h"

namespace actions {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 3s;
constexpr auto kRemembered = 60s;
constexpr size_t kMostBytes = 4096;

constexpr const char* kWayOut =
    "Write state = FOLDER into the settings file, with a writable folder outside of what the web server serves, or ask "
    "the host to deny "
    "requests for it";

// "https://example.com/unstick/" for the folder that the program lies in, where the request's own path says so.
std::string address_of_program_folder(const World& world) {
  std::string end =
      "/" + world.program.path.parent_path().filename().native() + "/" + world.program.path.filename().native();
  if (!world.asked_at.ends_with(end)) return {};
  return world.asked_at.substr(0, world.asked_at.size() - world.program.path.filename().native().size());
}

std::string address_below(const std::string& base, const Path& base_folder, const Path& file) {
  Path rest = file.lexically_relative(base_folder);
  if (base.empty() || rest.empty() || *rest.begin() == "..") return {};
  return base + (base.ends_with('/') ? "" : "/") + rest.native();
}

// By the way this request came, else by the address that the site has of itself; empty when neither leads there.
std::string address_of(World& world, const Path& file) {
  auto below = [&](const std::string& base, const Path& folder) {
    return address_below(base, world.disk.real_path(folder).value_or(folder), file);
  };
  std::string address = below(address_of_program_folder(world), world.program.path.parent_path());
  if (!world.site) return address;
  if (address.empty()) address = below(requested_site_address(world), world.site->root);
  return address.empty() ? below(site_address(world), world.site->root) : address;
}

// The same over HTTPS is asked there.
platform::PageAnswer answer_of(const std::string& address) {
  auto answer = platform::curl_http().ask(address, kPatience);
  bool moved = answer.location.starts_with("https://") && address.starts_with("http://") &&
               answer.location.substr(8) == address.substr(7);
  return moved ? platform::curl_http().ask(answer.location, kPatience) : answer;
}

Canary judged(const std::string& folder, const std::string& address, const platform::PageAnswer& answer,
              const std::string& word) {
  const std::string where =
      "Backups and logs lie inside the site's own folder, in " + folder + ": no place outside of it could be used. ";
  if (answer.status == 200 && base::contains(answer.body, word))
    return {Seen::given_out,
            where + "THE WEB SERVER GIVES THEM OUT: a test file of ours came back from " + address +
                ". Who learns that address could download a backup. Make none before that is mended. " + kWayOut};
  if (answer.status != 0 && answer.status < 500)
    return {
        Seen::refused,
        where +
            "Strangers cannot read them: a test file of ours was asked for through the web server and not given out (" +
            std::to_string(answer.status) + ")"};
  std::string why = answer.status == 0 ? answer.problem : "it answers " + std::to_string(answer.status);
  return {Seen::unknown, where + "Whether strangers can read them could not be asked at " + address + ": " + why +
                             ". Open that address: if it "
                             "shows a word that begins with canary-, everybody can. " +
                             kWayOut};
}

Canary ask(World& world, const storage::StateNames& state) {
  auto word = world.disk.read(state.canary(), kMostBytes);
  if (!word || !word->starts_with("canary-")) {
    word = "canary-" + platform::random_word(160) + "\n";
    world.disk.replace(state.canary(), *word, 0600, platform::Sync::no);
  }
  std::string folder = base::printable_line(state.folder().native());
  Path real = world.disk.real_path(state.canary()).value_or(state.canary());
  if (std::string address = address_of(world, real); !address.empty())
    return judged(folder, address, answer_of(address), *word);
  return {Seen::unknown, "Backups and logs lie in " + folder +
                             ", which the web server may serve. Whether strangers can read them could not be "
                             "asked: its address is not known. " +
                             std::string(kWayOut)};
}

std::optional<Canary> remembered(World& world, const storage::StateNames& state) {
  auto facts = world.disk.look(state.canary_result());
  if (!facts) return std::nullopt;
  auto text = world.disk.read(state.canary_result(), kMostBytes);
  if (!text || text->size() < 2 || (*text)[0] < '0' || (*text)[0] > '2') return std::nullopt;
  Canary canary{static_cast<Seen>((*text)[0] - '0'), text->substr(1)};
  bool is_fresh = platform::system_clock().now() - facts->changed <= kRemembered;
  // Who does not know the way cannot look again: the worst holds until somebody who does has looked.
  bool holds_on = world.asked_at.empty() && canary.seen == Seen::given_out;
  return is_fresh || holds_on ? std::optional(canary) : std::nullopt;
}

}  // namespace

std::optional<Canary> look_at_canary(World& world) {
  if (!world.state_folder || !world.state_folder->exposed) return std::nullopt;
  try {
    auto state = world.need_state();
    if (auto known = remembered(world, state)) return known;
    Canary canary = ask(world, state);
    // A link does not know the way; its owner's next request does.
    if (canary.seen == Seen::unknown && world.asked_at.empty()) return canary;
    world.disk.replace(state.canary_result(), std::to_string(static_cast<int>(canary.seen)) + canary.words, 0600,
                       platform::Sync::no);
    return canary;
  } catch (const base::Failure& failure) {
    return Canary{Seen::unknown, "Whether strangers can read our own data could not be asked: " + failure.full()};
  }
}

void add_exposure(World& world, Proposal& proposal) {
  auto canary = look_at_canary(world);
  if (!canary || canary->seen == Seen::refused) return;
  proposal.plan.notes.push_back(canary->words);
  if (canary->seen == Seen::given_out) proposal.warnings.push_back(canary->words);
}

}  // namespace actions
