// SPDX-License-Identifier: GPL-3.0-or-later
// The backups of the database in the state folder. Each has the id of the job that made it. It is complete when its
// manifest lies beside it and names the file's length; a file alone is what a kill left.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/disk.h"
#include "storage/manifest.h"
#include "storage/names.h"

namespace storage {

struct Backup {
  std::string id;
  platform::Path file;
  uint64_t file_bytes = 0;
  std::optional<Manifest> manifest;  // nullopt: it is not complete
};

// nullopt when there is neither file nor manifest of this job.
std::optional<Backup> find_backup(platform::Disk& disk, const StateNames& state, const std::string& id);
// All of them, the newest first. Other files in the folder are left out.
std::vector<Backup> all_backups(platform::Disk& disk, const StateNames& state);
// Whose backups the owner made himself; all others are automatic.
constexpr const char* kOwnersOccasion = "db:backup";
constexpr size_t kKeptAutomatic = 3;

// Which automatic backups may go: complete ones beyond the newest three, but not the oldest since the site was last
// proved whole (made by the first job after one that ended well). Those that go with files which are still kept stay all the same:
// the caller knows. `all`: the newest first. Pure.
std::vector<std::string> rotated_out(const std::vector<Backup>& all,
                                     const std::function<bool(const std::string& job)>& ended_well);

// Manifest first, so that a cut leaves an incomplete backup and never a manifest without its file.
void remove_backup(platform::Disk& disk, const StateNames& state, const std::string& id);

}  // namespace storage
