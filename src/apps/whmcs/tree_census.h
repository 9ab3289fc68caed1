// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of a WHMCS say of themselves, all over its tree, and whether that is one release. An upload deletes nothing: files that
// a newer release has no more stay, with the number of the older one. So files that every release has count each, the others of a folder
// only together.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/examination.h"
#include "apps/whmcs/header.h"

namespace apps::whmcs {

// A file that states a version.
struct StatedFile {
  std::string folder;  // "" is the site's own; "admin", as it is called there
  std::string name;    // from the site's folder on
  base::Version version;
  std::string build;
  bool is_in_all = false;  // every release from 5 to 9 has it, so that each update brings it anew
};

struct Census {
  std::vector<StatedFile> files;         // of the root, the admin area, includes/, and crons/ where it lies in the site
  std::vector<StatedFile> installer;     // of install/
  std::vector<StatedFile> moved_crons;   // where that folder lies elsewhere
  std::vector<std::string> not_looked;   // why folders are not known or may not be listed: sentences
};

enum class AdminArea { counts, left_out };
Census census_of(Examination& examination, AdminArea admin);

// ---- pure

// "8.13": patches of one series may leave each other's numbers in the files that they do not bring.
std::string series_of(const base::Version& version);

constexpr size_t kSeveral = 2;  // files that differ; a single one may be left over

struct Mixture {
  std::vector<std::string> evidence;  // of two releases: several files are of another series than init.php, or most files are
  std::string odd_one;                // a single one is: an update that passed it by, or it is left over
  // Where all is of one series: files by what they say; one entry, or none: they say the same.
  std::map<std::string, std::vector<std::string>> numbers;
  size_t unlike = 0;                  // files of that series, and not of init.php's version
  bool has_newer = false;             // than init.php
  base::Version newest;               // of all files
};
// `release`: what init.php says.
Mixture mixture_of(const base::Version& release, const std::vector<StatedFile>& files);

// By what they say: "8.6.2-release.1: install.php, ..."; empty where they say the same.
std::vector<std::string> differing(const std::vector<StatedFile>& files);

}  // namespace apps::whmcs
