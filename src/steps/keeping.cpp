// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs about what a job keeps: `set-folders-aside` (an emptied cache is a rename), `set-compiled-aside`, `keep-duplicate`, and
// `delete-kept` (the disk space follows).
#include <cerrno>
#include <optional>
#include <vector>

#include "base/failure.h"
#include "base/text.h"
#include "steps/asking.h"
#include "steps/keeping.h"
#include "steps/verbs.h"

namespace steps {

namespace {

using platform::Kind;
using platform::Path;

constexpr std::string_view kBesideMark = ".unstick-";
constexpr std::string_view kGuard = "index.php";  // keeps strangers from a list of the folder

// The folder's name while it waits beside its place, where the kept folder is out of reach for it.
Path beside(const Path& folder, const Path& kept) {
  return folder.parent_path() / (folder.filename().native() + std::string(kBesideMark) + kept.filename().native());
}

// The name itself, or NAME.1, NAME.2...: the application may have built its cache anew before an interrupted job
// goes on, and then there are two to keep.
Path free_name(platform::Disk& disk, const Path& wanted) {
  Path name = wanted;
  for (unsigned i = 1; disk.look(name); ++i) name = wanted.native() + "." + std::to_string(i);
  return name;
}

struct Removal {
  uint64_t files = 0;
  uint64_t refused = 0;
  std::string first_problem;
};

// Depth first; a link is deleted itself, never what it points at.
void remove_tree(platform::Disk& disk, const Path& path, Kind kind, Removal& removal) {
  try {
    if (kind != Kind::folder) {
      disk.remove_file(path);
      ++removal.files;
      return;
    }
    if (auto entries = disk.list(path))
      for (const auto& entry : *entries) remove_tree(disk, path / entry.name, entry.kind, removal);
    disk.remove_folder(path);
  } catch (const base::Failure& failure) {
    if (removal.refused++ == 0) removal.first_problem = failure.what();
  }
}

// On another disk nothing keeps it: the application makes it again.
void rename_or_remove(platform::Disk& disk, const Path& from, const Path& to) {
  try {
    disk.rename(from, to);
  } catch (const base::Failure& failure) {
    if (failure.error() != EXDEV) throw;
    disk.remove_file(from);
  }
}

Path in_kept(const Path& kept, const Path& folder, size_t number) {
  return kept / (std::to_string(number) + "-" + folder.filename().native());
}

// False when the folder belongs to another account: then only a rename within its parent is allowed.
bool moved_into(platform::Disk& disk, const Path& kept, const Path& folder, size_t number) {
  disk.make_folder(kept, 0700);
  try {
    disk.rename(folder, free_name(disk, in_kept(kept, folder, number)));
    return true;
  } catch (const base::Failure& failure) {
    if (failure.error() != EACCES && failure.error() != EPERM) throw;
    return false;
  }
}

// From the last name to the first: a cut in between must not hide the later ones. Returns what could not be deleted.
std::optional<Path> remove_beside(platform::Disk& disk, const Path& folder, const Path& kept, Removal& removal) {
  std::vector<Path> names = {beside(folder, kept), beside(folder, kept).native() + ".1"};  // the first may be back in its place
  while (disk.look(names.back())) names.push_back(beside(folder, kept).native() + "." + std::to_string(names.size()));
  std::optional<Path> stays;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    auto facts = disk.look(*name);
    if (facts) remove_tree(disk, *name, facts->kind, removal);
    if (disk.look(*name)) stays = *name;
  }
  return stays;
}

void set_aside(Supervisor& supervisor, const Path& folder, size_t number) {
  platform::Disk& disk = supervisor.disk();
  auto facts = disk.look(folder);
  if (!facts) return;
  if (facts->kind != Kind::folder) {
    supervisor.line("left alone, it is not a folder: " + base::printable_line(folder.native()));
    return;
  }
  // Where the kept folder is on another filesystem only a rename beside itself is quick.
  Path kept = supervisor.kept();
  disk.make_folder(kept, 0700);  // in any case: `kept` lists jobs by it
  auto home = disk.look(kept.parent_path());
  bool same_disk = home && home->device == facts->device;
  if (!same_disk || !moved_into(disk, kept, folder, number)) disk.rename(folder, free_name(disk, beside(folder, kept)));
  supervisor.line("emptied " + base::printable_line(folder.native()));
}

}  // namespace

Outcome set_folders_aside(Supervisor& supervisor, const base::Step& step) {
  for (size_t i = 0; i < step.words.size(); ++i) set_aside(supervisor, step.words[i], i);
  return {};
}

