// SPDX-License-Identifier: GPL-3.0-or-later
// The actions `files:replace` and `update:finish`: which package, and whether the database follows.
#include <algorithm>

#include "actions/packages.h"
#include "actions/replacing.h"
#include "actions/running_upgrade.h"
#include "base/failure.h"
#include "base/text.h"

namespace actions {

namespace {

constexpr size_t kMostListBytes = 16 << 20;

base::Version asked_version(const Options& options) {
  auto said = options.find("version");
  if (said == options.end()) return {};
  auto version = base::Version::parse(said->second);
  if (!version) throw base::Failure("version= names no version: " + said->second);
  return *version;
}

// Those of the packages at hand that are releases of this application. What is none is left out here, and refused by name.
std::vector<Source> releases_at_hand(World& world) {
  std::vector<Source> all;
  for (const auto& package : packages_at_hand(world)) {
    try {
      all.push_back(source_of(world, package.file, package.facts));
    } catch (const base::Failure&) {
    }
  }
  return all;
}

std::optional<Source> full_of_version(World& world, const base::Version& version) {
  for (auto& source : releases_at_hand(world))
    if (source.release.kind == apps::PackageKind::full && source.release.version == version) return source;
  return std::nullopt;
}

bool shows_signs(World& world) {
  const apps::Site& site = world.need_site();
  return site.app->tree_signs && !site.app->tree_signs(world.disk, site).found.empty();
}

// The only one there is; of several the full one of the version that was being installed when an update died.
std::optional<Source> obvious(World& world, const std::vector<Source>& all) {
  const apps::Site& site = world.need_site();
  if (all.size() == 1) return all[0];
  bool half = shows_signs(world);
  std::optional<Source> full;
  for (const auto& source : all) {
    if (!half || source.release.kind != apps::PackageKind::full || source.release.version != site.version) continue;
    if (full) return std::nullopt;
    full = source;
  }
  return full;
}

Choice choice_of(const Source& source) {
  std::string name = source.file.filename().native();
  if (!value_fits("file", name)) return {{}, words_of(source) + ": rename it, such a name cannot be part of an address"};
  return {{{"file", name}}, words_of(source)};
}

void add_choices(World& world, Proposal& proposal, std::vector<Source> sources, const std::string& question, const std::string& none) {
  for (const auto& source : sources) proposal.choices.push_back(choice_of(source));
  proposal.nothing_to_do = proposal.choices.empty();
  proposal.plan.notes.push_back(proposal.choices.empty() ? none + base::printable_line(world.need_site().root.native()) : question);
}

// The package that the options name; nullopt: `proposal` says what is to be done first, or which there are.
std::optional<Source> named_source(World& world, const Options& options, Proposal& proposal) {
  const apps::App& app = *world.need_site().app;
  if (options.count("file") && options.count("version"))
    throw base::Failure("file= and version= name two packages", "give one of them");
  if (auto file = options.find("file"); file != options.end()) {
    auto package = find_package(world, file->second);
    if (!package)
      throw base::Failure("there is no package " + file->second + " in " + world.need_site().root.native(),
                          "upload it there in binary mode");
    return source_of(world, package->file, package->facts);
  }
  base::Version version = asked_version(options);
  if (version.empty()) return std::nullopt;
  if (auto source = full_of_version(world, version)) return source;
  if (!app.source) throw base::Failure("this program does not know where releases are to be had", "upload the package");
  proposal.preparation = download_plan(world, app.source(version, apps::PackageKind::full));
  return std::nullopt;
}

enum class Tree { whole, half };  // which one an update may be laid over

// An update lays its files over a release that is whole, and not too old.
void need_fitting(World& world, const Source& source, Tree tree) {
  const apps::Site& site = world.need_site();
  const apps::Release& release = source.release;
  if (release.kind == apps::PackageKind::full) return;
  std::string full = release.version.text() + ".zip";
  if (site.version.empty())
    throw base::Failure(words_of(source) + " is an update, and the version of the files is not known (" + site.version_problem + ")",
                        "use the full package " + full);
  if (site.version < release.least_before)
    throw base::Failure("the update " + release.version.text() + " can only follow " + release.least_before.text() +
                            " or a later one; the files say " + site.version.text(),
                        "use the full package " + full);
  if (tree == Tree::whole && shows_signs(world))
    throw base::Failure("an update belongs on a release that is whole, and here files of two lie mixed, or some are missing "
                        "(files:verify tells which)",
                        "use the full package " + full + ", or update:finish");
  if (site.version > release.version)
    throw base::Failure("the update " + release.version.text() + " is older than the files, which say " + site.version.text(),
                        "use a full package");
}

DatabaseStep database_step_for(World& world, const Source& source) {
  const apps::Site& site = world.need_site();
  if (site.version.empty() || source.release.version > site.version) return DatabaseStep::run;
  if (source.release.version < site.version) return DatabaseStep::none;
  // The same version in a tree that is half of another: nobody knows whether the database had its turn.
  return shows_signs(world) ? DatabaseStep::run : DatabaseStep::none;
}

void finish(World& world, Proposal& proposal, const Source& source, DatabaseStep database, const Options& options) {
  const apps::Site& site = world.need_site();
  if (!site.app->arrange && !site.version.empty() && source.release.version < site.version)
    proposal.plan.notes.push_back("CAUTION: the package is older than the files now; a database that newer files have changed does not "
                                  "fit it, and only a backup of that time brings it back (db:restore)");
  add_replacement(world, proposal, source, database, options);
  proposal.findings = site.version.text() + "\n";
  for (const auto& step : proposal.plan.steps)
    for (const auto& word : step.words) proposal.findings += step.verb + " " + word + "\n";
}

// What the application's own web update unpacked and did not get to move.
std::optional<Source> left_by_update(World& world) {
  const apps::Site& site = world.need_site();
  if (!site.app->unfinished) return std::nullopt;
  auto left = site.app->unfinished(world.disk, site);
  if (!left) return std::nullopt;
  return Source{{}, {}, left->folder, left->release, 0, 0};
}

// Each release brings its own list of files that are gone since older ones, so that in the root tells what was being installed,
// while the version that the files say may still be the former one: entries come in any order.
bool lists_the_same_deleted(World& world, const Source& source) {
  const apps::Site& site = world.need_site();
  if (site.app->deleted_list.empty()) return false;
  auto here = world.disk.read(site.root / site.app->deleted_list, kMostListBytes);
  storage::ZipPackage zip(source.file);
  const storage::ZipEntry* entry = zip.find(site.app->deleted_list);
  return here && entry && !entry->folder && zip.read(*entry, kMostListBytes) == *here;
}

// How likely the update which died was made of this package, or that it makes the tree whole; 0: not at all.
int fitness(World& world, const Source& source) {
  const base::Version& stated = world.need_site().version;
  if (source.release.kind != apps::PackageKind::full) return source.release.version == stated ? 1 : 0;
  if (!stated.empty() && source.release.version < stated) return 0;
  if (lists_the_same_deleted(world, source)) return 4;
  return source.release.version == stated ? 3 : 2;
}

// The fittest of the packages at hand; of several newer releases none: nobody knows which it was.
std::optional<Source> finishing_package(World& world) {
  std::optional<Source> best;
  int most = 0;
  bool several = false;
  for (auto& source : releases_at_hand(world)) {
    int fits = fitness(world, source);
    several = fits == most ? several || (fits == 2 && best->release.version != source.release.version) : several && fits < most;
    if (fits <= most) continue;
    most = fits;
    best = std::move(source);
  }
  return several ? std::nullopt : std::move(best);
}

std::string package_to_upload(const apps::Site& site) {
  if (site.version.empty() || !site.app->source) return "the full package of the version that was being installed";
  return site.app->source(site.version, apps::PackageKind::full).file + " (or that of the newer release, if an update to one died)";
}

}  // namespace

Proposal propose_files_replace(World& world, const Options& options) {
  need_replaceable(world);
  need_no_upgrade(world);
  need_whole_database(world);
  Proposal proposal = begin_proposal("files:replace", options, Effect::files);
  auto source = named_source(world, options, proposal);
  if (proposal.preparation) return proposal;
  auto all = source ? std::vector<Source>() : releases_at_hand(world);
  if (!source) source = obvious(world, all);
  if (!source) {
    bool can_download = world.need_site().app->source != nullptr;
    add_choices(world, proposal, std::move(all), can_download ? "with which of these? (version=X.Y.Z downloads one)" : "with which of these?",
                std::string("there is no package: upload the full one in binary mode") +
                    (can_download ? ", or ask with version=X.Y.Z to download it" : "") + "; it belongs into ");
    return proposal;
  }
  need_fitting(world, *source, Tree::whole);
  finish(world, proposal, *source, database_step_for(world, *source), options);
  return proposal;
}

std::optional<Source> package_leading_to(World& world, const Options& options, bool (*fits)(const base::Version&), Proposal& proposal) {
  auto named = named_source(world, options, proposal);
  if (named && (named->release.kind != apps::PackageKind::full || !fits(named->release.version)))
    throw base::Failure(words_of(*named) + " is no full package of the release that is needed");
  if (named || proposal.preparation) return named;
  std::optional<Source> newest;
  for (auto& source : releases_at_hand(world)) {
    bool serves = source.release.kind == apps::PackageKind::full && fits(source.release.version);
    if (serves && (!newest || newest->release.version < source.release.version)) newest = std::move(source);
  }
  return newest;
}

std::optional<Source> mending_source(World& world, const Options& options, Proposal& proposal) {
  auto source = named_source(world, options, proposal);
  if (!source && !proposal.preparation) source = left_by_update(world);
  if (!source && !proposal.preparation) source = finishing_package(world);
  if (source && !source->file.empty()) need_fitting(world, *source, Tree::half);
  return source;
}

std::string mending_package(const apps::Site& site) { return package_to_upload(site); }

Proposal propose_update_finish(World& world, const Options& options) {
  need_replaceable(world);
  const apps::Site& site = world.need_site();
  if (!site.app->tree_signs)
    throw base::Failure("the files of " + std::string(site.app->title) + " do not tell how far an update came",
                        "doctor says which release is to be brought, and files:replace brings it");
  Proposal proposal = begin_proposal("update:finish", options, Effect::files);
  auto source = named_source(world, options, proposal);
  if (proposal.preparation) return proposal;
  bool signs = shows_signs(world);
  auto left = left_by_update(world);
  // It moves only what is unpacked to its end: while the site is whole nobody knows that of upgrade/.
  if (left && !signs && !source) {
    proposal.nothing_to_do = true;
    proposal.plan.notes.push_back("nothing to do: " + base::printable_line(left->folder.native()) + " holds an update that has not begun "
                                  "to move into the site, and may not be complete; begin it anew, or delete that folder");
    return proposal;
  }
  if (!source && signs) source = left;
  if (!source && !signs) {
    proposal.nothing_to_do = true;
    proposal.plan.notes.push_back("nothing to do: no update was left half way here, as far as the files themselves tell; "
                                  "files:verify with a package proves it");
    return proposal;
  }
  if (!source) source = finishing_package(world);
  if (!source)
    throw base::Failure("the files are half of one release and half of another, and the package is not at hand; nothing was changed",
                        "upload " + package_to_upload(site) + " into " + site.root.native() + ", or ask with version=" +
                            (site.version.empty() ? "X.Y.Z" : site.version.text()) + " to download it");
  if (!source->file.empty()) need_fitting(world, *source, Tree::half);
  finish(world, proposal, *source, DatabaseStep::run, options);
  return proposal;
}

}  // namespace actions
