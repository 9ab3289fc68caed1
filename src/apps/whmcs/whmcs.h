// SPDX-License-Identifier: GPL-3.0-or-later
// WHMCS 4.5 to 9: the row of apps.cpp, and how a folder is told to be one. Its files are encoded; all that is known of
// them here stands in plain text at their tops (header.h), and none is ever decoded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/app.h"
#include "apps/whmcs/header.h"

namespace apps::whmcs {

extern const App kApp;

// A folder of releases 7 and later.
constexpr const char* kFoundation = "vendor/whmcs/whmcs-foundation";

// What changed in each release, also in templates.
constexpr const char* kReleaseNotes = "https://docs.whmcs.com/releases/";

// The installation whose folder is `folder`, also one that is broken: two typical things must be there, and one of them
// must be WHMCS's alone. Throws Failure when something there may not be looked at and what can be seen does not
// suffice.
std::optional<Site> recognise(platform::Disk& disk, const Path& folder);

// Of App: see apps/app.h.
DatabaseAccess database(platform::Disk& disk, const Site& site);
std::string site_url(platform::Disk& disk, const Site& site);
std::vector<DatabaseRepair> database_repairs(Examination& examination, const std::set<std::string>& tables);
Entrances entrances(platform::Disk& disk, const Site& site, InstallerIs installer);
std::vector<Path> written(platform::Disk& disk, const Site& site);
std::vector<Path> configuration_files(platform::Disk& disk, const Site& site);
std::vector<Path> log_folders(platform::Disk& disk, const Site& site);
Release release_of(const storage::ZipPackage& package);
Arrangement arrange(Examination& examination, const storage::ZipPackage& package, const Release& release,
                    Laying laying);
Compiled compiled(platform::Disk& disk, const Site& site);
base::Failure console_problem(platform::Disk& disk, const Site& site);
std::optional<DatabaseUpgrade> database_upgrade(Examination& examination);
std::vector<std::string> secrets(platform::Disk& disk, const Site& site);

// A file that begins with a header.
struct HeadedFile {
  Path file;
  Header header;
};
// Of the *.php right in a folder, by name; none where it is not there. Throws Failure when it may not be listed; files
// that may not be read are left out.
std::vector<HeadedFile> headed_files(platform::Disk& disk, const Path& folder);
// nullopt: there is none, it may not be read, or it has no header.
std::optional<Header> header_of(platform::Disk& disk, const Path& file);

}  // namespace apps::whmcs
