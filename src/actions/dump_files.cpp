// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions/dump_files.h"

#include <algorithm>

#include "actions/safety_backup.h"
#include "base/failure.h"
#include "base/text.h"
#include "storage/file_backups.h"

namespace actions {

namespace {

constexpr size_t kMostChoices = 100;

std::vector<Path> folders(World& world) {
  std::vector<Path> all = {world.need_site().root};
  if (world.need_site().project != all[0]) all.push_back(world.need_site().project);
  all.push_back(world.need_state().folder());
  return all;
}

bool looks_like_dump(const std::string& name) {
  std::string lower = base::lower(name);
  return lower.ends_with(".sql") || lower.ends_with(".sql.gz") || lower.ends_with(".sql.zip");
}

std::optional<DumpFile> uploaded(World& world, const std::string& name) {
  if (!looks_like_dump(name))
    throw base::Failure(name + " is no dump by its name", "rename it so that it ends in .sql, .sql.gz or .sql.zip");
  std::optional<DumpFile> found;
  for (const Path& folder : folders(world)) {
    auto facts = world.disk.look(folder / name);
    if (facts && found)
      throw base::Failure("there are two: " + found->path.native() + " and " + (folder / name).native(), "rename one of them");
    if (facts) found = DumpFile{folder / name, *facts, {}};
  }
  return found;
}

DumpFile of_backup(World& world, storage::Backup backup) {
  if (!backup.manifest)
    throw base::Failure("the backup " + backup.id + " is not complete: what made it was interrupted", "take another one");
  auto facts = world.disk.look(backup.file);
  if (!facts) throw base::Failure("the file of the backup " + backup.id + " is gone");
  return {backup.file, *facts, std::move(backup)};
}

void add_uploaded(World& world, const Path& folder, std::vector<Choice>& all) {
  for (const auto& entry : world.disk.list(folder).value_or(std::vector<platform::Entry>{})) {
    if (entry.kind != platform::Kind::file || !looks_like_dump(entry.name) || all.size() >= kMostChoices) continue;
    auto facts = world.disk.look(folder / entry.name);
    if (!facts || folder / entry.name == world.need_state().canary()) continue;
    Choice choice{{{"file", entry.name}}, base::size_words(facts->size_bytes) + ", uploaded " + platform::utc_words(facts->changed) +
                                              ", in " + base::printable_line(folder.native())};
    if (!value_fits("file", entry.name)) {
      choice.words = base::printable_line(entry.name) + ": rename it, such a name cannot be part of an address";
      choice.options.clear();
    }
    all.push_back(std::move(choice));
  }
}

}  // namespace

std::string backup_words(const storage::Backup& backup) {
  std::string words = base::size_words(backup.file_bytes);
  if (!backup.manifest) return words + "  NOT COMPLETE: do not restore it";
  const storage::Manifest& manifest = *backup.manifest;
  return words + "  " + base::printable_line(manifest.taken) + "  " + std::to_string(manifest.tables.size()) + " tables, " +
         std::to_string(manifest.rows()) + " rows  " + base::printable_line(manifest.application) + "  by " +
         base::printable_line(manifest.occasion);
}

storage::Backup need_backup(World& world, const std::string& id) {
  auto backup = storage::is_job_id(id) ? storage::find_backup(world.disk, world.need_state(), id) : std::nullopt;
  if (!backup && storage::is_job_id(id) && storage::find_file_backup(world.disk, world.need_state(), id))
    throw base::Failure("the backup " + id + " holds files, not a database", "`backups` lists them");
  if (!backup) throw base::Failure("there is no backup " + base::printable_line(id), "`backups` lists them");
  return *backup;
}

std::optional<DumpFile> named_dump(World& world, const Options& options) {
  auto file = options.find("file"), backup = options.find("backup");
  bool named_backup = backup != options.end() && !refuses_backup(options);
  if (named_backup && file != options.end()) throw base::Failure("file= and backup= name two dumps", "give one of them");
  if (named_backup) return of_backup(world, need_backup(world, backup->second));
  if (file == options.end()) return std::nullopt;
  for (auto& ours : storage::all_backups(world.disk, world.need_state()))
    if (ours.file.filename() == file->second) return of_backup(world, std::move(ours));
  auto dump = uploaded(world, file->second);
  if (!dump)
    throw base::Failure("there is no file " + file->second + " in " + world.need_site().root.native(),
                        "upload it there in binary mode");
  if (dump->facts.kind != platform::Kind::file) throw base::Failure(dump->path.native() + " is no plain file");
  return dump;
}

std::vector<Choice> dumps_at_hand(World& world, const Options& options) {
  std::vector<Choice> all;
  bool by_file = refuses_backup(options);  // backup= is taken
  for (const auto& backup : storage::all_backups(world.disk, world.need_state())) {
    if (!backup.manifest || all.size() >= kMostChoices) continue;
    all.push_back({by_file ? Options{{"file", backup.file.filename().native()}} : Options{{"backup", backup.id}}, backup_words(backup)});
  }
  for (const Path& folder : folders(world)) add_uploaded(world, folder, all);
  for (auto& choice : all)
    if (by_file && !choice.options.empty()) choice.options["backup"] = "no";
  return all;
}

}  // namespace actions
