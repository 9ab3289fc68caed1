// SPDX-License-Identifier: GPL-3.0-or-later
// What is packed of a site, and what backups of files say about themselves.
#pragma once

#include <string>

#include "actions/action.h"
#include "storage/file_backups.h"
#include "storage/tree_pack.h"

namespace actions {

constexpr const char* kOwnFilesTask = "files:backup-own";

// One line: when, how much, of what.
std::string file_backup_words(const storage::FileBackup& backup);

// The folder that holds all of the site: the project where the document root lies in it.
Path top_of(const apps::Site& site);
// What no backup holds, and nothing ever looks into: our own folder, the application's caches; those that lie in the site.
std::vector<Path> not_the_sites(World& world);

}  // namespace actions
