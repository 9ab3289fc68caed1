// SPDX-License-Identifier: GPL-3.0-or-later
// What several checks of a WHMCS rest on: the versions of files and database, the installer, and whether an upgrade
// runs now.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/examination.h"
#include "apps/whmcs/header.h"

namespace apps::whmcs {

// Files that every release from 4.5 to 9 has in its root, and most updates bring anew. Others may be left over from
// older releases: an upload deletes nothing.
std::vector<std::string_view> core_files(const base::Version& version);

// The settings of tblconfiguration that are asked for.
struct Stored {
  bool has_table = false;
  base::Version version;     // empty: not set, or none
  std::string version_text;  // as it stands there
  std::string url;           // of the site, without a slash at its end; may be empty
  std::string theme;         // of its client area
};
// Throws Failure where the database cannot be asked.
Stored stored_in_database(Examination& examination);

// The folder install/ with the files of an installer in it.
struct Installer {
  Path folder;
  base::Version version;  // empty: its files do not say
  Path command_line;      // install/bin/installer.php; empty: there is none
};
std::optional<Installer> find_installer(platform::Disk& disk, const Path& root);

// For storage::ask: what version the database says, and, where it tells, when that was written.
std::string version_question(Examination& examination);

// An upgrade that works now: its process, or a statement that changes the database, unless the versions are the same and install/ is gone,
// or, while they differ, a version that somebody else than we wrote in the last minutes, as an upgrade does after each release that it goes
// through.
// Words for people; never throws.
std::vector<std::string> running_upgrade(Examination& examination);
// Files that came in the last minutes, so that an upload may still be under way.
std::vector<std::string> recent_changes(Examination& examination);

// Upgrades of ours that did not come to their end, whatever files lie there by now.
struct FailedUpgrade {
  std::string words;   // a sentence; empty: there was none
  std::string backup;  // the way back: from right before the first, and as far as is known nobody else wrote a version since; empty: none
  bool is_half = false;  // the database is as they left it, as far as is known
};
// Throws Failure where the database cannot be asked.
FailedUpgrade failed_upgrade(Examination& examination);
// "older files never fit a newer database", of a folder with another init.php; empty where they are not older. Never throws.
std::string problem_with_files(Examination& examination, const Path& folder);
// Its words where it leads back; never throws.
std::string half_upgraded(Examination& examination);

}  // namespace apps::whmcs
