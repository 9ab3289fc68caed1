// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a WHMCS: one release, and all of each file. Only the plain headers are read.
#include <algorithm>
#include <map>

#include "apps/whmcs/checks.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/release_names.h"
#include "apps/whmcs/state.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

using Names = std::vector<std::string>;

constexpr size_t kMostNamed = 5;
constexpr const char* kFoundation = "vendor/whmcs/whmcs-foundation";
constexpr unsigned kFirstWithFoundation = 8;  // at the latest
// Without these no release runs.
constexpr std::string_view kEntrances[] = {"init.php", "index.php", "cart.php", "clientarea.php"};

// "8.13": patches of one series may leave each other's numbers in the files that they do not bring.
std::string series_of(const base::Version& version) {
  return std::to_string(version.major()) + "." + std::to_string(version.minor());
}

struct Found {
  std::map<std::string, Names> versions, series;  // files by what they say
  std::map<std::string, Names> builds;
};

Found versions_of_core(Examination& examination) {
  Found found;
  for (auto name : core_files(examination.site.version)) {
    auto header = header_of(examination.disk, examination.site.root / name);
    if (!header || header->version.empty()) continue;
    found.versions[header->version.text()].emplace_back(name);
    found.series[series_of(header->version)].emplace_back(name);
    if (!header->build.empty()) found.builds[header->build].emplace_back(name);
  }
  return found;
}

Names missing_entrances(Examination& examination) {
  Names missing;
  const Site& site = examination.site;
  auto core = core_files(site.version);
  for (auto name : kEntrances) {
    bool is_of_release = std::find(core.begin(), core.end(), name) != core.end();
    if (is_of_release && !examination.disk.look_through(site.root / name))
      missing.push_back(std::string(name) + " is missing");
  }
  bool has_foundation = !site.version.empty() && site.version.major() >= kFirstWithFoundation;
  if (has_foundation && !examination.disk.look_through(site.root / kFoundation))
    missing.push_back(std::string(kFoundation) + " is missing");
  return missing;
}

// The release that belongs here, as far as it is known: the database's, where files and database were meant to be one.
std::string wanted_release(Examination& examination, const base::Version& newest) {
  try {
    Stored stored = stored_in_database(examination);
    if (!stored.version.empty() && (newest.empty() || compare(stored.version, newest) > 0))
      return stored.version.text();
  } catch (const base::Failure&) {
    // Then what the files say is all that is known.
  }
  return newest.text();
}

std::string upload_words(Examination& examination, const Found& found) {
  base::Version newest = examination.site.version;
  for (const auto& [text, names] : found.versions)
    if (auto version = base::Version::of(text); newest.empty() || compare(version, newest) > 0) newest = version;
  std::string release = wanted_release(examination, newest);
  return "put the zip of the full release" + (release.empty() ? " that the database is of" : " " + release) +
         " into the site's folder and ask files:replace with file=NAME, which keeps configuration.php and what is your "
         "own; or upload all its "
         "files again by hand, in binary mode, with new admin files into the admin area's folder. Then ask doctor "
         "again: if the database is "
         "older then, the upgrade is to be run";
}

// Not more than a hint: see release_names.h.
std::string newer_names(Examination& examination) {
  const base::Version& files = examination.site.version;
  base::Version named = newest_named(examination.disk, examination.site.root);
  if (named.empty()) return {};
  if (files.empty()) return "names in resources/sql or vendor tell that files of " + named.text() + " came here";
  auto numbers = [](const base::Version& version) {
    return base::Version::of(version.text().substr(0, version.text().find('-')));
  };
  if (numbers(named) <= numbers(files)) return {};
  return "names in resources/sql or vendor are of " + named.text() + ", and init.php says " + files.text() +
         ": they are left over, or an update died on its way; where pages show \"Down for Maintenance\", bring all "
         "files of the full "
         "release of the database's version (files:replace)";
}

// Which the loader reports too, as "The file ... is corrupted".
Names damaged_in(Examination& examination, const Path& folder) {
  Names damaged;
  for (const auto& file : headed_files(examination.disk, folder))
    if (!file.header.damage.empty()) damaged.push_back(examination.shown(file.file) + " " + file.header.damage);
  return damaged;
}

Names empty_core_files(Examination& examination) {
  Names empty;
  for (auto name : core_files(examination.site.version)) {
    auto facts = examination.disk.look_through(examination.site.root / name);
    if (facts && facts->kind == platform::Kind::file && facts->size_bytes == 0)
      empty.push_back(std::string(name) + " is empty");
  }
  return empty;
}

}  // namespace

Looked look_at_release(Examination& examination) {
  Looked looked;
  Found found = versions_of_core(examination);
  Finding finding{"files of more than one release lie here, or some did not arrive",
                  {},
                  "an update or an upload did not come to its end: pages fail, or do something wrong",
                  Mend::nothing,
                  "",
                  Weight::breaks};
  if (examination.site.version.empty()) finding.evidence.push_back(examination.site.version_problem);
  if (found.series.size() > 1)
    for (const auto& [version, names] : found.versions)
      finding.evidence.push_back(version + ": " + base::some_of(names, kMostNamed));
  for (auto& name : missing_entrances(examination)) finding.evidence.push_back(std::move(name));
  if (!finding.evidence.empty()) {
    finding.otherwise = upload_words(examination, found);
    looked.found.push_back(std::move(finding));
  }
  if (std::string hint = newer_names(examination); !hint.empty()) {
    if (looked.found.empty())
      looked.not_looked.push_back(hint);
    else
      looked.found.back().evidence.push_back(hint);
  }
  looked.seen = examination.site.version.text();
  if (found.versions.size() > 1)
    looked.seen += "; " + std::to_string(found.versions.size()) + " numbers of one series, as patches leave them";
  else if (found.builds.size() > 1)
    looked.seen += "; " + std::to_string(found.builds.size()) + " builds of it, as patches leave them";
  return looked;
}

Looked look_at_whole_files(Examination& examination) {
  Looked looked;
  const Path& root = examination.site.root;
  Names damaged = empty_core_files(examination);
  std::vector<Path> folders = {root, root / "includes", root / "install"};
  if (auto admin = Configuration(examination.disk, root).admin()) folders.push_back(*admin);
  for (const Path& folder : folders)
    for (auto& name : damaged_in(examination, folder)) damaged.push_back(std::move(name));
  if (damaged.empty()) return looked;
  size_t count = damaged.size();
  if (count > kMostNamed)
    damaged.resize(kMostNamed), damaged.push_back("and " + std::to_string(count - kMostNamed) + " more");
  looked.found.push_back({"files are cut off or empty", std::move(damaged),
                          "pages that need them are blank or say \"The file ... is corrupted\": the upload was broken "
                          "off, or the disk was full",
                          Mend::nothing,
                          "see that there is room, then upload these files again from the full release " +
                              examination.site.version.text() + ", in binary mode",
                          Weight::breaks});
  return looked;
}

}  // namespace apps::whmcs
