// SPDX-License-Identifier: GPL-3.0-or-later
// The action `files:verify`: is this tree one whole release? Without a package it is told by signs, within the request; with
// one a job compares every file.
#include <algorithm>

#include "actions/action.h"
#include "actions/arranging.h"
#include "actions/packages.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

using apps::PackageKind;
using apps::TreeSign;
using storage::Owner;
using storage::OwnerRule;

constexpr size_t kMostOpened = 20;  // packages; a directory of 30,000 entries takes a tenth of a second

// ---- packages

Path need_package(World& world, const std::string& name) {
  if (!base::lower(name).ends_with(".zip")) throw base::Failure(name + " is no package by its name", "it must end in .zip");
  auto package = find_package(world, name);
  if (!package) throw base::Failure("there is no file " + name + " in " + world.need_site().root.native(), "upload it there in binary mode");
  return package->file;
}

struct FullPackage {
  Path file;
  base::Version version;
};

std::vector<FullPackage> full_packages(World& world) {
  const apps::Site& site = world.need_site();
  std::vector<FullPackage> all;
  size_t opened = 0;
  for (const auto& package : packages_at_hand(world)) {
    if (++opened > kMostOpened) break;
    try {
      apps::Release release = site.app->release_of(storage::ZipPackage(package.file));
      if (release.kind == PackageKind::full) all.push_back({package.file, release.version});
    } catch (const base::Failure&) {  // something else
    }
  }
  return all;
}

// ---- signs

bool is_composer_project(const apps::Site& site) { return site.project != site.root; }

std::string what_to_do(const apps::Site& site) {
  if (is_composer_project(site))
    return "to mend it: Composer put these files there, so run `composer install` in " + base::printable_line(site.project.native());
  if (site.version.empty() || !site.app->source)
    return "to mend it: files:replace with the full package of the version that was being installed";
  apps::ReleaseSource source = site.app->source(site.version, PackageKind::full);
  return "to mend it: files:replace with the full package " + source.file + " (" + source.url +
         "); if an update to a newer release died here, update:finish with the full package of that one";
}

void tell_sign(base::Report& report, const TreeSign& sign, std::string_view mark) {
  report.line(std::string(mark) + base::printable_line(sign.what) + (sign.evidence.empty() ? "" : ":"));
  for (const auto& one : sign.evidence) report.line("    " + base::printable_line(one));
}

std::string release_words(const apps::Site& site) {
  return std::string(site.app->title) + (site.version.empty() ? "" : " " + site.version.text());
}

int tell_signs(const apps::Site& site, const apps::TreeSigns& signs, const std::vector<std::string>& notes, base::Report& report) {
  report.line(site.version.empty() ? "the tree does not say which release it is: " + base::printable_line(site.version_problem)
                                   : "the tree says that it is " + release_words(site));
  for (const auto& sign : signs.found) tell_sign(report, sign, "! ");
  for (const auto& sign : signs.left_over) tell_sign(report, sign, "harmless by itself: ");
  for (const auto& reason : signs.not_looked) report.line("not looked: " + base::printable_line(reason));
  for (const auto& note : notes) report.line(base::printable_line(note));
  bool is_whole = signs.found.empty() && !site.version.empty();
  if (is_whole) {
    report.line("no sign of a half or mixed release was found; only its package proves that every file is right: upload " +
                (is_composer_project(site) || !site.app->source ? "it" : site.app->source(site.version, PackageKind::full).file) +
                " and ask again with file=NAME");
    return 0;
  }
  report.line("this means: files of more than one release lie here, or some did not arrive; pages and commands fail, or do "
              "something wrong");
  report.line(what_to_do(site));
  return 1;
}

Proposal by_signs(World& world, std::vector<std::string> notes) {
  Proposal proposal;
  proposal.answer = [&world, notes = std::move(notes)](base::Report& report) {
    const apps::Site& site = world.need_site();
    if (!site.app->tree_signs) throw base::Failure("a package is needed for " + std::string(site.app->title), "give file=NAME");
    return tell_signs(site, site.app->tree_signs(world.disk, site), notes, report);
  };
  return proposal;
}

