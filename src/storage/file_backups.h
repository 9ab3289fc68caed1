// SPDX-License-Identifier: GPL-3.0-or-later
// The backups of the site's files in the state folder. Each has the id of the job that made it. ID-files.json is written
// before ID.zip gets its name, and ID.zip gets it when it was read back: under that name there is never a part of one.
// Nothing here is ever taken for a dump.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/disk.h"
#include "storage/names.h"

namespace storage {

struct FileManifest {
  std::string application;  // "Mautic 5.1.0", may be empty
  std::string occasion;     // the task that asked for it: "files:backup"
  std::string top;          // the folder that was packed
  std::string taken;        // "2026-11-21 09:30:15 UTC": when it was begun
  double seconds = 0;
  uint64_t files = 0;
  uint64_t bytes = 0;       // unpacked
  uint64_t unread = 0;      // so many could not be read and are not in it
  std::vector<std::string> notes;  // what is not inside: sentences
  uint64_t file_bytes = 0;
  std::string sha256;       // of the zip
};

std::string to_json(const FileManifest& manifest);
// nullopt when the text is no manifest of ours, or one of a newer format.
std::optional<FileManifest> file_manifest_of(std::string_view json);

struct FileBackup {
  std::string id;
  platform::Path file;      // the zip, or what there is of one
  uint64_t file_bytes = 0;
  std::optional<FileManifest> manifest;  // nullopt: it was interrupted, or is being made
};

// nullopt when there is nothing of this job.
std::optional<FileBackup> find_file_backup(platform::Disk& disk, const StateNames& state, const std::string& id);
// All of them, the newest first.
std::vector<FileBackup> all_file_backups(platform::Disk& disk, const StateNames& state);
// With the parts of one that was interrupted. The zip first.
void remove_file_backup(platform::Disk& disk, const StateNames& state, const std::string& id);

}  // namespace storage
