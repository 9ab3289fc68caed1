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

void remove_backup(platform::Disk& disk, const StateNames& state, const std::string& id) {
  disk.remove_file(state.manifest_of(id));
  disk.remove_file(state.backup_of(id));
  disk.remove_file(state.backup_of(id).native() + kPartial);
}

}  // namespace storage
