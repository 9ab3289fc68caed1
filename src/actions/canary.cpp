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

constexpr const char* kControlWords = "control: everybody may read this file\n";
constexpr const char* kAllowAll =
    "<IfModule mod_authz_core.c>\nRequire all granted\n</IfModule>\n"
    "<IfModule !mod_authz_core.c>\nOrder allow,deny\nAllow from all\n</IfModule>\n";

constexpr const char* kWayOut =
    "Write state = FOLDER into the settings file, with a writable folder outside of what the web server serves, or ask "
    "the host to deny requests for it";

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

// By the address, what everybody may have comes back: so a refusal there is one, and no firewall's that turns all of
// our own questions away.
bool gives_out(World& world, const Path& file, std::string_view words) {
  std::string address = address_of(world, world.disk.real_path(file).value_or(file));
  if (address.empty()) return false;
  auto answer = answer_of(address);
  return answer.status == 200 && base::contains(answer.body, words);
}

// The bundle's page of first contact lies open beside the program. Where it is missing, or the server gives nothing to
// anybody there, a file that we open ourselves does, beside the canary.
bool control_is_given_out(World& world, const storage::StateNames& state) {
  Path page = world.program.path.parent_path() / "index.html";
  auto text = world.disk.read(page, platform::kMostPageBytes);
  if (text && base::contains(*text, kFirstContactTitle) && gives_out(world, page, kFirstContactTitle)) return true;
  if (!world.disk.look(state.control_file())) {
    world.disk.make_folder(state.control(), 0755);
    world.disk.replace(state.control() / ".htaccess", kAllowAll, 0644, platform::Sync::no);
    world.disk.replace(state.control_file(), kControlWords, 0644, platform::Sync::no);
  }
  return gives_out(world, state.control_file(), kControlWords);
}

std::string where_words(const storage::StateNames& state) {
  return "Backups and logs lie inside the site's own folder, in " + base::printable_line(state.folder().native()) +
         ": no place outside of it could be used. ";
}

Canary given_out(const storage::StateNames& state, const std::string& address) {
  return {Seen::given_out,
          where_words(state) + "THE WEB SERVER GIVES THEM OUT: a test file of ours came back from " + address +
              ". Who learns that address could download a backup. Make none before that is mended. " + kWayOut};
}

Canary refused(const storage::StateNames& state, int status) {
  return {Seen::refused, where_words(state) + "Strangers cannot read them: a test file of ours was asked for through "
                         "the web server and not given out (" + std::to_string(status) +
                         "), while one that everybody may read was"};
}

Canary unknown(const storage::StateNames& state, const std::string& address, const std::string& why) {
  return {Seen::unknown, where_words(state) + "Whether strangers can read them could not be found out at " + address +
                             ": " + why + ". Open that address: if it shows a word that begins with canary-, "
                             "everybody can. " + kWayOut};
}

Canary judged(World& world, const storage::StateNames& state, const std::string& address, const std::string& word) {
  auto answer = answer_of(address);
  if (answer.status == 200 && base::contains(answer.body, word)) return given_out(state, address);
  if (answer.status == 0) return unknown(state, address, answer.problem);
  std::string status = std::to_string(answer.status);
  if (answer.status >= 500) return unknown(state, address, "it answers " + status);
  if (control_is_given_out(world, state)) return refused(state, answer.status);
  return unknown(state, address, "it answers " + status + ", but does so to us also for a file that everybody may "
                                 "read, so that this proves nothing");
}

Canary ask(World& world, const storage::StateNames& state) {
  auto word = world.disk.read(state.canary(), kMostBytes);
  if (!word || !word->starts_with("canary-")) {
    word = "canary-" + platform::random_word(160) + "\n";
    world.disk.replace(state.canary(), *word, 0600, platform::Sync::no);
  }
  Path real = world.disk.real_path(state.canary()).value_or(state.canary());
  if (std::string address = address_of(world, real); !address.empty()) return judged(world, state, address, *word);
  return {Seen::unknown, "Backups and logs lie in " + base::printable_line(state.folder().native()) +
                             ", which the web server may serve. Whether strangers can read them could not be found "
                             "out: its address is not known. " + kWayOut};
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

bool is_before_first_backup(World& world) {
  return world.disk.list(world.need_state().backups()).value_or(std::vector<platform::Entry>{}).empty();
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
    return Canary{Seen::unknown, "Whether strangers can read our own data could not be found out: " + failure.full()};
  }
}

void add_exposure(World& world, Proposal& proposal) {
  auto canary = look_at_canary(world);
  if (!canary || canary->seen == Seen::refused) return;
  proposal.plan.notes.push_back(canary->words);
  // What nobody could find out is told once, before there is anything to read; a link's caller is not the one to tell.
  bool is_told_now = !world.asked_at.empty() && is_before_first_backup(world);
  if (canary->seen == Seen::given_out || is_told_now) proposal.warnings.push_back(canary->words);
}

}  // namespace actions
