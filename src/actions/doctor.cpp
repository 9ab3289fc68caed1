// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/doctor.h"

#include <algorithm>

#include "actions/closing.h"
#include "actions/console.h"
#include "actions/database_access.h"
#include "actions/opening.h"
#include "actions/packages.h"
#include "actions/replacing.h"
#include "actions/site_address.h"
#include "actions/upgrade.h"
#include "actions/upgrade_attempts.h"
#include "base/failure.h"
#include "base/text.h"
#include "jobs/changes.h"
#include "platform/clock.h"
#include "storage/site_closure.h"

namespace actions {

namespace {

using apps::Check;
using apps::Finding;
using apps::Looked;
using apps::Mend;
using apps::Needs;
using apps::Weight;

constexpr size_t kMostJobs = 200;
constexpr std::chrono::seconds kPagePatience{20};
constexpr int kMostRedirects = 3;

// ---- looking

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

Looked look(const Check& check, apps::Examination& examination) {
  try {
    if (check.needs == Needs::php && !examination.given.php) return {{}, {"only PHP can tell: ask with php=yes"}, {}};
    return check.look(examination);
  } catch (const base::Failure& failure) {
    return {{}, {failure.full()}, {}};
  }
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

// ---- telling

std::string site_words(const apps::Site& site) {
  return std::string(site.app->title) + " " + (site.version.empty() ? "of an unknown version" : site.version.text()) + " in " +
         base::printable_line(site.root.native()) + " (" + site.layout + " layout)";
}

const Check* check_of(const Diagnosis& diagnosis, const Finding* finding) {
  for (const auto& row : diagnosis.rows)
    for (const auto& one : row.looked.found)
      if (&one == finding) return row.check;
  return nullptr;
}

void tell_finding(World& world, const Diagnosis& diagnosis, const Finding& finding, size_t number, base::Report& report) {
  std::string mend = remedy_words(world.need_site(), finding);
  report.line("");
  report.line(std::to_string(number) + ". " + base::printable_line(finding.what) + "  (" + std::string(word(finding.weight)) + ")");
  for (const auto& one : finding.evidence) report.line("   seen: " + base::printable_line(one));
  report.line("   this means: " + base::printable_line(finding.means));
  if (!mend.empty()) report.line("   to mend it: " + mend + (finding.needs_php ? " (needs PHP)" : ""));
  if (!finding.otherwise.empty())
    report.line(std::string("   ") + (mend.empty() ? "what to do: " : "or: ") + base::printable_line(finding.otherwise));
  report.event("finding", {{"check", std::string(check_of(diagnosis, &finding)->id)},
                           {"weight", std::string(word(finding.weight))},
                           {"what", finding.what},
                           {"evidence", base::join(finding.evidence, "\n")},
                           {"means", finding.means},
                           {"mend", mend},
                           {"otherwise", finding.otherwise},
                           {"needs_php", finding.needs_php ? "yes" : "no"}});
}

void tell_rest(const Diagnosis& diagnosis, base::Report& report) {
  report.line("");
  for (const auto& row : diagnosis.rows) {
    const Looked& looked = row.looked;
    std::string title(row.check->title);
    bool in_order = looked.found.empty() && looked.not_looked.empty();
    if (in_order) report.line("ok: " + title + (looked.seen.empty() ? "" : ": " + base::printable_line(looked.seen)));
    for (const auto& why : looked.not_looked) report.line("could not look: " + title + ": " + base::printable_line(why));
    if (in_order) report.event("ok", {{"check", std::string(row.check->id)}, {"seen", looked.seen}});
    for (const auto& why : looked.not_looked) report.event("not looked", {{"check", std::string(row.check->id)}, {"why", why}});
  }
}

void keep_to_what_comes_first(Diagnosis& diagnosis) {
  auto findings = diagnosis.findings();
  if (std::none_of(findings.begin(), findings.end(), [](const Finding* one) { return one->comes_first; })) return;
  for (auto& row : diagnosis.rows) {
    size_t left_out = std::erase_if(row.looked.found, [](const Finding& one) {
      return !one.comes_first && one.mend != Mend::open_site && one.weight != apps::Weight::exposes;
    });
    if (left_out > 0) row.looked.not_looked.push_back("only when what comes first is settled");
  }
}

void tell_end(const Diagnosis& diagnosis, const std::vector<const Finding*>& found, base::Report& report) {
  report.line("");
  if (found.empty() && diagnosis.left_out) {
    report.line("nothing wrong found in what was to be mended; the rest was not looked at again: doctor tells it");
    return;
  }
  if (found.empty()) {
    report.line(diagnosis.is_incomplete() ? "nothing wrong found as far as could be looked" : "nothing wrong found");
    if (diagnosis.php_not_asked()) report.line("if pages fail all the same: doctor with php=yes asks PHP and the site's pages too");
    return;
  }
  if (recover_mends(diagnosis)) report.line("all that can be mended here in one go: recover (it shows its plan first)");
}

}  // namespace

apps::Given given_by(World& world, Needs most, platform::WallTime since) {
  apps::Given given;
  DatabaseWay way = find_database(world.disk, &world.need_site(), world.settings);
  given.access_problem = way.explanation();
  given.access = std::move(way.access);
  given.may_run_php = most == Needs::php;
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
  auto attempts = upgrade_attempts(world);
  given.attempt = std::move(attempts.newest);
  given.failed = std::move(attempts.failed);
  given.attempts_unknown = std::move(attempts.unknown);
  given.packages = zips_at_hand(world);
  given.now = platform::system_clock().now();
  given.repaired = since == platform::WallTime{} ? last_repair(world) : since;
  return given;
}

std::vector<const Finding*> Diagnosis::findings() const {
  std::vector<const Finding*> all;
  for (const auto& row : rows)
    for (const auto& finding : row.looked.found) all.push_back(&finding);
  std::stable_sort(all.begin(), all.end(), [](const Finding* a, const Finding* b) { return a->weight < b->weight; });
  return all;
}

bool Diagnosis::is_incomplete() const {
  return std::any_of(rows.begin(), rows.end(),
                     [](const Row& row) { return row.check->needs == Needs::nothing && !row.looked.not_looked.empty(); });
}

bool Diagnosis::php_not_asked() const {
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.check->needs == Needs::php && !row.looked.not_looked.empty(); });
}

