// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/doctor.h"

#include <algorithm>

#include "actions/given.h"
#include "actions/upgrade.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

using apps::Check;
using apps::Finding;
using apps::Looked;
using apps::Mend;
using apps::Needs;
using apps::Weight;

// ---- looking

Looked look(const Check& check, apps::Examination& examination) {
  try {
    if (check.needs == Needs::php && !examination.given.php) return {{}, {"only PHP can tell: ask with php=yes"}, {}};
    return check.look(examination);
  } catch (const base::Failure& failure) {
    return {{}, {failure.full()}, {}};
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
