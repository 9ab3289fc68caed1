// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a Mautic's configuration, for doctor, which tells it, and config:fix, which mends it. Reads only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/mautic/configuration.h"

namespace apps::mautic {

enum class FileState {
  good,
  missing,
  empty,
  damaged,     // PHP cannot read it, or it sets no $parameters
  unreadable,  // for this account
  prefixed,    // PHP reads it, and sends what stands before its <?php to every visitor
  misplaced,   // config/local.php, where 4.x does not look for it
  damaged_beside,  // local.php is good, and another file of the configuration cannot be read by PHP
  unknown,     // code chooses it, or it is too large to be read
};

struct FileFault {
  FileState state = FileState::good;
  Path file;        // where it is to lie; empty when unknown
  std::string why;  // a sentence; empty when good
};
FileFault look_at_file(platform::Disk& disk, const Site& site, const Configuration& configuration);

enum class ValueKind {
  percent,      // a % in it is taken for the beginning of a parameter's name
  old_folder,   // %kernel.root_dir%, which 5 and later do not know
  new_folder,   // %kernel.project_dir% where 2 to 4 do not replace it
  missing,      // Mautic takes itself for not installed without it
};

struct ValueFault {
  ValueKind kind;
  std::string key;
  Path file;  // in which it stands, or should
  unsigned line = 0;
};
// In the order of the files.
std::vector<ValueFault> value_faults(const Configuration& configuration, const Site& site);

// Those that only PHP could tell: "db_password in config/local.php is code (getenv('X'))".
std::vector<std::string> unknown_values(const Configuration& configuration);

// .env of 5 and later, without which nothing runs, when it is to be there and is not.
std::optional<Path> missing_environment_file(platform::Disk& disk, const Site& site);

bool is_old(const Site& site);      // 2 to 4
bool is_present(const Site& site);  // 5 and later

}  // namespace apps::mautic