std::vector<apps::Remedy> remedies_for(const apps::Site& site, const Finding& finding) {
  switch (finding.mend) {
    case Mend::nothing: return {};
    case Mend::open_site:
    case Mend::database_back: return finding.remedies;
    case Mend::configuration: return {{"config:fix"}};
    case Mend::permissions: return {{"permissions:fix"}};
    case Mend::files: return {{"recover"}, {"update:finish"}};
    case Mend::caches: return {{"cache:purge"}};
    case Mend::set_aside: return {{"recover"}};
    case Mend::tables: return {{"db:repair"}};
    case Mend::migrations: return {{site.app->database_step.empty() ? "recover" : std::string(site.app->database_step)}};
    case Mend::upgrade: return {{kUpgradeTask}};
    case Mend::upgrade_back: return {{kUpgradeBackTask}};
  }
  return {};
}

std::string remedy_words(const apps::Site& site, const Finding& finding) {
  std::vector<std::string> all;
  for (const auto& remedy : remedies_for(site, finding)) {
    all.push_back(remedy.task);
    for (const auto& [name, value] : remedy.options) all.back() += " with " + name + "=" + value;
  }
  return base::join(all, " or ");
}

bool recover_mends(Mend mend) {
  return mend != Mend::nothing && mend != Mend::open_site && mend != Mend::upgrade && mend != Mend::upgrade_back && mend != Mend::database_back;
}

std::string_view word(Weight weight) {
  if (weight == Weight::breaks) return "broken";
  return weight == Weight::hinders ? "in the way" : "open to strangers";
}

bool recover_mends(const Diagnosis& diagnosis) {
  auto found = diagnosis.findings();
  return std::any_of(found.begin(), found.end(), [](const Finding* one) { return recover_mends(one->mend); });
}

Diagnosis diagnose(World& world, Needs most, platform::WallTime since) {
  const apps::Site& site = world.need_site();
  apps::Examination examination(world.disk, site, given_by(world, most, since));
  Diagnosis diagnosis;
  for (auto table : {apps::general_checks(), site.app->checks ? site.app->checks() : std::span<const Check>{}})
    for (const Check& check : table) diagnosis.rows.push_back({&check, look(check, examination)});
  keep_to_what_comes_first(diagnosis);
  return diagnosis;
}

int tell_diagnosis(World& world, const Diagnosis& diagnosis, base::Report& report) {
  auto found = diagnosis.findings();
  report.line(site_words(world.need_site()));
  if (!found.empty()) report.line(std::to_string(found.size()) + (found.size() == 1 ? " thing is" : " things are") + " wrong:");
  for (size_t i = 0; i < found.size(); ++i) tell_finding(world, diagnosis, *found[i], i + 1, report);
  tell_rest(diagnosis, report);
  tell_end(diagnosis, found, report);
  return static_cast<int>(found.size());
}

int examine(World& world, const Options& options, base::Report& report) {
  auto diagnosis = diagnose(world, options.count("php") ? Needs::php : Needs::nothing);
  return tell_diagnosis(world, diagnosis, report) == 0 ? 0 : 1;
}

base::Step proof_step(World& world, const Diagnosis& before, const std::function<bool(Mend)>& is_mended, bool only_seen) {
  base::Step proof{"examine-site", "examine the site again", base::Interruption::restart, {world.need_site().root.native()}, {}, true};
  for (const auto& row : before.rows) {
    const auto& found = row.looked.found;
    bool is_left = std::any_of(found.begin(), found.end(), [&](const Finding& one) { return !is_mended(one.mend); });
    if (is_left || (only_seen && !row.looked.not_looked.empty())) proof.words.emplace_back(row.check->id);
  }
  return proof;
}

int examine_site(Program& program, const Path& root, const Path& state, const std::set<std::string>& known, platform::WallTime since,
                 base::Report& report) {
  try {
    Whereabouts where;
    where.root = root;
    where.state = state;
    World world = find_world(program, where);
    Diagnosis diagnosis = diagnose(world, Needs::nothing, since);
    diagnosis.left_out = std::erase_if(diagnosis.rows, [&](const Diagnosis::Row& row) {
      std::string id(row.check->id);
      return known.count(id) != 0 || known.count(id.substr(0, id.find('.')) + ".*") != 0;
    }) > 0;
    return tell_diagnosis(world, diagnosis, report);
  } catch (const base::Failure& failure) {
    report.line("cannot look: " + base::printable_line(failure.full()));
    return 1;
  }
}

}  // namespace actions
