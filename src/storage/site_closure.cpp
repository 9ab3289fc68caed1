// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/site_closure.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "platform/clock.h"
#include "storage/state_secret.h"

namespace storage {

namespace {

constexpr size_t kMostListBytes = 16 << 20;
constexpr size_t kMostMarkBytes = 1024;
constexpr unsigned kNameBits = 100;
constexpr size_t kNameDigits = 26;
const std::string kAsideBegin = ".unstick-";

struct Closed {
  std::string file, aside, stub;
  bool goes = false;  // it is to be gone when the site is open
};

struct Closure {
  std::string job;
  std::vector<Closed> entrances;
};

// Most entrances say the same: each text stands there once.
std::string list_text(const Closure& closure) {
  nlohmann::json entrances = nlohmann::json::array(), stubs = nlohmann::json::array();
  std::map<std::string, size_t> numbers;
  for (const auto& one : closure.entrances) {
    auto [number, is_new] = numbers.emplace(one.stub, numbers.size());
    if (is_new) stubs.push_back(one.stub);
    entrances.push_back({{"file", one.file}, {"aside", one.aside}, {"stub", number->second}, {"goes", one.goes}});
  }
  return nlohmann::json{{"job", closure.job}, {"stubs", stubs}, {"entrances", entrances}}.dump();
}

Closure parse_list(const std::string& text) {
  auto list = nlohmann::json::parse(text);
  Closure closure{list.at("job"), {}};
  for (const auto& one : list.at("entrances")) {
    const auto& stub = one.at("stub");  // former lists: the text itself
    closure.entrances.push_back({one.at("file"), one.at("aside"), stub.is_string() ? stub : list.at("stubs").at(stub.get<size_t>()),
                                 one.value("goes", false)});
  }
  return closure;
}

std::optional<Closure> read_list(platform::Disk& disk, const StateNames& state) {
  auto text = disk.read(state.closed(), kMostListBytes);
  if (!text) return std::nullopt;
  try {
    return parse_list(*text);
  } catch (const nlohmann::json::exception&) {
    throw base::Failure("the list of what is closed cannot be read: " + state.closed().native(),
                        "job:unlock opens the site by the names of what waits beside the stubs");
  }
}

void keep_list(platform::Disk& disk, const StateNames& state, const Closure& closure) {
  std::string text = list_text(closure);
  if (text.size() >= kMostListBytes)
    throw base::Failure("the site has too many entrances to be closed: " + std::to_string(closure.entrances.size()));
  disk.replace(state.closed(), text, 0600);
}

// The name ends as the file's does: what a server runs as PHP there must not be served as text here.
Path beside(const Path& file, const std::string& word) {
  return file.parent_path() / (kAsideBegin + word + "-" + file.filename().native());
}

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

Closure write_list(platform::Disk& disk, const StateNames& state, const std::string& job,
                   const std::vector<Entrance>& entrances) {
  Closure closure{job, {}};
  std::string secret = state_secret(disk, state);
  std::set<Path> places;
  for (const auto& entrance : entrances) {
    auto facts = disk.look(entrance.file);
    if ((facts && !is_entrance(facts)) || !places.insert(place_of(disk, entrance.file)).second) continue;
    if (is_any_stub(disk, entrance.file))
      throw base::Failure(entrance.file.native() + " is the stub of another job, which this state folder does not know",
                          "open the site from the state folder that closed it, or upload the file again");
    closure.entrances.push_back({entrance.file.native(), aside_of(secret, entrance.file).native(), entrance.stub, false});
  }
  keep_list(disk, state, closure);
  return closure;
}

bool are_one(platform::Disk& disk, const Path& one, const Path& other) {
  auto a = disk.look(one), b = disk.look(other);
  return a && b && a->inode == b->inode && a->device == b->device;
}

void close(platform::Disk& disk, const Closed& closed) {
  if (is_stub(disk, closed)) return;
  auto facts = disk.look(closed.file);
  if (!is_entrance(facts)) return;
  if (!are_one(disk, closed.file, closed.aside)) {
    disk.remove_file(closed.aside);  // a copy that a kill may have cut off
    disk.duplicate(closed.file, closed.aside);
    if (facts->kind == platform::Kind::file) disk.set_mode(closed.aside, facts->mode);
    disk.sync_folder(Path(closed.aside).parent_path());
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
    disk.remove_file(closed.aside);  // a second name of what is there
    return std::nullopt;
  }
  Path former = beside(closed.file, platform::random_word(kNameBits));  // the next closing needs the usual one
  disk.rename(closed.aside, former);
  return former;
}

}  // namespace

bool is_any_stub(platform::Disk& disk, const Path& file) {
  return disk.read(file, kMostMarkBytes).value_or("").find(kStubMark) != std::string::npos;
}

std::optional<Path> file_behind(platform::Disk& disk, const Path& stub) {
  if (!is_any_stub(disk, stub)) return std::nullopt;
  const std::string begin = kAsideBegin, end = "-" + stub.filename().native();
  for (const auto& entry : disk.list(stub.parent_path()).value_or(std::vector<platform::Entry>{}))
    if (entry.name.size() == begin.size() + kNameDigits + end.size() && entry.name.starts_with(begin) && entry.name.ends_with(end))
      return stub.parent_path() / entry.name;
  return std::nullopt;
}

std::vector<Path> close_site(platform::Disk& disk, const StateNames& state, const std::string& job,
                             const std::vector<Entrance>& entrances) {
  auto closure = read_list(disk, state);
  if (closure && closure->job != job)
    throw base::Failure("the site was closed by the job " + closure->job + " and not opened again", "job:unlock opens it");
  if (!closure) closure = write_list(disk, state, job, entrances);
  std::vector<Path> files;
  for (const auto& entrance : closure->entrances) {
    close(disk, entrance);
    if (is_stub(disk, entrance)) files.emplace_back(entrance.file);
  }
  return files;
}

std::vector<Taken> open_site(platform::Disk& disk, const StateNames& state, const std::string& job) {
  auto closure = read_list(disk, state);
  if (!closure || closure->job != job) return {};
  std::vector<Taken> taken;
  std::optional<base::Failure> failure;
  for (const auto& entrance : closure->entrances) {
    try {
      platform::remove_abandoned(disk, entrance.file);  // of a stub that a kill cut off
      if (auto former = open(disk, entrance)) taken.push_back({entrance.file, *former});
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

std::vector<Path> open_by_names(platform::Disk& disk, const StateNames& state, const std::vector<Path>& entrances) {
  std::vector<Path> left;
  for (const auto& entrance : entrances) {
    if (auto behind = file_behind(disk, entrance)) {
      disk.rename(*behind, entrance);
      disk.sync_folder(entrance.parent_path());
    } else if (is_any_stub(disk, entrance)) {
      left.push_back(entrance);
    }
  }
  if (left.empty()) disk.remove_file(state.closed());
  return left;
}

std::vector<Waiting> waiting(platform::Disk& disk, const StateNames& state, const std::string& job) {
  std::vector<Waiting> all;
  auto closure = read_list(disk, state);
  if (closure && closure->job == job)
    for (const auto& entrance : closure->entrances) all.push_back({entrance.file, entrance.aside});
  return all;
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
