// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs `take-out` and `return-taken`: files that are in the site's way (a marker, a lock, what an update unpacked and never
// used) are moved out of it and kept. The list of where they lay, a line each as in an address, is written before the first one is
// moved; each has its number in the list as its name, so what lies in the kept folder is what was moved.
#include "steps/taking_out.h"

#include <cerrno>

#include "base/failure.h"
#include "base/text.h"

namespace steps {

namespace {

using platform::Path;

constexpr size_t kMostListBytes = 1 << 20;

Path list_of(const Path& folder) { return folder / "list"; }

std::vector<Path> places_in(platform::Disk& disk, const Path& folder) {
  std::vector<Path> places;
  const std::string text = disk.read(list_of(folder), kMostListBytes).value_or("");
  for (auto line : base::lines(text)) places.emplace_back(base::url_decode(line));
  return places;
}

// On another filesystem a file is copied; a folder is not, and fails.
void move(platform::Disk& disk, const Path& from, const Path& to) {
  try {
    disk.rename(from, to);
  } catch (const base::Failure& failure) {
    auto facts = disk.look(from);
    if (failure.error() != EXDEV || !facts || facts->kind != platform::Kind::file) throw;
    disk.remove_file(to);  // of an attempt that was interrupted
    disk.duplicate(from, to);
    disk.remove_file(from);
  }
  disk.sync_folder(to.parent_path());
  disk.sync_folder(from.parent_path());
}

}  // namespace

bool keeps_taken_out(platform::Disk& disk, const Path& folder) {
  auto places = places_in(disk, folder);
  for (size_t i = 0; i < places.size(); ++i)
    if (disk.look(folder / std::to_string(i))) return true;
  return false;
}

Outcome take_out(Supervisor& supervisor, const base::Step& step) {
  platform::Disk& disk = supervisor.disk();
  Path folder = supervisor.state().taken_out_by(supervisor.job());
  platform::make_folders(disk, folder, 0700);
  if (!disk.look(list_of(folder))) {
    std::string lines;
    for (const auto& word : step.words) lines += base::url_encode(word) + "\n";  // any byte may be in a name
    disk.replace(list_of(folder), lines, 0600);
  }
  auto places = places_in(disk, folder);
  for (size_t i = 0; i < places.size(); ++i) {
    if (!disk.look(places[i])) continue;
    move(disk, places[i], folder / std::to_string(i));
    supervisor.line("moved out of the site, and kept: " + base::printable_line(places[i].native()));
  }
  return {};
}

void taken_out_back(Supervisor& supervisor, const std::string& job) {
  platform::Disk& disk = supervisor.disk();
  Path folder = supervisor.state().taken_out_by(job);
  auto places = places_in(disk, folder);
  for (size_t i = 0; i < places.size(); ++i) {
    Path kept = folder / std::to_string(i);
    if (!disk.look(kept)) continue;
    if (disk.look(places[i])) {
      supervisor.line("something else lies there by now, and stays: " + base::printable_line(places[i].native()));
      continue;
    }
    move(disk, kept, places[i]);
    supervisor.line("put back " + base::printable_line(places[i].native()));
  }
}

Outcome return_taken(Supervisor& supervisor, const base::Step& step) {
  taken_out_back(supervisor, step.words.at(0));
  return {};
}

}  // namespace steps
