// SPDX-License-Identifier: GPL-3.0-or-later
// Mautic 2.16 to 7: the row of apps.cpp, and how a folder is told to be one.
#pragma once

#include <optional>

#include "apps/app.h"

namespace apps::mautic {

extern const App kApp;

// The installation whose document root or project folder is `folder`, also one that is broken: two typical
// things must be there, and one of them must be Mautic's alone. Throws Failure when something there may not
// be looked at and what can be seen does not suffice.
std::optional<Site> recognise(platform::Disk& disk, const Path& folder);

// The database as local.php and what Mautic lays over it name it: see configuration.h.
DatabaseAccess database(platform::Disk& disk, const Site& site);

// What a release says of itself, in app/release_metadata.json (3 and later) or app/version.txt (2.x).
struct Stated {
  base::Version version;
  std::string problem;  // why it is empty: a sentence
  platform::PhpRange php;
  base::Version least_before;  // of an update: the oldest version that it can follow
};
Stated stated_in_metadata(const std::string& json);
Stated stated_in_version_txt(const std::string& text);

// Of App: see apps/app.h.
Release release_of(const storage::ZipPackage& package);
std::vector<storage::OwnerRule> owners(PackageKind kind);
std::string site_url(platform::Disk& disk, const Site& site);
std::optional<Unfinished> unfinished(platform::Disk& disk, const Site& site);
std::vector<Path> written(platform::Disk& disk, const Site& site);
std::vector<Path> configuration_files(platform::Disk& disk, const Site& site);
std::vector<Path> log_folders(platform::Disk& disk, const Site& site);
ConfigurationMend mend_configuration(platform::Disk& disk, const Site& site, const MendOrder& order);
std::vector<std::string> secrets(platform::Disk& disk, const Site& site);
ReleaseSource source(const base::Version& version, PackageKind kind);
TreeSigns tree_signs(platform::Disk& disk, const Site& site);
std::vector<DatabaseRepair> database_repairs(Examination& examination, const std::set<std::string>& tables);

// What release `version` runs on, by its major and minor number; for releases whose own statement is lost.
// Without limits when the version is unknown.
platform::PhpRange php_range_of(const base::Version& version);

}  // namespace apps::mautic
