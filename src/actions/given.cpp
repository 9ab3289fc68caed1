// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/given.h"

#include "actions/closing.h"
#include "actions/console.h"
#include "actions/database_access.h"
#include "actions/database_back.h"
#include "actions/opening.h"
#include "actions/packages.h"
#include "actions/site_address.h"
#include "actions/upgrade_attempts.h"
#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "platform/clock.h"
#include "storage/site_closure.h"

namespace actions {

namespace {

constexpr size_t kMostJobs = 200;
constexpr std::chrono::seconds kPagePatience{20};
constexpr int kMostRedirects = 3;

// When a job of ours that changed the site ended last: what stands in logs before that was true then.
platform::WallTime last_repair(World& world) {
  if (!world.state_folder || !world.disk.look(world.state_folder->folder)) return {};
  auto state = world.need_state();
  for (const auto& id : jobs::newest_jobs(world.disk, state, kMostJobs)) {
    auto job = jobs::look_at(world.disk, state, id);
    bool changes = job && job->plan.effect != Effect::reads && job->plan.effect != Effect::routine;
    if (changes && job->state == jobs::State::done && jobs::began_change(*job)) return job->last;
  }
  return {};
}

// None where nobody can look.
std::vector<Path> zips_at_hand(World& world) {
  std::vector<Path> zips;
  try {
    if (world.state_folder)
      for (const auto& package : packages_at_hand(world)) zips.push_back(package.file);
  } catch (const base::Failure&) {
  }
  return zips;
}

// "example.com" of "https://example.com:8443/a"; empty where there is none.
std::string host_of(const std::string& url) {
  size_t scheme = url.find("://");
  if (scheme == url.npos) return {};
  size_t begin = scheme + 3;
  return base::lower(url.substr(begin, url.find_first_of(":/?#", begin) - begin));
}

// The page that everybody may see, and that each release has: the last of the application's. To its encrypted address or another name
// within the site it is followed.
void ask_page(World& world, apps::Given& given) {
  auto questions = site_questions(world);
  if (questions.size() < 2 || questions[0].empty()) return;
  given.page_address = questions[0] + "/" + questions.back();
  given.page = platform::curl_http().ask(given.page_address, kPagePatience);
  const std::string host = host_of(given.page_address);
  for (int i = 0; i < kMostRedirects && !host.empty() && host_of(given.page->location) == host; ++i) {
    given.page_address = given.page->location.substr(0, given.page->location.find('?'));
    given.page = platform::curl_http().ask(std::string(given.page->location), kPagePatience);
  }
}

}  // namespace

apps::Given given_of_database(World& world) {
  apps::Given given;
  DatabaseWay way = find_database(world.disk, &world.need_site(), world.settings);
  given.access_problem = way.explanation();
  given.access = std::move(way.access);
  auto attempts = upgrade_attempts(world);
  given.attempt = std::move(attempts.newest);
  given.failed = std::move(attempts.failed);
  given.attempts_unknown = std::move(attempts.unknown);
  bool has_state = world.state_folder && world.disk.look(world.state_folder->folder);
  auto job = has_state ? jobs::current_job(world.disk, world.need_state()) : std::nullopt;
  given.is_half_back = job && is_database_half_back(world, *job);
  given.now = platform::system_clock().now();
  return given;
}

apps::Given given_by(World& world, apps::Needs most, platform::WallTime since) {
  apps::Given given = given_of_database(world);
  given.may_run_php = most == apps::Needs::php;
  auto choice = choose_php(world, world.need_site().php, given.may_run_php ? platform::AskPhp::yes : platform::AskPhp::no);
  if (given.may_run_php && choice.php()) given.php_settings = platform::ask_settings(*choice.php());
  if (given.may_run_php || !choice.tried.empty()) given.php = std::move(choice);
  if (given.may_run_php) ask_page(world, given);
  if (world.state_folder) given.state = world.state_folder->folder;
  given.program = world.program.path;
  given.home = home_of(world.disk, world.need_site().root);
  if (auto job = left_closed_by(world)) {
    given.closed_by = *job;
    auto snapshot = jobs::look_at(world.disk, world.need_state(), *job);
    given.closed_words = snapshot ? jobs::state_words(*snapshot) : "not known any more";
    given.closed_ways = ways_to_open(snapshot);
    given.closed_remedies = remedies_to_open(snapshot);
    auto standing = storage::standing(world.disk, world.need_state(), *job);
    given.closed_stubs = standing.stubs;
    given.closed_replaced = standing.replaced;
  }
  given.unknown_stubs = unknown_stubs(world);
  given.unknown_stubs_way = kUnknownStubsWay;
  given.packages = zips_at_hand(world);
  given.now = platform::system_clock().now();  // the page that was asked may just have written into a log
  given.repaired = since == platform::WallTime{} ? last_repair(world) : since;
  return given;
}

}  // namespace actions
