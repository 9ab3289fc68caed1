// SPDX-License-Identifier: GPL-3.0-or-later
// What a restore may be made of: our own backups, and dumps that the owner uploaded into the site's folder, the project's or
// ours, under a name that ends as a dump's does: no other file is ever read. A request names them by a bare name, never by a path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actions/action.h"
#include "storage/backups.h"

namespace actions {

struct DumpFile {
  Path path;
  platform::Facts facts;
  std::optional<storage::Backup> backup;  // when it is one of ours
};

// The one that `file` or `backup` names; nullopt when neither does. Failure when there is no such file, it is no plain
// file or no dump by its name, lies in two of the folders, or the backup is not complete.
std::optional<DumpFile> named_dump(World& world, const Options& options);

// Everything there is, our newest backups first; uploaded ones are told by their names (.sql, .sql.gz, .sql.zip). With
// backup=no among the options it stays in the choices.
std::vector<Choice> dumps_at_hand(World& world, const Options& options);

// One line: when, how much, of what.
std::string backup_words(const storage::Backup& backup);
// The backup of this id; Failure when there is none. It may be incomplete.
storage::Backup need_backup(World& world, const std::string& id);

// "Mautic 5.1.0", for a dump's head and manifest.
std::string application_words(const apps::Site& site);

}  // namespace actions
