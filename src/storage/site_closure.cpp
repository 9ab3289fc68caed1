// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/site_closure.h"

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "storage/closure_list.h"
#include "storage/state_secret.h"

namespace storage {

namespace {

constexpr size_t kMostMarkBytes = 1024;
constexpr unsigned kNameBits = 100;
constexpr size_t kNameDigits = 26;
const std::string kAsideBegin = ".unstick-";

// The name ends as the file's does: what a server runs as PHP there must not be served as text here.
Path beside(const Path& file, const std::string& word) {
  return file.parent_path() / (kAsideBegin + word + "-" + file.filename().native());
}

bool is_aside_of(std::string_view name, std::string_view file) {
  if (name.size() != kAsideBegin.size() + kNameDigits + 1 + file.size() || !name.starts_with(kAsideBegin) || !name.ends_with(file)) return false;
  return name.substr(kAsideBegin.size(), kNameDigits + 1).find_first_not_of("0123456789abcdef") == kNameDigits;
}

// What is not whole yet; as hard to guess.
Path begun_of(const Closed& closed) {
  return Path(closed.file).parent_path() / (kAsideBegin + "begun-" + Path(closed.aside).filename().native().substr(kAsideBegin.size()));
}

Path former_of(const Closed& closed) { return beside(closed.file, platform::random_word(kNameBits)); }

Path aside_of(const std::string& secret, const Path& file) {
  return beside(file, base::hex(base::hmac_sha256(secret, "aside " + file.native())).substr(0, kNameDigits));
}

bool is_stub(platform::Disk& disk, const Closed& closed) {
  auto facts = disk.look(closed.file);
  return facts && facts->kind == platform::Kind::file && facts->size_bytes == closed.stub.size() &&
         disk.read(closed.file, closed.stub.size()) == closed.stub;
}

bool is_entrance(const std::optional<platform::Facts>& facts) {
  return facts && (facts->kind == platform::Kind::file || facts->kind == platform::Kind::symlink);
}

// Where a name lies behind links of the folders above it: one place may be reached by several names.
Path place_of(platform::Disk& disk, const Path& file) {
  return disk.real_path(file.parent_path()).value_or(file.parent_path()) / file.filename();
}

// Keeps the list with these in it too, where it does not hold them yet.
void add_to_list(platform::Disk& disk, const StateNames& state, Closure& closure, const std::vector<Entrance>& entrances) {
  std::string secret = state_secret(disk, state);
  std::set<Path> places;
  for (const auto& closed : closure.entrances) places.insert(place_of(disk, closed.file));
  const size_t known = places.size();
  for (const auto& entrance : entrances) {
    auto facts = disk.look(entrance.file);
    if ((facts && !is_entrance(facts)) || !places.insert(place_of(disk, entrance.file)).second) continue;
    if (is_any_stub(disk, entrance.file))
      throw base::Failure(entrance.file.native() + " is the stub of another job, which this state folder does not know",
                          "open the site from the state folder that closed it, or upload the file again");
    closure.entrances.push_back({entrance.file.native(), aside_of(secret, entrance.file).native(), entrance.stub});
  }
  if (known == 0 || places.size() > known) keep_list(disk, state, closure);
}

// Two names of one file; or a copy, where there can be no second name.
bool are_one(platform::Disk& disk, const Path& one, const Path& other) {
  auto a = disk.look(one), b = disk.look(other);
  if (!a || !b || a->kind != b->kind) return false;
  if (a->inode == b->inode && a->device == b->device) return true;
  return a->kind == platform::Kind::file && a->size_bytes == b->size_bytes && disk.read(one, a->size_bytes) == disk.read(other, a->size_bytes);
}

// What lies aside is whole from its first moment on: whoever finds it there need not ask whether a kill cut it off.
void lay_aside(platform::Disk& disk, const Closed& closed, const platform::Facts& facts) {
  const Path begun = begun_of(closed);
  disk.remove_file(begun);
  disk.duplicate(closed.file, begun);
  if (facts.kind == platform::Kind::file) disk.set_mode(begun, facts.mode);
  disk.rename(begun, closed.aside);
  disk.sync_folder(begun.parent_path());
}

// Somebody uploaded over the stub. What waits aside is the owner's, and nowhere else: it stays under a name that the list knows.
void keep_former(platform::Disk& disk, const StateNames& state, Closure& closure, Closed& closed) {
  Path former = former_of(closed);
  closed.formers.push_back(former.native());
  keep_list(disk, state, closure);
  disk.rename(closed.aside, former);
}

void close(platform::Disk& disk, const StateNames& state, Closure& closure, Closed& closed) {
  if (is_stub(disk, closed)) return;
  auto facts = disk.look(closed.file);
  if (!is_entrance(facts)) return;
  if (!are_one(disk, closed.file, closed.aside)) {
    if (disk.look(closed.aside)) keep_former(disk, state, closure, closed);
    lay_aside(disk, closed, *facts);
  }
  auto behind = disk.look_through(closed.file);
  disk.replace(closed.file, closed.stub, behind ? behind->mode : 0644);
}

// Where the former file is kept when something else than the stub lay there.
std::optional<Path> open(platform::Disk& disk, const Closed& closed) {
  bool waits = disk.look(closed.aside).has_value(), stub = is_stub(disk, closed);
  if (stub && !waits && !closed.goes)
    throw base::Failure("the file of " + closed.file + " is gone: " + closed.aside, "upload it again");
  if (stub && !waits) disk.remove_file(closed.file);
  if (!waits) return std::nullopt;
  if (stub || !disk.look(closed.file)) {
    disk.rename(closed.aside, closed.file);
    disk.sync_folder(Path(closed.file).parent_path());
    return std::nullopt;
  }
  if (are_one(disk, closed.file, closed.aside)) {
    disk.remove_file(closed.aside);
    return std::nullopt;
  }
  Path former = former_of(closed);  // the next closing needs the usual one
  disk.rename(closed.aside, former);
  disk.sync_folder(former.parent_path());
  return former;
}

// The list tells of something that is closed still, or could not be brought to its place.
bool holds_something(platform::Disk& disk, const std::optional<Closure>& closure) {
  return closure && std::any_of(closure->entrances.begin(), closure->entrances.end(),
                                [&](const Closed& one) { return is_stub(disk, one) || disk.look(one.aside); });
}

// A folder may have gone with an update; all of them go when the site is moved.
bool was_moved(platform::Disk& disk, const Closure& closure) {
  const auto& all = closure.entrances;
  return !all.empty() && std::none_of(all.begin(), all.end(), [&](const Closed& one) { return disk.look_through(Path(one.file).parent_path()); });
}

// Throws Failure when it cannot be opened.
void open(platform::Disk& disk, const Closed& closed, std::vector<Taken>& taken) {
  platform::remove_abandoned(disk, closed.file);  // of a stub that a kill cut off
  disk.remove_file(begun_of(closed));
  for (const auto& former : closed.formers)
    if (disk.look(former)) taken.push_back({closed.file, former});
  if (auto former = open(disk, closed)) taken.push_back({closed.file, *former});
}

}  // namespace

bool is_any_stub(platform::Disk& disk, const Path& file) {
  return disk.read(file, kMostMarkBytes).value_or("").find(kStubMark) != std::string::npos;
}

std::string job_of_stub(platform::Disk& disk, const Path& stub) {
  std::string text = disk.read(stub, kMostMarkBytes).value_or("");
  size_t mark = text.find(kStubMark);
  std::string job = mark == text.npos ? "" : text.substr(mark + kStubMark.size(), kJobIdLength);
  return is_job_id(job) ? job : "";
}

std::optional<Path> file_behind(platform::Disk& disk, const Path& stub) {
  if (!is_any_stub(disk, stub)) return std::nullopt;
  std::optional<Path> newest;
  platform::WallTime laid{};
  for (const auto& entry : disk.list(stub.parent_path()).value_or(std::vector<platform::Entry>{})) {
    if (!is_aside_of(entry.name, stub.filename().native())) continue;
    auto facts = disk.look(stub.parent_path() / entry.name);
    if (!facts || (newest && facts->touched <= laid)) continue;
    newest = stub.parent_path() / entry.name;
    laid = facts->touched;
  }
  return newest;
}

std::vector<Path> close_site(platform::Disk& disk, const StateNames& state, const std::string& job,
                             const std::vector<Entrance>& entrances) {
  auto closure = read_list(disk, state);
  if (closure && closure->job != job)
    throw base::Failure("the site was closed by the job " + closure->job + " and not opened again", "job:unlock opens it");
  if (!closure) closure = Closure{job, {}};
  add_to_list(disk, state, *closure, entrances);
  std::vector<Path> files;
  for (auto& entrance : closure->entrances) {
    close(disk, state, *closure, entrance);
    if (is_stub(disk, entrance)) files.emplace_back(entrance.file);
  }
  return files;
}

std::vector<Taken> open_site(platform::Disk& disk, const StateNames& state, const std::string& job) {
  auto closure = read_list(disk, state);
  if (!closure || closure->job != job) return {};
  if (was_moved(disk, *closure))
    throw base::Failure("the folders in which the job " + job + " closed the site are gone: " +
                            Path(closure->entrances[0].file).parent_path().native(),
                        "if the site was moved, job:unlock opens it where it lies now");
  std::vector<Taken> taken;
  std::optional<base::Failure> failure;
  for (const auto& entrance : closure->entrances) {
    try {
      open(disk, entrance, taken);
    } catch (const base::Failure& one) {
      if (!failure) failure = one;
    }
  }
  if (failure) throw *failure;
  if (closed_by(disk, state) == job) disk.remove_file(state.closed());
  return taken;
}

bool is_list_readable(platform::Disk& disk, const StateNames& state) {
  try {
    read_list(disk, state);
    return true;
  } catch (const base::Failure&) {
    return false;
  }
}

OpenedByNames open_by_names(platform::Disk& disk, const StateNames& state, const std::vector<Path>& entrances) {
  OpenedByNames opened;
  std::optional<base::Failure> failure;
  for (const auto& entrance : entrances) {
    try {
      if (auto behind = file_behind(disk, entrance)) {
        disk.rename(*behind, entrance);
        disk.sync_folder(entrance.parent_path());
        opened.files.push_back(entrance);
      } else if (is_any_stub(disk, entrance)) {
        opened.left.push_back(entrance);
      }
    } catch (const base::Failure& one) {
      if (!failure) failure = one;
    }
  }
  if (failure) throw *failure;
  if (is_list_readable(disk, state) ? !holds_something(disk, read_list(disk, state)) : opened.left.empty()) disk.remove_file(state.closed());
  return opened;
}

std::vector<Waiting> waiting(platform::Disk& disk, const StateNames& state, const std::string& job) {
  std::vector<Waiting> all;
  auto closure = read_list(disk, state);
  if (closure && closure->job == job)
    for (const auto& entrance : closure->entrances) all.push_back({entrance.file, entrance.aside});
  return all;
}

Standing standing(platform::Disk& disk, const StateNames& state, const std::string& job) {
  Standing counted;
  auto closure = read_list(disk, state);
  if (!closure || closure->job != job) return counted;
  for (const auto& entrance : closure->entrances) {
    if (is_stub(disk, entrance)) ++counted.stubs;
    else if (disk.look(entrance.aside) && disk.look(entrance.file)) ++counted.replaced;
  }
  return counted;
}

void settle_entrances(platform::Disk& disk, const StateNames& state, const std::string& job) {
  auto closure = read_list(disk, state);
  if (!closure || closure->job != job) return;
  for (auto& entrance : closure->entrances) entrance.goes = !disk.look(entrance.aside);
  keep_list(disk, state, *closure);
}

std::optional<std::string> closed_by(platform::Disk& disk, const StateNames& state) {
  auto closure = read_list(disk, state);
  return closure ? std::optional(closure->job) : std::nullopt;
}

Path behind_stub(platform::Disk& disk, const StateNames& state, const std::string& job, const Path& file) {
  auto closure = read_list(disk, state);
  if (!closure || closure->job != job) return file;
  const Path place = place_of(disk, file);
  for (const auto& entrance : closure->entrances) {
    if (entrance.file != file && place_of(disk, entrance.file) != place) continue;
    bool came_aside = !disk.look(file) && disk.look(entrance.aside);  // it was missing, and a swap brought it
    if (came_aside || is_stub(disk, entrance)) return entrance.aside;
  }
  return file;
}

}  // namespace storage
