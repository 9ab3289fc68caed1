// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `logs` and `logs:follow`.
#include "actions/logs.h"

#include <algorithm>

#include "actions/action.h"
#include "actions/database_access.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"

namespace actions {

namespace {

constexpr uint64_t kUsualErrors = 30;
constexpr std::chrono::minutes kFollowing{10};

apps::LogFiles files_of(World& world) {
  const apps::Site& site = world.need_site();
  return apps::log_files(world.disk, site, home_of(world.disk, site.root));
}

void tell_files(World& world, const apps::ErrorLog& log, size_t left_out, base::Report& report) {
  report.line("");
  for (const Path& file : log.files) report.line("read: " + shown_log(world, file));
  if (left_out > 0) report.line("left out: " + std::to_string(left_out) + " older files");
  for (const auto& why : log.not_looked) report.line("not read: " + base::printable_line(why));
  if (log.files.empty())
    report.line(
        "there are no logs: neither Mautic nor PHP wrote any where this account can read them; the hosting panel shows those of the "
        "web server");
}

// Rotated ones: nothing is written into them any more.
bool is_old(const Path& file) {
  std::string name = file.filename().native();
  return !name.empty() && name.back() >= '0' && name.back() <= '9';
}

}  // namespace

std::vector<std::string> known_secrets(World& world) {
  const apps::Site* site = world.site ? &*world.site : nullptr;
  std::vector<std::string> secrets = {find_database(world.disk, site, world.settings).access.password};
  if (site && site->app && site->app->secrets)
    for (auto& secret : site->app->secrets(world.disk, *site)) secrets.push_back(std::move(secret));
  // In the program's name it is told by that name's form, which says "unstick-....cgi".
  if (!world.key.stored.empty() && world.key.place != KeyPlace::program_name) secrets.push_back(world.key.stored);
  return secrets;
}

std::vector<std::string> known_secrets(Program& program, const Path& root) {
  Whereabouts where;
  where.root = root;
  World world = find_world(program, where);
  return known_secrets(world);
}

std::string shown_log(World& world, const Path& file) {
  const apps::Site& site = world.need_site();
  for (const Path& folder : {site.root, site.project})
    if (platform::lies_in(file, folder)) return base::printable_line(file.lexically_relative(folder).native());
  Path home = home_of(world.disk, site.root);
  if (!home.empty() && platform::lies_in(file, home)) return "~/" + base::printable_line(file.lexically_relative(home).native());
  return base::printable_line(file.native());
}

std::vector<std::string> error_lines(World& world, const apps::ErrorLog& log, size_t most) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < std::min(most, log.errors.size()); ++i) {
    const apps::LogError& error = log.errors[i];
    std::string times = error.count == 1 ? "once" : std::to_string(error.count) + " times, last";
    lines.push_back(platform::utc_words(error.last) + "  " + times + (error.dated ? "" : ", at the latest") + " in " +
                    shown_log(world, error.file));
    lines.push_back("  " + error.level + ": " + error.text);
  }
  return lines;
}

int show_logs(World& world, const Options& options, base::Report& report) {
  auto asked = options.find("lines");
  size_t most =
      std::max<uint64_t>(1, asked == options.end() ? kUsualErrors : base::whole_number(asked->second).value_or(kUsualErrors));
  auto files = files_of(world);
  auto log = apps::read_errors(world.disk, files, known_secrets(world));
  if (log.errors.empty())
    report.line("no errors");
  else
    report.line(std::to_string(std::min(most, log.errors.size())) + " of " + std::to_string(log.errors.size()) +
                " different errors, the newest first");
  for (const auto& line : error_lines(world, log, most)) report.line(line);
  for (size_t i = 0; i < std::min(most, log.errors.size()); ++i) {
    const auto& error = log.errors[i];
    report.event("error", {{"last", platform::utc_words(error.last)},
                           {"count", std::to_string(error.count)},
                           {"level", error.level},
                           {"file", shown_log(world, error.file)},
                           {"text", error.text}});
  }
  tell_files(world, log, files.left_out, report);
  return 0;
}

Proposal propose_follow_logs(World& world, const Options&) {
  Proposal proposal;
  base::Plan& plan = proposal.plan;
  plan.task = "logs:follow";
  plan.headline = "Executing logs:follow";
  plan.effect = Effect::reads;
  base::Step step{
      "follow-logs", "wait for new lines in the logs", base::Interruption::restart, {world.need_site().root.native()}, kFollowing};
  for (const Path& file : files_of(world).files)
    if (!is_old(file)) step.words.push_back(file.native());
  if (step.words.size() == 1)
    throw base::Failure("there is no log that could be followed",
                        "the action logs says where was looked; open a page of the site that fails, and ask again");
  plan.steps = {step};
  return proposal;
}

}  // namespace actions
