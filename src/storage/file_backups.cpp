// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/file_backups.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/program_version.h"

namespace storage {

namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr size_t kMostManifestBytes = 1 << 20;

platform::Path partial_of(const platform::Path& file) { return file.native() + ".partial"; }

// Whose the file of this name is; empty when it is none of a backup of files.
std::string job_of(const StateNames& state, const std::string& name) {
  std::string id = name.substr(0, kJobIdLength);
  if (!is_job_id(id)) return {};
  auto zip = state.file_backup_of(id);
  bool is_ours = name == zip.filename() || name == partial_of(zip).filename() || name == state.file_manifest_of(id).filename();
  return is_ours ? id : std::string();
}

}  // namespace

std::string to_json(const FileManifest& manifest) {
  json out = {{"format", kFormat},
              {"program", std::string("unstick ") + base::kProgramVersion},
              {"application", manifest.application},
              {"occasion", manifest.occasion},
              {"top", manifest.top},
              {"taken", manifest.taken},
              {"seconds", manifest.seconds},
              {"files", manifest.files},
              {"bytes", manifest.bytes},
              {"unread", manifest.unread},
              {"notes", manifest.notes},
              {"file_bytes", manifest.file_bytes},
              {"sha256", manifest.sha256}};
  return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<FileManifest> file_manifest_of(std::string_view text) {
  try {
    json in = json::parse(text);
    if (in.at("format").get<int>() > kFormat) return std::nullopt;
    FileManifest manifest;
    for (auto [name, field] : {std::pair{"application", &manifest.application}, {"occasion", &manifest.occasion}, {"top", &manifest.top},
                               {"taken", &manifest.taken}, {"sha256", &manifest.sha256}})
      in.at(name).get_to(*field);
    for (auto [name, field] : {std::pair{"files", &manifest.files}, {"bytes", &manifest.bytes}, {"unread", &manifest.unread},
                               {"file_bytes", &manifest.file_bytes}})
      in.at(name).get_to(*field);
    in.at("seconds").get_to(manifest.seconds);
    in.at("notes").get_to(manifest.notes);
    bool is_sum = manifest.sha256.size() == 64 && manifest.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
    return is_sum ? std::optional(std::move(manifest)) : std::nullopt;  // it becomes a part of a header
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::optional<FileBackup> find_file_backup(platform::Disk& disk, const StateNames& state, const std::string& id) {
  FileBackup backup{id, state.file_backup_of(id), 0, {}};
  auto facts = disk.look(backup.file);
  auto text = disk.read(state.file_manifest_of(id), kMostManifestBytes);
  if (facts && text) backup.manifest = file_manifest_of(*text);
  auto partial = facts ? std::nullopt : disk.look(partial_of(backup.file));
  if (partial) backup.file = partial_of(backup.file);
  if (!facts && !partial && !text) return std::nullopt;
  if (facts || partial) backup.file_bytes = (facts ? facts : partial)->size_bytes;
  bool whole = facts && facts->kind == platform::Kind::file && backup.manifest && backup.manifest->file_bytes == backup.file_bytes;
  if (!whole) backup.manifest.reset();
  return backup;
}

std::vector<FileBackup> all_file_backups(platform::Disk& disk, const StateNames& state) {
  std::set<std::string, std::greater<>> ids;
  for (const auto& entry : disk.list(state.backups()).value_or(std::vector<platform::Entry>{}))
    if (auto id = job_of(state, entry.name); !id.empty()) ids.insert(id);
  std::vector<FileBackup> all;
  for (const auto& id : ids)
    if (auto backup = find_file_backup(disk, state, id)) all.push_back(std::move(*backup));
  return all;
}

void remove_file_backup(platform::Disk& disk, const StateNames& state, const std::string& id) {
  disk.remove_file(state.file_backup_of(id));
  disk.remove_file(partial_of(state.file_backup_of(id)));
  disk.remove_file(state.file_manifest_of(id));
}

}  // namespace storage
