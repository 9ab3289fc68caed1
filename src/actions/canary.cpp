// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/canary.h"

#include <algorithm>
#include <chrono>

#include "actions/bundle.h"
#include "actions/site_address.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/http.h"
#include "platform/new_tree.h"

namespace actions {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 3s;
constexpr auto kRemembered = 60s;
constexpr auto kAbandoned = 60s;  // no request asks that long
constexpr size_t kMostBytes = 4096;
constexpr const char* kControlWords = "control: everybody may read this file\n";
// Against what the folders above say, our own rules beside the program among it.
constexpr const char* kAllowAll =
    "<IfModule mod_rewrite.c>\nRewriteEngine Off\n</IfModule>\n"
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

// A folder, and the address that leads there.
struct Served {
  std::string address;
  Path folder;

  // Empty where it does not lie in there.
  std::string address_of(const Path& file) const {
    Path rest = file.lexically_relative(folder);
    if (address.empty() || rest.empty() || *rest.begin() == "..") return {};
    return address + (address.ends_with('/') ? "" : "/") + rest.native();
  }
};

// That a file lies in, by the way this request came, else by the address that the site has of itself.
std::optional<Served> served_folder_of(World& world, const Path& file) {
  auto leads_there = [&](const std::string& address, const Path& folder) -> std::optional<Served> {
    Served served{address, world.disk.real_path(folder).value_or(folder)};
    return served.address_of(file).empty() ? std::nullopt : std::optional(served);
  };
  auto served = leads_there(address_of_program_folder(world), world.program.path.parent_path());
  if (!served && world.site) served = leads_there(requested_site_address(world), world.site->root);
  if (!served && world.site) served = leads_there(site_address(world), world.site->root);
  return served;
}

// "https://example.com" of "https://example.com/a/b".
std::string origin_of(const std::string& address) {
  return address.substr(0, address.find('/', address.find("://") + 3));
}

// The same over HTTPS is asked there.
platform::PageAnswer answer_of(const std::string& address) {
  auto answer = platform::curl_http().ask(address, kPatience);
  bool moved = answer.location.starts_with("https://") && address.starts_with("http://") &&
               answer.location.substr(8) == address.substr(7);
  return moved ? platform::curl_http().ask(answer.location, kPatience) : answer;
}

bool gives_out(const std::string& address, std::string_view words) {
  if (address.empty()) return false;
  auto answer = answer_of(address);
  return answer.status == 200 && base::contains(answer.text, words);
}

// A file that everybody may read, beside the state folder: in there its permissions keep every other account out, and
// many servers read files as another one. It is there while it is asked for.
class Control {
 public:
  Control(platform::Disk& disk, const Path& beside) : folder_(beside / storage::control_name(now())) {
    remove_abandoned(disk, beside);
    disk.make_folder(folder_, 0755);
    disk.set_mode(folder_, 0755);
    disk.replace(folder_ / ".htaccess", kAllowAll, 0644, platform::Sync::no);
    disk.replace(file(), kControlWords, 0644, platform::Sync::no);
  }
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;
  ~Control() {
    try {
      platform::remove_tree(folder_);
    } catch (const base::Failure&) {  // the next one takes it away
    }
  }

  Path file() const { return folder_ / "control.txt"; }

 private:
  static platform::WallTime now() { return platform::system_clock().now(); }

  // What requests left that were killed.
  static void remove_abandoned(platform::Disk& disk, const Path& beside) {
    for (const auto& entry : disk.list(beside).value_or(std::vector<platform::Entry>{})) {
      if (!storage::is_control_name(entry.name)) continue;
      auto facts = disk.look(beside / entry.name);
      if (facts && now() - facts->changed > kAbandoned) platform::remove_tree(beside / entry.name);
    }
  }

  Path folder_;
};

// From where the canary was asked for, what everybody may have comes back: so a refusal there is one, and no firewall's
// that turns all of our own questions away. The bundle's page of first contact lies open beside the program; where it
// is missing, lies elsewhere, or the server gives nothing to anybody there, a file of our own serves.
bool control_is_given_out(World& world, const storage::StateNames& state, const Served& served) {
  Path page = world.program.path.parent_path() / kFirstContactPage;
  auto text = world.disk.read(page, platform::kMostPageBytes);
  if (text && base::contains(*text, kFirstContactTitle)) {
    Path real = world.disk.real_path(page).value_or(page);
    auto of_page = served_folder_of(world, real);
    bool is_asked_there = of_page && origin_of(of_page->address) == origin_of(served.address);
    if (is_asked_there && gives_out(of_page->address_of(real), kFirstContactTitle)) return true;
  }
  Path beside = world.disk.real_path(state.folder()).value_or(state.folder()).parent_path();
  if (served.address_of(beside / "x").empty()) return false;
  Control control(world.disk, beside);
  return gives_out(served.address_of(control.file()), kControlWords);
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

// Why a refusal of the canary proves nothing; empty: it does.
std::string doubt(World& world, const storage::StateNames& state, const Served& served) {
  try {
    if (control_is_given_out(world, state, served)) return {};
    return "but does not give us a file either that everybody may read, so that this proves nothing";
  } catch (const base::Failure& failure) {
    return "and no file that everybody may read could be put beside it for a comparison (" + failure.full() + ")";
  }
}

Canary judged(World& world, const storage::StateNames& state, const Served& served, const Path& canary,
              const std::string& word) {
  std::string address = served.address_of(canary);
  auto answer = answer_of(address);
  if (answer.status == 200 && base::contains(answer.text, word)) return given_out(state, address);
  if (answer.status == 0) return unknown(state, address, answer.problem);
  std::string status = std::to_string(answer.status);
  if (answer.status >= 500) return unknown(state, address, "it answers " + status);
  std::string why_not = doubt(world, state, served);
  if (why_not.empty()) return refused(state, answer.status);
  return unknown(state, address, "it answers " + status + ", " + why_not);
}

Canary ask(World& world, const storage::StateNames& state) {
  auto word = world.disk.read(state.canary(), kMostBytes);
  if (!word || !word->starts_with("canary-")) {
    word = "canary-" + platform::random_word(160) + "\n";
    world.disk.replace(state.canary(), *word, 0600, platform::Sync::no);
  }
  Path real = world.disk.real_path(state.canary()).value_or(state.canary());
  if (auto served = served_folder_of(world, real)) return judged(world, state, *served, real, *word);
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
  // What nobody could find out is agreed to once; a link's caller is not the one to ask.
  bool is_asked = !world.asked_at.empty() && !world.disk.look(world.need_state().canary_accepted());
  if (canary->seen == Seen::given_out || is_asked) proposal.warnings.push_back(canary->words);
}

void note_exposure_accepted(World& world, const Proposal& proposal) {
  if (proposal.warnings.empty() || !world.state_folder || !world.state_folder->exposed) return;
  auto canary = look_at_canary(world);
  const auto& asked = proposal.warnings;
  bool was_asked = canary && canary->seen == Seen::unknown &&
                   std::find(asked.begin(), asked.end(), canary->words) != asked.end();
  if (was_asked) world.disk.replace(world.need_state().canary_accepted(), "", 0600, platform::Sync::no);
}

}  // namespace actions