Outcome set_compiled_aside(Supervisor& supervisor, const base::Step& step) {
  platform::Disk& disk = supervisor.disk();
  for (size_t i = 0; i < step.words.size(); ++i) {
    const Path folder = step.words[i], to = in_kept(supervisor.kept(), folder, i);
    platform::make_folders(disk, to, 0700);
    size_t count = 0;
    for (const auto& entry : disk.list(folder).value_or(std::vector<platform::Entry>{})) {
      if (entry.kind != Kind::file || !entry.name.ends_with(".php") || entry.name == kGuard) continue;
      rename_or_remove(disk, folder / entry.name, to / entry.name);
      ++count;
    }
    supervisor.line("took " + std::to_string(count) + " compiled templates out of " + base::printable_line(folder.native()));
  }
  return {};
}

void put_compiled_back(Supervisor& supervisor, const base::Step& step) {
  platform::Disk& disk = supervisor.disk();
  for (size_t i = 0; i < step.words.size(); ++i) {
    const Path folder = step.words[i], from = in_kept(supervisor.kept(), folder, i);
    for (const auto& entry : disk.list(from).value_or(std::vector<platform::Entry>{}))
      if (!disk.look(folder / entry.name)) disk.rename(from / entry.name, folder / entry.name);
  }
}

std::vector<Path> waiting_beside(platform::Disk& disk, const Path& folder, const std::string& job) {
  std::vector<Path> found;
  std::string begin = folder.filename().native() + std::string(kBesideMark) + job;
  for (const auto& entry : disk.list(folder.parent_path()).value_or(std::vector<platform::Entry>{}))
    if (entry.name.starts_with(begin)) found.push_back(folder.parent_path() / entry.name);
  return found;
}

void put_folders_back(Supervisor& supervisor, const std::vector<std::string>& folders) {
  platform::Disk& disk = supervisor.disk();
  Path kept = supervisor.kept();
  for (size_t i = 0; i < folders.size(); ++i) {
    Path folder = folders[i], former = in_kept(kept, folder, i);
    if (!disk.look(former)) former = beside(folder, kept);
    if (!disk.look(former)) continue;
    if (disk.look(folder)) disk.rename(folder, free_name(disk, former));
    disk.rename(former, folder);
    supervisor.line("put back " + base::printable_line(folder.native()));
  }
}

Outcome keep_duplicate(Supervisor& supervisor, const base::Step& step) {
  Path kept = supervisor.kept();
  supervisor.disk().make_folder(kept, 0700);
  Path target = kept / step.words.at(1);
  supervisor.disk().remove_file(target);
  supervisor.disk().duplicate(step.words.at(0), target);
  return {};
}

Outcome delete_folders(Supervisor& supervisor, const base::Step& step) {
  Removal removal;
  for (const auto& word : step.words)
    if (auto facts = supervisor.disk().look(word)) remove_tree(supervisor.disk(), word, facts->kind, removal);
  supervisor.line("deleted " + std::to_string(removal.files) + " files");
  if (removal.refused > 0)
    return {{1, 0}, false, std::to_string(removal.refused) + " could not be deleted; the first: " + removal.first_problem};
  return {};
}

Outcome delete_kept(Supervisor& supervisor, const base::Step& step) {
  std::string verdict = supervisor.noted(kVerdictNote);
  if (!verdict.empty() && verdict != kProved) {
    supervisor.line("the old cache is kept until somebody has seen that the site answers: kept:delete with job=" + supervisor.job() +
                    " lets it go");
    return {};
  }
  Removal removal;
  Path kept = supervisor.kept(), stays = kept;
  bool keeps_more = false;
  for (const auto& entry : supervisor.disk().list(kept).value_or(std::vector<platform::Entry>{})) {
    bool is_way_back = supervisor.state().is_way_back(kept / entry.name, supervisor.job());
    keeps_more = keeps_more || is_way_back;
    if (!is_way_back) remove_tree(supervisor.disk(), kept / entry.name, entry.kind, removal);
  }
  if (!keeps_more && removal.refused == 0) supervisor.disk().remove_folder(kept);
  for (const auto& folder : step.words) {
    if (auto waiting = remove_beside(supervisor.disk(), folder, kept, removal)) stays = *waiting;
  }
  supervisor.line("deleted " + std::to_string(removal.files) + " files that were set aside");
  if (removal.refused > 0)
    supervisor.line(std::to_string(removal.refused) + " could not be deleted and stay in " +
                    base::printable_line(stays.native()) + "; the first: " + removal.first_problem);
  return {};
}

}  // namespace steps
