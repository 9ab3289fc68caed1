// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/backups.h"

#include <algorithm>

namespace storage {

namespace {

constexpr size_t kMostManifestBytes = 16 << 20;
constexpr const char* kPartial = ".partial";

}  // namespace

std::optional<Backup> find_backup(platform::Disk& disk, const StateNames& state, const std::string& id) {
  Backup backup;
  backup.id = id;
  backup.file = state.backup_of(id);
  auto facts = disk.look(backup.file);
  auto text = disk.read(state.manifest_of(id), kMostManifestBytes);
  if (!facts && !text) return std::nullopt;
  if (facts) backup.file_bytes = facts->size_bytes;
  if (text) backup.manifest = manifest_of(*text);
  bool whole = facts && facts->kind == platform::Kind::file && backup.manifest &&
               backup.manifest->file_bytes == backup.file_bytes;
  if (!whole) backup.manifest.reset();
  return backup;
}

std::vector<Backup> all_backups(platform::Disk& disk, const StateNames& state) {
  std::vector<std::string> ids;
  for (const auto& entry : disk.list(state.backups()).value_or(std::vector<platform::Entry>{})) {
    std::string id = entry.name.substr(0, kJobIdLength);
    bool is_ours = is_job_id(id) && state.backup_of(id).filename() == entry.name;
    if (is_ours) ids.push_back(id);
  }
  std::sort(ids.rbegin(), ids.rend());
  std::vector<Backup> all;
  for (const auto& id : ids)
    if (auto backup = find_backup(disk, state, id)) all.push_back(std::move(*backup));
  return all;
}

std::vector<std::string> rotated_out(const std::vector<Backup>& all,
                                     const std::function<bool(const std::string& job)>& ended_well) {
  std::vector<std::string> out, unproved;
  size_t kept = 0;
  bool proved = false;
  for (const auto& backup : all) {
    if (!backup.manifest || backup.manifest->occasion == kOwnersOccasion) continue;
    proved = proved || ended_well(backup.id);
    if (!proved) unproved.push_back(backup.id);
    if (++kept > kKeptAutomatic) out.push_back(backup.id);
  }
  if (!unproved.empty()) std::erase(out, unproved.back());
  return out;
}

void remove_backup(platform::Disk& disk, const StateNames& state, const std::string& id) {
  disk.remove_file(state.manifest_of(id));
  disk.remove_file(state.backup_of(id));
  disk.remove_file(state.backup_of(id).native() + kPartial);
}

}  // namespace storage