// Where the tree itself shows no signs: with which of these?
Proposal choose_among(const apps::Site& site, const std::vector<FullPackage>& packages) {
  Proposal proposal;
  proposal.plan.task = "files:verify";
  proposal.plan.headline = "Executing files:verify";
  proposal.plan.effect = Effect::reads;
  for (const auto& package : packages) {
    std::string name = package.file.filename().native();
    std::string words = package.file.native() + ": " + std::string(site.app->title) + " " + package.version.text();
    if (value_fits("file", name)) proposal.choices.push_back({{{"file", name}}, words});
  }
  proposal.nothing_to_do = proposal.choices.empty();
  proposal.plan.notes.push_back(proposal.choices.empty() ? "the name of the zip that lies there cannot be part of an address: rename it"
                                                         : "with which of these? The tree says that it is " + release_words(site));
  return proposal;
}

// ---- a package

// Not of the application: we, what we keep, the package, and the settings for the web server, which hosts and owners add to.
std::vector<OwnerRule> rules_of(World& world, const apps::Site& site, std::vector<OwnerRule> of_app, const Path& package) {
  std::vector<OwnerRule> rules;
  auto keep = [&](const Path& path) {
    if (platform::lies_in(path, site.root) && path != site.root)
      rules.push_back({Owner::user, path.lexically_relative(site.root).native()});
  };
  Path ours = world.program.path.parent_path();
  keep(ours == site.root ? world.program.path : ours);
  if (world.state_folder) keep(world.state_folder->folder);
  keep(package);
  if (world.disk.look(site.root / ".htaccess")) keep(site.root / ".htaccess");
  for (std::string_view name : site.app->passing_files)
    if (!world.disk.look(site.root / name)) keep(site.root / name);
  rules.insert(rules.end(), of_app.begin(), of_app.end());
  return rules;
}

std::string mismatch(const apps::Site& site, const apps::Release& release) {
  if (release.version == site.version) return {};
  return "the tree says that it is " + (site.version.empty() ? "of no known version" : site.version.text()) +
         ", the package is of " + release.version.text();
}

Proposal by_package(World& world, const Path& file, const Options& options) {
  const apps::Site& site = world.need_site();
  if (is_composer_project(site))
    throw base::Failure("Composer laid out this site: its files are not those of a release's zip", "ask without file=");
  storage::ZipPackage package(file);
  apps::Release release = site.app->release_of(package);
  bool is_full = release.kind == PackageKind::full;

  Proposal proposal;
  base::Plan& plan = proposal.plan;
  plan.task = "files:verify";
  for (const auto& [name, value] : options) plan.task += " --" + name + "=" + value;
  plan.headline = "Executing " + plan.task;
  plan.effect = Effect::reads;
  std::string other = mismatch(site, release);
  std::string title = "compare every file with " + package.shown() + (is_full ? "" : ", an update: only what it holds");
  base::Step step{"verify-tree", title, base::Interruption::restart,
                  {site.root.native(), file.native(), release.version.text(), title + (other.empty() ? "" : "; " + other),
                   what_to_do(site)}, {}};
  auto arrangement = arrangement_of(world, file, release, apps::Laying::compare);
  for (const auto& placing : arrangement.placings) step.words.push_back(storage::to_word(placing));
  for (const auto& rule : rules_of(world, site, std::move(arrangement.rules), file)) step.words.push_back(storage::to_word(rule));
  plan.steps = {step};
  return proposal;
}

}  // namespace

Proposal propose_files_verify(World& world, const Options& options) {
  const apps::Site& site = world.need_site();
  if (auto named = options.find("file"); named != options.end())
    return by_package(world, need_package(world, named->second), options);
  if (is_composer_project(site) || site.version.empty() || !site.app->release_of) return by_signs(world, {});
  auto all = full_packages(world), packages = all;
  std::erase_if(packages, [&](const FullPackage& package) { return package.version != site.version; });
  if (packages.size() == 1) return by_package(world, packages[0].file, options);
  if (!site.app->tree_signs && !all.empty()) return choose_among(site, all);
  std::vector<std::string> notes;
  for (const auto& package : packages)
    notes.push_back("a package of this version lies there: to compare every file ask with file=" + package.file.filename().native());
  return by_signs(world, std::move(notes));
}

}  // namespace actions
