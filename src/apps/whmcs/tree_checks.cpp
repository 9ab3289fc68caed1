// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the files of a WHMCS are one release, and all folders of it are there. Only the plain headers are read.
#include <algorithm>

#include "apps/whmcs/checks.h"
#include "apps/whmcs/configuration.h"
#include "apps/whmcs/release_names.h"
#include "apps/whmcs/state.h"
#include "apps/whmcs/tree_census.h"
#include "base/failure.h"
#include "base/text.h"

namespace apps::whmcs {

namespace {

using Names = std::vector<std::string>;

constexpr size_t kMostNamed = 5;
constexpr unsigned kFirstWithFoundation = 8;  // at the latest
constexpr unsigned kFirstWithCrons = 6;
constexpr unsigned kFirstOfPlainNames = 6;  // the digits of older ones can be read in two ways
// Without these no release runs.
constexpr std::string_view kEntrances[] = {"init.php", "index.php", "cart.php", "clientarea.php"};
constexpr const char* kFolders[] = {"includes", "modules", "templates"};

bool is_from(const base::Version& version, unsigned major) { return !version.empty() && version.major() >= major; }

// The admin area's folder has a check of its own.
Names missing_parts(Examination& examination) {
  Names missing;
  const Site& site = examination.site;
  auto need = [&](std::string_view name) {
    if (!examination.disk.look_through(site.root / name)) missing.push_back(std::string(name) + " is missing");
  };
  auto core = core_files(site.version);
  for (auto name : kEntrances)
    if (std::find(core.begin(), core.end(), name) != core.end()) need(name);
  for (auto name : kFolders) need(name);
  if (is_from(site.version, kFirstWithFoundation)) need(kFoundation);
  Configuration configuration(examination.disk, site.root);
  bool was_moved = configuration.folder("crons_dir", "crons") != site.root / "crons";
  if (is_from(site.version, kFirstWithCrons) && !was_moved) need("crons");
  return missing;
}

// The release that belongs here, as far as it is known: the database's, where files and database were meant to be one.
base::Version stored_version(Examination& examination) {
  try {
    return stored_in_database(examination).version;
  } catch (const base::Failure&) {  // then what the files say is all that is known
    return {};
  }
}

std::string upload_words(Examination& examination, base::Version release) {
  base::Version stored = stored_version(examination);
  if (!stored.empty() && (release.empty() || compare(stored, release) > 0)) release = stored;
  return "put the zip of the full release" + (release.empty() ? " that the database is of" : " " + release.text()) +
         " into the site's folder and ask files:replace with file=NAME, which keeps configuration.php and what is your "
         "own; or upload all its files again by hand, in binary mode, with new admin files into the admin area's folder. Then ask "
         "doctor again: if the database is older then, the upgrade is to be run";
}

// Not more than a hint: see release_names.h.
std::string newer_names(Examination& examination, const base::Version& named) {
  const base::Version& files = examination.site.version;
  if (named.empty()) return {};
  if (files.empty()) return "names in resources/sql or vendor tell that files of " + named.text() + " came here";
  auto numbers = [](const base::Version& version) {
    return base::Version::of(version.text().substr(0, version.text().find('-')));
  };
  if (numbers(named) <= numbers(files)) return {};
  return "names in resources/sql or vendor are of " + named.text() + ", and init.php says " + files.text() +
         ": they are left over, or an update died on its way; where pages show \"Down for Maintenance\", bring all "
         "files of the full release of the database's version (files:replace)";
}

// Each series brings names of its own, which its upgrade needs.
std::string older_names(const base::Version& files, const base::Version& named) {
  if (named.empty() || !is_from(files, kFirstOfPlainNames)) return {};
  bool is_older = named.major() < files.major() || (named.major() == files.major() && named.minor() < files.minor());
  if (!is_older) return {};
  return "the newest names in resources/sql and vendor are of " + named.text() + ", and init.php says " + files.text();
}

// What init.php says; where that is not there, what another says.
base::Version release_in(const Examination& examination, const Census& census) {
  bool is_known = !examination.site.version.empty() || census.files.empty();
  return is_known ? examination.site.version : census.files[0].version;
}

// Where the admin area is older than a stray one its own check says so, and what to do.
Census census_for(Examination& examination) {
  return census_of(examination, is_broken(look_at_admin_area(examination)) ? AdminArea::left_out : AdminArea::counts);
}

Finding mixed_finding(Examination& examination, Names evidence, const base::Version& release) {
  return {"the upload or update is incomplete: files of two WHMCS releases are mixed, or some are missing",
          std::move(evidence),
          "an update or an upload did not come to its end: pages fail, or do something wrong",
          Mend::nothing,
          upload_words(examination, release),
          Weight::breaks};
}

Finding odd_finding(const Examination& examination, const std::string& odd_one) {
  const std::string& release = examination.site.version.text();
  return {"one file is of another release than the rest",
          {odd_one + ", the rest of " + release},
          "an update passed it by, or it is left over from another release, for an upload deletes nothing; what it does may fail",
          Mend::nothing,
          "if the full release " + release + " has this file, upload it again from there in binary mode; if not, delete it here",
          Weight::hinders};
}

Finding numbers_finding(const Mixture& mixture) {
  Finding finding{"files of several versions of one series lie here",
                  {},
                  "either a patch was put on that leaves other files as they were, as it should be, or an update was cut off: then "
                  "pages fail, or do something wrong. The files do not tell which",
                  Mend::nothing,
                  "if you put a patch on, follow its instructions to their end, with its upgrade; if not, put the zip of the full release " +
                      mixture.newest.text() + " into the site's folder and ask files:replace with file=NAME. Then ask doctor again",
                  Weight::hinders};
  for (const auto& [version, names] : mixture.numbers) finding.evidence.push_back(version + ": " + base::some_of(names, kMostNamed));
  return finding;
}

// A patch brings init.php, and its upgrade writes that version into the database: then it came to its end.
void look_at_numbers(Examination& examination, const Mixture& mixture, Looked& looked) {
  if (mixture.numbers.empty()) return;
  base::Version stored = stored_version(examination);
  std::string words = std::to_string(mixture.numbers.size()) + " numbers of one series";
  bool is_of_init = !stored.empty() && compare(stored, examination.site.version) == 0;
  if (!mixture.has_newer && is_of_init)
    looked.seen += "; " + words + ", as patches leave them";
  else if (!mixture.has_newer && stored.empty())
    looked.not_looked.push_back("files say " + words +
                                ": whether a patch left them so, or an update was cut off, tells only the version in the database");
  else
    looked.found.push_back(numbers_finding(mixture));
}

void look_at_moved_crons(const Examination& examination, const Census& census, Looked& looked) {
  const base::Version& release = examination.site.version;
  for (const auto& file : census.moved_crons) {
    if (file.name != file.folder + "/cron.php" || release.empty() || series_of(file.version) == series_of(release)) continue;
    looked.found.push_back({"the folder of cron.php is of another release than the site",
                            {file.name + " is of " + file.version.text() + ", init.php of " + release.text()},
                            "it was moved out of the site, so that updates do not reach it: what cron does may fail",
                            Mend::nothing,
                            "copy the files of crons/ in the full release " + release.text() + " into " + file.folder +
                                ", over what is there, but for config.php",
                            Weight::hinders});
  }
}

size_t builds_of(const Census& census) {
  std::vector<std::string_view> builds;
  for (const auto& file : census.files)
    if (file.is_in_all && !file.build.empty()) builds.push_back(file.build);
  std::sort(builds.begin(), builds.end());
  return static_cast<size_t>(std::unique(builds.begin(), builds.end()) - builds.begin());
}

Names evidence_of(Examination& examination, const Census& census, const Mixture& mixture, const base::Version& named) {
  Names evidence = mixture.evidence;
  if (examination.site.version.empty()) evidence.insert(evidence.begin(), examination.site.version_problem);
  for (auto& name : missing_parts(examination)) evidence.push_back(std::move(name));
  for (auto& line : differing(census.installer)) evidence.push_back("install/: " + line);
  if (std::string older = older_names(examination.site.version, named); !older.empty()) evidence.push_back(std::move(older));
  return evidence;
}

}  // namespace

bool is_broken(const Looked& looked) {
  return std::any_of(looked.found.begin(), looked.found.end(), [](const Finding& finding) { return finding.weight == Weight::breaks; });
}

Looked look_at_release(Examination& examination) {
  Looked looked;
  const Census census = census_for(examination);
  const Mixture mixture = mixture_of(release_in(examination, census), census.files);
  const base::Version named = newest_named(examination.disk, examination.site.root);
  looked.seen = examination.site.version.text();
  looked.not_looked = census.not_looked;
  std::string hint = newer_names(examination, named);
  if (Names evidence = evidence_of(examination, census, mixture, named); !evidence.empty()) {
    if (!hint.empty()) evidence.push_back(hint);
    const base::Version& release = mixture.evidence.empty() ? examination.site.version : mixture.newest;
    looked.found.push_back(mixed_finding(examination, std::move(evidence), release));
    return looked;
  }
  if (!hint.empty()) looked.not_looked.push_back(hint);
  if (!mixture.odd_one.empty()) looked.found.push_back(odd_finding(examination, mixture.odd_one));
  look_at_numbers(examination, mixture, looked);
  look_at_moved_crons(examination, census, looked);
  if (size_t builds = builds_of(census); builds > 1 && mixture.numbers.empty() && mixture.odd_one.empty())
    looked.seen += "; " + std::to_string(builds) + " builds of it, as patches leave them";
  return looked;
}

bool is_whole_release(Examination& examination) {
  if (is_broken(look_at_admin_area(examination)) || is_broken(look_at_whole_files(examination)) || is_broken(look_at_release(examination)))
    return false;
  const Census census = census_of(examination, AdminArea::counts);
  return mixture_of(release_in(examination, census), census.files).unlike < kSeveral;
}

}  // namespace apps::whmcs
