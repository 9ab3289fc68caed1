// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/site_closure.h"

#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "platform/clock.h"

namespace storage {

namespace {

constexpr size_t kMostListBytes = 1 << 20;
constexpr unsigned kNameBits = 100;

struct Closed {
  std::string file, aside, stub;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Closed, file, aside, stub)

struct Closure {
  std::string job;
  std::vector<Closed> entrances;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Closure, job, entrances)

std::optional<Closure> read_list(platform::Disk& disk, const StateNames& state) {
  auto text = disk.read(state.closed(), kMostListBytes);
  if (!text) return std::nullopt;
  try {
    return nlohmann::json::parse(*text).get<Closure>();
  } catch (const nlohmann::json::exception&) {
    throw base::Failure("the list of what is closed cannot be read: " + state.closed().native());
  }
}

// The name ends as the file's does: what a server runs as PHP there must not be served as text here.
Path aside_of(const Path& file) {
  return file.parent_path() / (".unstick-" + platform::random_word(kNameBits) + "-" + file.filename().native());
}

bool is_stub(platform::Disk& disk, const Closed& closed) {
  auto facts = disk.look(closed.file);
  return facts && facts->kind == platform::Kind::file && facts->size_bytes == closed.stub.size() &&
         disk.read(closed.file, closed.stub.size()) == closed.stub;
}

Closure write_list(platform::Disk& disk, const StateNames& state, const std::string& job,
                   const std::vector<Entrance>& entrances) {
  Closure closure{job, {}};
  for (const auto& entrance : entrances) {
    auto facts = disk.look(entrance.file);
    if (facts && facts->kind == platform::Kind::file)
      closure.entrances.push_back({entrance.file.native(), aside_of(entrance.file).native(), entrance.stub});
  }
  disk.replace(state.closed(), nlohmann::json(closure).dump(), 0600);
  return closure;
}

void close(platform::Disk& disk, const Closed& closed) {
  if (is_stub(disk, closed)) return;
  auto facts = disk.look(closed.file);
  if (!facts) return;
  if (!disk.look(closed.aside)) disk.duplicate(closed.file, closed.aside);
  if (auto copy = disk.look(closed.aside); copy && copy->mode != facts->mode) disk.set_mode(closed.aside, facts->mode);
  disk.replace(closed.file, closed.stub, facts->mode);
}

// True when a newer file lay there.
bool open(platform::Disk& disk, const Closed& closed) {
  bool waits = disk.look(closed.aside).has_value();
  if (is_stub(disk, closed)) {
    if (!waits) throw base::Failure("the file of " + closed.file + " is gone: " + closed.aside, "upload it again");
    disk.rename(closed.aside, closed.file);
    disk.sync_folder(Path(closed.file).parent_path());
    return false;
  }
  if (!waits) return false;
  auto here = disk.look(closed.file), aside = disk.look(closed.aside);
  bool untouched = here && here->inode == aside->inode && here->device == aside->device;
  disk.remove_file(closed.aside);
  return !untouched;
}

}  // namespace

void close_site(platform::Disk& disk, const StateNames& state, const std::string& job, const std::vector<Entrance>& entrances) {
  auto closure = read_list(disk, state);
  if (closure && closure->job != job)
    throw base::Failure("the site was closed by the job " + closure->job + " and not opened again", "job:unlock opens it");
  if (!closure) closure = write_list(disk, state, job, entrances);
  for (const auto& entrance : closure->entrances) close(disk, entrance);
}

std::vector<Path> open_site(platform::Disk& disk, const StateNames& state) {
  auto closure = read_list(disk, state);
  if (!closure) return {};
  std::vector<Path> newer;
  std::optional<base::Failure> failure;
  for (const auto& entrance : closure->entrances) {
    try {
      if (open(disk, entrance)) newer.push_back(entrance.file);
    } catch (const base::Failure& one) {
      failure = one;
    }
  }
  if (failure) throw *failure;
  disk.remove_file(state.closed());
  return newer;
}

std::optional<std::string> closed_by(platform::Disk& disk, const StateNames& state) {
  auto closure = read_list(disk, state);
  return closure ? std::optional(closure->job) : std::nullopt;
}

Path behind_stub(platform::Disk& disk, const StateNames& state, const std::string& job, const Path& file) {
  auto closure = read_list(disk, state);
  if (!closure || closure->job != job) return file;
  for (const auto& entrance : closure->entrances)
    if (entrance.file == file && is_stub(disk, entrance)) return entrance.aside;
  return file;
}

}  // namespace storage
