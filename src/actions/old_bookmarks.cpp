// SPDX-License-Identifier: GPL-3.0-or-later
// The action `links:install`: bookmarks and cron lines of the scripts commands.php and upgrade_v3.php are answered by
// this program, by a marked block at the top of the site's .htaccess. (At its end, or with <Files>, the application's
// own deny wins.) It is checked by a request; where the server does not take it the file is put back. files:replace
// keeps the block, self:remove takes it out.
#include "actions/action.h"
#include "actions/site_address.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/http.h"
#include "storage/htaccess.h"

namespace actions {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 6s;  // for each of three questions: hosts end requests after 30
constexpr std::string_view kOurAnswer = "The secret phrase is wrong.";

struct Place {
  Path file;
  std::string text;
  mode_t mode = 0644;
};

Place need_htaccess(World& world) {
  Path file = world.need_site().root / ".htaccess";
  file = world.disk.real_path(file).value_or(file);
  auto facts = world.disk.look_through(file);
  auto text = storage::read_htaccess(world.disk, file);
  if (!facts || !text)
    throw base::Failure("the site has no .htaccess",
                        "the server must be Apache or LiteSpeed; doctor says whether the file is lost");
  return {file, *text, facts->mode};
}

std::string lines_for(World& world) {
  if (world.key.place == KeyPlace::program_name)
    throw base::Failure("the key is in the program's name, which the site's .htaccess would tell",
                        "write a line key = ... into unstick.ini.php");
  Path place = world.program.path.lexically_relative(
      world.disk.real_path(world.need_site().root).value_or(world.need_site().root));
  bool is_inside = !place.empty() && *place.begin() != "..";
  bool is_plain = place.native().find_first_not_of(
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == std::string::npos;
  if (!is_inside || !is_plain)
    throw base::Failure("the program lies in " + world.program.path.parent_path().native() +
                            ", which the site's .htaccess cannot lead to",
                        "put its folder into the site's folder");
  return "<IfModule mod_rewrite.c>\nRewriteEngine On\nRewriteRule ^(commands|upgrade_v3)\\.php$ " + place.native() +
         " [L]\n</IfModule>\n<If \"%{THE_REQUEST} =~ m#/(commands|upgrade_v3)\\.php[? ]#\">\nRequire all "
         "granted\n</If>\n";
}

std::string answer_words(const platform::PageAnswer& answer) {
  return answer.status == 0 ? answer.problem : std::to_string(answer.status);
}

// Why it cannot stay; empty: it works.
std::string problem_of(const std::string& address, const platform::PageAnswer& before) {
  auto asked = platform::curl_http().ask(address + "/commands.php", kPatience);
  auto now = platform::curl_http().ask(address + "/", kPatience);
  if (now.status >= 500 && before.status < 500) return "the site then answers " + answer_words(now);
  if (asked.status == 403 && base::contains(asked.text, kOurAnswer)) return {};
  return address + "/commands.php then answers " + answer_words(asked) + ", and not this program";
}

}  // namespace

Proposal propose_old_bookmarks(World& world, const Options& options) {
  Proposal proposal = begin_proposal("links:install", options, Effect::files);
  Place place = need_htaccess(world);
  std::string lines = lines_for(world);
  if (storage::with_our_block(place.text, lines) == place.text) {
    proposal.nothing_to_do = true;
    proposal.plan.notes = {"nothing to do: " + place.file.native() + " has these lines already"};
    return proposal;
  }
  proposal.findings = place.text;
  auto step = [&](const std::string& title) {
    proposal.plan.steps.push_back({"", title, base::Interruption::restart, {}, {}});
  };
  step("write this at the top of " + base::printable_line(place.file.native()) + ":");
  for (auto line : base::lines(lines)) step(std::string(line));
  step("ask the site, and put the file back if it does not answer as it should");
  proposal.plan.notes = {
      "addresses that end in /commands.php or /upgrade_v3.php are then answered by this program: old bookmarks work "
      "with its "
      "key, and scripts of these names that lie there do not run any more",
      "self:remove takes the lines out again"};
  return proposal;
}

int install_old_bookmarks(World& world, const Options&, base::Report& report) {
  Place place = need_htaccess(world);
  std::string address = site_address(world);
  if (address.empty())
    throw base::Failure("the site's address is not known, so it cannot be asked afterwards",
                        "write url = ... into the settings file");
  std::string fresh = storage::with_our_block(place.text, lines_for(world));
  auto before = platform::curl_http().ask(address + "/", kPatience);
  if (before.status == 0)
    throw base::Failure("the lines were not written, .htaccess is as it was: the site cannot be asked from here, so nobody could tell "
                        "whether they do harm: " + before.problem,
                        "write the plan's lines into " + place.file.native() + " yourself, and look at the site at once");
  world.disk.replace(place.file, fresh, place.mode);
  std::string problem = problem_of(address, before);
  if (problem.empty()) {
    report.line(address + "/commands.php and " + address + "/upgrade_v3.php are answered by this program now");
    return 0;
  }
  if (storage::read_htaccess(world.disk, place.file) == fresh) world.disk.replace(place.file, place.text, place.mode);
  throw base::Failure("the lines cannot stay, .htaccess is as it was: " + problem);
}

}  // namespace actions
